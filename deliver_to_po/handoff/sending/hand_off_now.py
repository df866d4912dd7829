"""Handing off again: what a clerk wants who presses "Request the label" for some deliveries."""

from collections import defaultdict
from collections.abc import Sequence
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from deliver_to_po.core.background import works_in_background
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.core.choices.states import UNRELEASED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.change import can_be_changed
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.releasing.release import releasable, release_delivery, resume_delivery
from deliver_to_po.handoff.sending.next_step import hand_off, make_due, workable
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.host import asking
from deliver_to_po.host.savepoints import under_one_savepoint
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import newest_revision


class HandedOff(NamedTuple):
    """Which shipments there were to hand off, which of them were here, and what was left.

    ``by_workers`` says that workers do it. ``refusals`` says why refused parcels could not be made again, each reason
    once. ``unpaid`` is how many deliveries were left out since the shop says that they are not paid, ``not_reached``
    how many nobody got to in time, ``held`` how many are on hold, perhaps since just now, with nothing to hand off, and
    ``without`` how many else had nothing while others had.
    """

    shipments: Sequence[int]
    done: Sequence[int] = ()
    by_workers: bool = False
    refusals: Sequence[str] = ()
    unpaid: int = 0
    not_reached: int = 0
    held: int = 0
    without: int = 0


def can_be_handed_off(delivery: Delivery) -> bool:
    """Say whether handing off again would do anything: something is to be released, tried again or not finished."""
    unfinished = workable().filter(delivery=delivery).exists() or bool(_refused([delivery]))
    # What the shop had to mend may be mended; then it goes on at least to where it waits for its release.
    return unfinished or _may_be_released(delivery) or (delivery.state == DeliveryState.HELD and releasable(delivery))


def hand_off_again(
    deliveries: QuerySet[Delivery], *, user: Any, seconds: float, wait: bool = False, unpaid_too: bool = False
) -> HandedOff:
    """Release what waits for it, make refused parcels again, and hand off whatever has a next step.

    Workers do the last where there are some, unless somebody is to ``wait`` for it; else it is done here, one shipment
    after the other. All of it ends when ``seconds`` are over. Where a clerk releases, what the shop says is not paid is
    left out, unless ``unpaid_too``.
    """
    deadline = monotonic() + seconds
    every = list(deliveries.select_related("order").order_by("placed_at", "pk"))
    with under_one_savepoint():
        chosen = [row for row in every if unpaid_too or not is_surely_unpaid(row)]
    # Those that are made here wake workers themselves.
    before = set(_unfinished(chosen)) if works_in_background() else set()
    reached, refusals = _let_go_on(chosen, user, deadline)
    shipments = _unfinished(chosen[:reached])
    by_workers = bool(shipments) and works_in_background() and not wait
    done: Sequence[int] = ()
    if by_workers:
        make_due(shipments)
        wake_after_commit([pk for pk in shipments if pk in before])
    else:
        done = shipments[: _hand_off_until(shipments, deadline)]
    having = set(Shipment.objects.filter(pk__in=shipments).values_list("delivery", flat=True))
    held = {row.pk for row in chosen[:reached] if row.state == DeliveryState.HELD} - having
    without = reached - len(having | held) if shipments else 0
    left = (len(every) - len(chosen), len(chosen) - reached, len(held), without)
    return HandedOff(shipments, done, by_workers, refusals, *left)


def is_surely_unpaid(delivery: Delivery) -> bool:
    """Say whether a delivery waits for a clerk to release it, and the shop says that its order is not paid."""
    waits = delivery.state in UNRELEASED and app_settings.release == "by_merchant"
    return waits and asking.is_surely_unpaid(delivery.order)


def _unfinished(deliveries: Sequence[Delivery]) -> list[int]:
    return list(workable().filter(delivery__in=deliveries).order_by("due_at", "pk").values_list("pk", flat=True))


def _let_go_on(chosen: Sequence[Delivery], user: Any, deadline: float) -> tuple[int, Sequence[str]]:
    """Release what waits for it and make refused parcels again until the time is over.

    Return how many deliveries were reached, at least one, and why parcels could not be made again, each reason once.
    """
    refused = defaultdict[UUID, list[Shipment]](list)
    for shipment in _refused(chosen):
        refused[shipment.delivery_id].append(shipment)
    reached, refusals = 0, dict[str, None]()
    for delivery in chosen:
        if _may_be_released(delivery):
            release_delivery(delivery, user=user)
        elif delivery.state == DeliveryState.HELD and releasable(delivery):
            # What the shop had to mend stood in its way, and its release is still to come.
            resume_delivery(delivery, user=user)
        for shipment in refused[delivery.pk]:
            try:
                make_again(shipment, user=user)
            except MoveRefused as error:
                refusals[str(error)] = None
        reached += 1
        if monotonic() >= deadline:
            break
    return reached, tuple(refusals)


def _may_be_released(delivery: Delivery) -> bool:
    """Say whether a release was asked for that got lost or could not be done, or is not the payment's to bring.

    Whatever is still placed under "on_placing" was placed under another setting: nobody else releases it.
    """
    if not releasable(delivery):
        return False
    asked = delivery.state == DeliveryState.HELD and delivery.release_asked_at is not None
    return asked or app_settings.release != "when_paid" or asking.is_surely_paid(delivery.order)


def _refused(deliveries: Sequence[Delivery]) -> list[Shipment]:
    released = [row for row in deliveries if row.state == DeliveryState.RELEASED and can_be_changed(row)]
    rows = Shipment.objects.filter(newest_revision(), delivery__in=released, state=ShipmentState.REFUSED)
    return list(rows.select_related("delivery"))


def _hand_off_until(shipments: Sequence[int], deadline: float) -> int:
    """Hand shipments off one after the other until the time is over; return how many were, at least one."""
    done = 0
    for pk in shipments:
        hand_off(pk, now=True)
        done += 1
        if monotonic() >= deadline:
            break
    return done
