"""The SQLite database below the emulator's memory: its tables, and statements from many threads."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shipment (
    number INTEGER PRIMARY KEY AUTOINCREMENT, shipment_id TEXT UNIQUE, customer TEXT NOT NULL, mobo TEXT NOT NULL,
    request_id TEXT, group_id TEXT NOT NULL, pin TEXT UNIQUE, status TEXT NOT NULL, body TEXT NOT NULL,
    created_at REAL NOT NULL, voided INTEGER NOT NULL DEFAULT 0, label_asks INTEGER NOT NULL DEFAULT 0,
    contract INTEGER NOT NULL DEFAULT 1, manifest_id TEXT NOT NULL DEFAULT '', refund_ticket TEXT NOT NULL DEFAULT '',
    refunded_on TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS shipment_group ON shipment (group_id);
CREATE INDEX IF NOT EXISTS shipment_request ON shipment (request_id);
CREATE TABLE IF NOT EXISTS manifest (
    number INTEGER PRIMARY KEY AUTOINCREMENT, manifest_id TEXT UNIQUE, customer TEXT NOT NULL, mobo TEXT NOT NULL,
    body TEXT NOT NULL, created_at REAL NOT NULL, asks INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, pin TEXT NOT NULL, code INTEGER NOT NULL, at TEXT NOT NULL,
    zone TEXT NOT NULL, english TEXT NOT NULL, french TEXT NOT NULL, site TEXT NOT NULL, province TEXT NOT NULL,
    office_id TEXT NOT NULL, office_name TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_pin ON event (pin);
CREATE TABLE IF NOT EXISTS outage (
    number INTEGER PRIMARY KEY AUTOINCREMENT, english TEXT NOT NULL, french TEXT NOT NULL, starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS token (value TEXT PRIMARY KEY, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS call (operation TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS closing (office_id TEXT PRIMARY KEY, how TEXT NOT NULL);
"""
_VERSION = 3
_TABLES = ("shipment", "manifest", "event", "outage", "token", "call", "closing")


class Store:
    """A database in a file or in memory; safe to use from many threads.

    A file of an older version is emptied: it holds nothing but trials. Raises ``sqlite3.Error`` for a file that holds
    tables of somebody else, such as a shop's own database: some of their names may be ours.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()
        self._database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        rows = self._rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        if foreign := sorted({row["name"] for row in rows} - {*_TABLES}):
            self.close()
            raise sqlite3.DatabaseError(f"it is another program's database, with the table {foreign[0]}")
        if self._database.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            for table in _TABLES:
                self._database.execute(f"DROP TABLE IF EXISTS {table}")
        self._database.executescript(_SCHEMA)
        self._database.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        """Close the database, which cannot be used afterwards."""
        with self._lock:
            self._database.close()

    def reset(self) -> None:
        """Forget everything; numbers that were used are not used again."""
        with self._transaction():
            for table in _TABLES:
                self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are ours

    def _rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _do(self, statement: str, *values: object) -> int:
        """Run one statement in a transaction of its own; return the number of the new row, if it made one."""
        with self._transaction():
            return self._database.execute(statement, values).lastrowid or 0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
