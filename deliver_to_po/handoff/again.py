"""Handing off again: what a clerk wants who presses "Hand off now" for some deliveries."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from deliver_to_po import asking
from deliver_to_po.asking import ShopError
from deliver_to_po.choices import Change, DeliveryState, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.planning import make_revision, plan_of
from deliver_to_po.handoff.queue import hand_off, make_due, workable
from deliver_to_po.handoff.release import releasable, release_delivery, resume_delivery
from deliver_to_po.handoff.tasks import wake_after_commit, wakes_workers
from deliver_to_po.models import Delivery, History, Shipment


@dataclass(frozen=True, slots=True)
class HandedOff:
    """Which shipments there were to hand off, which were, and which workers were told of."""

    shipments: Sequence[int]
    done: Sequence[int] = ()
    woken: Sequence[int] = ()


def can_be_handed_off(delivery: Delivery) -> bool:
    """Say whether handing off again would do anything: something is to be released, tried again or not finished."""
    unfinished = workable().filter(delivery=delivery).exists()
    refused = _refused([delivery]).exists()
    released = delivery.state == DeliveryState.RELEASED and delivery.erased_at is None
    return unfinished or (refused and released) or _awaits_us(delivery)


def hand_off_again(deliveries: QuerySet[Delivery], *, user: Any, seconds: float, wait: bool = False) -> HandedOff:
    """Release what waits for it, make refused parcels again, and hand off whatever has a next step.

    Workers do the work where there are some, unless somebody is to ``wait`` for it; else it is done here, one shipment
    after the other, until ``seconds`` are over.
    """
    shipments = _to_hand_off(deliveries, user)
    if shipments and wakes_workers() and not wait:
        woken = [pk for pk in shipments if make_due(pk)]
        wake_after_commit(woken)
        return HandedOff(shipments, woken=woken)
    return HandedOff(shipments, done=shipments[: _hand_off_within(shipments, seconds)])


def _to_hand_off(deliveries: QuerySet[Delivery], user: Any) -> list[int]:
    chosen = list(deliveries.order_by("placed_at", "pk"))
    for delivery in chosen:
        if _may_be_released(delivery):
            release_delivery(delivery, user=user)
        elif delivery.state == DeliveryState.HELD and releasable(delivery):
            # What the shop had to mend stood in its way, and its release is still to come.
            resume_delivery(delivery, user=user)
    for shipment in _refused(chosen):
        with suppress(MoveRefused):
            revise(shipment, user=user)
    return list(workable().filter(delivery__in=chosen).order_by("due_at", "pk").values_list("pk", flat=True))


def _awaits_us(delivery: Delivery) -> bool:
    """Say whether pressing the button lets a delivery go on, at least to where it waits for its release."""
    return _may_be_released(delivery) or (delivery.state == DeliveryState.HELD and releasable(delivery))


def _may_be_released(delivery: Delivery) -> bool:
    """Say whether it is the merchant who releases, or a release was asked for that got lost or could not be done."""
    if not releasable(delivery):
        return False
    asked = delivery.state == DeliveryState.HELD and delivery.release_asked_at is not None
    return asked or app_settings.release == "by_merchant" or asking.is_surely_paid(delivery.order)


def _refused(deliveries: Sequence[Delivery]) -> QuerySet[Shipment]:
    """Return the refused shipments that are the newest revision of their parcel: corrected, they may be made again."""
    newer = Shipment.objects.filter(
        delivery=OuterRef("delivery"), parcel=OuterRef("parcel"), revision__gt=OuterRef("revision")
    )
    rows = Shipment.objects.filter(delivery__in=deliveries, state=ShipmentState.REFUSED)
    return rows.exclude(Exists(newer)).select_related("delivery")


def revise(shipment: Shipment, *, user: Any = None) -> Shipment:
    """Make the next revision of a refused parcel, with what the adapter says now, and return it.

    Its request id is a new one: the system has refused the old one, and holds nothing under it. Raises MoveRefused
    when the parcel is not refused any more, has been revised already, its recipient is erased, or the shop no longer
    names it.
    """
    try:
        plan = plan_of(shipment.delivery)
    except ShopError:
        raise MoveRefused from None
    if len(plan.parcels) < shipment.parcel:
        raise MoveRefused
    try:
        with transaction.atomic():
            current = Delivery.objects.select_for_update().get(pk=shipment.delivery_id)
            newest = current.shipments.filter(parcel=shipment.parcel).latest("revision")
            released = current.state == DeliveryState.RELEASED and current.erased_at is None
            if not released or newest.state != ShipmentState.REFUSED:
                raise MoveRefused
            made = make_revision(current, newest.parcel, plan)
            History.objects.create(delivery=current, shipment=made, user=user, change=Change.REVISE)
            wake_after_commit([made.pk])
    except IntegrityError:
        raise MoveRefused from None
    return made


def _hand_off_within(shipments: Sequence[int], seconds: float) -> int:
    """Hand shipments off one after the other until the time is over; return how many were, at least one."""
    deadline = monotonic() + seconds
    done = 0
    for pk in shipments:
        hand_off(pk, now=True)
        done += 1
        if monotonic() >= deadline:
            break
    return done
