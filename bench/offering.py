"""Offering services with price and day where a shop lists its methods, as a buyer's browser sees it."""

from collections.abc import Iterator
from itertools import repeat

from bench.contest import MILLISECONDS, Row
from bench.shop.buying import cookie_of_buyer
from bench.shop.running import running
from bench.visitor import all_at_once, median_seconds

METHODS, NEAREST, FLAT = "/checkout/delivery/", "/post-office/nearest/", "/bench/flat/"
METHOD = b'name="d2po"'
CANADA_POST_SECONDS = 0.15
AT_ONCE = 200


def offers_kept() -> Iterator[Row]:
    """Measure the list of methods, whose entry is made of what is kept, against the same list with its entry ready."""
    with running(goods=True) as shop:
        cookie = cookie_of_buyer(shop.address)
        all_at_once(shop.address, NEAREST, visitors=1, shows=METHOD, cookie=cookie)
        before = shop.calls()["rates"]
        ways = [repeat(METHODS), repeat(FLAT)]
        median_seconds(shop.address, ways, rounds=20, shows=METHOD, cookie=cookie)
        ours, flat = median_seconds(shop.address, ways, rounds=400, shows=METHOD, cookie=cookie)
        assert shop.calls()["rates"] == before, "the list makes calls"
    yield Row("offers_kept", ours * MILLISECONDS, ours / flat, "the same page with its entry ready", 1.1)


def herd_rates() -> Iterator[Row]:
    """Count the calls that two hundred requests cause which want the same prices at once."""
    with running(goods=True) as shop:
        cookie = cookie_of_buyer(shop.address)
        shop.delay(CANADA_POST_SECONDS, "rates")
        all_at_once(shop.address, NEAREST, visitors=AT_ONCE, shows=METHOD, cookie=cookie)
        calls = shop.calls()["rates"]
    yield Row("herd_rates", calls, calls, f"one call for {AT_ONCE} at once", 1, "calls")
