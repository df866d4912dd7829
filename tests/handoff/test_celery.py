"""With Celery on RabbitMQ: real workers, and a broker that is away. Nothing is lost, and nobody waits.

In ``test_crash`` they are killed.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po.core.background import task_backend
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.models import Shipment
from tests import celery_app
from tests.broker import Broker
from tests.handoff.conftest import Due
from tests.handoff.workers import Workers, state_of, wait_for
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.services("BROKER_URL")]

# A page waits no longer.
MOMENT_SECONDS = 1.5
QUIET = ("--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "ERROR")


@pytest.fixture
def broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """Return the broker, and send tasks to it."""
    made = Broker(os.environ["BROKER_URL"])
    monkeypatch.setattr(celery_app, "app", celery_app.made(made.url, made.queue))
    settings.TASKS = celery_app.TASKS
    yield made
    made.close()


def release(due: Due) -> Shipment:
    """Return a shipment that workers are told of at the commit."""
    with transaction.atomic():
        shipment = due()
        wake_after_commit([shipment.pk])
    return shipment


def test_a_worker_is_woken_by_the_commit_and_makes_the_label(
    due: Due, emulator: EmulatorServer, workers: Workers, broker: Broker
) -> None:
    workers.start_celery(broker, *QUIET)
    shipment = release(due)
    wait_for(lambda: state_of(shipment) == ShipmentState.LABELLED)
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]


@pytest.mark.parametrize("away", [Broker.stop, Broker.freeze], ids=["refuses", "does not answer"])
def test_while_the_broker_is_away_the_sweep_does_it(due: Due, broker: Broker, away: Callable[[Broker], None]) -> None:
    away(broker)
    with transaction.atomic():
        shipments = [due() for _ in range(3)]
        wake_after_commit([shipment.pk for shipment in shipments])
        began = time.monotonic()
    assert time.monotonic() - began < MOMENT_SECONDS
    hand_off_due()
    assert {state_of(shipment) for shipment in shipments} == {ShipmentState.LABELLED}


def test_after_the_broker_was_away_workers_are_woken_again(due: Due, workers: Workers, broker: Broker) -> None:
    workers.start_celery(broker, *QUIET)
    first = release(due)
    wait_for(lambda: state_of(first) == ShipmentState.LABELLED)
    broker.stop()
    broker.start()
    # On the connection that was broken meanwhile.
    second = release(due)
    wait_for(lambda: state_of(second) == ShipmentState.LABELLED)


def test_what_waits_in_the_queue_is_counted_while_no_worker_takes_it(due: Due, broker: Broker) -> None:
    for _ in range(3):
        release(due)
    backend = task_backend()
    assert backend is not None
    wait_for(lambda: backend.waiting() == 3)
    broker.stop()
    with pytest.raises(ConnectionError):
        backend.waiting()
