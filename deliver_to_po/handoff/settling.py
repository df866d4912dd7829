"""Letting the shipments of a delivery follow what it is to be now: taken back, made again, or all of it cancelled."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from deliver_to_po.answered import ShopError
from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.handoff.leased import move
from deliver_to_po.handoff.planning import Plan, make_revision, plan_of
from deliver_to_po.handoff.release import alone_with, hold_delivery
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import Delivery, History, Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.models.shipment import newest_revision
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping.registry import is_by_hand

# What exists at the shipping system and can be taken back without asking a person.
EXISTS = (ShipmentState.MADE, ShipmentState.LABELLED, ShipmentState.DONE, ShipmentState.SUSPENDED)


def newest(delivery: Delivery) -> QuerySet[Shipment]:
    """Return the newest revision of each parcel of a delivery, by parcel."""
    return delivery.shipments.filter(newest_revision()).order_by("parcel")


def settle(delivery: Delivery, *, plan: Plan | None = None, user: Any = None, by_person: bool = False) -> None:
    """Do what somebody asked of a delivery, as far as its shipments let it be done now; the rest at the next answer.

    What is asked for is kept on the rows: that the delivery is to be cancelled, or that a shipment is not the right one
    any more. Such a shipment is dropped while it waits, else voided or refunded, and the next revision of its parcel
    follows when that has been done. With a ``plan`` parcels that never had a shipment get one too. ``by_person`` says
    that a person asks, so that what could not be taken back before is tried again.
    """
    with alone_with(delivery):
        stopped = delivery.stop_asked_at is not None
        for shipment in delivery.shipments.filter(open_parcel__isnull=False):
            if stopped or shipment.change_asked_at is not None:
                _take_back(shipment, user, by_person=by_person)
        if stopped:
            move_delivery(delivery, Change.CANCEL, reason=_why_stopped(delivery))
        elif delivery.state == DeliveryState.RELEASED and delivery.erased_at is None:
            _make_again(delivery, plan)


def move_and_settle(shipment: Shipment, name: str, **fields: Any) -> bool:
    """Make a move as the holder of the lease and, with it, what was asked of the delivery meanwhile."""
    with transaction.atomic():
        if move(shipment, name, only_if=_nothing_asked(shipment), **fields):
            return True
        if not move(shipment, name, **fields):
            return False
        settle(shipment.delivery)
        shipment.refresh_from_db()
    return True


def _nothing_asked(shipment: Shipment) -> Q:
    """Return the condition that nobody wants the shipment taken back: asked in the move, it costs no statement."""
    not_stopped = Delivery.objects.filter(pk=shipment.delivery_id, stop_asked_at=None)
    return Q(Exists(not_stopped), change_asked_at=None)


def _take_back(shipment: Shipment, user: Any, *, by_person: bool) -> None:
    """Drop a shipment that waits; void or refund one that exists. One whose answer is awaited is left alone.

    One that somebody ships by hand is theirs to look for.
    """
    tried_before = shipment.state == ShipmentState.ATTENTION and shipment.shipment_id
    if shipment.state == ShipmentState.WAITING:
        move_shipment(shipment, "drop", user=user)
    elif shipment.state == ShipmentState.HANDED and is_by_hand(shipment.system):
        # No answer comes by itself: whoever works with that system takes it out there.
        move_shipment(shipment, "call_back", user=user, reason=Reason.NOT_WANTED)
    elif shipment.state in EXISTS or (by_person and tried_before):
        name = "void" if shipment.transmitted_at is None else "refund"
        move_shipment(shipment, name, user=user, due_at=after(0), tries=0, reason=Reason.NONE, reason_text="")
        wake_after_commit([shipment.pk])


def _why_stopped(delivery: Delivery) -> Reason:
    asked = delivery.history.filter(change=Change.ASK_STOP).order_by("pk").last()
    return Reason(asked.reason) if asked and asked.reason else Reason.CANCELLED


def _make_again(delivery: Delivery, plan: Plan | None) -> None:
    """Make the next revision of each parcel whose shipment was taken back for a change; on hold if the shop cannot."""
    latest = list(newest(delivery))
    numbers = [row.parcel for row in latest if row.open_parcel is None and row.change_asked_at is not None]
    if plan is not None:
        had_one = {row.parcel for row in latest}
        numbers += [number for number in range(1, len(plan.parcels) + 1) if number not in had_one]
    if not numbers:
        return
    try:
        plan = plan or plan_of(delivery)
    except ShopError as error:
        hold_delivery(delivery, reason=Reason.SHOP_ERROR, note=str(error))
        return
    if not plan.parcels:
        hold_delivery(delivery, reason=Reason.NO_PARCELS)
    made = [make_revision(delivery, number, plan) for number in numbers if number <= len(plan.parcels)]
    for shipment in made:
        if shipment.revision > 1:
            History.objects.create(delivery=delivery, shipment=shipment, change=Change.REVISE)
    wake_after_commit([shipment.pk for shipment in made])
