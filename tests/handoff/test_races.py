"""Two at once, on PostgreSQL: one worker has a shipment, a parcel is made again once, no release is lost."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import transaction
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
from tests.races import Contender
from tests.rounds import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

SOMEBODY_ELSE = replace(RECIPIENT, name="Zoë Correct")

Beside = Callable[[Callable[[], Any]], Contender]


def beside_a_claim(beside: Beside, shipment: Shipment, do: Callable[[], Any], *, undone: bool = False) -> Any:
    """Return what ``do`` comes to while a worker claims the shipment; ``undone`` when that claim fails after all."""
    with transaction.atomic():
        assert claim(SHIPMENTS, shipment.pk) is not None
        contender = beside(do)
        assert contender.waits()
        transaction.set_rollback(undone)
    return contender.result()


@pytest.mark.parametrize("state", [ShipmentState.WAITING, ShipmentState.UNKNOWN])
def test_one_worker_has_a_shipment_and_no_lease_counts_as_lapsed(beside: Beside, state: str) -> None:
    shipment = make_shipment(state=state)
    assert beside_a_claim(beside, shipment, partial(claim, SHIPMENTS, shipment.pk)) is None
    shipment.refresh_from_db()
    assert (shipment.claims, shipment.lapses) == (1, 0)


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


def refusal_of(shipment: Shipment) -> type[MoveRefused] | None:
    """Return why the parcel could not be made again, None if it could."""
    try:
        make_again(shipment)
    except MoveRefused as error:
        return type(error)
    return None


def made_again(shipment: Shipment) -> bool:
    """Say whether a next revision of the parcel was made."""
    with suppress(MoveRefused):
        make_again(shipment)
    return Shipment.objects.filter(delivery=shipment.delivery_id, revision__gt=shipment.revision).exists()


@pytest.mark.parametrize("undone", [False, True])
@pytest.mark.parametrize("change", [Change.CANCEL, Change.HOLD])
def test_nothing_is_made_again_of_a_delivery_that_is_just_being_stopped(
    beside: Beside, change: Change, undone: bool
) -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    with transaction.atomic():
        assert move_delivery(Delivery.objects.get(pk=refused.delivery_id), change)
        contender = beside(partial(made_again, refused))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == undone
    assert Shipment.objects.filter(delivery=refused.delivery_id).count() == 1 + undone


def test_two_who_make_a_parcel_again_make_it_once(beside: Beside) -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    with transaction.atomic():
        assert make_again(refused) == Changed.CHANGED
        contender = beside(partial(refusal_of, refused))
        assert contender.waits()
    assert contender.result() == MoveRefused
    assert Shipment.objects.filter(delivery=refused.delivery_id).count() == 2


@pytest.mark.parametrize("undone", [False, True])
def test_a_release_that_meets_a_hold_is_kept_until_it_is_resumed(beside: Beside, undone: bool) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED, release_asked_at=None, released_at=None)
    order = delivery.order
    with transaction.atomic():
        assert move_delivery(delivery, Change.HOLD, reason=Reason.ON_HOLD)
        contender = beside(partial(release, order))
        assert contender.waits()
        transaction.set_rollback(undone)
    contender.result()
    assert now(delivery).state == (DeliveryState.RELEASED if undone else DeliveryState.HELD)
    assert delivery.release_asked_at is not None


@pytest.mark.parametrize("do", [hold, cancel])
def test_what_meets_an_order_that_is_just_shipped_again_reaches_its_new_delivery(
    beside: Beside, do: Callable[[Any], Any]
) -> None:
    shipment = make_shipment(state=ShipmentState.LABELLED, tracking_pin="701", transmitted_at=timezone.now())
    Tracking.objects.create(shipment=shipment, state=ParcelState.RETURNED)
    order = shipment.delivery.order
    with transaction.atomic():
        made = ship_again(order)
        contender = beside(partial(do, order))
        assert contender.waits()
    contender.result()
    assert now(made).state == (DeliveryState.HELD if do is hold else DeliveryState.CANCELLED)


def test_a_release_that_meets_a_resume_releases(beside: Beside) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, release_asked_at=None, released_at=None)
    order = delivery.order
    with transaction.atomic():
        assert move_delivery(delivery, Change.RESUME)
        contender = beside(partial(release, order))
        assert contender.waits()
    contender.result()
    assert now(delivery).state == DeliveryState.RELEASED


def test_two_releases_at_once_make_each_parcel_once(beside: Beside) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    order = delivery.order
    with transaction.atomic():
        release(order)
        contender = beside(partial(release, order))
        assert contender.waits()
    contender.result()
    assert delivery.shipments.count() == 1


# Changes, beside a worker.


@pytest.mark.parametrize("undone", [False, True])
def test_a_change_waits_for_a_request_that_is_just_going_out_and_is_done_at_its_answer(
    beside: Beside, script: Script, undone: bool
) -> None:
    shipment = make_shipment()
    with transaction.atomic():
        claimed = claim(SHIPMENTS, shipment.pk)
        assert claimed is not None
        assert move_shipment(claimed, "request", lease=claimed.lease)
        contender = beside(partial(correct_recipient, Delivery.objects.get(pk=shipment.delivery_id), SOMEBODY_ELSE))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == (Changed.CHANGED if undone else Changed.KEPT_UNTIL_ANSWER)
    assert now(shipment).state == ("dropped" if undone else "requested")


def correct(delivery: Delivery) -> bool:
    return correct_recipient(delivery, SOMEBODY_ELSE) == Changed.KEPT_UNTIL_ANSWER


def cancelled(delivery: Delivery) -> bool:
    return cancel(delivery.order) == Cancelled.ASKED


@pytest.mark.parametrize(
    ("ask", "name", "undone_state", "state", "parcels"),
    [
        (correct, "made", "made", "voiding", 1),
        (correct, "refuse", "refused", "refused", 2),
        (cancelled, "made", "made", "voiding", 1),
    ],
)
@pytest.mark.parametrize("undone", [False, True])
def test_an_answer_waits_for_a_change_or_a_cancellation_that_is_just_being_asked_for(
    beside: Beside,
    script: Script,
    ask: Callable[[Delivery], bool],
    name: str,
    undone_state: str,
    state: str,
    parcels: int,
    undone: bool,
) -> None:
    shipment = make_shipment(state=ShipmentState.REQUESTED, lease=uuid.uuid4())
    fields: dict[str, Any] = {"shipment_id": "S-1", "due_at": timezone.now()} if name == "made" else {}
    with transaction.atomic():
        assert ask(Delivery.objects.get(pk=shipment.delivery_id))
        contender = beside(partial(move_and_do_as_asked, shipment, name, **fields))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result()
    assert now(shipment).state == (undone_state if undone else state)
    assert shipment.delivery.shipments.count() == (1 if undone else parcels)


@pytest.mark.parametrize("undone", [False, True])
def test_of_two_who_correct_at_once_the_second_is_told(beside: Beside, undone: bool) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    mine = Delivery.objects.get(pk=delivery.pk)
    with transaction.atomic():
        assert correct_recipient(delivery, SOMEBODY_ELSE) == Changed.CHANGED
        contender = beside(partial(correct_recipient, mine, replace(RECIPIENT, name="Third Person")))
        assert contender.waits()
        transaction.set_rollback(undone)
    if undone:
        assert contender.result() == Changed.CHANGED
    else:
        with pytest.raises(MoveRefused):
            contender.result()
    name = "Third Person" if undone else SOMEBODY_ELSE.name
    assert Delivery.objects.get(pk=delivery.pk).recipient_name == name


@pytest.mark.parametrize("undone", [False, True])
def test_a_label_that_is_just_being_kept_is_voided_all_the_same(beside: Beside, script: Script, undone: bool) -> None:
    shipment = make_shipment(state=ShipmentState.MADE, lease=uuid.uuid4(), shipment_id="S-1")
    with transaction.atomic():
        assert move_shipment(shipment, "label", lease=shipment.lease, label="x.pdf")
        contender = beside(partial(cancel, Delivery.objects.get(pk=shipment.delivery_id).order))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == Cancelled.ASKED
    assert now(shipment).state == "voiding"


@pytest.mark.parametrize("undone", [False, True])
def test_a_parcel_whose_label_is_destroyed_is_made_again_once(beside: Beside, script: Script, undone: bool) -> None:
    shipment = make_shipment(state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now())
    with transaction.atomic():
        assert label_destroyed(shipment) == Changed.CHANGED
        contender = beside(partial(label_destroyed, Shipment.objects.get(pk=shipment.pk)))
        assert contender.waits()
        transaction.set_rollback(undone)
    if undone:
        assert contender.result() == Changed.CHANGED
    else:
        with pytest.raises(MoveRefused):
            contender.result()
    assert shipment.delivery.shipments.count() == 2
