"""Settings of the crash harness and of its workers: its own database, storage and emulator, and short ladders."""

import json
import os
from datetime import timedelta
from typing import Any

import django

from tests import celery_app, settings
from tests.settings import DATABASES, DELIVER_TO_PO, INSTALLED_APPS, STORAGES

globals().update({name: value for name, value in vars(settings).items() if name.isupper()})

_run = json.loads(os.environ["D2PO_CRASH"])

if "django_tasks" not in INSTALLED_APPS and django.VERSION < (6, 0):
    INSTALLED_APPS.append("django_tasks")
INSTALLED_APPS.append("django_tasks_db")
TASKS: dict[str, Any] = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
if "D2PO_CELERY" in os.environ:
    TASKS = celery_app.TASKS

DATABASES["default"] |= {
    "NAME": _run["database"],
    # By this name the harness knows whose connections it cuts.
    "OPTIONS": {"application_name": _run["application_name"]},
}
STORAGES["deliver_to_po"] = {
    "BACKEND": "tests.crash.storage.SlowStorage",
    "OPTIONS": {"location": _run["labels"], "signs": _run["signs"], "latency_seconds": _run["latency_seconds"]},
}

DELIVER_TO_PO["ORDER_ADAPTER"] = "tests.crash.adapter.BoxForEachLine"
DELIVER_TO_PO["SHIPPING_SYSTEMS"] = {
    "default": {"BACKEND": "tests.crash.system.Recorded", "OPTIONS": {"SENT": _run["sent"]}}
}
DELIVER_TO_PO["REFUND_EMAIL"] = "refunds@example.com"
DELIVER_TO_PO["CANADA_POST"] |= {
    "BASE_URL": _run["emulator"],
    "WITHOUT_CONTRACT": _run["without_contract"],
    "CONNECT_TIMEOUT_SECONDS": 0.5,
    "READ_TIMEOUT_SECONDS": _run["patience_seconds"],
    "TOTAL_TIMEOUT_SECONDS": _run["patience_seconds"],
}
if _run["without_contract"]:
    DELIVER_TO_PO["CANADA_POST"]["CONTRACT_ID"] = ""
DELIVER_TO_PO["HANDOFF"] |= {
    "LEASE_SECONDS": 4.0,
    "LOOK_UP_AFTER_SECONDS": (0.3, 0.6, 1.0),
    "RETRY_AFTER_SECONDS": (0.3, 0.7, 1.5),
    "LABEL_AFTER_SECONDS": (0.2, 0.5),
    # Long enough that some look-up gets its answer between the faults.
    "GIVE_UP_AFTER": timedelta(seconds=45),
}
