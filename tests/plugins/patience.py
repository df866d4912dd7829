"""Slow tests and those of the browser may take longer than the others before they count as hanging."""

import pytest

SECONDS = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give them their own time."""
    for item in items:
        if item.get_closest_marker("slow") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.timeout(SECONDS))
