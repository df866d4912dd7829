"""After an unknown outcome nothing is sent again before it was looked up, and never under a new id."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Outcome, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Made
from deliver_to_po.shipping.registry import shipping_system
from tests.rounds import handed_off

pytestmark = pytest.mark.django_db
Due = Callable[..., Shipment]


def test_a_worker_that_died_in_the_call_leaves_a_row_that_is_looked_up(due: Due, emulator: EmulatorServer) -> None:
    shipment = due(state=ShipmentState.REQUESTED, requests=1, requested_at=timezone.now(), lease=uuid.uuid4())
    shipping_system("default").create(request_of(shipment))
    handed_off(shipment)
    assert shipment.state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_what_is_still_absent_is_sent_once_more_under_the_same_id(due: Due, emulator: EmulatorServer) -> None:
    emulator.faults.add("create_shipment", "500")
    shipment = handed_off(due())
    assert shipment.state == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]
    assert emulator.calls["create_shipment"] == 2
    assert shipment.attempts.filter(outcome=Outcome.FOUND_NONE).count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"recipient_name": "Somebody Else"},
        {"recipient_address_line_1": "1 Other Street"},
        {"recipient_address_line_2": "Apt. 2"},
        {"recipient_city": "Gatineau"},
        {"recipient_postal_code": "K1A0B2"},
        {"service": "DOM.XP"},
        {"office_id": "0000000001"},
    ],
)
def test_a_shipment_that_differs_is_for_a_person_to_judge(
    due: Due, emulator: EmulatorServer, change: dict[str, Any], change_settings: Any
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add("create_shipment", "500", after=True)
    shipment = due()
    hand_off(shipment.pk)
    Shipment.objects.filter(pk=shipment.pk).update(**change)
    handed_off(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.MISMATCH)


def test_an_id_that_exists_already_is_looked_up(due: Due, emulator: EmulatorServer) -> None:
    shipment = due()
    made = shipping_system("default").create(request_of(shipment))
    assert isinstance(made, Made)
    handed_off(shipment)
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, made.shipment_id)


def test_a_test_delivery_of_unknown_outcome_is_not_sent_live(
    due: Due, emulator: EmulatorServer, change_settings: Any
) -> None:
    emulator.faults.add("create_shipment", "500", count=None)
    shipment = handed_off(due())
    before = emulator.calls["create_shipment"]
    change_settings(CANADA_POST={"LIVE": True})
    handed_off(shipment, times=4)
    assert (shipment.state, shipment.reason) == (ShipmentState.UNKNOWN, Reason.TEST_ONLY)
    assert emulator.calls["create_shipment"] == before
