"""The directory: every post office that Canada Post has told us of, and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.language import current_language


class Office(models.Model):
    """One post office as one environment of Canada Post knows it; name and location in each language seen."""

    environment = models.CharField(_("environment"), max_length=250)
    office_key = models.CharField(_("post office ID without leading zeros"), max_length=lengths.OFFICE_ID)
    received_id = models.CharField(_("post office ID"), max_length=lengths.OFFICE_ID)
    name_en = models.CharField(_("name in English"), max_length=lengths.OFFICE_NAME, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=lengths.OFFICE_NAME, blank=True)
    location_en = models.CharField(_("location in English"), max_length=lengths.OFFICE_NAME, blank=True)
    location_fr = models.CharField(_("location in French"), max_length=lengths.OFFICE_NAME, blank=True)
    street = models.CharField(_("address"), max_length=lengths.OFFICE_STREET, blank=True)
    city = models.CharField(_("city"), max_length=lengths.OFFICE_CITY, blank=True)
    province = models.CharField(_("province"), max_length=lengths.PROVINCE, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=lengths.POSTAL_CODE, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    # The time zone of the place above. Empty until it has been found: see offices.upkeep.
    zone = models.CharField(_("time zone"), max_length=lengths.TIME_ZONE, blank=True)
    bilingual = models.BooleanField(_("bilingual"), null=True, blank=True)
    hours = models.JSONField(_("hours"), null=True, blank=True)
    hours_fetched_at = models.DateTimeField(_("hours fetched at"), null=True, blank=True)
    offered_at = models.DateTimeField(_("date last listed by Canada Post"), null=True, blank=True)
    closed_at = models.DateTimeField(_("date found closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("post office")
        verbose_name_plural = _("post offices")
        indexes = [
            # Near a point: a band of latitudes, and within it the longitudes, all from the index.
            models.Index(fields=["environment", "latitude", "longitude"], name="d2po_office_place"),
            models.Index(fields=["environment", "postal_code"], name="d2po_office_postal_code"),
            models.Index(fields=["environment", "province", "city"], name="d2po_office_city"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["environment", "office_key"], name="d2po_one_office_per_environment"),
        ]

    def __str__(self) -> str:
        return f"{self.name(current_language())} ({self.received_id})"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the comparable id in step with the one received."""
        self.office_key = comparable_office_id(self.received_id)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def name(self, language: Language) -> str:
        return (self.name_fr or self.name_en) if language == "fr" else (self.name_en or self.name_fr)

    def location(self, language: Language) -> str:
        return (self.location_fr or self.location_en) if language == "fr" else (self.location_en or self.location_fr)
