"""While the option is paused no label is made; shipments wait, and go on when it ends."""

from collections.abc import Callable
from typing import Any

import pytest

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.office_check import checked_office
from deliver_to_po.handoff.sending.next_step import end_pause, hand_off
from deliver_to_po.models import Pause, Shipment
from tests.factories import make_pause
from tests.rounds import handed_off, swept

pytestmark = pytest.mark.django_db
Due = Callable[..., Shipment]


@pytest.fixture
def pause(db: None) -> Pause:
    """Return a pause that is in force."""
    return make_pause()


def test_it_goes_on_when_the_pause_ends(due: Due, emulator: EmulatorServer, pause: Pause) -> None:
    shipment = due()
    hand_off(shipment.pk)
    assert end_pause() == 0
    pause.delete()
    assert end_pause() == 1
    swept(shipment)
    assert shipment.state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_a_pause_that_begins_while_the_office_is_checked_still_stops_the_label(
    due: Due, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checked(shipment: Shipment) -> Any:
        answer = checked_office(shipment)
        make_pause()
        return answer

    monkeypatch.setattr("deliver_to_po.handoff.sending.requesting.checked_office", checked)
    shipment = due()
    handed_off(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.WAITING, Reason.PAUSED)
    assert emulator.calls.get("create_shipment", 0) == 0
