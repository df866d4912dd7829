"""What tests of searches share: a Canada Post that fails, and answers that have grown old."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode, OfficeQuery
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TooManySearches
from deliver_to_po.offices import cache
from deliver_to_po.offices.finder import find

OTTAWA = NearPostalCode("K1A0B1")
SEVEN_HOURS = timedelta(hours=7)


def over_the_limit() -> None:
    """Refuse to let Canada Post be asked, as where a visitor has asked too often."""
    raise TooManySearches


@pytest.fixture
def aged(emulator: EmulatorServer) -> Callable[..., None]:
    """Return a function that searches, and lets the answer grow old in the cache."""

    def grow_old(query: OfficeQuery = OTTAWA, age: timedelta = SEVEN_HOURS) -> None:
        cache.store(query, "en", find(query, "en").offices, timezone.now() - age)

    return grow_old


@pytest.fixture
def break_canada_post(emulator: EmulatorServer, change_settings: Any) -> Callable[..., None]:
    """Return a function that lets every call fail, after longer than a buyer waits if the fault is a slow one."""

    def fail(fault: str = "500") -> None:
        change_settings(SEARCH_TIMEOUT_SECONDS=0.4)
        emulator.faults.add("*", fault, count=None, seconds=30)

    return fail
