"""Three buyers at once beside a sweep from cron, on SQLite: as ``startproject`` makes it, and as ``check`` advises."""

from collections.abc import Iterator

from bench.contest import Row
from bench.handing_off import in_shop, time_in_shops
from bench.shop.running import running

# How many parcels each buyer orders.
BUYERS = (14, 13, 13)
PARCELS = sum(BUYERS)
CRASHED = "from deliver_to_po.models import Attempt; print(Attempt.objects.filter(outcome='crashed').count())"


def neighbours() -> Iterator[Row]:
    """Let them buy and the sweep work in turns on both kinds of settings."""
    lost, crashed = _beside(as_startproject=True)
    against = f"{PARCELS} parcels of 3 buyers beside the sweep; {crashed} of them crashed"
    yield Row("sqlite_lost", lost, lost, against, 1, "s")
    lost, crashed = _beside(as_startproject=False)
    against = f"{PARCELS} parcels, after the check's advice; {lost:g} s lost at most"
    yield Row("sqlite_crashed", crashed, crashed, against, 0, "")


def _beside(*, as_startproject: bool) -> tuple[float, int]:
    """Return the most seconds that one parcel lost to a locked database, and how many crashed."""
    more = {"SQLITE_AS_STARTPROJECT": "1"} if as_startproject else {}
    with running(more=more) as shop:
        in_shop(shop, "from bench.shop.parcels import release_orders; release_orders(0, 4)")
        ways = [["cron", str(PARCELS)], *(["buy", str(wanted)] for wanted in BUYERS)]
        _, [swept, *_bought] = time_in_shops([(shop, way) for way in ways])
        return swept["most_lost"], int(in_shop(shop, CRASHED))
