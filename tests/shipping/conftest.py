"""Canada Post through either API, and a post office that it offers, as a shipping system is told of it."""

from collections.abc import Iterator

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.shipping import Office
from tests.shipping.parcel_receiver import Receiver


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
