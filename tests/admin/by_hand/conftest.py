"""Fixtures of the pages of parcels that are shipped by hand."""

import pytest
from django.test import Client

from tests.admin.conftest import Clerk
from tests.handoff.conftest import post_offices
from tests.handoff.parcels_by_hand import by_hand

__all__ = ["by_hand", "post_offices"]


@pytest.fixture
def client(clerk: Clerk) -> Client:
    """Return the browser of a clerk that may do all of it."""
    return clerk("ship_by_hand", "view_export", "view_delivery", "settle_shipment")
