"""Following parcels: how much of its share of the calls tracking uses among many under way, while buyers search.

The share is that of the portal, the minutes are real: what a call takes must weigh as much as it does in a shop.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

from bench.contest import Row
from bench.finding import DATABASE_URL, HAS_POSTGRESQL
from bench.handing_off import MINUTE, in_shop
from bench.shop.running import database_beside, running

UNDER_WAY = 100_000
MINUTES = 3
# Tracking asks only while half of all calls are free.
CALLS_PER_MINUTE, SEARCHES_PER_MINUTE = 240, 30
# What ``d2po_handoff --loop`` waits at most.
INTERVAL_SECONDS = 5.0


def rate() -> Iterator[Row]:
    """Measure the calls of tracking in a minute against its share, and the searches that were refused meanwhile."""
    if not HAS_POSTGRESQL:
        return
    with ExitStack() as stack:
        shop = stack.enter_context(running(database=stack.enter_context(database_beside(DATABASE_URL))))
        told = json.loads(in_shop(shop, "from bench.following import tell; tell()"))
    against = f"its share; {UNDER_WAY:,} under way, {MINUTES} minutes of it"
    yield Row("tracking_rate", told["rate"] * told["share"], told["rate"], against, 0.95, "/min", at_least=True)
    against = f"{told['searches']} searches of buyers meanwhile"
    yield Row("tracking_beside", told["refused"], told["refused"], against, 0, "refused")


def tell() -> None:
    """Fill the shop's database and print, as JSON, what was measured."""
    from django.conf import settings

    from bench import scale_rows
    from deliver_to_po.canadapost.calling import throttle

    settings.DELIVER_TO_PO["CANADA_POST"]["CALLS_PER_MINUTE"] = CALLS_PER_MINUTE
    # None of them is so old that its recipient is erased.
    scale_rows.DAYS = 50
    scale_rows.fill(UNDER_WAY, 0)
    _let_all_be_due()
    share = int(CALLS_PER_MINUTE * throttle.TRACKING_SHARE)
    over, searched = threading.Event(), [0, 0]
    buyers = threading.Thread(target=_search, args=(over, searched))
    buyers.start()
    try:
        rate = _follow(share)
    finally:
        over.set()
        buyers.join()
    print(json.dumps({"rate": rate, "share": share, "searches": searched[0], "refused": searched[1]}))


def _let_all_be_due() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deliver_to_po_tracking SET state = '', ended_at = NULL, ready_on = NULL,"
            " due_at = now() - mod(shipment_id, 1000) * interval '1 second'"
        )
        cursor.execute("VACUUM ANALYZE")


def _follow(share: int) -> float:
    """Ask as ``d2po_handoff --loop`` does; return which part of its share is used.

    That is told by how long it takes from the first call to the one that begins another MINUTES shares: calls come in
    bursts, so that a span of another length would hold one too many or too few.
    """
    from deliver_to_po.outbox.claiming import claim_next, work
    from deliver_to_po.outbox.sweep import seconds_to_next
    from deliver_to_po.tracking.following import FOLLOWING, back_off

    due: list[object] = []
    asked_at: list[float] = []
    while len(asked_at) <= MINUTES * share:
        row = claim_next(FOLLOWING, due)
        if row is None:
            wait = seconds_to_next()
            time.sleep(INTERVAL_SECONDS if wait is None else min(max(wait, 0.05), INTERVAL_SECONDS))
            continue
        began = time.monotonic()
        work(FOLLOWING, row)
        if not back_off:
            asked_at.append(began)
    return MINUTES * MINUTE / (asked_at[-1] - asked_at[0])


def _search(over: threading.Event, searched: list[int]) -> None:
    """Search as buyers do, and count the searches and those that were refused."""
    from deliver_to_po.canadapost.errors import CanadaPostError
    from deliver_to_po.canadapost.types import NearPostalCode
    from deliver_to_po.core.carrier import canada_post

    while not over.wait(MINUTE / SEARCHES_PER_MINUTE):
        searched[0] += 1
        try:
            canada_post().find_offices(NearPostalCode("K1A0B1"))
        except CanadaPostError:
            searched[1] += 1
