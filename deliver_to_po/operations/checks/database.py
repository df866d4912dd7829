"""SQLite as ``startproject`` makes it lets buyers and the sweep stand in each other's way."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage
from django.db import connection

from deliver_to_po.operations.checks.messages import warning

TIMEOUT_SECONDS = 20
# Django's own where none is named.
DEFAULT_TIMEOUT_SECONDS = 5
SQLITE_LINES = f"""DATABASES["default"]["OPTIONS"] = {{
    "transaction_mode": "IMMEDIATE",
    "timeout": {TIMEOUT_SECONDS},
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}}"""


def check_sqlite(**_kwargs: object) -> list[CheckMessage]:
    """Warn when SQLite refuses a second writer instead of letting it wait."""
    if connection.vendor != "sqlite":
        return []
    lacking = ", ".join(_lacking(connection.settings_dict.get("OPTIONS") or {}))
    if not lacking:
        return []
    message = (
        f'DATABASES["default"] is SQLite without {lacking}: when buyers order while the sweep works, some of them and '
        "some parcels meet “database is locked”."
    )
    return [warning(91, message, f"Add to your settings:\n{SQLITE_LINES}")]


def _lacking(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield which of the options are not there that let writers wait for each other."""
    if str(options.get("transaction_mode")).upper() not in ("IMMEDIATE", "EXCLUSIVE"):
        yield "transaction_mode IMMEDIATE"
    if options.get("timeout", DEFAULT_TIMEOUT_SECONDS) < TIMEOUT_SECONDS:
        yield f"a timeout of {TIMEOUT_SECONDS} seconds"
    if "wal" not in str(options.get("init_command")).lower():
        yield "journal_mode WAL"
