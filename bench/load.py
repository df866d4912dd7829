"""Buyers who all buy at once, through gunicorn, PostgreSQL and Redis, while Canada Post is slow and fails now and then.

``python -m bench.load [--minutes 1] BUYERS …`` prints what came of each number of buyers, and ends with status 1 where
an order is lost, a page fails, a worker is too large or grows, or Canada Post is asked more often than its limit says.
DATABASE_URL names a PostgreSQL, beside whose database an own one is made, and REDIS_URL a Redis.
"""

import argparse
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Event, Thread

import psycopg
import requests

from bench.places import unasked
from bench.shop.buying import CONTACT, METHOD
from bench.shop.running import THREADS, Shop, database_beside, running

WORKERS = 2
CALL_SECONDS, FAULTS = 0.15, 0.02
CALLS_PER_MINUTE = 240
GIVES_UP = 0.1
# So many places are asked for by everybody together, in areas of so many post offices.
PLACES, AREAS = 400, 2000
TIMEOUT_SECONDS = 120
SAMPLE_SECONDS = 2
MOST_MB, GROWTH_MB = 90, 5
OFFICE = re.compile(r'name="office_id" value="(\d+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(checkout|seen|total)" value="([^"]*)"')
RECIPIENT = {**CONTACT, "address_line_2": ""}


class GivenUp(Exception):
    """The buyer leaves the shop: by their own will, or since the shop has said what is in the way."""


@dataclass
class Told:
    """What buyers saw: how many purchases were begun, ordered and given up, each status, and the slowest answer."""

    counted: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0


class Buyer:
    """Buys again and again, each time as somebody else."""

    def __init__(self, shop: Shop, places: Sequence[str], seed: int) -> None:
        self.told = Told()
        self._root, self._places, self._chance = f"http://{shop.address}", places, random.Random(seed)  # noqa: S311

    def buy_until(self, over: float) -> Told:
        """Begin purchases until the clock is ``over``; finish the last."""
        while time.monotonic() < over:
            self.told.counted["begun"] += 1
            with requests.Session() as self._session:
                try:
                    self._buy()
                    self.told.counted["orders"] += 1
                except GivenUp as why:
                    self.told.counted["given up"] += 1
                    self.told.counted[f"given up: {why}"] += 1
                except requests.RequestException as error:
                    self.told.counted[f"lost: {type(error).__name__}"] += 1
        return self.told

    def _buy(self) -> None:
        self._get("/product/wool-blanket/")
        self._post("/product/wool-blanket/", {"quantity": "1"})
        self._post("/checkout/", CONTACT)
        step = self._post("/checkout/delivery/", METHOD)
        found = OFFICE.findall(self._get(f"{self._path(step)}?q={self._chance.choice(self._places)}").text)
        if not found:
            raise GivenUp("no post office")
        self._post(self._path(step), {"office_id": self._chance.choice(found[:4]), "change": "1"})
        review = self._post(f"{self._path(step)}recipient/", RECIPIENT)
        if self._chance.random() < GIVES_UP:
            raise GivenUp("of their own will")
        for _look in range(2):
            # The price may be another one by now: the page says so, and shows it.
            if not (form := dict(HIDDEN.findall(review.text))):
                raise GivenUp(f"led to {self._path(review)}")
            review = self._post(self._path(review), form)
            if "/order/" in review.url:
                return
        raise GivenUp(f"led to {self._path(review)} again")

    def _path(self, answer: requests.Response) -> str:
        return answer.url.removeprefix(self._root).partition("?")[0]

    def _get(self, path: str) -> requests.Response:
        return self._send("GET", path)

    def _post(self, path: str, form: dict[str, str]) -> requests.Response:
        return self._send("POST", path, {**form, "csrfmiddlewaretoken": self._session.cookies["csrftoken"]})

    def _send(self, method: str, path: str, form: dict[str, str] | None = None) -> requests.Response:
        answer = self._session.request(method, f"{self._root}{path}", data=form, timeout=TIMEOUT_SECONDS)
        for one in (*answer.history, answer):
            self.told.statuses[one.status_code] += 1
            self.told.slowest = max(self.told.slowest, one.elapsed.total_seconds())
        answer.raise_for_status()
        return answer


class Watch(Thread):
    """Looks every two seconds how large each worker is, and how often Canada Post has been asked."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(daemon=True)
        self.shop, self.over = shop, Event()
        self.megabytes: list[float] = []
        self.calls: list[tuple[float, int]] = []

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(SAMPLE_SECONDS):
            self.megabytes.append(max(map(_megabytes, _children(self.shop.server))))
            calls = {name: number for name, number in self.shop.calls().items() if name != "token"}
            self.calls.append((time.monotonic(), sum(calls.values())))

    def most_calls_in_a_minute(self) -> int:
        """Return the most calls between two looks that are not more than a minute apart."""
        return max(
            (later - before for when, before in self.calls for then, later in self.calls if 0 <= then - when <= 60),
            default=0,
        )

    def growth_mb(self) -> float:
        """Return by how much a worker grew in the last third of the time."""
        return self.megabytes[-1] - self.megabytes[len(self.megabytes) * 2 // 3]


def run(buyers: int, minutes: float, database: str) -> bool:
    """Let so many buy for so long in a new shop; print what came of it, and say whether all was well."""
    # Two arenas of memory, as docs/explanation/scale.md advises.
    more = {"CALLS_PER_MINUTE": str(CALLS_PER_MINUTE), "MALLOC_ARENA_MAX": "2"}
    with (
        database_beside(database) as url,
        running(database=url, workers=WORKERS, goods=True, more=more) as shop,
    ):
        _be_slow_and_faulty(shop)
        watch = Watch(shop)
        watch.start()
        places = list(islice(unasked(7, AREAS), PLACES))
        began = time.monotonic()
        with ThreadPoolExecutor(buyers) as pool:
            all_told = list(
                pool.map(lambda seed: Buyer(shop, places, seed).buy_until(began + minutes * 60), range(buyers))
            )
        seconds = time.monotonic() - began
        watch.over.set()
        watch.join()
        with psycopg.connect(url) as connection:
            kept = connection.execute("SELECT count(*) FROM example_shop_order").fetchone()[0]  # type: ignore[index]
    counted: Counter[str] = sum((told.counted for told in all_told), Counter())
    statuses: Counter[int] = sum((told.statuses for told in all_told), Counter())
    failed = sum(number for status, number in statuses.items() if status >= 500)
    wrong = [
        said
        for is_wrong, said in (
            (
                counted["orders"] + counted["given up"] != counted["begun"] or kept != counted["orders"],
                "orders are lost",
            ),
            (failed, f"{failed} answers of 500 and more"),
            (max(watch.megabytes) > MOST_MB, f"a worker needs more than {MOST_MB} MB"),
            (watch.growth_mb() > GROWTH_MB, f"a worker grew by {watch.growth_mb():.1f} MB"),
            (watch.most_calls_in_a_minute() > CALLS_PER_MINUTE, f"more than {CALLS_PER_MINUTE} calls in a minute"),
        )
        if is_wrong
    ]
    print(
        f"{buyers:>4} buyers, {seconds:.0f} s: {counted['orders'] / seconds:.1f} orders/s; {counted['begun']} begun = "
        f"{counted['orders']} orders ({kept} saved) + {counted['given up']} given up",
        f"     slowest answer {max(told.slowest for told in all_told):.1f} s; a worker {max(watch.megabytes):.0f} MB "
        f"at most, {watch.growth_mb():+.1f}; {watch.most_calls_in_a_minute()} calls in a minute at most",
        f"     {dict(statuses)} { ({name: number for name, number in counted.items() if ':' in name}) }",
        *(f"     WRONG: {said}" for said in wrong),
        sep="\n",
        flush=True,
    )
    return not wrong


def _be_slow_and_faulty(shop: Shop) -> None:
    for fault in (
        {"fault": "500", "probability": FAULTS},
        {"fault": "delay", "seconds": CALL_SECONDS},
    ):
        asked = {"operation": "*", "count": None, **fault}
        requests.post(f"{shop.emulator}/_emulator/faults", json=asked, timeout=TIMEOUT_SECONDS).raise_for_status()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _megabytes(pid: int) -> float:
    """Return what a process adds to the memory in use: what it shares is divided among those that share it."""
    return int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("Pss:")[2].split()[0]) / 1024


def main(arguments: Sequence[str]) -> int:
    """Return 1 where something was wrong, 2 where a server is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("buyers", type=int, nargs="*", default=[5, 20, 50, 200])
    parser.add_argument("--minutes", type=float, default=1)
    options = parser.parse_args(arguments)
    database = os.environ.get("DATABASE_URL", "")
    if not (database.startswith("postgres") and os.environ.get("REDIS_URL")):
        print("DATABASE_URL must name a PostgreSQL, and REDIS_URL a Redis.", file=sys.stderr)
        return 2
    print(f"gunicorn {WORKERS} × {THREADS}; calls take {CALL_SECONDS} s, and {FAULTS:.0%} of them fail")
    well = [run(buyers, options.minutes, database) for buyers in options.buyers]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
