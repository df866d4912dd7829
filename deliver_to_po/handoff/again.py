"""Handing off again: what a clerk wants who presses "Hand off now" for some deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db.models import QuerySet

from deliver_to_po import asking
from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing import can_be_changed
from deliver_to_po.handoff.putting_right import make_again
from deliver_to_po.handoff.queue import hand_off, make_due, workable
from deliver_to_po.handoff.release import releasable, release_delivery, resume_delivery
from deliver_to_po.handoff.tasks import wake_after_commit, wakes_workers
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import newest_revision


@dataclass(frozen=True, slots=True)
class HandedOff:
    """Which shipments there were to hand off, which were, and which workers were told of.

    ``refusals`` says why refused parcels could not be made again, each reason once.
    """

    shipments: Sequence[int]
    done: Sequence[int] = ()
    woken: Sequence[int] = ()
    refusals: Sequence[str] = ()


def can_be_handed_off(delivery: Delivery) -> bool:
    """Say whether handing off again would do anything: something is to be released, tried again or not finished."""
    unfinished = workable().filter(delivery=delivery).exists()
    refused = bool(_refused([delivery]))
    return unfinished or refused or _awaits_us(delivery)


def hand_off_again(deliveries: QuerySet[Delivery], *, user: Any, seconds: float, wait: bool = False) -> HandedOff:
    """Release what waits for it, make refused parcels again, and hand off whatever has a next step.

    Workers do the work where there are some, unless somebody is to ``wait`` for it; else it is done here, one shipment
    after the other, until ``seconds`` are over.
    """
    chosen = list(deliveries.order_by("placed_at", "pk"))
    refusals = _let_go_on(chosen, user)
    unfinished = workable().filter(delivery__in=chosen).order_by("due_at", "pk")
    shipments = list(unfinished.values_list("pk", flat=True))
    if shipments and wakes_workers() and not wait:
        woken = [pk for pk in shipments if make_due(pk)]
        wake_after_commit(woken)
        return HandedOff(shipments, woken=woken, refusals=refusals)
    done = shipments[: _hand_off_within(shipments, seconds)]
    return HandedOff(shipments, done=done, refusals=refusals)


def _let_go_on(chosen: Sequence[Delivery], user: Any) -> Sequence[str]:
    """Release what waits for it and make refused parcels again; return why some could not be, each reason once."""
    for delivery in chosen:
        if _may_be_released(delivery):
            release_delivery(delivery, user=user)
        elif delivery.state == DeliveryState.HELD and releasable(delivery):
            # What the shop had to mend stood in its way, and its release is still to come.
            resume_delivery(delivery, user=user)
    refusals: dict[str, None] = {}
    for shipment in _refused(chosen):
        try:
            make_again(shipment, user=user)
        except MoveRefused as error:
            refusals[str(error)] = None
    return tuple(refusals)


def _awaits_us(delivery: Delivery) -> bool:
    """Say whether pressing the button lets a delivery go on, at least to where it waits for its release."""
    return _may_be_released(delivery) or (delivery.state == DeliveryState.HELD and releasable(delivery))


def _may_be_released(delivery: Delivery) -> bool:
    """Say whether it is the merchant who releases, or a release was asked for that got lost or could not be done."""
    if not releasable(delivery):
        return False
    asked = delivery.state == DeliveryState.HELD and delivery.release_asked_at is not None
    return asked or app_settings.release == "by_merchant" or asking.is_surely_paid(delivery.order)


def _refused(deliveries: Sequence[Delivery]) -> list[Shipment]:
    """Return the refused shipments of what is released: corrected, they may be made again, each parcel's newest."""
    released = [row for row in deliveries if row.state == DeliveryState.RELEASED and can_be_changed(row)]
    rows = Shipment.objects.filter(newest_revision(), delivery__in=released, state=ShipmentState.REFUSED)
    return list(rows.select_related("delivery"))


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
