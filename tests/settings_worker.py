"""The suite's settings for a worker in a process of its own: the database, storage and emulator of the test that starts it."""

import json
import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, DELIVER_TO_PO, STORAGES

_test = json.loads(os.environ["D2PO_WORKER"])
DATABASES["default"]["NAME"] = _test["database"]
STORAGES["deliver_to_po"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": _test["labels"]},
}
for _key, _value in _test["deliver_to_po"].items():
    DELIVER_TO_PO[_key] = {**DELIVER_TO_PO[_key], **_value}
