"""Background work is Django's: ``django.tasks`` where it exists, else the package ``django_tasks``, else none."""

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)
# What this process has said of a backend that is broken, so that an order costs no warning of its own.
_said: set[str] = set()

# Backends that run nothing in the background: waking them would make a buyer wait, or do nothing at all.
NOT_IN_BACKGROUND = ("ImmediateBackend", "DummyBackend")


def module_of_tasks() -> str:
    if find_spec("django.tasks"):
        return "django.tasks"
    return "django_tasks" if find_spec("django_tasks") else ""


def task(function: Callable[..., None]) -> Any:
    """Make ``function`` a task of the default queue and backend, where there are tasks; decorates at module level.

    Workers import a task by the function's own name, so the name must hold what this returns.
    """
    module = module_of_tasks()
    return import_module(module).task(function) if module else function


def send_after_commit(made: Any, *arguments: Any) -> bool:
    """Send the task ``made`` to the background once the transaction, if any, has committed.

    ``arguments`` are names and ids only.

    Returns False if no backend works in the background: the sweep of ``d2po_handoff`` does the work there. A broken
    backend breaks neither the commit nor the page, and is logged once until it works again.
    """
    if not works_in_background():
        return False

    def enqueue() -> None:
        try:
            made.enqueue(*arguments)
        except Exception as error:  # noqa: BLE001 - backends raise what they like
            _broken(error)
        else:
            _said.clear()

    transaction.on_commit(enqueue, robust=True)
    return True


def _broken(error: Exception) -> None:
    # Its text may hold the broker's password.
    if not _said:
        log.warning("Tasks cannot be sent (%s): the sweep does their work until they can", type(error).__name__)
    _said.add("broken")


def works_in_background() -> bool:
    """Say whether tasks run elsewhere than in the process that sends them; not so where TASKS cannot be used."""
    try:
        backend = task_backend()
    except Exception as error:  # noqa: BLE001 - backends raise what they like
        _broken(error)
        return False
    return backend is not None and not {base.__name__ for base in type(backend).__mro__} & set(NOT_IN_BACKGROUND)


def task_backend() -> Any | None:
    """Return the backend, None if there are no tasks; raises whatever TASKS leads to."""
    module = module_of_tasks()
    return import_module(module).task_backends["default"] if module else None
