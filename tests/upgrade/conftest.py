"""A buyer of the example shop, whose purchase makes rows."""

from tests.example_shop.conftest import buyer

__all__ = ["buyer"]
