"""What must not linger: drafts whose time is over, recipients and labels of long ago."""

from datetime import datetime, timedelta

from django.db import connections, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import ERASED, movable, move_delivery
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
    kept_since = timezone.now() - app_settings.keep_recipient
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
    """Erase recipients and labels of deliveries placed longer ago than KEEP_RECIPIENT; return how many deliveries.

    Counted from placing, since nothing tells yet when a parcel was picked up; a delivery with an unfinished shipment
    is left for later. What was reserved for a payment is erased after RESERVED_FOR. One whose label cannot be deleted
    stays as it is until it can.
    """
    placed = Q(placed_at__lte=_kept_since(), state__in=(DeliveryState.RELEASED, DeliveryState.CANCELLED))
    reserved = Q(reserved_at__lte=timezone.now() - RESERVED_FOR, state=DeliveryState.RESERVED)
    due = Delivery.objects.filter(placed | reserved, _finished(), erased_at=None)
    return each_by_itself("Erasure of", due.order_by("created_at")[:AT_A_TIME], _erase)


def _kept_since() -> datetime:
    return timezone.now() - app_settings.keep_recipient


def _finished() -> Q:
    return ~Q(Exists(Shipment.objects.filter(delivery=OuterRef("pk"), state__in=UNFINISHED)))


def _erase(delivery: Delivery) -> bool:
    """Erase one delivery: the label files first, then what the rows say, then that it is erased."""
    shipments = Shipment.objects.filter(delivery=delivery)
    for shipment in shipments.exclude(label=""):
        shipment.label.storage.delete(str(shipment.label.name))
    with transaction.atomic():
        erased = move_delivery(
            delivery,
            Change.ERASE,
            only_if=_finished() & Q(erased_at=None),
            **ERASED,
        )
        if erased:
            # Canada Post's sentences may repeat what was sent.
            shipments.update(reason_text="", system_data={}, **ERASED)
    return erased
