"""What an order to a post office costs the shop's own process, against one that is delivered home at a flat rate."""

import json
from collections.abc import Iterator

from bench.contest import MILLISECONDS, Row
from bench.handing_off import in_shop
from bench.shop.running import running

FLAT_RATE = "delivered home at a flat rate"
# What the page that lists the methods asks for without ours: session, user and basket.
BARE_LIST = 2


def order_cost() -> Iterator[Row]:
    """Measure whole purchases in turns; Canada Post answers at once, and its time is not the processor's."""
    with running(goods=True) as shop:
        before = shop.calls().get("rates", 0)
        told = in_shop(shop, "from bench.shop.purchases import buy_in_turns; print(buy_in_turns())")
        calls = shop.calls().get("rates", 0) - before
    bought = json.loads(told)
    (flat, flat_statements, _), (ours, statements, listing) = bought["home"], bought["post_office"]
    yield Row("order_cost", ours * MILLISECONDS, ours / flat, f"the same order {FLAT_RATE}", 1.6)
    yield Row("order_statements", statements, statements - flat_statements, f"more than {FLAT_RATE}", 70, "")
    yield Row("methods_listing", listing, listing - BARE_LIST, f"more than without it; {calls} calls in all", 12, "")
