"""A worker that is killed, or stands still past its lease, in the call that makes a shipment: still one of it.

At every other moment workers are killed by ``tests/crash``.
"""

import signal
from pathlib import Path

import pytest

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from tests.handoff.conftest import Due
from tests.handoff.workers import AMID_SECONDS, LOOP, Workers, finished_by, state_of, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("after", [True, False], ids=["after Canada Post made the shipment", "before it made one"])
def test_a_worker_killed_in_the_create_call_costs_no_second_shipment(
    due: Due, emulator: EmulatorServer, workers: Workers, tmp_path: Path, after: bool
) -> None:
    shipment = due()
    emulator.faults.add("create_shipment", "delay", seconds=AMID_SECONDS, after=after)
    worker = workers.start()
    wait_for(lambda: emulator.shipments if after else emulator.calls.get("create_shipment"))
    worker.kill()
    assert worker.wait(timeout=60) == -signal.SIGKILL
    assert state_of(shipment) == ShipmentState.REQUESTED
    finished_by(workers.start(*LOOP), shipment)
    [made] = emulator.shipments
    assert (made.request_id, made.pin) == (shipment.request_id, shipment.tracking_pin)
    [label] = tmp_path.iterdir()
    assert (label.name, label.read_bytes()[:4]) == (shipment.label.name, b"%PDF")


def test_a_worker_stopped_past_its_lease_inside_the_call_makes_no_second_shipment(
    due: Due, emulator: EmulatorServer, workers: Workers
) -> None:
    shipment = due()
    emulator.faults.add("create_shipment", "delay", seconds=AMID_SECONDS, after=True)
    stopped = workers.start()
    wait_for(lambda: emulator.shipments)
    stopped.send_signal(signal.SIGSTOP)
    finished_by(workers.start(*LOOP), shipment)
    stopped.send_signal(signal.SIGCONT)
    stopped.wait(timeout=60)
    assert state_of(shipment) == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]
