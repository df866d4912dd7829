"""Shipping again what of an order came back or is lost: all of it as a new delivery, or some of its parcels."""

from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import Change, OfficeCheck, ParcelState, Reason, ShipmentState
from deliver_to_po.core.choices.states import EXISTING, OVER
from deliver_to_po.core.choices.tracking import NOT_WITH_BUYER
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import MoveRefused, NoSuchParcel
from deliver_to_po.handoff.changing.as_asked import do_as_asked, newest
from deliver_to_po.handoff.changing.change import can_be_changed, plan_now
from deliver_to_po.handoff.releasing.release import alone_with, current_delivery, is_held_by_somebody, release_delivery
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import movable, move_delivery, move_shipment
from deliver_to_po.models.placing import draft_from, place_draft
from deliver_to_po.models.tracking import tracking_of

_UNDER_WAY = Shipment.objects.filter(delivery=OuterRef("pk"), open_parcel__isnull=False)
_PARCELS = _UNDER_WAY.exclude(state__in=OVER)
# What the new delivery has of the former one beside recipient and post office.
KEPT = ("live", "language", "reference", "service", "packed", "wished", "hold_asked_at")
# Something of it was in the post and came back or is lost, the buyer has nothing of it, and no old label is still to be
# destroyed; that nothing is under way the move itself asks.
CAME_BACK = Q(
    Exists(_PARCELS.filter(tracking__state__in=NOT_WITH_BUYER)),
    ~Exists(_PARCELS.filter(tracking__state=ParcelState.COLLECTED)),
    ~Exists(_UNDER_WAY.filter(state=ShipmentState.REFUND_ASKED)),
    current_order__isnull=False,
    erased_at=None,
)


def ship_again(order: Model, *, user: Any = None, note: str = "") -> Delivery:
    """Ship again what of ``order`` came back or is lost, and return its delivery.

    If all its parcels did, the order gets a new delivery to the same recipient and post office, which is asked about
    before the label; choose another one for it as for any delivery. The former one is cancelled and replaced, without a
    signal. What a clerk said of its parcels stays, and so does a person's hold. Unless it is held, the new one is
    released at once; with RELEASE ``"by_merchant"`` it waits to be packed. A parcel that was picked up or is still
    under way, or whose old label is to be destroyed, stays as it is, and then so does the delivery: each other parcel
    gets another label once the delivery is released.

    ``note`` is kept in the history and must hold nothing personal. Raises MoveRefused when no parcel came back or the
    recipient is erased, NoSuchParcel when the shop no longer names a parcel that did, ShopFailed; and ValueError for an
    order that is not saved.
    """
    delivery = current_delivery(order)
    if delivery is None:
        raise MoveRefused
    with alone_with(delivery):
        kept: dict[str, Any] = {name: getattr(delivery, name) for name in KEPT}
        if is_held_by_somebody(delivery):
            kept["hold_asked_at"] = timezone.now()
        if not move_delivery(delivery, Change.CANCEL, only_if=CAME_BACK, reason=Reason.REPLACED, user=user, note=note):
            _make_what_came_back(delivery, user, note)
            return delivery
        draft = draft_from(delivery)
        kept |= {"office_check": OfficeCheck.NOT_ASKED, "reason": Reason.OFFICE_NOT_CHECKED}
        place_draft(draft, Change.PLACE, order, **kept)
        if app_settings.release != "by_merchant":
            release_delivery(draft, user=user)
    return draft


def _make_what_came_back(delivery: Delivery, user: Any, note: str) -> None:
    """Let the next revision follow each parcel that came back or is lost; the others stay as they are."""
    back = list(_back(delivery)) if can_be_changed(delivery) else []
    if not back:
        raise MoveRefused
    if back[-1].parcel > len(plan_now(delivery).parcels):
        raise NoSuchParcel
    for shipment in back:
        move_shipment(shipment, "ship_again", user=user, note=note, change_asked_at=timezone.now())
    do_as_asked(delivery, user=user)


def _back(delivery: Delivery) -> QuerySet[Shipment]:
    """Return the parcels of a delivery that came back or are lost, and were not shipped again, by number."""
    shipped = newest(delivery).filter(state__in=(*EXISTING, ShipmentState.ATTENTION), open_parcel__isnull=False)
    return shipped.filter(tracking__state__in=NOT_WITH_BUYER, delivery__erased_at=None)


def came_back(shipment: Shipment) -> bool:
    """Say whether a shipment's parcel is with the shop again, or with nobody."""
    tracking = tracking_of(shipment)
    return tracking is not None and tracking.state in NOT_WITH_BUYER


def is_shipped_anew(delivery: Delivery) -> bool:
    """Say whether ``ship_again`` would replace the delivery: nothing of it is with the buyer or under way."""
    return movable(Change.CANCEL).filter(CAME_BACK, pk=delivery.pk).exists()


def can_be_shipped_again(delivery: Delivery) -> bool:
    """Say whether ``ship_again`` would do anything."""
    return is_shipped_anew(delivery) or (can_be_changed(delivery) and _back(delivery).exists())
