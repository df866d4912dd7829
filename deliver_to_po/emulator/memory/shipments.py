"""Shipments as the emulator keeps them, whichever API made them: the whole body, in the portal's names."""

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.emulator.memory.store import Store

# Numbers begin at the second since the epoch, within eight digits, so that a fresh emulator repeats none.
_SEQUENCES = 89_000_000
_FIRST_TICKET = 109_648_000


class RequestIdTaken(Exception):
    """A shipment with that customerRequestId exists already (7314)."""


@dataclass(frozen=True)
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
    contract: bool
    manifest_id: str
    refund_ticket: str
    refunded_on: str

    @property
    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.body["deliverySpec"]
        return spec

    @property
    def transmitted(self) -> bool:
        """Say whether it can no longer be voided."""
        return self.status == "transmitted"

    @property
    def office_id(self) -> str:
        """Return the post office it goes to, or ``""``."""
        options = self.spec.get("options", ())
        return next((str(o.get("optionQualifier2", "")) for o in options if o["optionCode"] == "D2PO"), "")

    @property
    def created_on(self) -> date:
        """Return the day it was made (UTC)."""
        return datetime.fromtimestamp(self.created_at, UTC).date()


class Shipments(Store):
    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path)
        self._first_sequence = int(time.time()) % _SEQUENCES

    def add_shipment(
        self, customer: str, mobo: str, status: str, body: Mapping[str, Any], *, contract: bool = True
    ) -> StoredShipment:
        """Keep a new shipment; raises RequestIdTaken when its customerRequestId was used before, voided or not."""
        request_id = body.get("customerRequestId")
        with self._transaction():
            if request_id and self._rows("SELECT 1 FROM shipment WHERE request_id = ?", request_id):
                raise RequestIdTaken
            return self._added(customer, mobo, request_id, status, body, contract)

    def repeat_shipment(self, shipment: StoredShipment, request_id: str, body: Mapping[str, Any]) -> StoredShipment:
        """Keep another shipment in the group of one, though its request id may have been used before.

        Beside one whose group is transmitted it waits in a new group of that name.
        """
        again = shipment.transmitted and not body.get("transmitShipment")
        status = "created" if again else shipment.status
        with self._transaction():
            return self._added(shipment.customer, shipment.mobo, request_id or None, status, body, shipment.contract)

    def _added(
        self, customer: str, mobo: str, request_id: str | None, status: str, body: Mapping[str, Any], contract: bool
    ) -> StoredShipment:
        row = self._database.execute(
            "INSERT INTO shipment (customer, mobo, request_id, group_id, status, body, created_at, contract)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (customer, mobo, request_id, body.get("groupId", ""), status, json.dumps(body), time.time(), contract),
        )
        number = row.lastrowid or 0
        sequence = (self._first_sequence + number) % 10**8
        self._database.execute(
            "UPDATE shipment SET shipment_id = ?, pin = ? WHERE number = ?",
            (f"3478{sequence:014d}", tracking_number(customer, sequence), number),
        )
        return _shipment(self._rows("SELECT * FROM shipment WHERE number = ?", number)[0])

    def shipments(self) -> list[StoredShipment]:
        """Return every shipment, oldest first, voided ones included."""
        return [_shipment(row) for row in self._rows("SELECT * FROM shipment ORDER BY number")]

    def find_shipments(
        self, *, request_id: str = "", pin: str = "", group_id: str = "", shipment_id: str = "", manifest_id: str = ""
    ) -> list[StoredShipment]:
        """Return the shipments that are not voided, oldest first; an empty argument matches all."""
        asked = (request_id, pin, group_id, shipment_id, manifest_id)
        rows = self._rows(
            "SELECT * FROM shipment WHERE NOT voided AND (? = '' OR request_id = ?) AND (? = '' OR pin = ?)"
            " AND (? = '' OR group_id = ?) AND (? = '' OR shipment_id = ?) AND (? = '' OR manifest_id = ?)"
            " ORDER BY number",
            *(value for value in asked for _ in range(2)),
        )
        return [_shipment(row) for row in rows]

    def shipment(self, shipment_id: str) -> StoredShipment | None:
        """Return one shipment, None when there is none or it was voided."""
        found = self.find_shipments(shipment_id=shipment_id) if shipment_id else []
        return found[0] if found else None

    def shipment_by_number(self, number: int) -> StoredShipment | None:
        """Return one shipment by the emulator's own number, None when there is none or it was voided."""
        rows = self._rows("SELECT * FROM shipment WHERE number = ? AND NOT voided", number)
        return _shipment(rows[0]) if rows else None

    def void_shipment(self, number: int) -> None:
        self._do("UPDATE shipment SET voided = 1 WHERE number = ?", number)

    def transmit_shipment(self, shipment_id: str, manifest_id: str = "") -> None:
        """Make a shipment transmitted, so that it can no longer be voided."""
        self._do(
            "UPDATE shipment SET status = 'transmitted', manifest_id = ? WHERE shipment_id = ?",
            manifest_id,
            shipment_id,
        )

    def set_status(self, shipment_id: str, status: str) -> None:
        """Make a shipment created, transmitted or suspended."""
        self._do("UPDATE shipment SET status = ? WHERE shipment_id = ?", status, shipment_id)

    def refund_shipment(self, number: int) -> tuple[str, str]:
        """Take in a refund request; return the ticket and its day."""
        ticket, day = f"{_FIRST_TICKET + number:010d}", datetime.now(UTC).date().isoformat()
        self._do("UPDATE shipment SET refund_ticket = ?, refunded_on = ? WHERE number = ?", ticket, day, number)
        return ticket, day

    def ask_for_label(self, number: int) -> int:
        """Return how often the label was asked for, this time included."""
        with self._transaction():
            self._database.execute("UPDATE shipment SET label_asks = label_asks + 1 WHERE number = ?", (number,))
            return int(self._rows("SELECT label_asks FROM shipment WHERE number = ?", number)[0]["label_asks"])

    def open_groups(self) -> list[str]:
        """Return the groups that hold something to transmit."""
        statement = "SELECT DISTINCT group_id FROM shipment WHERE NOT voided AND status = 'created' AND group_id != ''"
        return [row["group_id"] for row in self._rows(f"{statement} ORDER BY group_id")]


def _shipment(row: sqlite3.Row) -> StoredShipment:
    values = {name: row[name] for name in StoredShipment.__dataclass_fields__}
    values |= {"body": json.loads(row["body"]), "request_id": row["request_id"] or ""}
    values |= {name: bool(row[name]) for name in ("voided", "contract")}
    return StoredShipment(**values)
