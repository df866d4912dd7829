"""The Celery app of the suite, as a shop has one; where its broker is, the environment says."""

import json
import os
from typing import Any

from celery import Celery

PATH = "tests.celery_app.app"
TASKS = {"default": {"BACKEND": "deliver_to_po.contrib.celery.CeleryBackend", "OPTIONS": {"APP": PATH}}}


def made(broker_url: str, queue: str, **settings: Any) -> Celery:
    """Return an app that is nobody's current one."""
    app = Celery("tests", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_default_queue=queue,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        worker_hijack_root_logger=False,
        **settings,
    )
    return app


_test = json.loads(os.environ.get("D2PO_CELERY", '{"broker_url": "memory://", "queue": "tests"}'))
app = made(**_test)
