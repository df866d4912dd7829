"""What was handed over and never reported needs attention after a day."""

import pytest

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered, enter_number
from deliver_to_po.handoff.by_hand.exporting import awaited
from deliver_to_po.handoff.by_hand.unreported import REPORTED_WITHIN, ask_for_reports
from tests.handoff.conftest import Clock
from tests.handoff.parcels_by_hand import by_hand, handed_to, number, stands

__all__ = ["by_hand"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]


def test_what_nobody_reported_for_a_day_needs_a_person_and_its_number_is_still_taken(clock: Clock) -> None:
    shipment = handed_to("desk")
    clock.move_to(clock.in_(REPORTED_WITHIN.total_seconds() - 1))
    assert ask_for_reports() == 0
    clock.move_to(clock.in_(2))
    assert ask_for_reports() == 1
    assert stands(shipment) == (ShipmentState.ATTENTION, "", Reason.NOT_REPORTED)
    assert list(awaited("desk")) == [shipment]
    assert enter_number(shipment.pk, number()) == Entered.TAKEN
    assert stands(shipment) == (ShipmentState.DONE, number(), Reason.NONE)
