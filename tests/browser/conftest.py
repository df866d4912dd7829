"""A real server, a real browser, and Canada Post's emulator behind them."""

from collections.abc import Iterator
from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer


@pytest.fixture(scope="session", autouse=True)
def playwright_beside_django() -> Iterator[None]:
    """Let tests use the database: Playwright runs an event loop in their thread, which Django takes for async code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def step_url(live_server: Any, emulator: EmulatorServer, change_settings: Any) -> str:
    """Return the address of the step on a running shop that lists four offices at a time."""
    change_settings(BASE_TEMPLATE="deliver_to_po/base.html", OFFICES_SHOWN=4)
    return f"{live_server.url}/post-office/"
