"""A placed order whose office Canada Post offers, and the hand-off to the emulator."""

from collections.abc import Callable
from typing import Any

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Shipment
from tests.factories import make_delivery, make_shipment


@pytest.fixture
def due(db: None, emulator: EmulatorServer, office: PostOffice) -> Callable[..., Shipment]:
    """Return a function that makes a shipment which is due, to an office of the emulator."""
    assert office.coordinates is not None
    place = {
        "office_id": office.office_id,
        "office_latitude": office.coordinates.latitude,
        "office_longitude": office.coordinates.longitude,
    }

    def make(delivery: dict[str, Any] | None = None, **fields: Any) -> Shipment:
        return make_shipment(make_delivery(**{**place, **(delivery or {})}), **fields)

    return make
