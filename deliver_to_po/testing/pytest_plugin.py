"""pytest fixtures: a Canada Post on this machine. Name this module in ``pytest_plugins`` of your root conftest.py."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from deliver_to_po.testing.emulated import EmulatedCanadaPost

if TYPE_CHECKING:
    from deliver_to_po.emulator.server import EmulatorServer


@pytest.fixture(scope="session")
def canada_post_emulator_server() -> "Iterator[EmulatorServer]":
    """Return the one emulator of this run, in a thread of this process, on a free port.

    Where the extra ``emulator`` is not installed, the tests that use this fixture fail with what to install.
    """
    from deliver_to_po.emulator.extra import MissingExtra

    try:
        from deliver_to_po.emulator.server import EmulatorServer
    except MissingExtra as missing:
        pytest.fail(str(missing), pytrace=False)
    with EmulatorServer() as server:
        yield server


@pytest.fixture
def canada_post_emulator(canada_post_emulator_server: "EmulatorServer") -> Iterator[EmulatedCanadaPost]:
    """Return the emulator with nothing in its memory, and let the app call it for one test."""
    emulated = EmulatedCanadaPost(canada_post_emulator_server)
    emulated.reset()
    with emulated.use():
        yield emulated
    emulated.recover()
