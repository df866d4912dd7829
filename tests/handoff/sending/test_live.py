"""A real delivery becomes a real shipment with its label, and a test beside it never does."""

from typing import Any

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.make_real import make_real
from deliver_to_po.models import Shipment
from tests.handoff.conftest import Due
from tests.rounds import handed_off

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("api", APIS)
def test_a_real_delivery_becomes_a_shipment_with_its_label(
    live_emulator: EmulatorServer, due: Due, office: PostOffice, change_settings: Any, api: str
) -> None:
    change_settings(CANADA_POST={"API": api})
    real, test = handed_off(due({"live": True}, api=api)), handed_off(due({"live": False}, api=api))
    [made] = live_emulator.shipments
    assert (real.state, real.reason) == (ShipmentState.LABELLED, Reason.NONE)
    assert (made.request_id, made.shipment_id) == (real.request_id, real.shipment_id)
    assert real.tracking_pin
    assert real.label.read().startswith(b"%PDF")
    assert (test.state, test.reason, test.shipment_id) == (ShipmentState.WAITING, Reason.TEST_ONLY, "")


def test_an_order_that_came_in_test_mode_by_mistake_gets_a_real_label_beside_its_specimen(
    live_emulator: EmulatorServer, due: Due, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"LIVE": False})
    specimen = handed_off(due({"live": False}))
    change_settings(CANADA_POST={"LIVE": True})
    real = handed_off(make_real(specimen.delivery).shipments.get())
    assert (real.state, real.delivery.live) == (ShipmentState.LABELLED, True)
    assert [made.request_id for made in live_emulator.shipments] == [specimen.request_id, real.request_id]
    assert Shipment.objects.get(pk=specimen.pk).state == ShipmentState.LABELLED
