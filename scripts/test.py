"""Runs the suite: everything with integer order keys, then what depends on the order model with UUID keys.

Arguments go to pytest; with any but ``--without-slow`` there is one run only. Ends by saying what it used and, but in
CI, how much of each room of the package the first run went through. In CI what is not slow runs in two processes.
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "deliver_to_po"
NO_TESTS_COLLECTED = 5
NOT_SLOW = ("-m", "not slow")
# All tests of a file stay in one process, since they may share what is slow to set up.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")
MEASURED = ("coverage", "run", "--branch", "--source", PACKAGE, "-m")


def run_pytest(*arguments: str, order_key: str = "integer", measured: bool = False) -> int:
    """Run pytest in a process of its own, since the order model cannot change within one; return its exit code.

    When ``measured``, what it goes through of the package is written to ``.coverage``.
    """
    print(f"\n== pytest {' '.join(arguments)} (orders with {order_key} keys)", flush=True)
    command = [sys.executable, "-m", *(MEASURED if measured else ()), "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "TEST_ORDER_KEY": order_key}, check=False).returncode


def run_all(*, slow: bool, measured: bool) -> int:
    """Run the whole suite and then its part with UUID keys; return the first exit code that is not 0."""
    again = "order_model" if slow else "order_model and not slow"
    beside = () if measured else SIDE_BY_SIDE
    code = _run_everything(slow=slow, measured=measured) or run_pytest("-m", again, *beside, order_key="uuid")
    if code == NO_TESTS_COLLECTED:
        print("No test ran in the last part, though there must be some.")
    return code


def _run_everything(*, slow: bool, measured: bool) -> int:
    if measured:  # in one process, which is the one that is measured
        return run_pytest(*(() if slow else NOT_SLOW), measured=True)
    return run_pytest(*NOT_SLOW, *SIDE_BY_SIDE) or (run_pytest("-m", "slow") if slow else 0)


def coverage_by_room(files: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return one line for each room and one for all: the share of lines and branches that a run went through.

    ``files`` is that part of coverage's report in JSON.
    """
    there, covered = Counter[str](), Counter[str]()
    for path, report in files.items():
        inside = Path(path).parts[1:]
        summary = report["summary"]
        for room in (inside[0].removesuffix(".py"), "total"):
            there[room] += summary["num_statements"] + summary["num_branches"]
            covered[room] += summary["covered_lines"] + summary["covered_branches"]
    rooms = [*sorted(room for room in there if there[room] and room != "total"), "total"]
    return [f"{room:<16}{covered[room] / (there[room] or 1):>7.1%}" for room in rooms]


def _coverage() -> list[str]:
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "-"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return (
        [answer.stdout + answer.stderr] if answer.returncode else coverage_by_room(json.loads(answer.stdout)["files"])
    )


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
    measured = os.environ.get("CI") != "true"
    others = [argument for argument in arguments if argument != "--without-slow"]
    if others:
        order_key = os.environ.get("TEST_ORDER_KEY", "integer")
        code = run_pytest(*others, order_key=order_key)
    else:
        code = run_all(slow="--without-slow" not in arguments, measured=measured)
    if measured and not others:
        print("\nLines and branches that ran, by room")
        for line in _coverage():
            print(f"  {line}")
    print("\nThis run used")
    for line in what_was_used():
        print(f"  {line}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
