"""The hand-off's commands in processes of their own, for tests that let them die."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

from django.conf import settings
from django.db import connection

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment
from tests.broker import Broker
from tests.celery_app import TASKS

Worker: TypeAlias = "subprocess.Popen[bytes]"

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"CONNECT_TIMEOUT_SECONDS": 1.5, "READ_TIMEOUT_SECONDS": 1.6, "TOTAL_TIMEOUT_SECONDS": 1.6}
HANDOFF = {"LEASE_SECONDS": 5.0, "LOOK_UP_AFTER_SECONDS": [0.2, 0.2], "RETRY_AFTER_SECONDS": [0.2]}
LOOP = ("--loop", "--interval", "0.2")


class Workers:
    """Starts the hand-off's commands in processes of their own, whose files go to a folder."""

    def __init__(self, labels: Path):
        self._labels = labels
        self.started: list[Worker] = []

    def start(self, *arguments: str, command: str = "d2po_handoff", database_port: int | None = None) -> Worker:
        """Start a command with the arguments; ``database_port`` is another way to the same database."""
        line = [sys.executable, "-W", "ignore", "-m", "django", command, *arguments]
        return self._started(line, self._environment(database_port))

    def start_celery(self, broker: Broker, *arguments: str) -> Worker:
        """Start a worker of Celery with the arguments; RabbitMQ refuses a second one of a name, so it has its own."""
        line = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "tests.celery_app", "worker", *arguments]
        line += ["--hostname", f"{uuid4()}@%h"]
        app = {"broker_url": broker.url, "queue": broker.queue}
        environment = self._environment(None, tasks=TASKS) | {"D2PO_CELERY": json.dumps(app)}
        return self._started(line, environment)

    def _started(self, line: Sequence[str], environment: Mapping[str, str]) -> Worker:
        # In a group of its own: a worker of Celery has children.
        worker = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        self.started.append(worker)
        return worker

    def stop(self) -> None:
        """Kill whatever still runs."""
        for worker in self.started:
            kill_all_of(worker)

    def _environment(self, database_port: int | None, **more: Any) -> dict[str, str]:
        test = {
            **more,
            "database": str(connection.settings_dict["NAME"]),
            "database_port": str(database_port or connection.settings_dict["PORT"]),
            "labels": str(self._labels),
            "canada_post": {**settings.DELIVER_TO_PO["CANADA_POST"], **TIMES},
            "handoff": HANDOFF,
        }
        return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_worker", "D2PO_WORKER": json.dumps(test)}


def kill_all_of(worker: Worker) -> None:
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(timeout=10)


def wait_for(condition: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until ``condition`` holds; fail when it does not in time."""
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "what was waited for did not happen"
        time.sleep(0.02)


def state_of(shipment: Shipment) -> str:
    shipment.refresh_from_db()
    return shipment.state


def finished_by(worker: "subprocess.Popen[bytes]", shipment: Shipment) -> None:
    """Wait until a shipment has its label, and end the worker that loops."""
    wait_for(lambda: state_of(shipment) == ShipmentState.LABELLED)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=60) == 0
