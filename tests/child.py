"""Starts Django in a process of its own, with settings that this one could not have."""

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "tests.orders_uuid",
)


def start_django(*, apps: tuple[str, ...], then: str = "", **settings: Any) -> subprocess.CompletedProcess[str]:
    """Set Django up with ``apps`` and what else there always is, then run the lines ``then``."""
    # No machine has a library there: as if GDAL were missing, even if it is installed.
    values = {"GDAL_LIBRARY_PATH": "/nonexistent/libgdal.so", "SECRET_KEY": "tests-only", "USE_TZ": True, **settings}
    program = (
        "import django\nfrom django.conf import settings\n"
        f"settings.configure(INSTALLED_APPS={[*apps, *APPS]!r}, **{values!r})\n"
        f"django.setup()\n{then}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
