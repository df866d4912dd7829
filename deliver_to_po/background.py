"""Background work is Django's: ``django.tasks`` where it exists, else the package ``django_tasks``, else none."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

# Backends that run nothing in the background: waking them would make a buyer wait, or do nothing at all.
NOT_IN_BACKGROUND = ("ImmediateBackend", "DummyBackend")


def _module() -> str:
    """Return the module that offers tasks, or ``""``."""
    if find_spec("django.tasks"):
        return "django.tasks"
    return "django_tasks" if find_spec("django_tasks") else ""


def task(function: Callable[[Any], None]) -> Callable[[Any], bool]:
    """Make ``function`` a task of the default queue and backend; what is returned sends it there.

    It returns whether it was sent: it is not where no backend works in the background, since then the sweep of
    ``d2po_handoff`` does the work. Tasks carry ids only.
    """
    module = _module()
    made = import_module(module).task(function) if module else None

    def send(argument: Any) -> bool:
        if made is None or not works_in_background():
            return False
        made.enqueue(argument)
        return True

    send.task = made  # type: ignore[attr-defined]
    return send


def works_in_background() -> bool:
    """Say whether tasks run elsewhere than in the process that sends them."""
    module = _module()
    if not module:
        return False
    backend = import_module(module).task_backends["default"]
    return not {base.__name__ for base in type(backend).__mro__} & set(NOT_IN_BACKGROUND)
