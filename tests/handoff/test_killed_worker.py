"""A worker that is killed at the worst moments: still one shipment, and its label."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.utils import timezone

from deliver_to_po.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing import correct_recipient
from deliver_to_po.models import Shipment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"CONNECT_TIMEOUT_SECONDS": 0.5, "READ_TIMEOUT_SECONDS": 0.8, "TOTAL_TIMEOUT_SECONDS": 0.8}
HANDOFF = {"LEASE_SECONDS": 4.0, "LOOK_UP_AFTER_SECONDS": [0.2, 0.2], "RETRY_AFTER_SECONDS": [0.2]}


class Workers:
    """Starts the hand-off command in processes of its own."""

    def __init__(self, labels: Path):
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings_worker",
            "D2PO_WORKER": json.dumps(
                {
                    "database": str(connection.settings_dict["NAME"]),
                    "labels": str(labels),
                    "canada_post": {**settings.DELIVER_TO_PO["CANADA_POST"], **TIMES},
                    "handoff": HANDOFF,
                }
            ),
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start ``d2po_handoff`` with the arguments."""
        command = [sys.executable, "-W", "ignore", "-m", "django", "d2po_handoff", *arguments]
        worker = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)
        self.started.append(worker)
        return worker

    def stop(self) -> None:
        """Kill whatever still runs."""
        for worker in self.started:
            worker.kill()
            worker.wait(timeout=10)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """Return a starter of workers whose labels go to ``tmp_path``."""
    made = Workers(tmp_path)
    yield made
    made.stop()


def _wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait until ``condition`` holds; fail when it does not in time."""
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "what was waited for did not happen"
        time.sleep(0.02)


def _state(shipment: Shipment) -> str:
    shipment.refresh_from_db()
    return shipment.state


def _finished_by(worker: "subprocess.Popen[bytes]", shipment: Shipment) -> None:
    _wait_for(lambda: _state(shipment) == ShipmentState.LABELLED)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        pytest.param({"after": True}, "create_shipment", id="after Canada Post made the shipment"),
        pytest.param({"after": False}, "create_shipment", id="before Canada Post made the shipment"),
    ],
)
def test_a_worker_killed_in_the_create_call_costs_no_second_shipment(
    due: Callable[..., Shipment],
    emulator: EmulatorServer,
    workers: Workers,
    tmp_path: Path,
    fault: dict[str, bool],
    asked: str,
) -> None:
    shipment = due()
    emulator.faults.add("create_shipment", "delay", seconds=0.6, **fault)
    worker = workers.start()
    _wait_for(lambda: emulator.calls.get(asked))
    if fault["after"]:
        _wait_for(lambda: emulator.shipments)
    worker.kill()
    assert worker.wait(timeout=10) == -signal.SIGKILL
    assert _state(shipment) == ShipmentState.REQUESTED

    _finished_by(workers.start("--loop", "--interval", "0.2"), shipment)

    [made] = emulator.shipments
    assert (made.request_id, made.pin) == (shipment.request_id, shipment.tracking_pin)
    with FileSystemStorage(tmp_path).open(str(shipment.label.name)) as label:
        assert label.read().startswith(b"%PDF")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_worker_killed_before_its_label_leaves_it_to_the_next(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers
) -> None:
    shipment = due()
    emulator.faults.add("label", "delay", seconds=0.6)
    worker = workers.start()
    _wait_for(lambda: emulator.calls.get("label"))
    worker.kill()
    worker.wait(timeout=10)
    assert _state(shipment) == ShipmentState.MADE
    _finished_by(workers.start("--loop", "--interval", "0.2"), shipment)
    assert len(emulator.shipments) == 1


def test_a_worker_stopped_past_its_lease_inside_the_call_makes_no_second_shipment(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers
) -> None:
    shipment = due()
    emulator.faults.add("create_shipment", "delay", seconds=0.6, after=True)
    stopped = workers.start()
    _wait_for(lambda: emulator.shipments)
    stopped.send_signal(signal.SIGSTOP)
    _finished_by(workers.start("--loop", "--interval", "0.2"), shipment)
    stopped.send_signal(signal.SIGCONT)
    stopped.wait(timeout=20)
    assert _state(shipment) == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]


def test_two_workers_share_the_work_and_make_each_shipment_once(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers
) -> None:
    later = timezone.now()
    shipments = [due(due_at=later) for _ in range(8)]
    running = [workers.start() for _ in range(2)]
    for worker in running:
        assert worker.wait(timeout=60) == 0
    assert {_state(shipment) for shipment in shipments} == {ShipmentState.LABELLED}
    assert sorted(made.request_id for made in emulator.shipments) == sorted(s.request_id for s in shipments)


@pytest.mark.parametrize("after", [True, False], ids=["after it was voided", "before it was voided"])
def test_a_worker_killed_in_the_void_call_leaves_one_shipment_for_the_corrected_recipient(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers, after: bool
) -> None:
    shipment = due()
    _wait_for_label(workers, shipment)
    correct_recipient(shipment.delivery, replace(shipment.recipient, name="Zoë Correct"))
    emulator.faults.add("void_shipment", "delay", seconds=0.6, after=after)
    worker = workers.start()
    _wait_for(lambda: emulator.calls.get("void_shipment"))
    if after:
        _wait_for(lambda: emulator.shipments[0].voided)
    worker.kill()
    worker.wait(timeout=10)
    assert _state(shipment) == ShipmentState.VOIDING
    other = workers.start("--loop")
    _wait_for(lambda: Shipment.objects.filter(delivery=shipment.delivery, revision=2, state="labelled").exists())
    other.send_signal(signal.SIGTERM)
    assert other.wait(timeout=15) == 0
    assert _state(shipment) == ShipmentState.VOIDED
    assert [made.voided for made in emulator.shipments] == [True, False]


def _wait_for_label(workers: Workers, shipment: Shipment) -> None:
    worker = workers.start()
    _wait_for(lambda: _state(shipment) == ShipmentState.LABELLED)
    assert worker.wait(timeout=15) == 0
