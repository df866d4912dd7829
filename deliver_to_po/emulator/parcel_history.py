"""The history of a parcel as both APIs tell it."""

from dataclasses import dataclass
from datetime import date

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.offices import office
from deliver_to_po.emulator.prices import cost_of_shipment
from deliver_to_po.emulator.state import StoredEvent, StoredShipment

_DELIVERED = (1408, 1421, 1496)
_ATTENTION = (1701, 156)


@dataclass(frozen=True, slots=True)
class ParcelHistory:
    """A parcel with a history, newest event first."""

    pin: str
    service: str
    reference: str
    mailed_on: date
    expected_on: date
    delivered_on: date | None
    origin_postal_id: str
    destination_postal_id: str
    destination_province: str
    events: tuple[StoredEvent, ...]

    @property
    def event_type(self) -> str:
        """Return what kind of thing happened last, in Canada Post's word."""
        if self.events[0].code in _DELIVERED:
            return "DELIVERED"
        return "ATTEMPTED" if self.events[0].code in _ATTENTION else "INFO"


def history_of(call: Call, pin: str) -> ParcelHistory | None:
    """Return what is known about a tracking number, None while it has no history."""
    state = call.world.state
    events, shipments = state.events(pin), state.find_shipments(pin=pin) if pin else []
    if not events or not shipments:
        return None
    return _history(shipments[0], tuple(events))


def _history(shipment: StoredShipment, events: tuple[StoredEvent, ...]) -> ParcelHistory:
    spec, place = shipment.spec, office(shipment.office_id)
    address = spec["destination"]["addressDetails"]
    mailed_on = events[-1].at.date()
    return ParcelHistory(
        pin=shipment.pin,
        service=spec["serviceCode"],
        reference=str(spec.get("references", {}).get("customerRef1", "")),
        mailed_on=mailed_on,
        expected_on=cost_of_shipment(spec, mailed_on).delivered_on,
        delivered_on=events[0].at.date() if events[0].code in _DELIVERED else None,
        origin_postal_id=str(spec["sender"]["addressDetails"].get("postalZipCode", ""))[:3],
        destination_postal_id=(place.postal_code if place else str(address.get("postalZipCode", "")))[:3],
        destination_province=place.province if place else str(address.get("provState", "")),
        events=events,
    )
