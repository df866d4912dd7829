"""Finding an office, as a buyer's browser sees it: through gunicorn, from the cache, Canada Post and the directory."""

import os
import statistics
from collections.abc import Iterator, Mapping
from itertools import repeat

from bench.contest import MILLISECONDS, Row
from bench.places import NEAR
from bench.shop.running import Shop, database_beside, running
from bench.visitor import OFFICE, address_of, addresses, all_at_once, median_seconds, requests_per_second

SEARCH, READY, BARE = "/post-office/", "/bench/ready/", "/bench/bare/"
API_SEARCH = "/d2po/v1/offices"
CANADA_POST_SECONDS = 0.15
OFFICES, FEW, MANY = 6_000, 600, 60_000
DATABASE_URL = os.environ.get("DATABASE_URL", "")
HAS_POSTGRESQL = DATABASE_URL.startswith("postgres")
HAS_REDIS = bool(os.environ.get("REDIS_URL"))


def searches() -> Iterator[Row]:
    """Measure searches that the cache answers, and ones that Canada Post answers."""
    with running() as shop:
        yield _search_cached(shop)
        yield _api_search(shop)
        shop.delay(CANADA_POST_SECONDS)
        yield _search_uncached(shop)


def _search_cached(shop: Shop) -> Row:
    """Measure a search that the cache answers against rendering its page from data that are ready."""
    rate, ready = _rates(shop, {address_of(path, NEAR): OFFICE for path in (SEARCH, READY)})
    return Row("search_cached", rate, rate / ready, "the template from ready data", 0.8, "/s", at_least=True)


def _api_search(shop: Shop) -> Row:
    """Measure the same search by the API, near one point, against the page that lists the same."""
    rate, page = _rates(
        shop,
        {
            f"{API_SEARCH}?latitude=45.421&longitude=-75.697": b'"open_now"',
            f"{SEARCH}?lat=45.421&lon=-75.697": OFFICE,
        },
    )
    return Row("api_search", rate, rate / page, "the page with the same list", 1.5, "/s", at_least=True)


def _rates(shop: Shop, paths: Mapping[str, bytes]) -> list[float]:
    """Return how many answers a second the shop gives at each path, where something is shown; measured in turns."""
    for path, shows in paths.items():
        all_at_once(shop.address, path, visitors=1, shows=shows)
        requests_per_second(shop.address, path, visitors=4, each=25, shows=shows)
    rates: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(10):
        for path, shows in paths.items():
            rates[path].append(requests_per_second(shop.address, path, visitors=4, each=50, shows=shows))
    return [statistics.median(measured) for measured in rates.values()]


def _search_uncached(shop: Shop) -> Row:
    """Measure a search that Canada Post answers against a bare call and rendering from data that are ready."""
    seconds = f"{CANADA_POST_SECONDS * MILLISECONDS:.0f}"
    ways = [addresses(path, seed=seed, known=OFFICES) for seed, path in enumerate((SEARCH, BARE))]
    ours, theirs = median_seconds(shop.address, ways, rounds=60)
    against = f"bare requests ({seconds} ms) and the template"
    return Row("search_uncached", ours * MILLISECONDS, ours / theirs, against, 1.2)


def herd() -> Iterator[Row]:
    """Count the calls that two hundred visitors cause who ask for the same at once, in every process that shares."""
    with running(workers=2 if HAS_REDIS else 1) as shop:
        shop.delay(CANADA_POST_SECONDS)
        before = shop.searches()
        all_at_once(shop.address, next(addresses(SEARCH, seed=3, known=OFFICES)), visitors=200)
        calls = shop.searches() - before
    yield Row("herd", calls, calls, "one call for 200 at once", 1, "calls")


def directory() -> Iterator[Row]:
    """Measure the nearest ten of the directory, Canada Post gone, against the cached search; and how that grows."""
    few, some, many = (_directory("", offices) for offices in (FEW, OFFICES, MANY))
    yield Row("directory_sqlite", some[0] * MILLISECONDS, some[0] / some[1], "the cached search", 2)
    yield Row("directory_growth", many[0] * MILLISECONDS, many[0] / few[0], f"{FEW} offices, ours {MANY:,}", 2)
    if HAS_POSTGRESQL:
        with database_beside(DATABASE_URL) as url:
            nearest, cached = _directory(url, OFFICES)
        yield Row("directory_postgresql", nearest * MILLISECONDS, nearest / cached, "the cached search", 2)


def _directory(database: str, offices: int) -> tuple[float, float]:
    """Return the seconds of a search that the directory answers, and of one that the cache answers."""
    with running(database=database, offices=offices) as shop:
        known = address_of(SEARCH, NEAR)
        all_at_once(shop.address, known, visitors=1)
        shop.lose_canada_post()
        ways = [addresses(SEARCH, seed=4, known=offices), repeat(known)]
        median_seconds(shop.address, ways, rounds=20)
        nearest, cached = median_seconds(shop.address, ways, rounds=150)
    return nearest, cached
