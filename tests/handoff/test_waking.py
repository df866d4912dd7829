"""Waking: after the commit, never inside a buyer's request, and a lost wake-up loses nothing."""

from typing import Any
from unittest.mock import Mock, call

import pytest
from django.db import transaction

from deliver_to_po.core import background
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.handoff import waking
from deliver_to_po.outbox.tasks import do_due
from tests.handoff.conftest import Due
from tests.rounds import hand_off_due, now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("backend", ["immediate.ImmediateBackend", "dummy.DummyBackend"])
def test_a_backend_that_does_nothing_in_the_background_is_not_woken(
    settings: Any, backend: str, django_capture_on_commit_callbacks: Any
) -> None:
    package = background.module_of_tasks()
    settings.TASKS = {"default": {"BACKEND": f"{package}.backends.{backend}"}}
    with django_capture_on_commit_callbacks() as callbacks:
        waking.wake_after_commit([1])
    assert callbacks == []


def test_the_task_does_the_whole_hand_off(due: Due) -> None:
    shipment = due()
    do_due.func(waking.SHIPMENTS, shipment.pk)
    assert now(shipment).state == ShipmentState.LABELLED


@pytest.fixture
def enqueue(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Return the call by which tasks are sent, where workers exist."""
    monkeypatch.setattr(background, "works_in_background", lambda: True)
    send = Mock()
    monkeypatch.setattr(waking, "do_due", Mock(enqueue=send))
    return send


def test_workers_are_woken_only_after_the_commit(enqueue: Mock, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        waking.wake_after_commit([7, 8])
        enqueue.assert_not_called()
    assert enqueue.call_args_list == [call(waking.SHIPMENTS, pk) for pk in (7, 8)]


@pytest.mark.django_db(transaction=True)
def test_a_broken_task_backend_breaks_no_commit_and_loses_nothing(due: Due, enqueue: Mock) -> None:
    enqueue.side_effect = ConnectionError
    with transaction.atomic():
        shipment = due()
        waking.wake_after_commit([shipment.pk])
    enqueue.assert_called_once()
    hand_off_due()
    assert now(shipment).state == ShipmentState.LABELLED
