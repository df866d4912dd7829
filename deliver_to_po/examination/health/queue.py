"""The task queue: does anybody take tasks from it, and is one stuck?"""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.background import task_backend, works_in_background
from deliver_to_po.examination.health.finding import Finding, Limits


def queue(limits: Limits) -> Iterator[Finding]:
    """Yield what can be said of the shop's task queue; nothing if it has none, or one that has no count."""
    try:
        yield from _found(limits)
    except Error:
        raise
    except Exception as error:  # noqa: BLE001 - backends raise what they like
        says = _("the task queue cannot be asked (%(error)s)") % {"error": type(error).__name__}
        todo = _("Run “manage.py check”, and look into TASKS and the settings of your broker.")
        yield Finding("queue", False, None, says, todo)


def _found(limits: Limits) -> Iterator[Finding]:
    backend = task_backend()
    if not works_in_background():
        return
    if type(backend).__module__.startswith("django_tasks_db."):
        yield _running(limits)
        yield _not_taken(limits)
    elif hasattr(backend, "waiting"):
        yield _waiting(backend, limits)


def _results() -> Any:
    """Return the rows of django-tasks-db."""
    return import_module("django_tasks_db.models").DBTaskResult.objects


def _running(limits: Limits) -> Finding:
    """Tell of tasks that nobody finishes: django-tasks-db leaves the task of a killed worker running for ever."""
    since = timezone.now() - timedelta(seconds=limits.stuck_seconds)
    count = _results().running().filter(started_at__lt=since).count()
    says = ngettext("%(count)d task has been running too long", "%(count)d tasks have been running too long", count)
    todo = _(
        "Their worker was probably killed: make sure that “manage.py db_worker” is restarted, then delete these "
        "tasks in the admin. “manage.py d2po_handoff” does their work."
    )
    return Finding("queue_running", not count, count, says % {"count": count}, todo if count else "")


def _not_taken(limits: Limits) -> Finding:
    since = timezone.now() - timedelta(seconds=limits.stuck_seconds)
    ready = _results().ready().filter(enqueued_at__lt=since)
    # What was to run later has been ready since then.
    count = ready.exclude(run_after__gt=since, run_after__lte=timezone.now()).count()
    says = ngettext("%(count)d task waits for a worker", "%(count)d tasks wait for a worker", count)
    todo = _("Start “manage.py db_worker”, and make sure that it is restarted when it ends.")
    return Finding("queue_not_taken", not count, count, says % {"count": count}, todo if count else "")


def _waiting(backend: Any, limits: Limits) -> Finding:
    try:
        count = backend.waiting()
    except ConnectionError:
        todo = _("Start the broker. Meanwhile “manage.py d2po_handoff” does the work, somewhat later.")
        return Finding("queue_waiting", False, None, _("the broker cannot be reached"), todo)
    says = ngettext("%(count)d task waits for a worker", "%(count)d tasks wait for a worker", count)
    ok = count <= limits.waiting
    todo = _("Start a Celery worker, or more of them.")
    return Finding("queue_waiting", ok, count, says % {"count": count}, "" if ok else todo)
