"""Canada Post passes, each way that it is spoken to, what is asked of every shipping system."""

from dataclasses import replace
from typing import Any

import pytest

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.shipping import Made, ShipmentRequest
from deliver_to_po.testing.shipping_hooks import OFFICE
from deliver_to_po.testing.shipping_systems import ShippingSystemTests


class TestCanadaPostShipping(ShippingSystemTests):
    backend = "deliver_to_po.shipping.canadapost.CanadaPostShipping"

    @pytest.fixture(autouse=True)
    def _canada_post(self, way: str, emulator: EmulatorServer) -> None:
        self.emulator = emulator

    def make_request(self, **changes: Any) -> ShipmentRequest:
        office = canada_post().find_offices(NearPostalCode("K1A0B1"))[0]
        return super().make_request(**{"office": replace(OFFICE, office_id=office.office_id), **changes})

    def lose_the_answer(self) -> None:
        for create in ("create_shipment", "create_ncshipment"):
            self.emulator.faults.add(create, "500", after=True)

    def transmitted(self, made: Made) -> Made:
        self.emulator.state.transmit_shipment(made.shipment_id)
        return replace(made, transmitted=True)
