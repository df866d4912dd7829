"""The desk's list among many deliveries against among few: as it opens, by every filter and queue, and by searches.

Both numbers of deliveries lie in schemas of one database, and one process asks for each page of the one and the other
in turns: whatever else the machine does hits both alike. What is measured is processor time, of the page and of its
database's backend together, since the clock on the wall tells more of the other programs; if the database is on
another machine, it is the clock anyway. The unit says which.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlencode, urljoin

from bench.contest import MILLISECONDS, Row
from bench.finding import DATABASE_URL, HAS_POSTGRESQL
from bench.handing_off import in_shop
from bench.shop.running import database_beside, running

FEW, MANY = 1_000, 100_000
# Parcels that are due, however many have been sent before.
DUE = 100
# As long as the shop keeps a recipient.
LIFETIME_DAYS = 180
# Choosing a parcel takes so little that it is done so often in a row.
PICKS = 50
# Rows of a page.
A_PAGE = 50
DELIVERY_STATES = ("placed", "held", "needs_choice", "cancelled")
# Each page is asked for so often at least, and then until its best times differ by no more than that, or often enough.
ROUNDS, MOST_ROUNDS = 4, 10
AGREEING, NEARLY = 3, 1.05
LIST = "/admin/deliver_to_po/delivery/"
# As it opens, its second page, and its last one; each column that it can be sorted by, up and down.
LISTS = ("", "?p=2", "?p=20", "?o=1", "?o=-1", "?o=6", "?o=-6", "?o=1&p=2", "?o=6.1")
QUEUES = (
    "to_pack", "to_print", "to_transmit", "needs_choice", "persons", "held", "waiting",
    "astray", "not_seen", "ageing", "aged", "elsewhere", "coming_back",
)  # fmt: skip
# Tracking numbers with and without dashes, an order, e-mails, a phone, a postal code, names, a city, nothing known.
SEARCHES = (
    "7777777777777500", "7777-7777-7777-7500", "B500", "zoe500@example.com", "zoe@example.com", "613 555-0199",
    "6135550199", "K1K 4T3", "k1k4t3", "cote7", "Zoé Côté7", "zoe", "Zoé Ottawa", "ecuyer", "L'Écuyer", "ecuyer ottawa",
    "Ottawa", "ott", "z", "nobody", "nobody@example.com", "7777777777777999999", "Z999999999", "cote7 cote8",
    "cote7 ottawa", "zoe nobody",
)  # fmt: skip
# The day's summary, of today and of a day long ago, the figures, and the day's end.
FIGURES = ("day/", "day/?day={day}", "costs/", "../manifest/day-end/")
LONG_AGO = timedelta(days=40)
NANOSECONDS = 1_000_000_000
# How many SQL statements a page may cost.
MOST_QUERIES = 10


@dataclass(frozen=True)
class Page:
    """The best seconds of a page among few and many deliveries, its statements and rows among many."""

    seconds: tuple[float, float]
    queries: int
    rows: tuple[int, int]

    @property
    def ratio(self) -> float:
        """Return how many times longer it takes among many."""
        return self.seconds[1] / self.seconds[0]


def lists() -> Iterator[Row]:
    """Measure each page at FEW and at MANY deliveries; a row tells of the page that grows most."""
    if not HAS_POSTGRESQL:
        return
    with ExitStack() as stack:
        shop = stack.enter_context(running(database=stack.enter_context(database_beside(DATABASE_URL))))
        told = json.loads(in_shop(shop, "from bench.desk import tell; tell()"))
    unit = told["unit"]
    every = {name: {page: Page(*values) for page, values in pages.items()} for name, pages in told["pages"].items()}
    for name, pages in every.items():
        page = max(pages, key=lambda page: pages[page].ratio)
        worst = pages[page]
        against = f"{FEW:,} deliveries, ours {MANY:,}; {len(pages)} pages, the worst: {page or 'as it opens'}"
        yield Row(name, worst.seconds[1] * MILLISECONDS, worst.ratio, against, 1.5, unit)
    costs = {page: one.queries for pages in every.values() for page, one in pages.items()}
    page = max(costs, key=lambda page: costs[page])
    against = f"no statement; {len(costs)} pages, the most: {page or 'as it opens'}"
    yield Row("admin_queries", costs[page], costs[page], against, MOST_QUERIES, "SQL")
    few, many = told["pick"]
    yield Row("tracking_pick", many * MILLISECONDS / PICKS, many / few, f"{FEW:,} parcels, ours {MANY:,}", 1.2, unit)
    few, many = told["sweep"]
    against = f"{FEW:,} deliveries, ours {MANY:,}; none to erase"
    yield Row("erasure_sweep", many * MILLISECONDS, many / few, against, 1.5, unit)


def tell() -> None:
    """Fill both schemas of the shop's database and print, as JSON, what each page takes in them."""
    clerks = {size: _fill(size) for size in (FEW, MANY)}
    pages = {"admin_list": LISTS, "admin_filters": _filters(), "admin_search": _searches(), "admin_figures": _figures()}
    told = {name: {page: _measured(clerks, page) for page in each} for name, each in pages.items()}
    print(json.dumps({"pages": told, "pick": _pick(), "sweep": _sweep(), "unit": _clock()[1]}))


def _filters() -> Sequence[str]:
    """Return every queue, state and kind, what was placed within each time that the list offers, and some together."""
    from django.utils import timezone

    from deliver_to_po.core.choices import DeliveryState, ShipmentState

    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = [urlencode({"placed_at__gte": today - timedelta(days=days)}) for days in (0, 7, 30, 365, 3650)]
    within = [urlencode({"placed_at__gte": today - timedelta(90), "placed_at__lt": today - timedelta(60)})]
    return [
        *(f"?queue={queue}" for queue in QUEUES),
        *(f"?state={state}" for state in DeliveryState.values),
        *(f"?shipment_state={state}" for state in ShipmentState.values),
        *(f"?live={live}" for live in (0, 1)),
        *(f"?{dates}" for dates in (*since, *within)),
        *(f"?state=released&{narrower}" for narrower in ("live=0", "shipment_state=labelled", since[2], "o=1")),
        *(f"?queue=to_print&{narrower}" for narrower in ("o=1", "q=zoe")),
        "?state=held&q=Ottawa",
        "?live=1&q=cote7",
    ]


def _figures() -> Sequence[str]:
    from django.utils import timezone

    return [page.format(day=(timezone.now() - LONG_AGO).date()) for page in FIGURES]


def _searches() -> Sequence[str]:
    return [f"?{urlencode({'q': typed})}" for typed in SEARCHES]


def _fill(size: int) -> Callable[[str], Any]:
    """Fill the schema of that size and return what opens a page as its clerk."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command
    from django.db import connection

    from bench.scale_rows import fill

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA d{size}")
    _use(size)
    ContentType.objects.clear_cache()
    call_command("migrate", verbosity=0)
    fill(size, DUE)
    _fill_a_page_of_each()
    return clerk()


def _use(size: int) -> None:
    from django.core.cache import cache
    from django.db import connection

    # What is kept of one is not shown of the other.
    cache.key_prefix = f"d{size}"

    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path TO d{size}")


def _fill_a_page_of_each() -> None:
    """Let each filter find a full page however few deliveries there are, so that equal pages are compared."""
    from django.db import connection
    from django.utils import timezone

    from deliver_to_po.core.choices import ParcelState, ShipmentState
    from deliver_to_po.models import Delivery, Shipment, Tracking
    from deliver_to_po.models.search_key import keep_keys

    def of(first: int) -> list[str]:
        return [f"B{number}" for number in range(first, first + A_PAGE)]

    for delivery in Delivery.objects.filter(reference__in=of(250)):
        delivery.recipient_name = f"{delivery.reference} L’Écuyer"
        delivery.save(update_fields=["recipient_name"])
        keep_keys(delivery)
    Delivery.objects.filter(reference__in=of(1)).update(placed_at=timezone.now())
    closed = (ShipmentState.REFUSED, ShipmentState.VOIDED)
    for place, state in enumerate(DELIVERY_STATES):
        Delivery.objects.filter(reference__in=of(300 + place * A_PAGE)).update(state=state)
    for place, state in enumerate((ShipmentState.ATTENTION, *closed)):
        key = {"open_parcel": None} if state in closed else {}
        Shipment.objects.filter(delivery__reference__in=of(600 + place * A_PAGE)).update(state=state, **key)
    Delivery.objects.filter(reference__in=of(800)).update(live=True)
    for first, state, days in [
        (150, ParcelState.RETURNING, 0),
        (500, ParcelState.READY, 14),
        (850, ParcelState.READY, 7),
        (900, ParcelState.ELSEWHERE, 0),
    ]:
        followed = Tracking.objects.filter(shipment__delivery__reference__in=of(first))
        followed.update(state=state, ready_on=timezone.localdate() - timedelta(days=days), ended_at=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def clerk() -> Callable[[str], Any]:
    """Return what opens a page, from the list or by its whole path, as somebody who may everything."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    user, _ = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    # The manifests are the list's neighbour.
    return lambda query: client.get(urljoin(LIST, query))


def _measured(clerks: Mapping[int, Callable[[str], Any]], query: str) -> tuple[list[float], int, list[int]]:
    """Return a page's best seconds among FEW and MANY, its statements among MANY, and how many rows it has."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rows = {}
    for size, get in clerks.items():
        _use(size)
        # The first request fills what is kept for a moment, and the moment may end before the second.
        counts = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as statements:
                answer = get(query)
            assert answer.status_code == 200, (query, answer.status_code)
            counts.append(len(statements))
        queries = min(counts)
        rows[size] = answer.content.count(b'name="_selected_action"')
    return _in_turns({size: partial(get, query) for size, get in clerks.items()}), queries, [rows[FEW], rows[MANY]]


def _pick() -> list[float]:
    """Return the best seconds, among FEW and MANY, of choosing PICKS times which parcel is asked about next."""
    from deliver_to_po.outbox.claiming import _due_longest
    from deliver_to_po.tracking.following import FOLLOWING

    def pick() -> None:
        for _ in range(PICKS):
            assert _due_longest(FOLLOWING)

    return _in_turns(dict.fromkeys((FEW, MANY), pick))


def _sweep() -> list[float]:
    """Return the best seconds, among FEW and MANY, of looking for recipients that are to be erased and finding none."""
    from django.db import connection
    from django.utils import timezone

    from deliver_to_po.models import Delivery
    from deliver_to_po.privacy import erasing

    for size in (FEW, MANY):
        _use(size)
        old = timezone.now() - timedelta(days=LIFETIME_DAYS)
        Delivery.objects.filter(placed_at__lte=old, erased_at=None).update(erased_at=old)
        with connection.cursor() as cursor:
            # As the page on what grows tells shops to do.
            cursor.execute("SET jit = off")
            cursor.execute("VACUUM ANALYZE")
    return _in_turns(dict.fromkeys((FEW, MANY), erasing.erase_recipients))


def _in_turns(do: Mapping[int, Callable[[], Any]]) -> list[float]:
    """Return the best seconds of doing something in each schema, one after the other."""
    sizes, (now, _unit) = list(do), _clock()
    took: dict[int, list[float]] = {size: [] for size in sizes}
    while not all(map(_settled, took.values())):
        for size in sizes if len(took[FEW]) % 2 else reversed(sizes):
            _use(size)
            began = now()
            do[size]()
            took[size].append(now() - began)
    # The best of them: whatever else the machine does only adds.
    return [min(seconds) for seconds in took.values()]


def _clock() -> tuple[Callable[[], float], str]:
    """Return what tells the seconds of processor time used by us and by our database's backend, and the unit."""
    from django.db import connection

    with connection.cursor() as cursor:
        # Other processes of the database's would help, and their time would not be counted.
        cursor.execute("SET max_parallel_workers_per_gather = 0; SELECT pg_backend_pid()")
        cursor.nextset()
        backend = Path("/proc") / str(cursor.fetchone()[0])
    try:
        if "postgres" in (backend / "comm").read_text(encoding="ascii"):
            used = backend / "schedstat"
            return (lambda: process_time() + int(used.read_text(encoding="ascii").split()[0]) / NANOSECONDS), "ms CPU"
    except OSError:
        pass
    return perf_counter, "ms"


def _settled(took: Sequence[float]) -> bool:
    """Say whether the best times agree with each other, or so many more would not make them."""
    if len(took) < AGREEING:
        return False
    best, *_others, last = sorted(took)[:AGREEING]
    return len(took) >= MOST_ROUNDS or (len(took) >= ROUNDS and last <= best * NEARLY)
