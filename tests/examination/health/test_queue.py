"""The queue of background tasks: what is stuck in it is found, whoever runs it."""

from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.core.background import module_of_tasks
from deliver_to_po.examination.health import queue
from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Limits
from tests.child import start_django
from tests.examination.health.asking import found

pytestmark = pytest.mark.django_db
APPS = ("django_tasks_db", "leaflet", "deliver_to_po")
MEASURE = """
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.examination.health.queue import queue
from django_tasks_db.models import DBTaskResult
call_command("migrate", DBTaskResult._meta.app_label, verbosity=0)
now = timezone.now()
def add(status, minutes, **fields):
    row = DBTaskResult.objects.create(
        status=status, args_kwargs={"args": [], "kwargs": {}}, task_path="x", queue_name="default",
        backend_name="default", run_after=fields.pop("run_after", now - timedelta(days=2)), exception_class_path="",
        traceback="", **fields)
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=now - timedelta(minutes=minutes))
add("RUNNING", 20, started_at=now - timedelta(minutes=20))
add("RUNNING", 20, started_at=now - timedelta(minutes=1))
add("SUCCESSFUL", 20, started_at=now - timedelta(minutes=20))
add("READY", 20)
add("READY", 21)
add("READY", 1)
add("READY", 20, run_after=now + timedelta(hours=1))
add("READY", 20, run_after=now - timedelta(minutes=1))
print([(finding.name, finding.ok, finding.value) for finding in queue(Limits(stuck_seconds=600))])
"""
BASE = __import__(f"{module_of_tasks()}.backends.base", fromlist=["BaseTaskBackend"]).BaseTaskBackend


def test_what_runs_too_long_or_is_not_taken_is_found(tmp_path: Path) -> None:
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "queue.sqlite3")}
    done = start_django(
        apps=APPS,
        then=MEASURE,
        DATABASES={"default": database},
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
        DELIVER_TO_PO={"ORDER_MODEL": "orders_uuid.Purchase", "ORDER_ADAPTER": "x"},
    )
    assert done.stdout.splitlines()[-1:] == ["[('queue_running', False, 1), ('queue_not_taken', False, 2)]"], (
        done.stderr
    )


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


@pytest.mark.parametrize("error", [RuntimeError, PermissionError])
def test_a_queue_that_cannot_be_asked_is_a_problem_and_the_rest_is_examined(
    monkeypatch: pytest.MonkeyPatch, settings: Any, error: type[Exception]
) -> None:
    def fail(backend: Broker) -> int:
        raise error("amqp://user:password@broker")

    settings.TASKS = {"default": {"BACKEND": f"{__name__}.Broker"}}
    monkeypatch.setattr(Broker, "waiting", fail)
    findings = {finding.name: finding for finding in examine(Limits())}
    assert (findings["queue"].ok, findings["queue"].says) == (
        False,
        f"the task queue cannot be asked ({error.__name__})",
    )
    assert "mails" in findings


def test_without_a_queue_nothing_is_said_of_one() -> None:
    assert [finding.name for finding in examine(Limits())] == [
        "sweep",
        "housekeeping",
        "due",
        "put_off",
        "compared",
        "lapses",
        "mails",
        "needs_a_person",
    ]
