"""A Canada Post for the tests of a shop: start it, seed it, let it fail, look into it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.test import override_settings

from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.core.conf import SETTING

if TYPE_CHECKING:
    from deliver_to_po.emulator.server import EmulatorServer
    from deliver_to_po.emulator.state import StoredManifest, StoredShipment


@dataclass(frozen=True)
class EmulatedOffice:
    """A made-up post office that takes parcels."""

    office_id: str
    name: str
    city: str
    province: str
    postal_code: str


class EmulatedCanadaPost:
    """One emulator, as the tests of a shop need it; ``server`` has everything else.

    Needs the extra ``emulator``.
    """

    def __init__(self, server: "EmulatorServer") -> None:
        self.server = server

    @property
    def url(self) -> str:
        """Return where it answers; a browser sees its page there."""
        return self.server.url

    @property
    def settings(self) -> dict[str, Any]:
        """Return what ``DELIVER_TO_PO["CANADA_POST"]`` must hold for the app to call it, over either API."""
        config = self.server.config
        return {
            "BASE_URL": self.url,
            "CLIENT_ID": config.client_id,
            "CLIENT_SECRET": config.client_secret,
            "USERNAME": config.client_id,
            "PASSWORD": config.client_secret,
            "CUSTOMER_NUMBER": config.customer_number,
            "MOBO": "",
            "CONTRACT_ID": config.contract_id,
            "LIVE": False,
        }

    def use(self) -> override_settings:
        """Return a context manager in which the app calls this emulator; what the cache holds is forgotten."""
        from django.conf import settings

        ours = getattr(settings, SETTING, {})
        for cache in caches.all():
            cache.clear()
        return override_settings(**{SETTING: {**ours, "CANADA_POST": {**ours.get("CANADA_POST", {}), **self.settings}}})

    def reset(self) -> None:
        """Forget shipments, parcels, faults, closed offices and counts, and how the emulator was configured."""
        from deliver_to_po.emulator.config import EmulatorConfig

        self.server.reset()
        self.server.world.config = EmulatorConfig()

    # Seed

    def configure(self, **settings: Any) -> None:
        """Change how the emulator behaves, such as ``label_waits=2`` or ``calls_per_minute=5``."""
        self.server.configure(**settings)

    def offices_near(self, postal_code: str, count: int = 10) -> list[EmulatedOffice]:
        """Return the offices nearest to a postal code in any spelling, as the app would find them."""
        from deliver_to_po.emulator.country import offices

        point = offices.point_of_postal_code(normalize_postal_code(postal_code))
        wanted = self.server.world.office_filter(d2po_only=True)
        found = offices.nearest(*point, count, wanted) if point else ()
        return [_described(near.office) for near in found]

    def close_office(self, office_id: str, *, gone: bool = False) -> None:
        """Let an office stop accepting parcels, or with ``gone`` vanish altogether."""
        self.server.state.close_office(f"{office_id:0>10}", "gone" if gone else "no_longer")

    def reopen_office(self, office_id: str) -> None:
        """Undo ``close_office``."""
        self.server.state.reopen_office(f"{office_id:0>10}")

    def move_parcel(self, tracking_pin: str, step: str, *, office_id: str = "", at: datetime | None = None) -> None:
        """Move a parcel along: announced, in_transit, to_post_office, ready, reminded, collected, returning, returned…

        With ``office_id`` it happens at another office than the one that was chosen.
        """
        self.server.move_parcel(tracking_pin, step, office_id=office_id, at=at)

    # Inject

    def fail(
        self,
        operation: str = "*",
        fault: str = "500",
        *,
        count: int | None = 1,
        after: bool = False,
        seconds: float = 5.0,
        probability: float = 1.0,
    ) -> None:
        """Let the next calls of an operation go wrong; ``count=None`` until ``recover``.

        ``after=True`` does the work first: a shipment may then exist whose answer never arrives. Raises ValueError for
        an operation or a fault that there is not.
        """
        from deliver_to_po.emulator.operations import NAMES

        if operation not in ("*", *NAMES):
            raise ValueError(f"operation is * or one of {', '.join(NAMES)}, not {operation!r}")
        self.server.faults.add(operation, fault, count=count, after=after, seconds=seconds, probability=probability)

    def recover(self) -> None:
        """Let everything work again."""
        self.server.faults.clear()

    # Inspect

    @property
    def shipments(self) -> "list[StoredShipment]":
        """Return every shipment with the body that made it, oldest first, voided ones included."""
        return self.server.shipments

    @property
    def manifests(self) -> "list[StoredManifest]":
        """Return every manifest, oldest first."""
        return self.server.manifests

    @property
    def calls(self) -> dict[str, int]:
        """Return how often each operation was called."""
        return self.server.calls


def _described(office: Any) -> EmulatedOffice:
    return EmulatedOffice(office.office_id, office.name, office.city, office.province, office.postal_code)
