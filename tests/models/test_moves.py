"""The allowed moves: where a row must be, whose lease it must be under, and what its delivery must be."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import DELIVERY_MOVES, SHIPMENT_MOVES, move_delivery, move_shipment
from deliver_to_po.models.shipment import CLOSED, request_id
from tests.factories import make_delivery, make_draft, make_order, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

EXTRA: dict[str, dict[str, Any]] = {
    "made": {"shipment_id": "1"},
    "suspend": {"shipment_id": "1"},
    "label": {"label": "x.pdf"},
}


def _shipment_in(state: str, delivery_state: str = DeliveryState.RELEASED) -> Shipment:
    delivery = make_delivery(state=delivery_state)
    fields: dict[str, Any] = {"state": state, "lease": uuid.uuid4(), "shipment_id": "1"}
    if state == ShipmentState.LABELLED:
        fields["label"] = "x.pdf"
    return make_shipment(delivery, **fields)


@pytest.mark.parametrize("name", SHIPMENT_MOVES)
@pytest.mark.parametrize("state", ShipmentState.values)
def test_a_shipment_moves_only_from_the_states_of_the_table(name: str, state: str) -> None:
    shipment = _shipment_in(state)
    assert shipment.lease is not None
    moved = move_shipment(shipment, name, lease=shipment.lease, **EXTRA.get(name, {}))
    assert moved == (state in SHIPMENT_MOVES[name].sources)
    shipment.refresh_from_db()
    assert shipment.state == (SHIPMENT_MOVES[name].target if moved else state)


def test_only_the_holder_of_the_lease_moves_a_shipment() -> None:
    shipment = _shipment_in(ShipmentState.WAITING)
    assert not move_shipment(shipment, "request", lease=uuid.uuid4())


@pytest.mark.parametrize("state", [s for s in DeliveryState.values if s not in ("draft", "released")])
def test_nothing_is_requested_while_the_delivery_is_not_released(state: str) -> None:
    shipment = _shipment_in(ShipmentState.WAITING, state)
    assert shipment.lease is not None
    assert not move_shipment(shipment, "request", lease=shipment.lease)


def test_the_lease_ends_with_every_move_but_the_request() -> None:
    shipment = _shipment_in(ShipmentState.WAITING)
    lease = shipment.lease
    assert lease is not None
    move_shipment(shipment, "request", lease=lease)
    assert shipment.lease == lease
    move_shipment(shipment, "lose_sight", lease=lease)
    assert shipment.lease is None


@pytest.mark.parametrize("name", [n for n in DELIVERY_MOVES if n not in ("place", "release")])
@pytest.mark.parametrize("in_flight", [ShipmentState.REQUESTED, ShipmentState.UNKNOWN])
def test_a_delivery_stands_still_while_an_answer_is_awaited(name: str, in_flight: str) -> None:
    shipment = make_shipment(state=in_flight)
    assert not move_delivery(shipment.delivery, name)


@pytest.mark.parametrize("name", DELIVERY_MOVES)
@pytest.mark.parametrize("state", [s for s in DeliveryState.values if s != "draft"])
def test_a_delivery_moves_only_from_the_states_of_the_table(name: str, state: str) -> None:
    delivery = make_delivery(state=state)
    moved = move_delivery(delivery, name, why="because")
    assert moved == (state in DELIVERY_MOVES[name].sources)
    assert list(delivery.history.values_list("what", "why")) == ([(name, "because")] if moved else [])


def test_a_move_keeps_its_reason() -> None:
    delivery = make_delivery()
    move_delivery(delivery, "ask_choice", reason=Reason.OFFICE_GONE)
    assert (delivery.state, delivery.reason) == (DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE)


def test_a_closed_shipment_leaves_its_parcel_open_for_a_revision() -> None:
    shipment = _shipment_in(ShipmentState.REQUESTED)
    assert shipment.lease is not None
    move_shipment(shipment, "refuse", lease=shipment.lease)
    again = make_shipment(shipment.delivery, revision=2)
    assert shipment.state in CLOSED
    assert again.request_id != shipment.request_id


def test_the_request_id_of_a_revision_is_always_the_same_and_fits() -> None:
    delivery_id = uuid.uuid4()
    assert request_id(delivery_id, 1, 1) == request_id(delivery_id, 1, 1)
    assert len({request_id(delivery_id, p, r) for p in (1, 2) for r in (1, 2)}) == 4
    assert len(request_id(delivery_id, 1, 1)) == 32


def _refused(make: Any) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


def test_the_database_refuses_what_must_not_be() -> None:
    delivery = make_delivery()
    make_shipment(delivery)
    order = make_order()
    assert _refused(lambda: make_delivery(order=delivery.order))
    assert _refused(lambda: make_delivery(recipient_phone=""))
    assert _refused(lambda: make_delivery(office_id=""))
    assert _refused(lambda: make_draft(order=order))
    assert _refused(lambda: make_delivery(current_order=order))
    assert _refused(lambda: make_shipment(delivery, revision=2))
    assert _refused(lambda: make_shipment(delivery, open_parcel="x"))
    assert _refused(lambda: make_shipment(state="made"))
    assert _refused(lambda: make_shipment(state="labelled", shipment_id="1"))
    assert _refused(lambda: make_shipment(state="lost"))


def test_an_order_may_have_an_older_delivery_beside_its_current_one() -> None:
    old = make_delivery(state=DeliveryState.CANCELLED)
    Delivery.objects.filter(pk=old.pk).update(current_order=None)
    new = make_delivery(order=old.order, replaces=old)
    assert {old, new} == set(Delivery.objects.exclude(order=None))
