"""Runs the suite: everything with integer order keys, then what depends on the order model with UUID keys.

Arguments go to pytest; with any but ``--without-slow`` there is one run only. Ends by saying what it used.
"""

import os
import platform
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS_COLLECTED = 5


def run_pytest(*arguments: str, order_key: str = "integer") -> int:
    """Run pytest in a process of its own, since the order model cannot change within one; return its exit code."""
    print(f"\n== pytest {' '.join(arguments)} (orders with {order_key} keys)", flush=True)
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "TEST_ORDER_KEY": order_key}, check=False).returncode


def run_all(*, slow: bool) -> int:
    """Run the whole suite and then its part with UUID keys; return the first exit code that is not 0."""
    everything = () if slow else ("-m", "not slow")
    again = "order_model" if slow else "order_model and not slow"
    code = run_pytest(*everything) or run_pytest("-m", again, order_key="uuid")
    if code == NO_TESTS_COLLECTED:
        print("No test ran in the last part, though there must be some.")
    return code


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
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return answer.stdout.strip() or path


def what_was_used() -> list[str]:
    """Return one line for each thing that the result depends on."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    cache = "Redis, " + _named("REDIS_URL") if "REDIS_URL" in os.environ else "local memory (REDIS_URL not set)"
    return [
        f"Python    {platform.python_version()}",
        f"Django    {django.get_version()}",
        f"database  {_database()}" + ("" if "DATABASE_URL" in os.environ else " (DATABASE_URL not set)"),
        f"cache     {cache}",
        f"broker    {_named('BROKER_URL')}",
        f"browser   {_browser()}",
    ]


def main(arguments: list[str]) -> int:
    """Run what was asked for and return pytest's exit code."""
    others = [argument for argument in arguments if argument != "--without-slow"]
    if others:
        order_key = os.environ.get("TEST_ORDER_KEY", "integer")
        code = run_pytest(*others, order_key=order_key)
    else:
        code = run_all(slow="--without-slow" not in arguments)
    print("\nThis run used")
    for line in what_was_used():
        print(f"  {line}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
