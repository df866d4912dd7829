"""Manifests as the emulator keeps them."""

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from deliver_to_po.emulator.memory.store import Store

_FIRST_PO_NUMBER = 906_402_100
_FIRST_ID = 534_880


@dataclass(frozen=True)
class StoredManifest:
    """A manifest. ``body`` is the request that made it; ``created_at`` is in seconds since the epoch."""

    number: int
    manifest_id: str
    customer: str
    mobo: str
    body: dict[str, Any] = field(repr=False)
    created_at: float

    @property
    def po_number(self) -> str:
        """Return its PO number, by which Canada Post files it."""
        return f"D{_FIRST_PO_NUMBER + self.number}"

    @property
    def created_on(self) -> date:
        """Return the day it was made (UTC)."""
        return datetime.fromtimestamp(self.created_at, UTC).date()


class Manifests(Store):
    def add_manifest(self, customer: str, mobo: str, body: Mapping[str, Any]) -> StoredManifest:
        with self._transaction():
            row = self._database.execute(
                "INSERT INTO manifest (customer, mobo, body, created_at) VALUES (?, ?, ?, ?)",
                (customer, mobo, json.dumps(body), time.time()),
            )
            number = row.lastrowid or 0
            self._database.execute(
                "UPDATE manifest SET manifest_id = ? WHERE number = ?", (str(_FIRST_ID + number), number)
            )
            return _manifest(self._rows("SELECT * FROM manifest WHERE number = ?", number)[0])

    def manifests(self) -> list[StoredManifest]:
        return [_manifest(row) for row in self._rows("SELECT * FROM manifest ORDER BY number")]

    def manifest(self, manifest_id: str) -> StoredManifest | None:
        return next((one for one in self.manifests() if one.manifest_id == manifest_id), None)

    def ask_for_manifest(self, number: int) -> int:
        """Return how often the manifest was asked for, this time included."""
        with self._transaction():
            self._database.execute("UPDATE manifest SET asks = asks + 1 WHERE number = ?", (number,))
            return int(self._rows("SELECT asks FROM manifest WHERE number = ?", number)[0]["asks"])


def _manifest(row: sqlite3.Row) -> StoredManifest:
    values = {name: row[name] for name in StoredManifest.__dataclass_fields__}
    return StoredManifest(**(values | {"body": json.loads(row["body"])}))
