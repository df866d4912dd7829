"""Two at once, on PostgreSQL: one worker has a shipment, a parcel is made again once, no release is lost."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, ParcelState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.as_asked import move_and_do_as_asked
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel
from deliver_to_po.handoff.changing.change import Changed, correct_recipient
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.changing.ship_again import ship_again
from deliver_to_po.handoff.releasing.release import hold, release
from deliver_to_po.handoff.sending.next_step import SHIPMENTS, end_pause, make_due
from deliver_to_po.models import Delivery, Shipment, Tracking
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.outbox.claiming import claim
from tests.factories import RECIPIENT, make_delivery, make_shipment
from tests.handoff.scripted import Script
from tests.races import Beside, meeting
from tests.rounds import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

S = ShipmentState
SOMEBODY_ELSE = replace(RECIPIENT, name="Zoë Correct")


def beside_a_claim(beside: Beside, shipment: Shipment, do: Callable[[], Any], *, undone: bool = False) -> Any:
    """Return what ``do`` comes to while a worker claims the shipment; ``undone`` when that claim fails after all."""
    return meeting(beside, partial(claim, SHIPMENTS, shipment.pk), do, undone=undone)


def once(do: Callable[..., Any], *arguments: Any) -> Any:
    """Return what came of it, None where somebody was faster."""
    with suppress(MoveRefused):
        return do(*arguments)


@pytest.mark.parametrize("state", [S.WAITING, S.UNKNOWN])
def test_one_worker_has_a_shipment_and_no_lease_counts_as_lapsed(beside: Beside, state: str) -> None:
    shipment = make_shipment(state=state)
    assert beside_a_claim(beside, shipment, partial(claim, SHIPMENTS, shipment.pk)) is None
    assert (now(shipment).claims, shipment.lapses) == (1, 0)


def test_a_claim_that_fails_leaves_the_shipment_to_the_next(beside: Beside) -> None:
    shipment = make_shipment()
    claimed = beside_a_claim(beside, shipment, partial(claim, SHIPMENTS, shipment.pk), undone=True)
    shipment.refresh_from_db()
    assert claimed is not None
    assert (claimed.lease, shipment.claims) == (shipment.lease, 1)


def test_a_shipment_that_a_worker_just_took_is_not_made_due(beside: Beside) -> None:
    shipment = make_shipment()
    assert not beside_a_claim(beside, shipment, partial(make_due, [shipment.pk]))
    assert now(shipment).due_at is not None
    assert shipment.lease is not None
    assert claim(SHIPMENTS, shipment.pk) is None


def test_the_end_of_a_pause_makes_nothing_due_that_a_worker_just_took(beside: Beside) -> None:
    assert beside_a_claim(beside, make_shipment(reason=Reason.PAUSED), end_pause) == 0


@pytest.mark.parametrize("undone", [False, True])
@pytest.mark.parametrize("change", [Change.CANCEL, Change.HOLD])
def test_nothing_is_made_again_of_what_is_just_being_stopped(beside: Beside, change: Change, undone: bool) -> None:
    refused = make_shipment(state=S.REFUSED)
    stop = partial(move_delivery, Delivery.objects.get(pk=refused.delivery_id), change)
    meeting(beside, stop, partial(once, make_again, refused), undone=undone)
    assert Shipment.objects.filter(delivery=refused.delivery_id).count() == 1 + undone


def test_two_who_make_a_parcel_again_make_it_once(beside: Beside) -> None:
    refused = make_shipment(state=S.REFUSED)
    assert not meeting(beside, partial(once, make_again, refused), partial(once, make_again, refused))
    assert Shipment.objects.filter(delivery=refused.delivery_id).count() == 2


@pytest.mark.parametrize(
    ("state", "change", "undone", "then"),
    [
        (DeliveryState.PLACED, Change.HOLD, False, DeliveryState.HELD),
        (DeliveryState.PLACED, Change.HOLD, True, DeliveryState.RELEASED),
        (DeliveryState.HELD, Change.RESUME, False, DeliveryState.RELEASED),
    ],
)
def test_a_release_that_meets_a_hold_or_its_end_is_kept_or_done(
    beside: Beside, state: DeliveryState, change: Change, undone: bool, then: DeliveryState
) -> None:
    delivery = make_delivery(state=state, release_asked_at=None, released_at=None)
    holds = partial(move_delivery, delivery, change, reason=Reason.ON_HOLD if change == Change.HOLD else Reason.NONE)
    meeting(beside, holds, partial(release, delivery.order), undone=undone)
    assert now(delivery).state == then
    assert delivery.release_asked_at is not None


@pytest.mark.parametrize(("do", "then"), [(hold, DeliveryState.HELD), (cancel, DeliveryState.CANCELLED)])
def test_what_meets_an_order_that_is_just_shipped_again_reaches_its_new_delivery(
    beside: Beside, do: Callable[[Any], Any], then: DeliveryState
) -> None:
    shipment = make_shipment(state=S.LABELLED, tracking_pin="701", transmitted_at=timezone.now())
    Tracking.objects.create(shipment=shipment, state=ParcelState.RETURNED)
    order = shipment.delivery.order
    meeting(beside, partial(ship_again, order), partial(do, order))
    assert Delivery.objects.get(replaces=shipment.delivery_id).state == then


def test_two_releases_at_once_make_each_parcel_once(beside: Beside) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    meeting(beside, partial(release, delivery.order), partial(release, delivery.order))
    assert delivery.shipments.count() == 1


# Changes, beside a worker.


def sent(shipment: Shipment) -> bool:
    claimed = claim(SHIPMENTS, shipment.pk)
    return claimed is not None and move_shipment(claimed, "request", lease=claimed.lease)


@pytest.mark.parametrize("undone", [False, True])
def test_a_change_waits_for_a_request_that_is_just_going_out_and_is_done_at_its_answer(
    beside: Beside, script: Script, undone: bool
) -> None:
    shipment = make_shipment()
    corrects = partial(correct_recipient, Delivery.objects.get(pk=shipment.delivery_id), SOMEBODY_ELSE)
    came_of_it = meeting(beside, partial(sent, shipment), corrects, undone=undone)
    assert came_of_it == (Changed.CHANGED if undone else Changed.KEPT_UNTIL_ANSWER)
    assert now(shipment).state == ("dropped" if undone else "requested")


def correct(delivery: Delivery) -> bool:
    return correct_recipient(delivery, SOMEBODY_ELSE) == Changed.KEPT_UNTIL_ANSWER


def cancelled(delivery: Delivery) -> bool:
    return cancel(delivery.order) == Cancelled.ASKED


@pytest.mark.parametrize(
    ("ask", "name", "states"),
    [
        (correct, "made", (["made"], ["voiding"])),
        (correct, "refuse", (["refused"], ["refused", "waiting"])),
        (cancelled, "made", (["made"], ["voiding"])),
    ],
)
@pytest.mark.parametrize("undone", [False, True])
def test_an_answer_waits_for_a_change_or_a_cancellation_that_is_just_being_asked_for(
    beside: Beside,
    script: Script,
    ask: Callable[[Delivery], bool],
    name: str,
    states: tuple[list[str], list[str]],
    undone: bool,
) -> None:
    shipment = make_shipment(state=S.REQUESTED, lease=uuid.uuid4())
    fields: dict[str, Any] = {"shipment_id": "S-1", "due_at": timezone.now()} if name == "made" else {}
    asks = partial(ask, Delivery.objects.get(pk=shipment.delivery_id))
    assert meeting(beside, asks, partial(move_and_do_as_asked, shipment, name, **fields), undone=undone)
    rows = shipment.delivery.shipments.order_by("revision").values_list("state", flat=True)
    assert list(rows) == states[not undone]


@pytest.mark.parametrize("undone", [False, True])
def test_of_two_who_correct_at_once_the_second_is_told(beside: Beside, undone: bool) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    mine, third = Delivery.objects.get(pk=delivery.pk), replace(RECIPIENT, name="Third Person")
    theirs = partial(correct_recipient, delivery, SOMEBODY_ELSE)
    second = meeting(beside, theirs, partial(once, correct_recipient, mine, third), undone=undone)
    assert second == (Changed.CHANGED if undone else None)
    assert Delivery.objects.get(pk=delivery.pk).recipient_name == (third if undone else SOMEBODY_ELSE).name


@pytest.mark.parametrize("undone", [False, True])
def test_a_label_that_is_just_being_kept_is_voided_all_the_same(beside: Beside, script: Script, undone: bool) -> None:
    shipment = make_shipment(state=S.MADE, lease=uuid.uuid4())
    keeps = partial(move_shipment, shipment, "label", lease=shipment.lease, label="x.pdf")
    order = Delivery.objects.get(pk=shipment.delivery_id).order
    assert meeting(beside, keeps, partial(cancel, order), undone=undone) == Cancelled.ASKED
    assert now(shipment).state == "voiding"


@pytest.mark.parametrize("undone", [False, True])
def test_a_parcel_whose_label_is_destroyed_is_made_again_once(beside: Beside, script: Script, undone: bool) -> None:
    shipment = make_shipment(state=S.REFUND_ASKED, change_asked_at=timezone.now())
    again = partial(once, label_destroyed, Shipment.objects.get(pk=shipment.pk))
    second = meeting(beside, partial(label_destroyed, shipment), again, undone=undone)
    assert second == (Changed.CHANGED if undone else None)
    assert shipment.delivery.shipments.count() == 2
