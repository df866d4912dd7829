"""What the emulator remembers: tokens, shipments with their whole bodies, closed offices, counts of calls."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, Literal, TypeAlias, get_args

from deliver_to_po.canadapost.identifiers import tracking_number

Closing: TypeAlias = Literal["no_longer", "gone"]
CLOSINGS: tuple[Closing, ...] = get_args(Closing)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shipment (
    number INTEGER PRIMARY KEY AUTOINCREMENT, shipment_id TEXT UNIQUE, customer TEXT NOT NULL, mobo TEXT NOT NULL,
    request_id TEXT UNIQUE, group_id TEXT NOT NULL, pin TEXT UNIQUE, status TEXT NOT NULL, body TEXT NOT NULL,
    created_at REAL NOT NULL, voided INTEGER NOT NULL DEFAULT 0, label_asks INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS shipment_group ON shipment (group_id);
CREATE TABLE IF NOT EXISTS token (value TEXT PRIMARY KEY, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS call (operation TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS closing (office_id TEXT PRIMARY KEY, how TEXT NOT NULL);
"""

# Room for every second since the epoch within eight digits: an emulator that forgot everything does not repeat itself.
_SEQUENCES = 89_000_000


class RequestIdTaken(Exception):
    """A shipment with that customerRequestId exists already (7314)."""


@dataclass(frozen=True, slots=True)
class StoredShipment:
    """A shipment as it was made. ``body`` is the whole request; ``created_at`` is in seconds since the epoch."""

    number: int
    shipment_id: str
    customer: str
    mobo: str
    request_id: str
    group_id: str
    pin: str
    status: str
    body: dict[str, Any] = field(repr=False)
    created_at: float
    voided: bool
    label_asks: int


class State:
    """The emulator's memory in SQLite, in a file or gone with the process; safe to use from many threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()
        self._database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(_SCHEMA)
        self._first_sequence = int(time.time()) % _SEQUENCES

    def close(self) -> None:
        """Close the database; nothing can be asked afterwards."""
        with self._lock:
            self._database.close()

    def reset(self) -> None:
        """Forget everything but which numbers were given out."""
        with self._transaction():
            for statement in ("DELETE FROM shipment", "DELETE FROM token", "DELETE FROM call", "DELETE FROM closing"):
                self._database.execute(statement)

    def count_call(self, operation: str) -> None:
        """Remember that an operation was asked for, whatever comes of it."""
        with self._transaction():
            self._database.execute(
                "INSERT INTO call VALUES (?, 1) ON CONFLICT (operation) DO UPDATE SET count = count + 1", (operation,)
            )

    def calls(self) -> dict[str, int]:
        """Return how often each operation was asked for."""
        return {row["operation"]: row["count"] for row in self._rows("SELECT * FROM call ORDER BY operation")}

    def add_token(self, value: str, lifetime_seconds: float) -> None:
        """Let a token in for that long, and forget those that expired."""
        with self._transaction():
            self._database.execute("DELETE FROM token WHERE expires_at < ?", (time.time(),))
            self._database.execute("INSERT INTO token VALUES (?, ?)", (value, time.time() + lifetime_seconds))

    def knows_token(self, value: str) -> bool:
        """Say whether a token was given out and still counts."""
        return bool(self._rows("SELECT 1 FROM token WHERE value = ? AND expires_at > ?", value, time.time()))

    def expire_tokens(self) -> None:
        """Let every token expire at once."""
        with self._transaction():
            self._database.execute("DELETE FROM token")

    def add_shipment(self, customer: str, mobo: str, status: str, body: Mapping[str, Any]) -> StoredShipment:
        """Keep a new shipment; raises RequestIdTaken when its customerRequestId was used before, voided or not."""
        request_id = body.get("customerRequestId")
        with self._transaction():
            if request_id and self._rows("SELECT 1 FROM shipment WHERE request_id = ?", request_id):
                raise RequestIdTaken
            row = self._database.execute(
                "INSERT INTO shipment (customer, mobo, request_id, group_id, status, body, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (customer, mobo, request_id, body.get("groupId", ""), status, json.dumps(body), time.time()),
            )
            number = row.lastrowid or 0
            sequence = (self._first_sequence + number) % 10**8
            self._database.execute(
                "UPDATE shipment SET shipment_id = ?, pin = ? WHERE number = ?",
                (f"3478{sequence:014d}", tracking_number(customer, sequence), number),
            )
            return _shipment(self._rows("SELECT * FROM shipment WHERE number = ?", number)[0])

    def shipments(self) -> list[StoredShipment]:
        """Return every shipment, oldest first, those taken back as well."""
        return [_shipment(row) for row in self._rows("SELECT * FROM shipment ORDER BY number")]

    def find_shipments(
        self,
        customer: str,
        mobo: str,
        *,
        request_id: str = "",
        pin: str = "",
        group_id: str = "",
        shipment_id: str = "",
    ) -> list[StoredShipment]:
        """Return the customer's shipments that were not taken back, oldest first; what is empty is not asked."""
        rows = self._rows(
            "SELECT * FROM shipment WHERE NOT voided AND customer = ? AND mobo = ? AND (? = '' OR request_id = ?)"
            " AND (? = '' OR pin = ?) AND (? = '' OR group_id = ?) AND (? = '' OR shipment_id = ?) ORDER BY number",
            *(customer, mobo, request_id, request_id, pin, pin, group_id, group_id, shipment_id, shipment_id),
        )
        return [_shipment(row) for row in rows]

    def shipment_by_number(self, number: int) -> StoredShipment | None:
        """Return one shipment by the emulator's own number, None when there is none or it was taken back."""
        rows = self._rows("SELECT * FROM shipment WHERE number = ? AND NOT voided", number)
        return _shipment(rows[0]) if rows else None

    def void_shipment(self, number: int) -> None:
        """Take a shipment back."""
        with self._transaction():
            self._database.execute("UPDATE shipment SET voided = 1 WHERE number = ?", (number,))

    def transmit_shipment(self, shipment_id: str) -> None:
        """Make a shipment transmitted, so that it can no longer be taken back."""
        with self._transaction():
            self._database.execute("UPDATE shipment SET status = 'transmitted' WHERE shipment_id = ?", (shipment_id,))

    def ask_for_label(self, number: int) -> int:
        """Return how often the label was asked for, this time included."""
        with self._transaction():
            self._database.execute("UPDATE shipment SET label_asks = label_asks + 1 WHERE number = ?", (number,))
            return int(self._rows("SELECT label_asks FROM shipment WHERE number = ?", number)[0]["label_asks"])

    def close_office(self, office_id: str, how: Closing) -> None:
        """Close an office: ``no_longer`` takes parcels, or ``gone``."""
        with self._transaction():
            self._database.execute("INSERT OR REPLACE INTO closing VALUES (?, ?)", (office_id, how))

    def reopen_office(self, office_id: str) -> None:
        """Undo ``close_office``."""
        with self._transaction():
            self._database.execute("DELETE FROM closing WHERE office_id = ?", (office_id,))

    def closings(self) -> dict[str, Closing]:
        """Return the closed offices by id."""
        return {row["office_id"]: row["how"] for row in self._rows("SELECT * FROM closing ORDER BY office_id")}

    def _rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

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


def _shipment(row: sqlite3.Row) -> StoredShipment:
    values = {name: row[name] for name in StoredShipment.__dataclass_fields__}
    values |= {"body": json.loads(row["body"]), "voided": bool(row["voided"]), "request_id": row["request_id"] or ""}
    return StoredShipment(**values)
