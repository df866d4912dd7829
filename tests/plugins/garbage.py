"""Python looks for garbage more seldom than usual, which would take a tenth of the time: tests leave little behind."""

import gc

import pytest

# So many more objects than were freed, and so many such rounds before it looks through older ones.
OBJECTS, ROUNDS = 200_000, 10


def pytest_configure() -> None:
    """Begin before thousands of tests are collected."""
    gc.set_threshold(OBJECTS, ROUNDS, ROUNDS)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Never look through what was collected: it stays to the end."""
    gc.freeze()
