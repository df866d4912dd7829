"""What the app adds to a web process that has just started: a shop's pages and admin with it, and without it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median

from bench.contest import MILLISECONDS, Row
from bench.shop.running import ROOT

TIMES = 9
# The same Django with its admin, and with the library that every payment provider brings along; the app comes with the
# door, the pages and the desk.
PROGRAM = """
import json, sys, time, types
from pathlib import Path
from django.conf import settings

ours = sys.argv[1] == "with"
urls = types.ModuleType("urls")
sys.modules["urls"] = urls
apps = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles"]
settings.configure(
    SECRET_KEY="x",
    INSTALLED_APPS=[f"django.contrib.{app}" for app in apps] + ["leaflet", "deliver_to_po"] * ours,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DELIVER_TO_PO={"ORDER_MODEL": "auth.Group", "ORDER_ADAPTER": "deliver_to_po.adapter.OrderAdapter"},
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    ROOT_URLCONF="urls",
)
import requests
began = time.process_time()
import django
django.setup()
from django.contrib import admin
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver, include, path
urls.urlpatterns = [path("admin/", admin.site.urls)]
if ours:
    import deliver_to_po.shop
    urls.urlpatterns.append(path("post-office/", include("deliver_to_po.urls")))
get_wsgi_application()
get_resolver().reverse_dict
seconds = time.process_time() - began
held = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
print(json.dumps([seconds, int(held.split()[1]) / 1024, len(sys.modules)]))
"""


def start_cost() -> Iterator[Row]:
    """Measure processor time and memory of a process that has loaded what it serves."""
    told: dict[str, list[list[float]]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as compiled:
        for number in range(TIMES + 1):
            for how, runs in told.items():
                # The first of each compiles what the others load, as an installation does.
                runs.extend([_started(how, compiled)][: number and 1])
    (ours, memory, modules), (bare, bare_memory, bare_modules) = (
        [median(run[number] for run in runs) for number in range(3)] for runs in told.values()
    )
    against = f"the same Django without it; {modules - bare_modules:.0f} modules more"
    yield Row("start_seconds", (ours - bare) * MILLISECONDS, ours - bare, against, 0.1)
    yield Row("start_memory", memory, memory - bare_memory, f"the same: {bare_memory:.0f} MB", 12, "MB")


def _started(how: str, compiled: str) -> list[float]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
    command = [sys.executable, "-c", PROGRAM, how]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
    numbers: list[float] = json.loads(ran.stdout)
    return numbers
