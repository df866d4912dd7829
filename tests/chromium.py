"""Finds a Chromium or Chrome for the tests marked ``browser``."""

import os
import shutil

# The first is the same engine without what surrounds a page: a third of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = (
    "no Chromium or Chrome was found: install one (Debian: apt install chromium-headless-shell), or name it in "
    "CHROMIUM=/path/to/it"
)
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Return the browser that CHROMIUM names, else the first on PATH, else None."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ((named,) if named else NAMES))
    return next((path for path in found if path), None)


def launch_arguments() -> list[str]:
    """Return the flags for a browser that talks to nobody but the test; root needs one more."""
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else [*ARGUMENTS]
