"""Everything the emulator remembers: shipments, manifests, parcels, tokens, closed offices, counts of calls."""

import time
from typing import Literal, TypeAlias, get_args

from deliver_to_po.emulator.memory.events import Events, StoredEvent, StoredOutage
from deliver_to_po.emulator.memory.manifests import Manifests, StoredManifest
from deliver_to_po.emulator.memory.shipments import RequestIdTaken, Shipments, StoredShipment

__all__ = [
    "CLOSINGS",
    "Closing",
    "RequestIdTaken",
    "State",
    "StoredEvent",
    "StoredManifest",
    "StoredOutage",
    "StoredShipment",
]

Closing: TypeAlias = Literal["no_longer", "gone"]
CLOSINGS: tuple[Closing, ...] = get_args(Closing)


class State(Shipments, Manifests, Events):
    """The emulator's memory, shared by both APIs; safe to use from many threads."""

    def count_call(self, operation: str) -> None:
        self._do("INSERT INTO call VALUES (?, 1) ON CONFLICT (operation) DO UPDATE SET count = count + 1", operation)

    def calls(self) -> dict[str, int]:
        return {row["operation"]: row["count"] for row in self._rows("SELECT * FROM call ORDER BY operation")}

    def add_token(self, value: str, lifetime_seconds: float) -> None:
        """Accept a token for that long, and forget those that expired."""
        with self._transaction():
            self._database.execute("DELETE FROM token WHERE expires_at < ?", (time.time(),))
            self._database.execute("INSERT INTO token VALUES (?, ?)", (value, time.time() + lifetime_seconds))

    def knows_token(self, value: str) -> bool:
        return bool(self._rows("SELECT 1 FROM token WHERE value = ? AND expires_at > ?", value, time.time()))

    def expire_tokens(self) -> None:
        self._do("DELETE FROM token")

    def close_office(self, office_id: str, how: Closing) -> None:
        """Close an office: ``no_longer`` takes parcels, or ``gone``."""
        self._do("INSERT OR REPLACE INTO closing VALUES (?, ?)", office_id, how)

    def reopen_office(self, office_id: str) -> None:
        self._do("DELETE FROM closing WHERE office_id = ?", office_id)

    def closings(self) -> dict[str, Closing]:
        return {row["office_id"]: row["how"] for row in self._rows("SELECT * FROM closing ORDER BY office_id")}
