"""Moves while another transaction holds the row: each waits, then is judged by what the other one left."""

import uuid
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.models.placing import add_unchosen
from tests.factories import make_delivery, make_order
from tests.models.ready import brought, ready_for, shipment_in
from tests.models.tables import (
    ALSO_ONCE_ERASED,
    BY_WORKER,
    DELIVERIES,
    NOT_ONCE_ERASED,
    ONLY_WHILE_RELEASED,
    SHIPMENTS,
    Row,
    sources_of,
)
from tests.races import Contender

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.order_model,
    pytest.mark.postgresql,
]

Beside = Callable[[Callable[[], Any]], Contender]


# The walk of both tables: with the row as it was, and with another state or lease.


def test_moves_of_a_delivery_wait_and_go_by_the_state_that_a_rival_left(beside: Beside) -> None:
    became = {}
    for row in DELIVERIES:
        for left in ({"choice": 7}, *rivals_states(row)):
            delivery, brings = make_delivery(state=row.source), brought(row.move)
            move = partial(move_delivery, delivery, Change(row.move), **brings)
            became[row, left.get("state")] = outcome_beside(beside, delivery, left, move)
    moved = {(row, None): (True, True, row.target) for row in DELIVERIES}
    stayed = {(row, left["state"]): (True, False, left["state"]) for row in DELIVERIES for left in rivals_states(row)}
    assert became == {**moved, **stayed}


def test_moves_of_a_delivery_wait_and_go_by_an_erasure_that_a_rival_left(beside: Beside) -> None:
    became = {}
    for row in DELIVERIES:
        delivery, brings = make_delivery(state=row.source), brought(row.move)
        move = partial(move_delivery, delivery, Change(row.move), **brings)
        became[row] = outcome_beside(beside, delivery, {"erased_at": timezone.now()}, move)
    assert became == {
        row: (True, True, row.target) if row.move in ALSO_ONCE_ERASED else (True, False, row.source)
        for row in DELIVERIES
    }


@pytest.mark.parametrize("name", NOT_ONCE_ERASED)
@pytest.mark.parametrize("undone", [False, True])
def test_a_shipment_whose_delivery_is_being_erased_is_not_sent(beside: Beside, name: str, undone: bool) -> None:
    shipment, brings = ready_for(name, sources_of(name)[0]), brought(name)
    with transaction.atomic():
        Delivery.objects.filter(pk=shipment.delivery_id).update(erased_at=timezone.now())
        contender = beside(partial(move_shipment, shipment, name, lease=shipment.lease, **brings))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == undone


def test_moves_of_a_shipment_wait_and_go_by_the_state_that_a_rival_left(beside: Beside) -> None:
    became = {}
    for row in SHIPMENTS:
        for left in ({"tries": 7}, {"state": elsewhere_than(row.move)}):
            shipment, brings = ready_for(row.move, row.source), brought(row.move)
            move = partial(move_shipment, shipment, row.move, lease=shipment.lease, **brings)
            became[row, "state" in left] = outcome_beside(beside, shipment, left, move)
    moved = {(row, False): (True, True, row.target) for row in SHIPMENTS}
    stayed = {(row, True): (True, False, elsewhere_than(row.move)) for row in SHIPMENTS}
    assert became == {**moved, **stayed}


def test_workers_moves_wait_and_go_by_the_lease_that_a_rival_left(beside: Beside) -> None:
    became, first = {}, {name: sources_of(name)[0] for name in BY_WORKER}
    for name, source in first.items():
        shipment, brings = ready_for(name, source), brought(name)
        move = partial(move_shipment, shipment, name, lease=shipment.lease, **brings)
        became[name] = outcome_beside(beside, shipment, {"lease": uuid.uuid4()}, move)
    assert became == {name: (True, False, source) for name, source in first.items()}


def outcome_beside(
    beside: Beside, row: Delivery | Shipment, left: dict[str, Any], move: Callable[[], bool]
) -> tuple[bool, bool, str]:
    """Change the row and let ``move`` come before the commit; return whether it waited, whether it moved, the state."""
    every: Any = type(row)._default_manager
    rows = every.filter(pk=row.pk)
    with transaction.atomic():
        rows.update(**left)
        contender = beside(move)
        waited = contender.waits()
    return waited, contender.result(), rows.get().state


def rivals_states(row: Row) -> list[dict[str, Any]]:
    """Return what a rival may leave of a delivery so that the move is no longer allowed: none for what always is."""
    states = [state for state in ("placed", "held", "cancelled") if state not in sources_of(row.move)][:1]
    if row.source in (DeliveryState.DRAFT, DeliveryState.RESERVED):
        order = make_order()
        return [{"state": state, "order": order, "current_order": order} for state in states]
    return [{"state": state} for state in states]


def elsewhere_than(name: str) -> str:
    """Return a state of a shipment that the move does not leave."""
    return next(state for state in ("attention", "handed", "waiting") if state not in sources_of(name))


# Deliveries and their shipments never pass each other.


@pytest.mark.parametrize("undone", [False, True])
def test_a_delivery_waits_for_a_shipment_that_is_being_requested(beside: Beside, undone: bool) -> None:
    """Whether a shipment is in flight is asked after the wait: without the lock it would be asked before."""
    became = {}
    for change in (Change.CANCEL, Change.EXPIRE):
        shipment = shipment_in(ShipmentState.WAITING)
        delivery = Delivery.objects.get(pk=shipment.delivery_id)
        with transaction.atomic():
            assert move_shipment(shipment, "request", lease=shipment.lease)
            contender = beside(partial(move_delivery, delivery, change))
            assert contender.waits()
            transaction.set_rollback(undone)
        became[change] = contender.result()
    assert became == {Change.CANCEL: undone, Change.EXPIRE: undone}


@pytest.mark.parametrize("undone", [False, True])
def test_another_office_waits_for_an_answer_that_is_just_being_kept(beside: Beside, undone: bool) -> None:
    shipment = shipment_in(ShipmentState.UNKNOWN, delivery={"state": DeliveryState.NEEDS_CHOICE})
    delivery = Delivery.objects.get(pk=shipment.delivery_id)
    with transaction.atomic():
        assert move_shipment(shipment, "ask_person", lease=shipment.lease)
        contender = beside(partial(move_delivery, delivery, Change.CHOOSE_AGAIN))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result()


STOPS = (Change.HOLD, Change.NEED_CHOICE, Change.CANCEL, Change.ASK_STOP)


@pytest.mark.parametrize("undone", [False, True])
def test_a_shipment_whose_delivery_is_being_stopped_is_not_sent_unless_that_is_undone(
    beside: Beside, undone: bool
) -> None:
    sent = {}
    for name, change in product(ONLY_WHILE_RELEASED, STOPS):
        shipment = shipment_in(ShipmentState.WAITING)
        delivery = Delivery.objects.get(pk=shipment.delivery_id)
        with transaction.atomic():
            assert move_delivery(delivery, change, reason=Reason.CANCELLED)
            contender = beside(partial(move_shipment, shipment, name, lease=shipment.lease))
            assert contender.waits()
            transaction.set_rollback(undone)
        sent[name, change] = contender.result()
    assert sent == dict.fromkeys(product(ONLY_WHILE_RELEASED, STOPS), undone)


# Orders that came without a choice.


@pytest.mark.parametrize("former", [[], [DeliveryState.CANCELLED]], ids=["the first", "after a cancelled one"])
def test_of_two_rows_for_one_order_there_is_one(beside: Beside, former: list[DeliveryState]) -> None:
    order = make_order()
    before = [make_delivery(order=order, state=state) for state in former]
    with transaction.atomic():
        first = add_unchosen(order)
        contender = beside(lambda: add_unchosen(order))
        assert contender.waits()
    assert contender.result() is None
    assert set(Delivery.objects.filter(order=order)) == {*before, first}


def test_a_row_that_is_being_cancelled_is_waited_for_and_replaced(beside: Beside) -> None:
    order = make_order()
    former = make_delivery(order=order)
    with transaction.atomic():
        assert move_delivery(former, Change.CANCEL)
        contender = beside(lambda: add_unchosen(order))
        assert contender.waits()
    made = contender.result()
    assert made is not None
    assert made.replaces == former
    assert Delivery.objects.get(current_order=order) == made
