"""Tests marked ``browser`` say how to get one where there is none."""

import pytest

from tests.chromium import HOW_TO_GET_ONE, find_chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_ONE))
