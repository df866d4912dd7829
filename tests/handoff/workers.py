"""The hand-off's commands in processes of their own, for tests that let them die."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from deliver_to_po.choices import ShipmentState
from deliver_to_po.models import Shipment

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"CONNECT_TIMEOUT_SECONDS": 0.5, "READ_TIMEOUT_SECONDS": 0.8, "TOTAL_TIMEOUT_SECONDS": 0.8}
HANDOFF = {"LEASE_SECONDS": 4.0, "LOOK_UP_AFTER_SECONDS": [0.2, 0.2], "RETRY_AFTER_SECONDS": [0.2]}
LOOP = ("--loop", "--interval", "0.2")


class Workers:
    """Starts the hand-off's commands in processes of their own, whose files go to a folder."""

    def __init__(self, labels: Path):
        self._labels = labels
        self.started: list[subprocess.Popen[bytes]] = []

    def start(
        self, *arguments: str, command: str = "d2po_handoff", database_port: int | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a command with the arguments; ``database_port`` is another way to the same database."""
        line = [sys.executable, "-W", "ignore", "-m", "django", command, *arguments]
        environment = self._environment(database_port)
        worker = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        self.started.append(worker)
        return worker

    def stop(self) -> None:
        """Kill whatever still runs."""
        for worker in self.started:
            worker.kill()
            worker.wait(timeout=10)

    def _environment(self, database_port: int | None) -> dict[str, str]:
        test = {
            "database": str(connection.settings_dict["NAME"]),
            "database_port": str(database_port or connection.settings_dict["PORT"]),
            "labels": str(self._labels),
            "canada_post": {**settings.DELIVER_TO_PO["CANADA_POST"], **TIMES},
            "handoff": HANDOFF,
        }
        return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_worker", "D2PO_WORKER": json.dumps(test)}


def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait until ``condition`` holds; fail when it does not in time."""
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "what was waited for did not happen"
        time.sleep(0.02)


def state_of(shipment: Shipment) -> str:
    """Return the state that a shipment has by now."""
    shipment.refresh_from_db()
    return shipment.state


def finished_by(worker: "subprocess.Popen[bytes]", shipment: Shipment) -> None:
    """Wait until a shipment has its label, and end the worker that loops."""
    wait_for(lambda: state_of(shipment) == ShipmentState.LABELLED)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0
