"""A process that gets ready, waits for a line of its input, works, and says what it did as JSON."""

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import django
import requests

TIMEOUT_SECONDS = 10
# These only begin and end a transaction.
TRANSACTIONS_OWN = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def hand_off() -> dict[str, int]:
    """Do whatever is due, as the command does; return how many steps, and how many statements but for housekeeping's.

    Housekeeping comes by the clock, however many labels are made.
    """
    from django.db import connection

    from deliver_to_po.outbox.sweep import Sweep

    statements = 0

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal statements
        statements += sql.split(maxsplit=1)[0] not in TRANSACTIONS_OWN
        return execute(sql, *rest)

    class CountingSweep(Sweep):
        def _one_step_each(self, *given: Any) -> bool:
            with connection.execute_wrapper(count):
                return super()._one_step_each(*given)

    connection.ensure_connection()
    sweep = CountingSweep()
    _wait()
    swept = sweep.round()
    return {"done": swept.steps["shipments"], "statements": statements}


def call_bare(file: str, turn: int, of: int) -> dict[str, int]:
    """Make the same calls with nothing around them: create the shipment, fetch its label."""
    told = json.loads(Path(file).read_text(encoding="utf-8"))
    session = requests.Session()
    session.headers.update(told["headers"])
    bodies = told["bodies"][turn::of]
    _wait()
    for body in bodies:
        made = session.post(told["url"], json=body, timeout=TIMEOUT_SECONDS)
        assert made.ok, made.text
        [label] = [link["href"] for link in made.json()["links"] if link["rel"] == "label"]
        answer = session.get(label, headers={"Accept": "application/pdf"}, timeout=TIMEOUT_SECONDS)
        assert answer.content.startswith(b"%PDF")
    return {"done": len(bodies)}


def seek_next(times: int) -> dict[str, float]:
    """Return the median seconds of finding and claiming what is due next."""
    from deliver_to_po.handoff.sending.next_step import SHIPMENTS
    from deliver_to_po.outbox.claiming import claim_next

    seconds = []
    _wait()
    for _ in range(times):
        began = time.perf_counter()
        assert claim_next(SHIPMENTS) is not None
        seconds.append(time.perf_counter() - began)
    return {"seconds": statistics.median(seconds)}


def work_off(due: str) -> dict[str, Any]:
    """Work off what is due; return how many labels, in how long, and how long each chore waited if they fall due."""
    from django.db.models import Count, Max
    from django.utils import timezone

    from bench.shop.chores import Chores
    from deliver_to_po.models import Shipment
    from deliver_to_po.outbox.sweep import Sweep

    chores = Chores()
    sweep = Sweep()
    _wait()
    chores.watch(fall_due=due == "due")
    # The shop prints its e-mails.
    with redirect_stdout(StringIO()):
        began = timezone.now()
        while chores.is_watched():
            # With labels there are parcels to follow: nobody waits here for what that finds.
            sweep.round(stop=lambda: not chores.is_watched())
            time.sleep(1)
    told = Shipment.objects.aggregate(last=Max("labelled_at"), labels=Count("labelled_at"))
    seconds = (told["last"] - began).total_seconds()
    return {"done": told["labels"], "seconds": seconds, "waited": chores.waited}


def buy_beside(wanted: int) -> dict[str, int]:
    """Buy so often, and again where the database refuses it; return how often it did."""
    from django.db import OperationalError

    from bench.shop.parcels import buy, some_offices

    offices, refused = some_offices(4), 0
    _wait()
    for number in range(wanted):
        while True:
            try:
                buy(offices[number % len(offices)])
                break
            except OperationalError:
                refused += 1
    return {"refused": refused}


def sweep_from_cron(wanted: int) -> dict[str, float]:
    """Do a round each second until so many parcels have labels; return the most that one of them was put off."""
    from deliver_to_po.core import database_errors
    from deliver_to_po.core.choices import ShipmentState
    from deliver_to_po.models import Shipment
    from deliver_to_po.outbox import claiming, sweep

    lost: defaultdict[Any, float] = defaultdict(float)
    current, do_work, put_off = [None], claiming.work, claiming._put_off

    def work(job: Any, row: Any) -> None:
        current[0] = row.pk
        do_work(job, row)
        current[0] = None

    def told(job: Any, row: Any, lease: Any, error: Exception) -> None:
        lost[row.pk] += database_errors.BUSY_SECONDS if database_errors.is_busy(error) else job.wait_seconds()
        put_off(job, row, lease, error)

    def sleep(wait: float) -> None:
        lost[current[0]] += wait
        pause(wait)

    pause = time.sleep
    sweep.work, claiming._put_off, database_errors.time.sleep = work, told, sleep  # type: ignore[attr-defined]
    _wait()
    labelled = Shipment.objects.filter(state=ShipmentState.LABELLED)
    while database_errors.patiently(labelled.count) < wanted:
        # As cron does it: a sweep that knows nothing of the one before.
        sweep.Sweep().round()
        pause(1)
    lost.pop(None, None)
    return {"most_lost": max(lost.values(), default=0), "delayed": len(lost)}


def _wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


WAYS: dict[str, Callable[..., Any]] = {
    "ours": hand_off,
    "bare": lambda file, turn, of: call_bare(file, int(turn), int(of)),
    "next": lambda times: seek_next(int(times)),
    "backlog": work_off,
    "buy": lambda wanted: buy_beside(int(wanted)),
    "cron": lambda wanted: sweep_from_cron(int(wanted)),
}

if __name__ == "__main__":
    django.setup()
    way, *arguments = sys.argv[1:]
    print(json.dumps(WAYS[way](*arguments)), flush=True)
