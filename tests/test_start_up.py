"""What a process pays for when it starts: nothing that only pages with opening hours need."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = """
import django, sys
django.setup()
import deliver_to_po.urls, deliver_to_po.admin, deliver_to_po.shop, deliver_to_po.handoff.jobs
print([name for name in ("holidays", "tzfpy") if name in sys.modules])
"""


def test_a_process_that_shows_no_office_loads_neither_holidays_nor_time_zones() -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "[]\n", done.stderr
