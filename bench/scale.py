"""``python -m bench.scale 10000 1000000``: with so many deliveries, how long what runs all the time takes.

Needs DATABASE_URL with a PostgreSQL, beside whose database it makes one of its own. Prints a table for each number, and
how large the tables are; the page ``docs/explanation/scale.md`` holds what came of it.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from bench.desk import clerk
from bench.shop.running import database_beside

TIMES = 9


def main(sizes: Sequence[int]) -> int:
    """Measure each size; return 2 where there is no PostgreSQL."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL, such as postgres://postgres@127.0.0.1:5432/d2po.", file=sys.stderr)
        return 2
    with database_beside(url) as database, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": database, "SHOP_DATA": folder, "DJANGO_SETTINGS_MODULE": "bench.shop.settings"}
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        for size in sizes:
            _measure(size)
        connection.close()
    return 0


def _measure(size: int) -> None:
    from bench.scale_rows import fill

    began = time.perf_counter()
    fill(size)
    print(f"\n== {size:,} deliveries, filled in {time.perf_counter() - began:.0f} s", flush=True)
    for name, do, times in _questions():
        took = [_milliseconds(do) for _ in range(times)]
        print(f"{name:<46}{median(took):>11.1f} ms   best {min(took):>9.1f}   worst {max(took):>9.1f}", flush=True)
    _sizes(size)


def _questions() -> Sequence[tuple[str, Callable[[], Any], int]]:
    """Return what is measured: what it is called, how it is done, and how often."""
    from deliver_to_po.core import shop_time
    from deliver_to_po.examination.doctor.background import background
    from deliver_to_po.examination.health.examination import examine
    from deliver_to_po.examination.health.finding import Limits
    from deliver_to_po.handoff.day_end.transmitting import waiting_groups
    from deliver_to_po.handoff.releasing import missed_calls, nightly_check
    from deliver_to_po.handoff.sending.next_step import SHIPMENTS
    from deliver_to_po.notices.occasions import write_notices
    from deliver_to_po.outbox.claiming import _due_longest, claim_next
    from deliver_to_po.outbox.sweep import seconds_to_next
    from deliver_to_po.privacy import erasing, expiring, personal_data
    from deliver_to_po.tracking.following import FOLLOWING

    def night() -> None:
        shop_time.NIGHT = range(24)
        nightly_check._claim = lambda office_id: False
        nightly_check.check_open_orders()

    return (
        ("claim the next due parcel", lambda: claim_next(SHIPMENTS), 100),
        ("choose the next parcel to follow", lambda: _due_longest(FOLLOWING), 100),
        ("when is the next due", seconds_to_next, TIMES),
        ("health", lambda: list(examine(Limits())), TIMES),
        ("doctor: background", background, TIMES),
        ("drafts", expiring.delete_expired_drafts, TIMES),
        ("reservations", expiring.delete_forgotten_reservations, TIMES),
        ("deliveries that waited too long", expiring.expire_deliveries, TIMES),
        ("erase 200 recipients", erasing.erase_recipients, 2),
        ("erase, nothing to erase", erasing.erase_recipients, TIMES),
        ("paid orders released (200 asked about)", missed_calls.release_what_is_paid, TIMES),
        ("resumed after a pause", missed_calls.resume_after_pause, TIMES),
        ("notices written", write_notices, TIMES),
        ("nightly: which offices", night, TIMES),
        ("day's end: what waits", waiting_groups, TIMES),
        ("admin: default list", _page("/admin/deliver_to_po/delivery/"), TIMES),
        ("admin: list of one state", _page("/admin/deliver_to_po/delivery/?state=held"), TIMES),
        ("admin: search for a reference", _page("/admin/deliver_to_po/delivery/?q=B1234"), 3),
        (
            "privacy: by e-mail",
            lambda: list(personal_data.deliveries_about(personal_data.person(email="zoe@example.org"))),
            3,
        ),
    )


def _page(path: str) -> Callable[[], None]:
    get = clerk()

    def ask() -> None:
        answer = get(path)
        assert answer.status_code == 200, answer.status_code

    return ask


def _milliseconds(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _sizes(size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_table_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables"
            " WHERE relname LIKE 'deliver_to_po_%' AND n_live_tup > 100 ORDER BY 2 DESC"
        )
        for name, table, indexes in cursor.fetchall():
            each = f"{table / size:>6.0f} + {indexes / size:>4.0f} bytes for each delivery"
            print(f"{name:<32}{table / 1e6:>9.1f} MB  indexes {indexes / 1e6:>9.1f} MB  {each}")


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000]))
