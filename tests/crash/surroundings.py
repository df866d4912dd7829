"""What a run needs around it: a database of its own, folders, the emulator in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.broker import Broker

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 10.0
# Shorter than a lease, and than the longest delays among the faults.
WORKER_PATIENCE_SECONDS = 1.5
# The harness's own connections are called otherwise, since it cuts those of the workers.
WORKER = "d2po-crash-worker"
HARNESS = "d2po-crash-harness"
# The task of deliver_to_po.contrib.celery, which cannot be imported before Django is set up.
SWEEP = "deliver_to_po.sweep"
# Of Celery's beat; what no worker takes before the next one is dropped.
SWEEP_EVERY_SECONDS = 1.0


class CannotRun(Exception):
    """The run cannot begin; says why and what to do."""


class Emulator:
    """Canada Post in another process, spoken to over HTTP as its own page does."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Call the control API; return the JSON that it answers, None for an empty answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(f"{self.url}/_emulator{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@dataclass(frozen=True)
class Surroundings:
    """Where a run takes place."""

    emulator: Emulator
    folder: Path
    environment: Mapping[str, str]
    #: The latency of the labels' storage.
    latency_seconds: float
    without_contract: bool
    #: What tasks are sent through, None where they are sent to the database.
    broker: Broker | None = None

    @property
    def labels(self) -> Path:
        return self.folder / "labels"

    @property
    def signs(self) -> Path:
        """Return the folder through which workers and harness tell each other things."""
        return self.folder / "signs"

    @property
    def sent(self) -> Sequence[Mapping[str, str]]:
        """Return every request for a shipment that a worker was about to send, oldest first."""
        file = self.folder / "sent"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def log(self) -> Path:
        """Return the file that workers complain in."""
        return self.folder / "workers.log"


@contextmanager
def surroundings(*, latency_seconds: float, celery: bool, without_contract: bool) -> Iterator[Surroundings]:
    """Make everything, point this process's settings at it, and remove it afterwards.

    Raises CannotRun where DATABASE_URL names no PostgreSQL, or for Celery BROKER_URL no RabbitMQ.
    """
    with ExitStack() as stack:
        database = stack.enter_context(_database())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="d2po-crash-")))
        emulator = Emulator(stack.enter_context(_emulator(without_contract)))
        broker = stack.enter_context(_broker()) if celery else None
        run = {
            "database": database,
            "emulator": emulator.url,
            "labels": str(folder / "labels"),
            "signs": str(folder / "signs"),
            "sent": str(folder / "sent"),
            "latency_seconds": latency_seconds,
            "without_contract": without_contract,
        }
        for name in ("labels", "signs"):
            (folder / name).mkdir()
        named = {"DJANGO_SETTINGS_MODULE": "tests.crash.settings", "TEST_ORDER_KEY": "integer"}
        harness = {**run, "application_name": HARNESS, "patience_seconds": ANSWER_SECONDS}
        os.environ |= named | {"D2PO_CRASH": json.dumps(harness)}
        worker = {**run, "application_name": WORKER, "patience_seconds": WORKER_PATIENCE_SECONDS}
        of_workers = {**os.environ, "D2PO_CRASH": json.dumps(worker)}
        yield Surroundings(emulator, folder, of_workers, latency_seconds, without_contract, broker)


@contextmanager
def _database() -> Iterator[str]:
    """Create an empty database beside the one that DATABASE_URL names; drop it afterwards."""
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not url.scheme.startswith("postgres"):
        raise CannotRun(
            "The crash test needs PostgreSQL: set DATABASE_URL, such as postgres://postgres@127.0.0.1:5432/d2po."
        )
    name = f"{url.path.lstrip('/') or 'd2po'}_crash_{os.getpid()}"
    maintenance = url._replace(path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield name
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _broker() -> Iterator[Broker]:
    """Stand between this run and the broker that BROKER_URL names, and tell all processes of it."""
    if not os.environ.get("BROKER_URL"):
        raise CannotRun("With Celery it needs RabbitMQ: set BROKER_URL, such as amqp://guest:guest@127.0.0.1:5672//.")
    broker = Broker(os.environ["BROKER_URL"])
    sweep = {"task": SWEEP, "schedule": SWEEP_EVERY_SECONDS, "options": {"expires": SWEEP_EVERY_SECONDS}}
    app = {"broker_url": broker.url, "queue": broker.queue, "beat_schedule": {"sweep": sweep}}
    os.environ["D2PO_CELERY"] = json.dumps(app)
    try:
        yield broker
    finally:
        broker.close()


@contextmanager
def _emulator(without_contract: bool) -> Iterator[str]:
    customer = ["--contract-id", ""] if without_contract else []
    command = [sys.executable, "-u", "-m", "deliver_to_po.emulator", "--port", "0", *customer]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        # Its first line ends with the address.
        words = process.stdout.readline().split()
        if not words:
            raise CannotRun("The emulator did not start: see above.")
        yield words[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait(timeout=ANSWER_SECONDS)
