"""A parcel is made again whose label is lost, or which was refused."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused, NoSuchParcel, ShopFailed
from deliver_to_po.handoff.changing.change import Changed
from deliver_to_po.handoff.changing.make_again import can_be_made_again, make_again
from deliver_to_po.handoff.releasing.release import resume
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import request_id
from tests.factories import make_delivery, make_shipment
from tests.handoff.changing.test_change import HEAVY
from tests.handoff.conftest import states
from tests.handoff.scripted import Script
from tests.rounds import do_due

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("refused", Changed.CHANGED),
        ("labelled", Changed.WILL_BE_MADE_AGAIN),
        ("made", Changed.WILL_BE_MADE_AGAIN),
        ("suspended", Changed.WILL_BE_MADE_AGAIN),
    ],
)
def test_what_was_lost_or_refused_is_made_again(script: Script, state: str, answer: Changed, admin_user: User) -> None:
    shipment = make_shipment(state=state, shipment_id="S-0")
    assert can_be_made_again(shipment)
    assert make_again(shipment, user=admin_user, note="printer jammed") == answer
    do_due()
    then = "refused" if state == "refused" else "voided"
    assert states(shipment.delivery) == [(1, 1, then), (1, 2, "labelled")]
    assert shipment.delivery.shipments.get(revision=2).request_id == request_id(shipment.delivery_id, 1, 2)
    line = shipment.history.get(change=Change.MAKE_AGAIN)
    assert (line.user, line.note) == (admin_user, "printer jammed")
    with pytest.raises(MoveRefused):
        make_again(shipment)


@pytest.mark.parametrize("reason", [Reason.NOT_CONFIGURED, Reason.NO_D2PO, Reason.RECEIVER_GONE])
def test_what_waits_for_a_system_that_will_not_ship_it_goes_to_another(script: Script, reason: Reason) -> None:
    shipment = make_shipment(system="gone", reason=reason)
    assert can_be_made_again(shipment)
    assert make_again(shipment) == Changed.CHANGED
    do_due()
    assert states(shipment.delivery) == [(1, 1, "dropped"), (1, 2, "labelled")]


def test_a_parcel_that_only_waits_its_turn_is_not_made_again(script: Script) -> None:
    shipment = make_shipment(reason=Reason.THROTTLED)
    assert not can_be_made_again(shipment)
    assert make_again(shipment) == Changed.NOTHING
    assert states(shipment.delivery) == [(1, 1, "waiting")]


def test_a_refused_parcel_is_made_again_as_the_shop_says_it_now(parcels: list[Parcel], admin_user: User) -> None:
    parcels.append(HEAVY)
    delivery = make_delivery()
    make_shipment(delivery, parcel=1, state=ShipmentState.ATTENTION)
    refused = make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED)
    assert make_again(refused, user=admin_user) == Changed.CHANGED
    made = delivery.shipments.get(revision=2)
    assert (made.parcel, made.weight_kg, made.state) == (2, HEAVY.weight_kg, ShipmentState.WAITING)
    assert (made.request_id, made.open_parcel) == (request_id(delivery.pk, 2, 2), f"{delivery.pk.hex}.2")
    assert (made.delivery, made.recipient, made.office_id) == (delivery, delivery.recipient, delivery.office_id)
    assert states(delivery) == [(1, 1, "attention"), (2, 1, "refused"), (2, 2, "waiting")]


def test_a_refused_parcel_of_a_delivery_on_hold_is_made_again_once_it_goes_on() -> None:
    refused = make_shipment(make_delivery(state=DeliveryState.HELD), state=ShipmentState.REFUSED)
    assert make_again(refused) == Changed.CHANGED
    assert states(refused.delivery) == [(1, 1, "refused")]
    assert resume(refused.delivery.order)
    assert states(refused.delivery) == [(1, 1, "refused"), (1, 2, "waiting")]


@pytest.mark.parametrize("state", ["refused", "labelled"])
@pytest.mark.parametrize("failing", [True, False])
def test_what_the_shop_does_not_name_is_neither_taken_back_nor_made_again(
    parcels: list[Parcel], shop_says: Any, state: str, failing: bool
) -> None:
    shipment = make_shipment(state=state, parcel=1 if failing else 2)
    if failing:
        shop_says("parcels", lambda _: 1 / 0)
    before = Shipment.objects.filter(pk=shipment.pk).values().get()
    with pytest.raises(ShopFailed if failing else NoSuchParcel):
        make_again(shipment)
    assert Shipment.objects.filter(pk=shipment.pk).values().get() == before
    assert not shipment.history.exists()


@pytest.mark.parametrize("state", ["waiting", "requested", "unknown", "handed", "voiding", "refunding"])
def test_what_is_on_its_way_is_not_made_again(state: str) -> None:
    shipment = make_shipment(state=state)
    assert not can_be_made_again(shipment)
    assert make_again(shipment) == Changed.NOTHING
    assert states(shipment.delivery) == [(1, 1, state)]
    assert not shipment.history.exists()


@pytest.mark.parametrize("state", ["dropped", "voided"])
def test_what_was_dropped_or_voided_is_not_made_again_by_itself(state: str) -> None:
    shipment = make_shipment(state=state)
    assert not can_be_made_again(shipment)
    with pytest.raises(MoveRefused):
        make_again(shipment)


def test_what_a_person_must_look_up_first_or_is_asked_for_or_over_cannot_be_made_again() -> None:
    assert not can_be_made_again(make_shipment(state=ShipmentState.ATTENTION))
    assert can_be_made_again(make_shipment(state=ShipmentState.ATTENTION, shipment_id="S-0"))
    assert all(can_be_made_again(make_shipment(state=state)) for state in ("done", "refund_asked"))
    asked = make_shipment(state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now())
    assert not can_be_made_again(asked)
    older = make_shipment(state=ShipmentState.REFUSED)
    make_shipment(older.delivery, revision=2, state=ShipmentState.LABELLED)
    assert not can_be_made_again(older)
    assert not can_be_made_again(make_shipment(make_delivery(state="cancelled"), state=ShipmentState.REFUSED))
