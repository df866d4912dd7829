"""Canada Post through either API, and a post office that it offers, as a shipping system is told of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.shipping import Office
from tests.shipping.parcel_receiver import Receiver


@pytest.fixture(params=APIS)
def either_api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak one API after the other."""
    change_settings(CANADA_POST={"API": request.param})
    return str(request.param)


@pytest.fixture
def nearby(office: PostOffice) -> Office:
    """Return an office near K1A 0B1, as the API gives it that is spoken."""
    return Office(
        office.office_id,
        office.name,
        office.location,
        office.street,
        office.city,
        office.province,
        office.postal_code,
    )


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture
def receiver(_receiver: Receiver) -> Receiver:
    """Return a receiver of webhooks that takes everything and remembers nothing yet."""
    _receiver.forget_everything()
    return _receiver
