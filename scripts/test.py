"""Runs tests, and says what they used and what was left out.

``quick`` is what `make test` runs: the rules of every room and one purchase in a browser, with Oscar beside them.
``all`` adds whatever is slow, every browser, and what depends on the order model with UUID keys. ``oscar`` is a part
of ``all``. ``coverage`` is ``quick`` in one process, with how much of each module of the package it went through.
Anything else goes to pytest as it is.
"""

import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "deliver_to_po"
# A browser starts for the one purchase that is marked so; all other tests of browsers are for ``all``.
QUICK = ("-m", "smoke or not (slow or browser)")
# tests/plugins/side_by_side.py says what stays in one process. What takes longest begins first (patience.py beside it),
# whatever the number of its tests.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
# One of several runs at once speaks; the others tell at their end, after it, what they did.
VOICE = Lock()
MEASURED = ("coverage", "run", "--branch", "--source", PACKAGE, "-m")
OSCAR = "tests.contrib.oscar"
OSCAR_SHOPS = ("order", "two")
LEFT_OUT = (
    "make test-all   what is slow (the longer walks, killed processes, the wheel), every browser, UUID keys of orders",
    "make coverage   how much of each module these tests go through",
    "make crash      500 deliveries handed off while everything breaks",
)


def run_pytest(
    *arguments: str, order_key: str = "", measured: bool = False, at_the_end: bool = False, **environment: str
) -> int:
    """Run pytest in a process of its own, since the order model cannot change within one; return its exit code.

    ``order_key`` is the kind of key that the shop's orders have; by default what TEST_ORDER_KEY says, or integers. When
    ``measured``, what the tests go through of the package is written to ``.coverage``. What it says is shown as it is
    said, or ``at_the_end`` all at once. ``environment`` is added to that of this process.
    """
    order_key = order_key or os.environ.get("TEST_ORDER_KEY", "integer")
    title = f"\n== pytest {' '.join((*arguments, *map('='.join, environment.items())))} (orders with {order_key} keys)"
    command = [sys.executable, "-m", *(MEASURED if measured else ()), "pytest", *arguments]
    variables = {**os.environ, "TEST_ORDER_KEY": order_key, **environment}
    if not at_the_end:
        with VOICE:
            print(title, flush=True)
            return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
    done = subprocess.run(
        command, cwd=ROOT, env=variables, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with VOICE:
        print(f"{title}\n{done.stdout}", end="", flush=True)
    return done.returncode


def run_oscar(*arguments: str, shops: Sequence[str] = OSCAR_SHOPS) -> int:
    """Run tests of the Oscar shops, which are projects of their own; return the first exit code that is not 0."""

    def run_shop(shop: str) -> int:
        where = (f"--ds={OSCAR}.settings", OSCAR.replace(".", "/"))
        # Where a browser is, Django takes every test for one that is asynchronous.
        return run_pytest(
            *where, *arguments, at_the_end=not _shared(), OSCAR_SHOP=shop, DJANGO_ALLOW_ASYNC_UNSAFE="true"
        )

    return at_once(*(partial(run_shop, shop) for shop in shops))


def at_once(*runs: Callable[[], int]) -> int:
    """Run all side by side, or one after the other where they would share a database or a cache.

    Return the first exit code that is not 0.
    """
    with ThreadPoolExecutor(1 if _shared() else len(runs)) as executor:
        return next(filter(None, list(executor.map(lambda run: run(), runs))), 0)


def _shared() -> bool:
    return bool({"DATABASE_URL", "REDIS_URL"} & os.environ.keys())


def run(what: str) -> int:
    """Run what ``PARTS`` names; return the first exit code that is not 0."""
    if what == "all":
        os.environ.setdefault("HYPOTHESIS_PROFILE", "many")
    return next(filter(None, (part() for part in PARTS[what])), 0)


OSCARS = (partial(run_oscar, shops=("order",)), partial(run_oscar, *QUICK, shops=("two",)))
UUID_KEYS = partial(run_pytest, "-m", "order_model", *SIDE_BY_SIDE, order_key="uuid")
PARTS: Mapping[str, Sequence[Callable[[], int]]] = {
    "quick": (partial(at_once, partial(run_pytest, *QUICK, *SIDE_BY_SIDE), partial(run_oscar, *QUICK)),),
    "coverage": (partial(run_pytest, *QUICK, measured=True),),
    "oscar": OSCARS,
    "all": (partial(run_pytest, *SIDE_BY_SIDE), *OSCARS, UUID_KEYS),
}


def _database() -> str:
    from django.db import connection

    if connection.vendor != "postgresql":
        return f"SQLite {sqlite3.sqlite_version}" if connection.vendor == "sqlite" else connection.vendor
    maintenance = connection.copy()
    maintenance.settings_dict["NAME"] = "postgres"
    version = ".".join(map(str, maintenance.get_database_version()))
    maintenance.close()
    return f"PostgreSQL {version}"


def _named(variable: str) -> str:
    """Return the host that ``variable`` names, without its password."""
    parts = urlsplit(os.environ.get(variable, ""))
    return f"{parts.scheme} at {parts.hostname}:{parts.port}" if parts.hostname else f"none ({variable} not set)"


def _browser() -> str:
    from tests.chromium import HOW_TO_GET_ONE, find_chromium

    path = find_chromium()
    if path is None:
        return f"none, browser tests were left out: {HOW_TO_GET_ONE}"
    return _version(path, "")


def _version(path: str | None, without: str) -> str:
    """Return what a browser or its driver says that it is, ``without`` where there is none."""
    if path is None:
        return f"its tests were left out: {without}"
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return answer.stdout.strip() or path


def what_was_used() -> list[str]:
    """Return one line for each thing that the result depends on."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    from tests.other_browsers import NO_FIREFOX, NO_WEBKIT, find_firefox, find_webkit

    webkit = find_webkit()
    cache = "Redis, " + _named("REDIS_URL") if "REDIS_URL" in os.environ else "local memory (REDIS_URL not set)"
    return [
        f"Python    {platform.python_version()}",
        f"Django    {django.get_version()}",
        f"database  {_database()}" + ("" if "DATABASE_URL" in os.environ else " (DATABASE_URL not set)"),
        f"cache     {cache}",
        f"broker    {_named('BROKER_URL')}",
        f"browser   {_browser()}",
        f"          {_version(find_firefox(), NO_FIREFOX)}",
        f"          {_version(webkit and webkit[1], NO_WEBKIT)}",
    ]


def main(arguments: list[str]) -> int:
    """Run what was asked for and return pytest's exit code."""
    what = arguments[0] if arguments and arguments[0] in PARTS else ""
    code = run(what) if what else run_pytest(*arguments)
    if what == "coverage":
        subprocess.run(
            [sys.executable, "-m", "coverage", "report", "--skip-covered", "--sort=cover"], cwd=ROOT, check=False
        )
    print("\nThis run used")
    for line in what_was_used():
        print(f"  {line}")
    if what == "quick":
        print("\nLeft out")
        for line in LEFT_OUT:
            print(f"  {line}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
