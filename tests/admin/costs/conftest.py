"""The browser of a clerk that may see costs, and a cache in which nothing of them is kept."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.admin.conftest import Clerk


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Forget the figures of earlier tests, and these."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def client(clerk: Clerk) -> Client:
    """Return the browser of a clerk that may see deliveries."""
    return clerk("view_delivery")
