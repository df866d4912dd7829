"""How many working days parcels took from mailing to ready, in counts: nobody's parcel and no person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DaysTaken(models.Model):
    """How many parcels of one service, from one province to another, were ready after so many working days.

    ``live`` tells real parcels from tests. All rows are rewritten from the parcels themselves, now and then.
    """

    live = models.BooleanField(_("real, not a test"), default=False)
    service = models.CharField(_("service"), max_length=32)
    origin = models.CharField(_("from province"), max_length=2)
    destination = models.CharField(_("to province"), max_length=2)
    days = models.PositiveSmallIntegerField(_("working days"))
    parcels = models.PositiveIntegerField(_("parcels"))

    class Meta:
        verbose_name = _("days that parcels took")
        verbose_name_plural = _("days that parcels took")
        constraints = [
            models.UniqueConstraint(
                fields=["live", "service", "origin", "destination", "days"], name="d2po_days_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.origin}–{self.destination}: {self.days}"
