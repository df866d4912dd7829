"""SQLite as ``startproject`` makes it, where writers stand in each other's way, and MariaDB without time zones."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.db import connection

from deliver_to_po.operations.checks.messages import error, warning

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


def check_zone_tables(*, databases: Sequence[str] | None = None, **_kwargs: object) -> list[CheckMessage]:
    """Check that the database knows time zones: without, MariaDB and MySQL cannot tell the shop's days and months."""
    if "default" not in (databases or ()) or connection.features.has_zoneinfo_database:
        return []
    message = "The database knows no time zones: the desk's pages by day or month and the day's end cannot be shown."
    fix = "Load them, as root: mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql (or mysql_tzinfo_to_sql)."
    return [error(99, message, fix)]


def _lacking(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield which of the options are not there that let writers wait for each other."""
    if str(options.get("transaction_mode")).upper() not in ("IMMEDIATE", "EXCLUSIVE"):
        yield "transaction_mode IMMEDIATE"
    if options.get("timeout", DEFAULT_TIMEOUT_SECONDS) < TIMEOUT_SECONDS:
        yield f"a timeout of {TIMEOUT_SECONDS} seconds"
    if "wal" not in str(options.get("init_command")).lower():
        yield "journal_mode WAL"
