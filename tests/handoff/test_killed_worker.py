"""A worker that is killed at the worst moments: still one shipment, and its label."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.change import correct_recipient
from deliver_to_po.models import Shipment
from tests.handoff.workers import AMID_SECONDS, LOOP, Workers, finished_by, state_of, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


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
    emulator.faults.add("create_shipment", "delay", seconds=AMID_SECONDS, **fault)
    worker = workers.start()
    wait_for(lambda: emulator.calls.get(asked))
    if fault["after"]:
        wait_for(lambda: emulator.shipments)
    worker.kill()
    assert worker.wait(timeout=60) == -signal.SIGKILL
    assert state_of(shipment) == ShipmentState.REQUESTED

    finished_by(workers.start(*LOOP), shipment)

    [made] = emulator.shipments
    assert (made.request_id, made.pin) == (shipment.request_id, shipment.tracking_pin)
    with FileSystemStorage(tmp_path).open(str(shipment.label.name)) as label:
        assert label.read().startswith(b"%PDF")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_worker_killed_before_its_label_leaves_it_to_the_next(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers
) -> None:
    shipment = due()
    emulator.faults.add("label", "delay", seconds=AMID_SECONDS)
    worker = workers.start()
    wait_for(lambda: emulator.calls.get("label"))
    worker.kill()
    worker.wait(timeout=60)
    assert state_of(shipment) == ShipmentState.MADE
    finished_by(workers.start(*LOOP), shipment)
    assert len(emulator.shipments) == 1


def test_a_worker_stopped_past_its_lease_inside_the_call_makes_no_second_shipment(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers
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


def test_two_workers_share_the_work_and_make_each_shipment_once(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers
) -> None:
    later = timezone.now()
    shipments = [due(due_at=later) for _ in range(8)]
    running = [workers.start() for _ in range(2)]
    for worker in running:
        assert worker.wait(timeout=60) == 0
    assert {state_of(shipment) for shipment in shipments} == {ShipmentState.LABELLED}
    assert sorted(made.request_id for made in emulator.shipments) == sorted(s.request_id for s in shipments)


@pytest.mark.parametrize("after", [True, False], ids=["after it was voided", "before it was voided"])
def test_a_worker_killed_in_the_void_call_leaves_one_shipment_for_the_corrected_recipient(
    due: Callable[..., Shipment], emulator: EmulatorServer, workers: Workers, after: bool
) -> None:
    shipment = due()
    _wait_for_label(workers, shipment)
    correct_recipient(shipment.delivery, replace(shipment.recipient, name="Zoë Correct"))
    emulator.faults.add("void_shipment", "delay", seconds=AMID_SECONDS, after=after)
    worker = workers.start()
    wait_for(lambda: emulator.calls.get("void_shipment"))
    if after:
        wait_for(lambda: emulator.shipments[0].voided)
    worker.kill()
    worker.wait(timeout=60)
    assert state_of(shipment) == ShipmentState.VOIDING
    other = workers.start(*LOOP)
    wait_for(lambda: Shipment.objects.filter(delivery=shipment.delivery, revision=2, state="labelled").exists())
    other.send_signal(signal.SIGTERM)
    assert other.wait(timeout=60) == 0
    assert state_of(shipment) == ShipmentState.VOIDED
    assert [made.voided for made in emulator.shipments] == [True, False]


def _wait_for_label(workers: Workers, shipment: Shipment) -> None:
    worker = workers.start()
    wait_for(lambda: state_of(shipment) == ShipmentState.LABELLED)
    assert worker.wait(timeout=60) == 0
