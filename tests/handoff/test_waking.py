"""Waking: after the commit, never inside a buyer's request, and a lost wake-up loses nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po.core import background
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.handoff import waking
from deliver_to_po.models import Shipment
from deliver_to_po.outbox.tasks import do_due
from tests.rounds import hand_off_due, now

pytestmark = pytest.mark.django_db


class Queue:
    """Stands for the task where workers exist."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def enqueue(self, job: str, shipment_pk: int) -> None:
        """Keep what was sent."""
        self.sent.append(shipment_pk)


class BrokenQueue(Queue):
    """Stands for the task while the broker is down."""

    def enqueue(self, job: str, shipment_pk: int) -> None:
        """Fail as a client of a broker that is down does."""
        raise ConnectionError


@pytest.fixture
def queue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Return the queue that tasks go to; the test may choose its class."""
    made: Queue = getattr(request, "param", Queue)()
    monkeypatch.setattr(background, "works_in_background", lambda: True)
    monkeypatch.setattr(waking, "do_due", made)
    return made


@pytest.mark.parametrize("backend", ["immediate.ImmediateBackend", "dummy.DummyBackend"])
def test_a_backend_that_does_nothing_in_the_background_is_not_woken(
    settings: Any, backend: str, django_capture_on_commit_callbacks: Any
) -> None:
    package = background.module_of_tasks()
    settings.TASKS = {"default": {"BACKEND": f"{package}.backends.{backend}"}}
    with django_capture_on_commit_callbacks() as callbacks:
        waking.wake_after_commit([1])
    assert callbacks == []


def test_the_task_does_the_whole_hand_off(due: Callable[..., Shipment]) -> None:
    shipment = due()
    do_due.func(waking.SHIPMENTS, shipment.pk)
    assert now(shipment).state == ShipmentState.LABELLED


def test_workers_are_woken_only_after_the_commit(queue: Queue, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        waking.wake_after_commit([7, 8])
        assert queue.sent == []
    assert queue.sent == [7, 8]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("queue", [BrokenQueue], indirect=True)
def test_a_broken_task_backend_breaks_no_commit_and_loses_nothing(due: Callable[..., Shipment], queue: Queue) -> None:
    with transaction.atomic():
        shipment = due()
        waking.wake_after_commit([shipment.pk])
    hand_off_due()
    assert now(shipment).state == ShipmentState.LABELLED
