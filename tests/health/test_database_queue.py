"""The queue of django-tasks-db, in a process that has it: what is stuck in it is found."""

from pathlib import Path

from tests.child import start_django

APPS = ("django_tasks_db", "leaflet", "deliver_to_po")
MEASURE = """
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from deliver_to_po.health.finding import Limits
from deliver_to_po.health.queue import queue
from django_tasks_db.models import DBTaskResult
call_command("migrate", verbosity=0)
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
