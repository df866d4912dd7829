"""Canada Post for the step's tests: the emulator over HTTP, with nothing remembered from the test before."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from deliver_to_po.emulator.server import EmulatorServer


@pytest.fixture
def emulator(settings: Any) -> Iterator[EmulatorServer]:
    """Return a running emulator that the app's settings point to."""
    cache.clear()
    with EmulatorServer() as server:
        config = server.config
        carrier = {
            **settings.DELIVER_TO_PO["CANADA_POST"],
            "BASE_URL": server.url,
            "CLIENT_ID": config.client_id,
            "CLIENT_SECRET": config.client_secret,
            "CUSTOMER_NUMBER": config.customer_number,
            "CONTRACT_ID": config.contract_id,
        }
        settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, "CANADA_POST": carrier}
        yield server
    cache.clear()
