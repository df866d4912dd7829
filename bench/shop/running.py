"""Starts the shop under gunicorn and Canada Post's emulator, each in processes of its own, and stops them again."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60
TIMEOUT_SECONDS = 10
THREADS = 8


@dataclass
class Shop:
    """A running shop; ``address`` is its host and port, ``emulator`` the URL of the Canada Post that it asks.

    ``environment`` is what its processes run in, ``server`` the process whose children serve it.
    """

    address: str
    emulator: str
    environment: Mapping[str, str]
    server: int
    _emulator_process: subprocess.Popen[bytes] = field(repr=False)

    def delay(self, seconds: float, operation: str = "find_offices") -> None:
        """Let each search, or another operation, take Canada Post so long."""
        fault = {"operation": operation, "fault": "delay", "count": None, "seconds": seconds}
        requests.post(f"{self.emulator}/_emulator/faults", json=fault, timeout=TIMEOUT_SECONDS).raise_for_status()

    def calls(self) -> dict[str, int]:
        """Return how often Canada Post was asked for what."""
        answer = requests.get(f"{self.emulator}/_emulator/calls", timeout=TIMEOUT_SECONDS)
        return {str(operation): int(count) for operation, count in answer.json().items()}

    def searches(self) -> int:
        """Return how often Canada Post was asked for offices."""
        return self.calls()["find_offices"]

    def reset(self) -> None:
        """Let Canada Post forget everything, its delays too."""
        requests.post(f"{self.emulator}/_emulator/reset", timeout=TIMEOUT_SECONDS).raise_for_status()

    def lose_canada_post(self) -> None:
        """Let nobody answer where Canada Post was."""
        _stop(self._emulator_process)


@contextmanager
def running(
    *,
    database: str = "",
    offices: int = 0,
    workers: int = 1,
    goods: bool = False,
    more: Mapping[str, str] | None = None,
) -> Iterator[Shop]:
    """Run a shop with a directory of so many ``offices``; ``database`` is a URL, else it is SQLite in a new folder.

    Where there is no Redis to share, one process is all that can keep one cache. With ``goods`` it
    sells what the example shop sells. ``more`` is for its environment.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        emulator, address = (f"{HOST}:{port}" for port in _free_ports())
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            **({"DATABASE_URL": database} if database else {}),
            "DJANGO_SETTINGS_MODULE": "bench.shop.settings",
            "SHOP_DATA": folder,
            "CANADA_POST_URL": f"http://{emulator}",
            "PYTHONPATH": str(ROOT),
            **(more or {}),
        }
        canada_post = _start(stack, ["deliver_to_po.emulator", "--port", emulator.rpartition(":")[2]], environment)
        _wait_until_answers(emulator, canada_post)
        _prepare(environment, offices, goods=goods)
        gunicorn = ["gunicorn", "--bind", address, "--workers", str(workers), "--threads", str(THREADS)]
        quiet = ["--log-level", "critical", "--keep-alive", "60"]
        server = _start(stack, [*gunicorn, *quiet, "example_shop.wsgi"], environment)
        _wait_until_answers(address, server)
        yield Shop(address, f"http://{emulator}", environment, server.pid, canada_post)


def _prepare(environment: Mapping[str, str], offices: int, *, goods: bool) -> None:
    """Make the tables and the static files, and fill the directory and, where wanted, the shop."""
    code = f"""
import os
import django
django.setup()
from django.core.management import call_command
from bench.shop.fill import fill
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
fill({offices})
if {goods}:
    call_command("seed", verbosity=0, stdout=open(os.devnull, "w"))
"""
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)


def _start(stack: ExitStack, module: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(_stop, process)
    return process


@contextmanager
def database_beside(url: str) -> Iterator[str]:
    """Make an empty database beside the one of PostgreSQL that ``url`` names; yield its URL, and drop it at the end."""
    server, _, name = url.rpartition("/")
    ours = f"{name}_bench"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(ours))
    with psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=TIMEOUT_SECONDS) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(ours)))
        try:
            yield f"{server}/{ours}"
        finally:
            connection.execute(drop)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=TIMEOUT_SECONDS)


def _free_ports() -> tuple[int, int]:
    """Return two ports on which nobody listens."""
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait_until_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection(address, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"Nothing answers at {address}")
