"""What several rows hold alike: who picks up, and at which post office; which clerk did it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Address, Coordinates, PostOffice, Recipient

RECIPIENT_REQUIRED = (
    "recipient_name",
    "recipient_address_line_1",
    "recipient_city",
    "recipient_province",
    "recipient_postal_code",
    "recipient_email",
    "recipient_phone",
)
OFFICE_REQUIRED = ("office_id", "office_address", "office_city", "office_province", "office_postal_code")


def by() -> "models.ForeignKey[Any, Any]":
    """Return the field of the clerk that did it: None for nobody, and once their account is deleted."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )


def filled(names: tuple[str, ...]) -> Q:
    """Return the condition that none of the fields is empty."""
    condition = Q()
    for name in names:
        condition &= ~Q(**{name: ""})
    return condition


class WithRecipient(models.Model):
    """The person that picks the parcel up: name and address as on their photo ID, their own e-mail and phone."""

    recipient_name = models.CharField(_("recipient’s name"), max_length=lengths.RECIPIENT_NAME, blank=True)
    recipient_address_line_1 = models.CharField(_("address"), max_length=lengths.RECIPIENT_ADDRESS_LINE, blank=True)
    recipient_address_line_2 = models.CharField(
        _("address, second line"), max_length=lengths.RECIPIENT_ADDRESS_LINE, blank=True
    )
    recipient_city = models.CharField(_("city"), max_length=lengths.RECIPIENT_CITY, blank=True)
    recipient_province = models.CharField(_("province"), max_length=lengths.PROVINCE, blank=True)
    recipient_postal_code = models.CharField(_("postal code"), max_length=lengths.POSTAL_CODE, blank=True)
    recipient_email = models.CharField(_("e-mail"), max_length=lengths.RECIPIENT_EMAIL, blank=True)
    recipient_phone = models.CharField(_("phone"), max_length=lengths.RECIPIENT_PHONE, blank=True)

    class Meta:
        abstract = True

    @property
    def recipient(self) -> Recipient:
        """Return who picks up, as shipping systems want it."""
        return Recipient(
            name=self.recipient_name,
            phone=self.recipient_phone,
            email=self.recipient_email,
            address=Address(
                line_1=self.recipient_address_line_1,
                line_2=self.recipient_address_line_2,
                city=self.recipient_city,
                province=self.recipient_province,
                postal_code=self.recipient_postal_code,
            ),
        )


class WithOffice(models.Model):
    """The post office as Canada Post described it when it was chosen."""

    office_id = models.CharField(_("post office ID"), max_length=lengths.OFFICE_ID, blank=True)
    office_name = models.CharField(_("post office"), max_length=lengths.OFFICE_NAME, blank=True)
    office_location = models.CharField(_("location"), max_length=lengths.OFFICE_NAME, blank=True)
    office_address = models.CharField(_("post office’s address"), max_length=lengths.OFFICE_STREET, blank=True)
    office_city = models.CharField(_("post office’s city"), max_length=lengths.OFFICE_CITY, blank=True)
    office_province = models.CharField(_("post office’s province"), max_length=lengths.PROVINCE, blank=True)
    office_postal_code = models.CharField(_("post office’s postal code"), max_length=lengths.POSTAL_CODE, blank=True)
    office_latitude = models.FloatField(_("latitude"), null=True, blank=True)
    office_longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def office(self) -> PostOffice:
        """Return the post office as it was when it was chosen, without its hours."""
        coordinates = None
        if self.office_latitude is not None and self.office_longitude is not None:
            coordinates = Coordinates(self.office_latitude, self.office_longitude)
        return PostOffice(
            office_id=self.office_id,
            name=self.office_name,
            location=self.office_location,
            street=self.office_address,
            city=self.office_city,
            province=self.office_province,
            postal_code=self.office_postal_code,
            coordinates=coordinates,
        )


RECIPIENT_FIELDS = tuple(field.name for field in WithRecipient._meta.local_fields)
OFFICE_FIELDS = tuple(field.name for field in WithOffice._meta.local_fields)


def recipient_fields(recipient: Recipient) -> dict[str, str]:
    return {
        "recipient_name": recipient.name,
        "recipient_address_line_1": recipient.address.line_1,
        "recipient_address_line_2": recipient.address.line_2,
        "recipient_city": recipient.address.city,
        "recipient_province": recipient.address.province,
        "recipient_postal_code": recipient.address.postal_code,
        "recipient_email": recipient.email,
        "recipient_phone": recipient.phone,
    }
