"""Events of parcels, and planned outages of Canada Post's services."""

from dataclasses import dataclass
from datetime import datetime

from deliver_to_po.emulator.memory.store import Store


@dataclass(frozen=True)
class StoredEvent:
    """One event. ``at`` is local to where it happened; ``zone`` names that place's time."""

    code: int
    at: datetime
    zone: str
    english: str
    french: str
    site: str = ""
    province: str = ""
    office_id: str = ""
    office_name: str = ""


@dataclass(frozen=True)
class StoredOutage:
    """A planned outage; aware times."""

    english: str
    french: str
    starts_at: datetime
    ends_at: datetime


class Events(Store):
    def add_event(self, pin: str, event: StoredEvent) -> None:
        """Keep what happened to a parcel."""
        self._do(
            "INSERT INTO event (pin, code, at, zone, english, french, site, province, office_id, office_name)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(pin, event.code, event.at.isoformat(timespec="seconds"), event.zone, event.english, event.french),
            *(event.site, event.province, event.office_id, event.office_name),
        )

    def events(self, pin: str) -> list[StoredEvent]:
        """Return what happened to a parcel, newest first."""
        rows = self._rows("SELECT * FROM event WHERE pin = ? ORDER BY at DESC, number DESC", pin)
        names = tuple(name for name in StoredEvent.__dataclass_fields__ if name != "at")
        return [
            StoredEvent(at=datetime.fromisoformat(row["at"]), **{name: row[name] for name in names}) for row in rows
        ]

    def add_outage(self, outage: StoredOutage) -> None:
        self._do(
            "INSERT INTO outage (english, french, starts_at, ends_at) VALUES (?, ?, ?, ?)",
            outage.english,
            outage.french,
            outage.starts_at.isoformat(timespec="seconds"),
            outage.ends_at.isoformat(timespec="seconds"),
        )

    def outages(self) -> list[StoredOutage]:
        return [
            StoredOutage(
                row["english"],
                row["french"],
                datetime.fromisoformat(row["starts_at"]),
                datetime.fromisoformat(row["ends_at"]),
            )
            for row in self._rows("SELECT * FROM outage ORDER BY number")
        ]

    def clear_outages(self) -> None:
        self._do("DELETE FROM outage")
