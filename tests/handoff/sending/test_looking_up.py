"""After an unknown outcome nothing is sent again before it was looked up, and never under a new id."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.registry import shipping_system
from tests.factories import make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.scripted import Script
from tests.rounds import handed_off

pytestmark = pytest.mark.django_db
Due = Callable[..., Shipment]


def test_a_worker_that_died_in_the_call_leaves_a_row_that_is_looked_up(due: Due, emulator: EmulatorServer) -> None:
    shipment = due(state=ShipmentState.REQUESTED, requests=1, requested_at=timezone.now(), lease=uuid.uuid4())
    shipping_system("default").create(request_of(shipment))
    handed_off(shipment)
    assert shipment.state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


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
    attempt = shipment.attempts.latest("pk")
    assert (attempt.step, attempt.outcome) == (HandoffStep.LOOK_UP, Outcome.FOUND_OTHER)


def test_while_the_system_may_not_be_asked_nothing_is_looked_up_and_no_try_counts(script: Script, clock: Clock) -> None:
    script.obstacle = NotYet(reason=Reason.LIVE_OFF)
    sent: dict[str, Any] = {"state": ShipmentState.UNKNOWN, "requests": 1, "requested_at": timezone.now(), "tries": 1}
    shipment = handed_off(make_shipment(**sent))
    told = (shipment.state, shipment.reason, shipment.tries, shipment.due_at)
    assert told == (ShipmentState.UNKNOWN, Reason.LIVE_OFF, 1, clock.in_(500))
    assert script.asked == []
