"""Handing off: how many labels a minute against the same calls made bare, and what a label costs in calls and SQL."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from bench.contest import MILLISECONDS, Row
from bench.finding import DATABASE_URL, HAS_POSTGRESQL
from bench.shop.running import ROOT, TIMEOUT_SECONDS, Shop, database_beside, running
from deliver_to_po.canadapost.portal.auth import PATH as TOKEN_PATH
from deliver_to_po.emulator.config import EmulatorConfig

CANADA_POST_SECONDS = 0.05
LABELS, OFFICES = 300, 60
FEW, MANY = 1_000, 100_000
TIMES = 60
MINUTE = 60


def rates() -> Iterator[Row]:
    """Measure labels a minute with one worker and with two, and what one label costs."""
    for workers in (1, 2) if HAS_POSTGRESQL else (1,):
        with ExitStack() as stack:
            shop = _shop(stack)
            in_shop(shop, f"from bench.shop.parcels import release_orders; release_orders({LABELS}, {OFFICES})")
            bare = _bare_file(shop, stack)
            theirs, _ = _time(shop, [["bare", str(bare), str(turn), str(workers)] for turn in range(workers)])
            shop.reset()
            _slow_down(shop)
            before = shop.calls()
            ours, told = _time(shop, [["ours"]] * workers)
            calls = sum(shop.calls().values()) - sum(before.values())
        assert sum(one["done"] for one in told) == LABELS
        against = f"the two calls made bare, {workers} worker{'s' if workers > 1 else ''}"
        rate = LABELS / ours * MINUTE
        yield Row(f"handoff_rate_{workers}", rate, theirs / ours, against, 0.7, "/min", at_least=True)
        if workers == 1:
            statements = sum(one["statements"] for one in told) / LABELS
            yield Row("statements_per_label", statements, statements, "no statement", 12, "SQL")
        else:
            yield _calls(calls)
    if not HAS_POSTGRESQL:
        yield _calls(calls)


def _calls(calls: int) -> Row:
    return Row("calls_per_label", calls / LABELS, calls / LABELS, f"{LABELS} labels to {OFFICES} offices", 2.3, "calls")


def growth() -> Iterator[Row]:
    """Measure finding what is due next among many that wait against among few."""
    with ExitStack() as stack:
        shop = _shop(stack)
        in_shop(shop, f"from bench.shop.parcels import release_orders; release_orders({OFFICES}, {OFFICES})")
        seconds = []
        for waiting in (FEW, MANY):
            in_shop(
                shop,
                f"from bench.shop.parcels import add_waiting; add_waiting({waiting}); "
                "from django.db import connection; connection.cursor().execute('ANALYZE')",
            )
            _, [told] = _time(shop, [["next", str(TIMES)]])
            seconds.append(told["seconds"])
    yield Row("next_due", seconds[1] * MILLISECONDS, seconds[1] / seconds[0], f"{FEW:,} waiting, ours {MANY:,}", 1.2)


def _shop(stack: ExitStack) -> Shop:
    """Return a running shop on PostgreSQL where there is one; two workers on SQLite would wait for each other."""
    database = stack.enter_context(database_beside(DATABASE_URL)) if HAS_POSTGRESQL else ""
    return stack.enter_context(running(database=database))


def _slow_down(shop: Shop) -> None:
    for operation in ("create_shipment", "label", "find_offices"):
        shop.delay(CANADA_POST_SECONDS, operation)


def in_shop(shop: Shop, code: str) -> str:
    """Run code in the shop's environment, Django set up, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env=shop.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


def _bare_file(shop: Shop, stack: ExitStack) -> Path:
    """Write what the bare workers send; shipments that they make are forgotten afterwards."""
    _slow_down(shop)
    code = "import json; from bench.shop.parcels import bare_requests; print(json.dumps(bare_requests()))"
    told = json.loads(in_shop(shop, code))
    config = EmulatorConfig()
    form = {
        "grant_type": "client_credentials", "scope": "merchant",
        "client_id": config.client_id, "client_secret": config.client_secret,
    }  # fmt: skip
    token = requests.post(shop.emulator + TOKEN_PATH, data=form, timeout=TIMEOUT_SECONDS).json()["access_token"]
    told["url"] = shop.emulator + told.pop("path")
    told["headers"] = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    file = Path(shop.environment["SHOP_DATA"]) / "bare.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    return file


def _time(shop: Shop, ways: Sequence[Sequence[str]]) -> tuple[float, list[dict[str, Any]]]:
    return time_in_shops([(shop, way) for way in ways])


def time_in_shops(ways: Sequence[tuple[Shop, Sequence[str]]]) -> tuple[float, list[dict[str, Any]]]:
    """Return the seconds from the start of work to its end in every process, and what each told."""
    workers = [_worker(shop.environment, way) for shop, way in ways]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    answers = [worker.stdout.readline() for worker in workers if worker.stdout]
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.communicate(timeout=TIMEOUT_SECONDS)
    return seconds, [json.loads(answer) for answer in answers]


def _worker(environment: Mapping[str, str], way: Sequence[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.shop.worker", *way],
        env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
