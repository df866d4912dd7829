"""What a process pays for: nothing that only some pages need, and no page for what workers find out."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DESK = "['deliver_to_po.admin.late_admin']"
PROGRAM = """
import django, sys
from django.conf import settings
settings.DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
django.setup()
from django.urls import reverse
import deliver_to_po.urls, deliver_to_po.api.urls, deliver_to_po.admin, deliver_to_po.shop

def loaded(*rooms):
    return [name for name in sys.modules if name.startswith(tuple(f"deliver_to_po.{room}." for room in rooms))]

reverse("admin:index")
print(loaded("admin", "canadapost.portal", "examination", "handoff.sending", "operations.checks"))
import deliver_to_po.handoff.jobs
late = ("holidays", "tzfpy", "lxml", "ninja", "phonenumbers", "PIL", "pypdf", "reportlab", "werkzeug")
print([name for name in late if name in sys.modules])

from dataclasses import replace
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.models import Office
from deliver_to_po.offices import cache, directory
from tests.offices.counters import OFFICE

setup_test_environment()
call_command("migrate", verbosity=0)
far = replace(OFFICE, office_id="2", province="BC", postal_code="V0B1G0")
directory.remember_offered([OFFICE, far], "en", timezone.now())
for office in (OFFICE, far):
    directory.remember_hours(office, "en", timezone.now())
Office.objects.filter(office_key="2").update(zone="America/Creston")
without_hours = [replace(office, hours=None) for office in (OFFICE, far)]
cache.store(NearPostalCode("K1A0B1"), "en", without_hours, timezone.now())
client = Client()
search = client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1", "filter": "weekend"})
lists = client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"})
office = client.get(reverse("deliver_to_po:office", args=["2"]))
told = [shown.opening for shown in lists.context["shown"].offices] + [office.context["office"].opening]
print(search.status_code, lists.status_code, office.status_code, all(told), len(told), "holidays" in sys.modules)
print([name for name in ("holidays.countries", "ninja", "tzfpy") if name in sys.modules], loaded("admin"))
"""


def test_a_start_loads_no_library_of_some_pages_and_pages_with_opening_hours_no_time_zones_of_the_world() -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [DESK, "[]", "200 200 200 True 3 True", f"[] {DESK}"]
