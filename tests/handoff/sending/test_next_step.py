"""Taking due shipments: one worker each, a dead worker's row again, nothing that must stand still."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from tests.rounds import hand_off_due, now

pytestmark = pytest.mark.django_db


def test_a_shipment_under_lease_is_left_alone(due: Callable[..., Shipment], emulator: EmulatorServer) -> None:
    later = timezone.now() + timedelta(minutes=1)
    shipment = due(lease=uuid.uuid4(), due_at=later)
    hand_off(shipment.pk, now=True)
    hand_off_due()
    shipment.refresh_from_db()
    assert (shipment.state, shipment.due_at) == (ShipmentState.WAITING, later)
    assert emulator.shipments == []


def test_hand_off_now_does_not_wait_until_it_is_due(due: Callable[..., Shipment]) -> None:
    shipment = due(due_at=timezone.now() + timedelta(hours=1))
    hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.WAITING
    hand_off(shipment.pk, now=True)
    assert now(shipment).state == ShipmentState.LABELLED


@pytest.mark.parametrize("state", [DeliveryState.HELD, DeliveryState.NEEDS_CHOICE, DeliveryState.CANCELLED])
def test_a_waiting_shipment_stands_still_unless_its_delivery_is_released(
    due: Callable[..., Shipment], emulator: EmulatorServer, state: str
) -> None:
    due(delivery={"state": state})
    assert not hand_off_due()
    assert emulator.shipments == []
