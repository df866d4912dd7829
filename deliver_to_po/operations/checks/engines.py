"""TASKS: what the engine of background work needs where it is Celery."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from deliver_to_po.operations.checks.messages import error, warning

CELERY_BACKEND = "deliver_to_po.contrib.celery.CeleryBackend"


def check_celery(**_kwargs: object) -> list[CheckMessage]:
    """Check that each backend of ours names a Celery app, and that this one knows where its broker is."""
    backends = getattr(settings, "TASKS", {}).items()
    ours = [alias for alias, task in backends if isinstance(task, Mapping) and task.get("BACKEND") == CELERY_BACKEND]
    return [message for alias in ours for message in _backend(alias, settings.TASKS[alias])]


def _backend(alias: str, backend: Mapping[str, Any]) -> Iterator[CheckMessage]:
    setting, options = f'TASKS["{alias}"]["OPTIONS"]["APP"]', backend.get("OPTIONS")
    path = options.get("APP") if isinstance(options, Mapping) else None
    fix = 'Name your Celery app, such as "mysite.celery.app".'
    if not path or not isinstance(path, str):
        yield error(81, f"{setting} is missing, or no dotted path: tasks go nowhere.", fix)
        return
    try:
        app = import_string(path)
    except ImportError as why:
        yield error(81, f"{setting}: “{path}” cannot be imported ({why}).", fix)
        return
    if not hasattr(app, "send_task"):
        yield error(81, f"{setting}: “{path}” is no Celery app.", fix)
    elif not (app.conf.broker_write_url or app.conf.broker_url):
        yield warning(
            82,
            f"{setting}: the Celery app “{path}” names no broker, so it looks for one on this machine.",
            "Set its broker, such as CELERY_BROKER_URL where it reads Django's settings.",
        )
