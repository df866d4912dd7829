"""The suite's settings for a worker process: database, storage and emulator of the test that starts it."""

import json
import os

from tests import settings
from tests.settings import DATABASES, DELIVER_TO_PO, STORAGES

globals().update({name: value for name, value in vars(settings).items() if name.isupper()})

_test = json.loads(os.environ["D2PO_WORKER"])
DATABASES["default"] |= {"NAME": _test["database"], "PORT": _test["database_port"]}
if "tasks" in _test:
    TASKS = _test["tasks"]
STORAGES["deliver_to_po"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": _test["labels"]},
}
DELIVER_TO_PO["CANADA_POST"] = _test["canada_post"]
DELIVER_TO_PO["HANDOFF"] = {**DELIVER_TO_PO["HANDOFF"], **_test["handoff"]}
