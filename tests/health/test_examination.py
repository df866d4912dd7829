"""What monitoring is told, finding by finding: whether it is well, how much, and what to do."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from deliver_to_po.background import module_of_tasks
from deliver_to_po.choices import DeliveryState, ManifestState, NoticeKind, ShipmentState
from deliver_to_po.health import examination, queue
from deliver_to_po.health.examination import examine
from deliver_to_po.health.finding import Finding, Limits
from deliver_to_po.models import Heartbeat, Manifest, Notice
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.sweep import Sweep
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db

BASE = __import__(f"{module_of_tasks()}.backends.base", fromlist=["BaseTaskBackend"]).BaseTaskBackend


def found(name: str, limits: Limits | None = None) -> Finding:
    """Return the one finding of that name."""
    [finding] = [finding for finding in examine(limits or Limits()) if finding.name == name]
    return finding


def ago(**units: float) -> Any:
    """Return the moment that long ago."""
    return timezone.now() - timedelta(**units)


def test_a_sweep_that_never_ran_is_a_problem() -> None:
    sweep = found("sweep")
    assert (sweep.ok, sweep.value) == (False, None)
    assert "d2po_handoff" in sweep.todo


def test_a_sweep_that_just_ran_is_well() -> None:
    Sweep().round()
    sweep = found("sweep")
    assert (sweep.ok, sweep.todo) == (True, "")
    assert sweep.value is not None
    assert sweep.value < 60


@pytest.mark.parametrize(("minutes", "ok"), [(4, True), (6, False)])
def test_a_sweep_may_be_silent_for_as_long_as_is_said(minutes: int, ok: bool) -> None:
    Heartbeat.objects.create(name=SWEEP, beat_at=ago(minutes=minutes))
    sweep = found("sweep", Limits(silent_seconds=300))
    assert sweep.ok is ok
    assert f"{minutes}\xa0minutes" in sweep.says


def test_nothing_is_overdue_while_rows_wait_for_their_time_or_are_in_hand() -> None:
    make_shipment(due_at=timezone.now() + timedelta(hours=1))
    make_shipment(state=ShipmentState.LABELLED, due_at=None)
    assert found("due") == Finding("due", True, 0.0, "nothing is overdue")


@pytest.mark.parametrize(("seconds", "ok"), [(3500, False), (3700, True)])
def test_what_has_been_due_longest_may_be_as_late_as_is_said(seconds: int, ok: bool) -> None:
    make_shipment(due_at=ago(seconds=5))
    make_shipment(due_at=ago(hours=1))
    late = found("due", Limits(late_seconds=seconds))
    assert late.ok is ok
    assert late.value == pytest.approx(3600, abs=30)
    assert bool(late.todo) is not ok


def test_e_mails_that_nobody_sends_are_late_too() -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE)
    Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=1, due_at=ago(hours=1))
    assert not found("due").ok


def test_a_parcel_on_hold_is_not_late() -> None:
    make_shipment(make_delivery(state=DeliveryState.HELD), due_at=ago(hours=1))
    assert found("due").ok


@pytest.mark.parametrize(("most", "ok"), [(2, False), (3, True)])
def test_workers_that_stopped_in_the_middle_are_counted_for_a_day(most: int, ok: bool) -> None:
    make_shipment(lapses=2)
    make_shipment(lapses=1)
    old = make_shipment(lapses=40)
    type(old).objects.filter(pk=old.pk).update(created_at=ago(hours=25))
    lapses = found("lapses", Limits(lapses=most))
    assert (lapses.ok, lapses.value) == (ok, 3)
    assert bool(lapses.todo) is not ok


class Queue:
    """Stands for the rows of django-tasks-db: keeps what was asked for, and says how many there are."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_kwargs: self

    def count(self) -> int:
        """Return how many."""
        return self._count


@pytest.mark.parametrize(("count", "ok"), [(0, True), (2, False)])
def test_tasks_that_a_killed_worker_left_running_are_a_problem(
    monkeypatch: pytest.MonkeyPatch, count: int, ok: bool
) -> None:
    _use_database_queue(monkeypatch, Queue(count))
    running, not_taken = found("queue_running"), found("queue_not_taken")
    assert (running.ok, running.value) == (not_taken.ok, not_taken.value) == (ok, count)
    assert ("db_worker" in running.todo, "db_worker" in not_taken.todo) == (not ok, not ok)


def _use_database_queue(monkeypatch: pytest.MonkeyPatch, rows: Queue) -> None:
    backend = type("DatabaseBackend", (), {"__module__": "django_tasks_db.backend"})()
    monkeypatch.setattr(queue, "works_in_background", lambda: True)
    monkeypatch.setattr(queue, "task_backend", lambda: backend)
    monkeypatch.setattr(queue, "_results", lambda: rows)


class Broker(BASE):  # type: ignore[misc, valid-type]
    """Stands for a backend that can count what waits in its broker."""

    tasks: int | None = 0

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Take the task."""

    def waiting(self) -> int:
        """Return how many wait."""
        if self.tasks is None:
            raise ConnectionError
        return self.tasks


@pytest.mark.parametrize(
    ("tasks", "ok", "todo"), [(0, True, ""), (10, True, ""), (11, False, "Celery"), (None, False, "broker")]
)
def test_a_broker_in_which_tasks_pile_up_or_that_is_away_is_a_problem(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tasks: int | None, ok: bool, todo: str
) -> None:
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.Broker"}}
    monkeypatch.setattr(Broker, "tasks", tasks)
    waiting = found("queue_waiting", Limits(waiting=10))
    assert (waiting.ok, waiting.value) == (ok, tasks)
    assert todo in waiting.todo
    assert bool(waiting.todo) is not ok


def test_without_a_queue_nothing_is_said_of_one() -> None:
    assert [finding.name for finding in examine(Limits())] == ["sweep", "due", "lapses", "needs_a_person"]


def test_what_needs_a_person_is_counted_and_is_a_problem_only_above_what_is_said() -> None:
    make_delivery(state=DeliveryState.HELD)
    make_delivery(state=DeliveryState.NEEDS_CHOICE)
    make_shipment(state=ShipmentState.ATTENTION)
    make_shipment(state=ShipmentState.SUSPENDED)
    make_shipment(state=ShipmentState.REFUSED)
    make_shipment(state=ShipmentState.LABELLED)
    Manifest.objects.create(state=ManifestState.ATTENTION)
    persons = found("needs_a_person")
    assert (persons.ok, persons.value) == (True, 6)
    assert set(persons.counts.values()) == {1}
    assert persons.todo
    assert found("needs_a_person", Limits(persons=6)).ok
    assert not found("needs_a_person", Limits(persons=5)).ok


def test_a_refused_parcel_that_was_made_again_or_is_cancelled_needs_nobody() -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    make_shipment(refused.delivery, revision=2)
    make_shipment(make_delivery(state=DeliveryState.CANCELLED), state=ShipmentState.REFUSED)
    assert found("needs_a_person").value == 0


def test_a_database_that_is_away_is_a_problem_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def lapses(limits: Limits) -> Finding:
        raise DatabaseError("a row of somebody's")

    monkeypatch.setattr(examination, "lapses", lapses)
    findings: Sequence[Finding] = list(examine(Limits()))
    assert [finding.name for finding in findings] == ["sweep", "due", "database"]
    assert (findings[-1].ok, findings[-1].says) == (False, "the database cannot be asked (DatabaseError)")
