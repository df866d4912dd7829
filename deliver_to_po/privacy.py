"""What must not linger, and what a person may ask: drafts whose time is over, old recipients; erase and export."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connections, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import ERASED, movable, move_delivery
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.outbox.jobs import Housekeeping, registry

# A shipment in one of these still needs the recipient.
UNFINISHED = (
    ShipmentState.WAITING,
    ShipmentState.REQUESTED,
    ShipmentState.UNKNOWN,
    ShipmentState.MADE,
    ShipmentState.VOIDING,
    ShipmentState.REFUNDING,
)
AT_A_TIME = 200
# How long a payment may take between reserving and placing.
RESERVED_FOR = timedelta(days=30)


def register() -> None:
    """Register what is done now and then."""
    registry.add(
        Housekeeping("expired drafts", delete_expired_drafts, AT_A_TIME),
        Housekeeping("forgotten reservations", delete_forgotten_reservations, AT_A_TIME),
        Housekeeping("deliveries that waited too long", expire_deliveries, AT_A_TIME),
        Housekeeping("recipients", erase_recipients, AT_A_TIME),
    )


def delete_expired_drafts() -> int:
    """Delete drafts that no order has taken within DRAFT_LIFETIME, with the recipient in them; return how many."""
    return _delete(Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=timezone.now()))


def delete_forgotten_reservations() -> int:
    """Delete what was reserved for a payment longer ago than a recipient is kept, and erased since; return how many."""
    kept_since = timezone.now() - app_settings.recipient_lifetime
    rows = Delivery.objects.filter(state=DeliveryState.RESERVED, reserved_at__lte=kept_since, erased_at__isnull=False)
    return _delete(rows)


def _delete(rows: QuerySet[Delivery]) -> int:
    """Delete rows that have no shipment, AT_A_TIME at most, but those that somebody else is using."""
    features = connections[rows.db].features
    with transaction.atomic(using=rows.db):
        locked = rows.filter(shipments=None).select_for_update(
            of=("self",) if features.has_select_for_update_of else (),
            skip_locked=features.has_select_for_update_skip_locked,
        )
        pks = list(locked.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
        rows.filter(pk__in=pks).delete()
    return len(pks)


def expire_deliveries() -> int:
    """Cancel deliveries that have waited longer than a recipient is kept, so that they can be erased; return how many.

    Those that were placed, are on hold or need a choice; and tests that were never sent, once the shop ships for real.
    """
    waiting = Q(state__in=(DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE))
    if app_settings.canada_post.live:
        never_sent = Exists(Shipment.objects.filter(delivery=OuterRef("pk"), state=ShipmentState.WAITING))
        waiting |= Q(never_sent, state=DeliveryState.RELEASED, live=False)
    due = movable(Change.EXPIRE).filter(waiting, placed_at__lte=_kept_since()).order_by("placed_at")
    return each_by_itself("Expiry of", due[:AT_A_TIME], _expire)


def _expire(delivery: Delivery) -> bool:
    return move_delivery(delivery, Change.EXPIRE, reason=Reason.EXPIRED)


def erase_recipients() -> int:
    """Erase recipients and labels of deliveries placed longer ago than RECIPIENT_LIFETIME; return how many deliveries.

    Counted from placing, since nothing tells yet when a parcel was picked up; a delivery with an unfinished shipment
    is left for later. What was reserved for a payment is erased after RESERVED_FOR. One whose label cannot be deleted
    stays as it is until it can.
    """
    placed = Q(placed_at__lte=_kept_since(), state__in=(DeliveryState.RELEASED, DeliveryState.CANCELLED))
    reserved = Q(reserved_at__lte=timezone.now() - RESERVED_FOR, state=DeliveryState.RESERVED)
    due = Delivery.objects.filter(placed | reserved, _finished(), erased_at=None)
    return each_by_itself("Erasure of", due.order_by("created_at")[:AT_A_TIME], _erase)


def _kept_since() -> datetime:
    return timezone.now() - app_settings.recipient_lifetime


def _finished() -> Q:
    return ~Q(Exists(Shipment.objects.filter(delivery=OuterRef("pk"), state__in=UNFINISHED)))


def _erase(delivery: Delivery, *, user: Any = None) -> bool:
    """Erase one delivery: the label files first, then what the rows say, then that it is erased."""
    if not Delivery.objects.filter(_finished(), pk=delivery.pk).exists():
        return False
    shipments = Shipment.objects.filter(delivery=delivery)
    for shipment in shipments.exclude(label=""):
        shipment.label.storage.delete(str(shipment.label.name))
    with transaction.atomic():
        erased = move_delivery(
            delivery,
            Change.ERASE,
            user=user,
            only_if=_finished() & Q(erased_at=None),
            **ERASED,
        )
        if erased:
            # Canada Post's sentences may repeat what was sent.
            shipments.update(reason_text="", system_data={}, **ERASED)
    return erased


class Erasure(StrEnum):
    """What came of a wish to be forgotten."""

    #: Recipient and labels are erased.
    ERASED = "erased"
    #: A parcel is still being made: it is erased by itself once it is long ago, or when asked for again.
    LATER = "later"
    #: There is nothing left to erase.
    NOTHING = "nothing"


def erase(order: Any) -> Erasure:
    """Erase recipients and labels of every delivery of an order now, and say what came of it.

    What has not been sent yet is cancelled first. A delivery with a parcel that is being made is left for later: its
    label needs the recipient.
    """
    outcomes = [erase_delivery(delivery) for delivery in Delivery.objects.filter(order=order, erased_at=None)]
    if not outcomes:
        return Erasure.NOTHING
    return Erasure.LATER if Erasure.LATER in outcomes else Erasure.ERASED


def erase_delivery(delivery: Delivery, *, user: Any = None) -> Erasure:
    """Erase one delivery now; see ``erase``."""
    # Allowed only while nothing of it has been sent.
    move_delivery(delivery, Change.CANCEL, user=user, reason=Reason.CANCELLED)
    return Erasure.ERASED if _erase(delivery, user=user) else Erasure.LATER


def export(order: Any) -> dict[str, Any]:
    """Return everything personal that is held about an order, as JSON can hold it: for whoever asks what we know."""
    deliveries = Delivery.objects.filter(order=order).order_by("placed_at", "pk")
    return {"deliveries": [_exported(delivery) for delivery in deliveries]}


def _exported(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.pk),
        "reference": delivery.reference,
        "state": delivery.state,
        "language": delivery.language,
        "placed_at": _iso(delivery.placed_at),
        "erased_at": _iso(delivery.erased_at),
        **_whom_and_where(delivery),
        "shipments": [_exported_shipment(shipment) for shipment in delivery.shipments.order_by("parcel", "revision")],
    }


def _exported_shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "shipping_system": shipment.system,
        "state": shipment.state,
        "tracking_number": shipment.tracking_pin,
        "made_at": _iso(shipment.made_at),
        "label_kept": bool(shipment.label),
        "what_the_shipping_system_said": shipment.reason_text,
        **_whom_and_where(shipment),
    }


def _whom_and_where(row: Delivery | Shipment) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def deliveries_about(*, email: str = "", name: str = "") -> QuerySet[Delivery]:
    """Return the deliveries whose recipient has that e-mail address or name, in any case; both where both are given."""
    rows = Delivery.objects.filter(erased_at=None)
    if email:
        rows = rows.filter(recipient_email__iexact=email.strip())
    if name:
        rows = rows.filter(recipient_name__iexact=" ".join(name.split()))
    return rows if email or name else rows.none()
