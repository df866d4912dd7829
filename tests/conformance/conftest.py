"""One client of each API, both calling the emulator."""

import pytest

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.core.carrier import canada_post


@pytest.fixture
def client(api: str) -> CanadaPost:
    """Return Canada Post through that API, in English."""
    return canada_post()


@pytest.fixture
def nearby(client: CanadaPost) -> PostOffice:
    """Return an office near K1A 0B1 that takes D2PO parcels, as that API gives it."""
    return client.find_offices(NearPostalCode("K1A0B1"))[0]
