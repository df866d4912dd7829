"""A delivery: which post office, who picks up, for which order."""

import dataclasses
import uuid
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core import conf
from deliver_to_po.core.choices import DeliveryState, Language, OfficeCheck, Reason
from deliver_to_po.core.choices.states import WITHOUT_ORDER
from deliver_to_po.models.parts import OFFICE_REQUIRED, RECIPIENT_REQUIRED, WithOffice, WithRecipient, filled


class _OrderThatAManagerHides(ForwardManyToOneDescriptor):  # type: ignore[type-arg]
    """Finds the order even if the base manager of the shop leaves it out, such as one that is marked as deleted."""

    def get_object(self, instance: models.Model) -> Any:
        try:
            return super().get_object(instance)
        except ObjectDoesNotExist:
            orders = models.QuerySet[Any](self.field.remote_field.model)
            return orders.get(self.field.get_reverse_related_filter(instance))


class Delivery(WithRecipient, WithOffice):
    """One order's delivery to one post office; it has no order yet while it is a draft or reserved for a payment.

    The id is random: it is what payments hold, sessions too beside the secret, and the seed of request ids.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        conf.order_model(),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="d2po_deliveries",
        verbose_name=_("order"),
    )
    order.forward_related_accessor_class = _OrderThatAManagerHides
    current_order: "models.OneToOneField[Any, Any]" = models.OneToOneField(
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
    state = models.CharField(_("state"), max_length=20, choices=DeliveryState.pairs, default=DeliveryState.DRAFT)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.pairs, blank=True, default=Reason.NONE)
    # Whoever reads or changes the choice from outside knows the secret; the id alone opens nothing.
    secret_hash = models.CharField(_("hash of the choice’s secret"), max_length=64, blank=True, editable=False)
    choice = models.PositiveIntegerField(_("times the post office was changed"), default=0)
    live = models.BooleanField(_("real, not a test"), default=False)
    language = models.CharField(_("language"), max_length=2, choices=Language.pairs, default=Language.ENGLISH)
    reference = models.CharField(_("reference"), max_length=lengths.REFERENCE, blank=True)

    office_hours = models.JSONField(_("hours"), null=True, blank=True)
    office_fetched_at = models.DateTimeField(_("post office fetched at"), null=True, blank=True)
    office_check = models.CharField(
        _("post office check"), max_length=20, choices=OfficeCheck.pairs, default=OfficeCheck.NOT_ASKED
    )
    office_checked_at = models.DateTimeField(_("post office checked at"), null=True, blank=True)
    service = models.CharField(_("service"), max_length=32, blank=True)
    price = models.DecimalField(_("price of delivery (CAD)"), max_digits=9, decimal_places=2, null=True, blank=True)
    # What the shop said that it charges when it reserved, and what was really paid when it placed.
    charge = models.DecimalField(
        _("charged for the delivery (CAD)"), max_digits=9, decimal_places=2, null=True, blank=True, editable=False
    )
    price_quoted_at = models.DateTimeField(_("price quoted at"), null=True, blank=True)
    quote = models.JSONField(_("what the price was made of"), default=dict, blank=True)
    # The fingerprint of the parcels of the cart that it was reserved for, "" if the shop named none then.
    reserved_for = models.CharField(_("parcels it was reserved for"), max_length=32, blank=True, editable=False)
    # What a clerk says of a parcel, by its number: fields of a shipment that count more than what the shop says.
    packed = models.JSONField(_("parcels as they were packed"), default=dict, blank=True, editable=False)

    created_at = models.DateTimeField(_("date created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("draft expires at"))
    reserved_at = models.DateTimeField(_("date reserved"), null=True, blank=True)
    placed_at = models.DateTimeField(_("date placed"), null=True, blank=True)
    # The sweep asks the shop first about those that it asked about longest ago.
    paid_asked_at = models.DateTimeField(_("shop asked about payment"), null=True, blank=True, editable=False)
    release_asked_at = models.DateTimeField(_("release asked for"), null=True, blank=True)
    hold_asked_at = models.DateTimeField(_("hold asked for"), null=True, blank=True)
    # Nothing of it is sent until a clerk has decided.
    wished = models.CharField(_("what the buyer asks for"), max_length=30, choices=Reason.pairs, blank=True, default="")
    released_at = models.DateTimeField(_("date released"), null=True, blank=True)
    stop_asked_at = models.DateTimeField(_("cancellation asked for"), null=True, blank=True)
    erased_at = models.DateTimeField(_("recipient erased"), null=True, blank=True)
    # Somebody asked to be erased, and a former recipient of a parcel did not: theirs is erased when its time is over.
    former_kept = models.BooleanField(_("a former recipient is kept"), default=False, editable=False)
    # Those whose erasure failed are tried after all others, so that they are in nobody's way.
    erasure_failed_at = models.DateTimeField(_("erasure failed"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery to a post office")
        verbose_name_plural = _("deliveries to post offices")
        permissions = [
            ("hand_off_delivery", _("Can request shipping labels")),
            ("choose_office", _("Can choose another post office for a delivery")),
            ("hold_delivery", _("Can put deliveries on hold and resume them")),
            ("cancel_delivery", _("Can cancel deliveries")),
            ("correct_recipient", _("Can correct recipients")),
            ("change_parcels", _("Can change the parcels of a delivery")),
            ("make_again", _("Can have shipping labels made again")),
            ("settle_shipment", _("Can report what became of a shipment that needs attention")),
            ("view_label", _("Can open shipping labels")),
            ("print_labels", _("Can print shipping labels, packing slips and pick lists")),
            ("erase_delivery", _("Can erase recipients and labels")),
            ("answer_privacy_requests", _("Can find, export and erase what is held about a person")),
        ]
        indexes = [
            models.Index(fields=["state", "-placed_at"], name="d2po_delivery_state"),
            models.Index(fields=["expires_at"], condition=Q(state="draft"), name="d2po_delivery_draft_expiry"),
            models.Index(
                fields=["placed_at"],
                condition=Q(erased_at=None) | Q(former_kept=True),
                name="d2po_delivery_to_erase",
            ),
            # The desk's list, in each order that it can be sorted by, and its narrow filters.
            models.Index(fields=["-placed_at", "-id"], condition=Q(order__isnull=False), name="d2po_delivery_listed"),
            models.Index(fields=["reference", "-id"], condition=Q(order__isnull=False), name="d2po_delivery_reference"),
            models.Index(fields=["live", "-placed_at"], condition=Q(order__isnull=False), name="d2po_delivery_live"),
            models.Index(fields=["released_at"], condition=Q(released_at__isnull=False), name="d2po_delivery_released"),
            models.Index(fields=["placed_at"], condition=Q(wished__gt=""), name="d2po_delivery_wished"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=WITHOUT_ORDER, order=None)
                | (~Q(state__in=WITHOUT_ORDER) & Q(order__isnull=False)),
                name="d2po_before_placing_no_order",
            ),
            models.CheckConstraint(
                condition=Q(current_order=None) | Q(current_order=F("order")),
                name="d2po_current_order_is_the_order",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(erased_at__isnull=False)
                | Q(state__in=["needs_choice", "cancelled"], office_id="")
                | filled(OFFICE_REQUIRED + RECIPIENT_REQUIRED),
                name="d2po_has_office_and_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(release_asked_at__isnull=False, released_at__isnull=False),
                name="d2po_released_when",
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
    def erased_for_good(self) -> bool:
        """Say whether its recipient is erased, and not just a choice before its order came, which is made again."""
        return self.erased_at is not None and self.reason != Reason.CHOICE_ERASED

    @property
    def office(self) -> PostOffice:
        """Return the post office as it was when it was chosen."""
        hours = WeeklyHours.from_json(self.office_hours) if self.office_hours else None
        return dataclasses.replace(super().office, hours=hours)


def office_fields(office: PostOffice) -> dict[str, Any]:
    """Return an office that was fetched just now as the fields of a delivery."""
    point = office.coordinates
    return {
        "office_id": office.office_id,
        "office_name": office.name,
        "office_location": office.location,
        "office_address": office.street,
        "office_city": office.city,
        "office_province": office.province,
        "office_postal_code": office.postal_code,
        "office_latitude": point.latitude if point else None,
        "office_longitude": point.longitude if point else None,
        "office_hours": office.hours.to_json() if office.hours else None,
        "office_fetched_at": timezone.now(),
    }
