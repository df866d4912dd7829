"""Fetching the label: as often as it takes, kept once."""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from deliver_to_po.choices import Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.shipping import Label
from deliver_to_po.shipping.canadapost import CanadaPostShipping

pytestmark = pytest.mark.django_db
Due = Callable[..., Shipment]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("500", Reason.UNAVAILABLE), ("garbage", Reason.LABEL_UNREADABLE), ("html", Reason.LABEL_UNREADABLE)],
)
def test_a_label_that_does_not_come_is_fetched_again(
    due: Due, emulator: EmulatorServer, fault: str, reason: str
) -> None:
    emulator.faults.add("label", fault, count=None)
    shipment = due()
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.MADE, reason)
    emulator.faults.clear()
    hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.LABELLED, Reason.NONE)
    assert len(emulator.shipments) == 1


def test_a_label_that_is_still_being_made_is_waited_for(due: Due, emulator: EmulatorServer) -> None:
    usual = emulator.world.config
    emulator.world.config = dataclasses.replace(usual, label_waits=2)
    try:
        shipment = due()
        for _ in range(3):
            hand_off(shipment.pk, now=True)
    finally:
        emulator.world.config = usual
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED


def test_a_worker_that_lost_its_lease_leaves_no_file(due: Due, monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = due()

    def label_while_another_takes_over(self: CanadaPostShipping, made: Any) -> Label:
        Shipment.objects.filter(pk=shipment.pk).update(lease=uuid.uuid4())
        return Label(b"%PDF-orphan", "application/pdf")

    monkeypatch.setattr(CanadaPostShipping, "label", label_while_another_takes_over)
    before = set(label_storage().listdir("")[1])
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.MADE
    assert set(label_storage().listdir("")[1]) == before
