"""The queue of background tasks: what is stuck in it is found, whoever runs it."""

from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.core.background import module_of_tasks
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

def tell():
    print([(each.name, each.ok, each.value, "db_worker" in each.todo) for each in queue(Limits(stuck_seconds=600))])

tell()
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
tell()
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
    assert done.stdout.splitlines()[-2:] == [
        "[('queue_running', True, 0, False), ('queue_not_taken', True, 0, False)]",
        "[('queue_running', False, 1, True), ('queue_not_taken', False, 2, True)]",
    ], done.stderr


class Broker(BASE):  # type: ignore[misc, valid-type]
    """Stands for a backend that can count what waits in its broker."""

    tasks: int | None = 0

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Take the task."""

    def waiting(self) -> int:
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
