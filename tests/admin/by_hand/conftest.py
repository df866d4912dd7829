"""Fixtures of the pages of parcels that are shipped by hand."""

from tests.handoff.conftest import post_offices
from tests.handoff.parcels_by_hand import by_hand

__all__ = ["by_hand", "post_offices"]
