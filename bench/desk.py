"""The desk's list among many deliveries against among few: as it opens, by every filter and queue, and by searches."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from bench.contest import MILLISECONDS, Row
from bench.finding import DATABASE_URL, HAS_POSTGRESQL
from bench.handing_off import in_shop
from bench.shop.running import database_beside, running

FEW, MANY = 1_000, 100_000
# Parcels that are due, however many have been sent before.
DUE = 100
# Rows of a page.
A_PAGE = 50
DELIVERY_STATES = ("placed", "held", "needs_choice", "cancelled")
TIMES = 5
LIST = "/admin/deliver_to_po/delivery/"
LISTS = ("", "?o=1", "?o=-1", "?o=6", "?p=2", "?p=20")
FILTERS = (
    *(f"?state={state}" for state in (*DELIVERY_STATES, "released")),
    *(f"?shipment_state={state}" for state in ("waiting", "labelled", "refused", "attention", "voided")),
    *(f"?live={live}" for live in (0, 1)),
    *(
        f"?queue={queue}"
        for queue in ("to_pack", "to_print", "to_transmit", "needs_choice", "persons", "held", "waiting")
    ),
    "?placed_at__gte=2026-08-01T00:00:00Z&placed_at__lt=2026-08-20T00:00:00Z",
    "?placed_at__gte=2000-01-01T00:00:00Z",
)
# A tracking number with and without dashes, an order, an e-mail, a phone, a postal code, names, a city, nothing known.
SEARCHES = (
    "7777777777777500", "7777-7777-7777-7500", "B500", "zoe500@example.com", "613 555-0199", "K1K 4T3", "cote7",
    "Zoé Côté7", "Ottawa", "nobody",
)  # fmt: skip


def lists() -> Iterator[Row]:
    """Measure each page at FEW and at MANY deliveries; a row tells of the page that grows most."""
    if not HAS_POSTGRESQL:
        return
    with ExitStack() as stack:
        shop = stack.enter_context(running(database=stack.enter_context(database_beside(DATABASE_URL))))
        few, many = (json.loads(in_shop(shop, f"from bench.desk import tell; tell({size})")) for size in (FEW, MANY))
    for name in ("admin_list", "admin_filters", "admin_search"):
        page = max(many[name], key=lambda page: many[name][page] / few[name][page])
        ratio = many[name][page] / few[name][page]
        against = f"{FEW:,} deliveries, ours {MANY:,}; {len(many[name])} pages, the worst: {page or 'as it opens'}"
        yield Row(name, many[name][page] * MILLISECONDS, ratio, against, 1.5)


def tell(size: int) -> None:
    """Fill the shop's database and print how many seconds each page takes, as JSON."""
    from bench.scale_rows import fill

    fill(size, DUE)
    _fill_a_page_of_each()
    get = _clerk()
    searches = tuple("?" + urlencode({"q": typed}) for typed in SEARCHES)
    pages = {"admin_list": LISTS, "admin_filters": FILTERS, "admin_search": searches}
    print(json.dumps({name: {page: _seconds(get, page) for page in each} for name, each in pages.items()}))


def _fill_a_page_of_each() -> None:
    """Let each filter find a full page however few deliveries there are, so that equal pages are compared."""
    from django.db import connection

    from deliver_to_po.choices import ShipmentState
    from deliver_to_po.models import Delivery, Shipment

    def of(first: int) -> list[str]:
        return [f"B{number}" for number in range(first, first + A_PAGE)]

    closed = (ShipmentState.REFUSED, ShipmentState.VOIDED)
    for place, state in enumerate(DELIVERY_STATES):
        Delivery.objects.filter(reference__in=of(300 + place * A_PAGE)).update(state=state)
    for place, state in enumerate((ShipmentState.ATTENTION, *closed)):
        key = {"open_parcel": None} if state in closed else {}
        Shipment.objects.filter(delivery__reference__in=of(600 + place * A_PAGE)).update(state=state, **key)
    Delivery.objects.filter(reference__in=of(800)).update(live=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _clerk() -> Callable[[str], Any]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    user, _ = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return lambda query: client.get(LIST + query)


def _seconds(get: Callable[[str], Any], query: str) -> float:
    took = []
    for _ in range(TIMES + 1):
        began = perf_counter()
        answer = get(query)
        took.append(perf_counter() - began)
        assert answer.status_code == 200, (query, answer.status_code)
    # The best of them: whatever else the machine does only adds.
    return min(took[1:])


# The rows that each measurement makes.
MEASUREMENTS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("admin_list", "admin_filters", "admin_search"): lists,
}
