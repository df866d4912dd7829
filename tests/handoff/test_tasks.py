"""Waking: after the commit, never inside a buyer's request, and a lost wake-up loses nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po import background
from deliver_to_po.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff import tasks
from deliver_to_po.handoff.outbox import hand_off_due
from deliver_to_po.models import Shipment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("backend", ["immediate.ImmediateBackend", "dummy.DummyBackend"])
def test_a_backend_that_does_nothing_in_the_background_is_not_woken(settings: Any, backend: str) -> None:
    package = "django.tasks" if background._module() == "django.tasks" else "django_tasks"
    settings.TASKS = {"default": {"BACKEND": f"{package}.backends.{backend}"}}
    assert not tasks.wakes_workers()
    assert tasks.wake(1) is False


def test_the_task_does_the_whole_hand_off(due: Callable[..., Shipment]) -> None:
    shipment = due()
    tasks.hand_off_shipment.func(shipment.pk)
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED


def test_workers_are_woken_only_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(tasks, "send", lambda task, pk: woken.append(pk))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.wake_after_commit([7, 8])
        assert woken == []
    assert woken == [7, 8]


@pytest.mark.django_db(transaction=True)
def test_a_broken_task_backend_breaks_no_commit_and_loses_nothing(
    due: Callable[..., Shipment], emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(task: object, pk: int) -> bool:
        raise ConnectionError

    monkeypatch.setattr(tasks, "send", broken)
    with transaction.atomic():
        shipment = due()
        tasks.wake_after_commit([shipment.pk])
    hand_off_due()
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED
