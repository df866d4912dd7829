"""Letting the shipments of a delivery follow what it is to be now: voided, made again, or all cancelled."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.core.choices.states import EXISTING, OVER
from deliver_to_po.core.choices.tracking import OUT_OF_REACH, PARCEL_ENDS, SCANNED
from deliver_to_po.handoff.ladder import move
from deliver_to_po.handoff.releasing.planning import Plan, make_revisions, plan_of
from deliver_to_po.handoff.releasing.release import alone_with
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.host.answered import ShopError
from deliver_to_po.models import Delivery, History, Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.models.shipment import newest_revision
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping.registry import is_by_hand


def newest(delivery: Delivery) -> QuerySet[Shipment]:
    return delivery.shipments.filter(newest_revision()).order_by("parcel")


def is_out_of_reach(shipments: Iterable[Shipment]) -> bool:
    """Say whether there are parcels, and Canada Post or the buyer has each of them: no change reaches any."""
    parcels = [tracking_of(shipment) for shipment in shipments if shipment.state not in OVER]
    return bool(parcels) and all(tracking is not None and tracking.state in OUT_OF_REACH for tracking in parcels)


def is_scanned(shipment: Shipment) -> bool:
    """Say whether Canada Post has scanned a parcel, so that nothing of it changes any longer."""
    tracking = tracking_of(shipment)
    return tracking is not None and tracking.state in SCANNED and shipment.state not in OVER


def do_as_asked(delivery: Delivery, *, plan: Plan | None = None, user: Any = None, by_person: bool = False) -> None:
    """Do what somebody asked of a delivery, as far as its shipments let it be done now; the rest at the next answer.

    What is asked for is kept on the rows: that the delivery is to be cancelled, or that a shipment is no longer the
    right one. Such a shipment is dropped while it waits, or voided or refunded, and the next revision of its parcel
    follows when that has been done. With a ``plan`` parcels that never had a shipment get one too, on hold as well if
    others have theirs. ``by_person`` says that a person asks, so that what could not be voided before is tried again.
    """
    with alone_with(delivery):
        stopped = delivery.stop_asked_at is not None
        # A label that was used cannot be undone.
        undone = delivery.shipments.filter(open_parcel__isnull=False).exclude(tracking__state__in=PARCEL_ENDS)
        for shipment in undone:
            if stopped or shipment.change_asked_at is not None:
                _take_back(shipment, user, by_person=by_person)
        if stopped:
            move_delivery(delivery, Change.CANCEL, locked=True, reason=_why_stopped(delivery))
        elif delivery.state in (DeliveryState.RELEASED, DeliveryState.HELD) and delivery.erased_at is None:
            _make_next_revisions(delivery, plan)


def move_and_do_as_asked(shipment: Shipment, name: str, **fields: Any) -> bool:
    """Make a move as the holder of the lease and, with it, what was asked of the delivery meanwhile."""
    with transaction.atomic(savepoint=False):
        if move(shipment, name, only_if=_nothing_asked(shipment), **fields):
            return True
        if not move(shipment, name, **fields):
            return False
        do_as_asked(shipment.delivery)
        shipment.refresh_from_db()
    return True


def _nothing_asked(shipment: Shipment) -> Q:
    """Return the condition that nobody wants the shipment undone: asked in the move, it costs no statement."""
    not_stopped = Delivery.objects.filter(pk=shipment.delivery_id, stop_asked_at=None)
    return Q(Exists(not_stopped), change_asked_at=None)


def _take_back(shipment: Shipment, user: Any, *, by_person: bool) -> None:
    """Drop a shipment that waits; void or refund one that exists. While its answer is awaited, leave it alone.

    If a clerk ships it by hand, that clerk must look for it.
    """
    tried_before = shipment.state == ShipmentState.ATTENTION and shipment.shipment_id
    if shipment.state == ShipmentState.WAITING:
        move_shipment(shipment, "drop", user=user)
    elif shipment.state == ShipmentState.HANDED and is_by_hand(shipment.system):
        # No answer comes by itself: whoever works with that system takes it out there.
        move_shipment(shipment, "call_back", user=user, reason=Reason.NOT_WANTED)
    elif shipment.state in EXISTING or (by_person and tried_before):
        name = "void" if shipment.transmitted_at is None else "refund"
        move_shipment(shipment, name, user=user, due_at=after(0), tries=0, reason=Reason.NONE, reason_text="")
        wake_after_commit([shipment.pk])


def without_shipment(plan: Plan, latest: Sequence[Shipment]) -> list[int]:
    """Return the parcels of a plan that never had a shipment; none before the delivery is released for the first time.

    ``latest`` are the newest shipments of the delivery.
    """
    if not latest:
        return []
    had_one = {row.parcel for row in latest}
    return [number for number in range(1, len(plan.parcels) + 1) if number not in had_one]


def _why_stopped(delivery: Delivery) -> Reason:
    asked = delivery.history.filter(change=Change.ASK_STOP).order_by("pk").last()
    return Reason(asked.reason) if asked and asked.reason else Reason.CANCELLED


def _make_next_revisions(delivery: Delivery, plan: Plan | None) -> None:
    """Make the next revision of each parcel whose shipment was undone for a change; on hold if the shop cannot."""
    latest = list(newest(delivery))
    numbers = []
    if delivery.state == DeliveryState.RELEASED:
        numbers = [row.parcel for row in latest if row.open_parcel is None and row.change_asked_at is not None]
    if plan is not None:
        numbers += without_shipment(plan, latest)
    if not numbers:
        return
    # Put on hold whatever else has left: no row says of a parcel without a shipment that it could wait.
    try:
        plan = plan or plan_of(delivery)
    except ShopError as error:
        move_delivery(delivery, Change.HOLD, locked=True, reason=Reason.SHOP_ERROR, note=str(error))
        return
    if not plan.parcels:
        move_delivery(delivery, Change.HOLD, locked=True, reason=Reason.NO_PARCELS)
    made = make_revisions(delivery, plan, [number for number in numbers if number <= len(plan.parcels)])
    for shipment in made:
        if shipment.revision > 1:
            History.objects.create(delivery=delivery, shipment=shipment, change=Change.REVISE)
    wake_after_commit([shipment.pk for shipment in made])
