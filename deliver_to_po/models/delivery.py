"""A delivery: which post office, who picks up, for which order; and what was changed in it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from deliver_to_po import conf
from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.types import Address, Coordinates, PostOffice, Recipient
from deliver_to_po.choices import DeliveryState, Language, OfficeCheck, Reason

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


def _filled(names: tuple[str, ...]) -> Q:
    condition = Q()
    for name in names:
        condition &= ~Q(**{name: ""})
    return condition


class Delivery(models.Model):
    """One order's delivery to one post office; a draft while it has no order.

    The id is random: it is what sessions and payments hold, and the seed of request ids.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order: "models.ForeignKey[models.Model | None, models.Model | None]" = models.ForeignKey(
        conf.order_model(),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="d2po_deliveries",
        verbose_name=_("order"),
    )
    current_order: "models.OneToOneField[models.Model | None, models.Model | None]" = models.OneToOneField(
        conf.order_model(),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="d2po_delivery",
        verbose_name=_("order that this is the current delivery of"),
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces delivery"),
    )
    state = models.CharField(_("state"), max_length=20, choices=DeliveryState, default=DeliveryState.DRAFT)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason, blank=True, default=Reason.NONE)
    choice = models.PositiveIntegerField(_("changes of post office"), default=0)
    live = models.BooleanField(_("live"), default=False)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    reference = models.CharField(_("reference"), max_length=ids.REFERENCE_LENGTH, blank=True)

    recipient_name = models.CharField(_("recipient's name"), max_length=ids.NAME_LENGTH, blank=True)
    recipient_address_line_1 = models.CharField(_("address"), max_length=ids.ADDRESS_LINE_LENGTH, blank=True)
    recipient_address_line_2 = models.CharField(
        _("address, second line"), max_length=ids.ADDRESS_LINE_LENGTH, blank=True
    )
    recipient_city = models.CharField(_("city"), max_length=ids.CITY_LENGTH, blank=True)
    recipient_province = models.CharField(_("province"), max_length=2, blank=True)
    recipient_postal_code = models.CharField(_("postal code"), max_length=6, blank=True)
    recipient_email = models.CharField(_("e-mail"), max_length=ids.EMAIL_LENGTH, blank=True)
    recipient_phone = models.CharField(_("phone"), max_length=ids.PHONE_LENGTH, blank=True)

    office_id = models.CharField(_("post office ID"), max_length=ids.OFFICE_ID_LENGTH, blank=True)
    office_name = models.CharField(_("post office"), max_length=80, blank=True)
    office_location = models.CharField(_("location"), max_length=80, blank=True)
    office_address = models.CharField(_("post office's address"), max_length=80, blank=True)
    office_city = models.CharField(_("post office's city"), max_length=60, blank=True)
    office_province = models.CharField(_("post office's province"), max_length=2, blank=True)
    office_postal_code = models.CharField(_("post office's postal code"), max_length=6, blank=True)
    office_latitude = models.FloatField(_("latitude"), null=True, blank=True)
    office_longitude = models.FloatField(_("longitude"), null=True, blank=True)
    office_hours = models.JSONField(_("hours"), null=True, blank=True)
    office_fetched_at = models.DateTimeField(_("post office fetched at"), null=True, blank=True)
    office_check = models.CharField(
        _("check of the post office"), max_length=20, choices=OfficeCheck, default=OfficeCheck.NOT_ASKED
    )
    office_checked_at = models.DateTimeField(_("post office checked at"), null=True, blank=True)

    service = models.CharField(_("service"), max_length=32, blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)
    price = models.DecimalField(_("price"), max_digits=9, decimal_places=2, null=True, blank=True)
    quoted_at = models.DateTimeField(_("quoted at"), null=True, blank=True)

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("draft expires at"))
    placed_at = models.DateTimeField(_("placed at"), null=True, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("recipient erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery to a post office")
        verbose_name_plural = _("deliveries to post offices")
        permissions = [
            ("hand_off_delivery", _("Can hand deliveries off to the shipping system")),
            ("view_label", _("Can open shipping labels")),
        ]
        indexes = [
            models.Index(fields=["state", "-placed_at"], name="d2po_delivery_state"),
            models.Index(fields=["expires_at"], condition=Q(state="draft"), name="d2po_delivery_draft_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", order=None) | (~Q(state="draft") & Q(order__isnull=False)),
                name="d2po_draft_has_no_order",
            ),
            models.CheckConstraint(
                condition=Q(current_order=None) | Q(current_order=F("order")),
                name="d2po_current_order_is_the_order",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(erased_at__isnull=False) | _filled(OFFICE_REQUIRED + RECIPIENT_REQUIRED),
                name="d2po_placed_has_office_and_recipient",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="d2po_delivery_state_known"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)

    @property
    def complete(self) -> bool:
        """Say whether office and recipient hold everything a label needs."""
        return all(getattr(self, name) for name in OFFICE_REQUIRED + RECIPIENT_REQUIRED)

    @property
    def recipient(self) -> Recipient:
        """Return who picks up, as Canada Post's services want it."""
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

    @property
    def office(self) -> PostOffice:
        """Return the office as it was when it was chosen."""
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
            hours=WeeklyHours.from_json(self.office_hours) if self.office_hours else None,
        )


class History(models.Model):
    """Who changed what in a delivery, and why. Holds nothing personal."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="history", verbose_name=_("delivery"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    what = models.CharField(_("what"), max_length=60)
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.what
