"""Taking shipments that are due: a dead worker's row again, and what waited for a pause once it ends."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.sending.next_step import end_pause, hand_off
from deliver_to_po.shipping.registry import shipping_system
from tests.factories import make_pause
from tests.handoff.conftest import Due
from tests.rounds import handed_off, now, swept

pytestmark = pytest.mark.django_db


def test_a_worker_that_died_in_the_call_leaves_a_row_that_is_looked_up(due: Due, emulator: EmulatorServer) -> None:
    shipment = due(state=ShipmentState.REQUESTED, requests=1, requested_at=timezone.now(), lease=uuid.uuid4())
    shipping_system("default").create(request_of(shipment))
    assert handed_off(shipment).state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_what_waits_for_a_pause_goes_on_when_that_ends(due: Due, emulator: EmulatorServer) -> None:
    pause, shipment = make_pause(), due()
    assert handed_off(shipment).reason == Reason.PAUSED
    assert end_pause() == 0
    pause.delete()
    assert end_pause() == 1
    assert swept(shipment).state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_only_a_hand_off_now_does_not_wait_until_it_is_due(due: Due) -> None:
    shipment = due(due_at=timezone.now() + timedelta(hours=1))
    hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.WAITING
    assert handed_off(shipment).state == ShipmentState.LABELLED
