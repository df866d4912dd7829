"""The history of a parcel as both APIs tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.country.offices import office
from deliver_to_po.emulator.prices import cost_of_shipment
from deliver_to_po.emulator.refusals import Problem, Refused
from deliver_to_po.emulator.shipment_search import known
from deliver_to_po.emulator.state import StoredEvent, StoredShipment

# Canada Post: mailing dates at most two months back.
TWO_MONTHS = timedelta(days=62)
_DELIVERED = (1408, 1421, 1496)
_ATTENTION = (1701, 156)


@dataclass(frozen=True)
class ParcelHistory:
    """A parcel with a history, newest event first."""

    pin: str
    service: str
    references: Mapping[str, str]
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


def histories_named(call: Call, *spellings: Sequence[str]) -> list[ParcelHistory]:
    """Return the parcels with a history that carry a reference, mailed between two days.

    Each of ``spellings`` names customer, reference, first and last day. Raises Refused: 006 for what is missing, 008
    for days that lie more than two months back, 004 for none.
    """
    asked = call.request.args
    names = next((each for each in known(call, *spellings) if all(asked.get(name) for name in each[1:])), None)
    if names is None:
        raise Refused(Problem("006", "Missing Required Fields"))
    customer, reference, *days = (asked.get(name, "") for name in names)
    try:
        first, last = map(date.fromisoformat, days)
    except ValueError:
        raise Refused(Problem("008", "Invalid Date")) from None
    if first > last or first < datetime.now(UTC).date() - TWO_MONTHS:
        raise Refused(Problem("008", "Invalid Date"))
    state = call.world.state
    found = [
        _history(shipment, tuple(events))
        for shipment in state.find_shipments()
        if shipment.customer == (customer or shipment.customer)
        and reference in _references(shipment).values()
        and (events := state.events(shipment.pin))
    ]
    found = [history for history in found if first <= history.mailed_on <= last]
    if not found:
        raise Refused(Problem("004", "No Pin History"), status=404)
    return found


def _references(shipment: StoredShipment) -> Mapping[str, str]:
    given = shipment.spec.get("references", {})
    return {name: str(given.get(name, "")) for name in ("customerRef1", "customerRef2")}


def _history(shipment: StoredShipment, events: tuple[StoredEvent, ...]) -> ParcelHistory:
    spec, place = shipment.spec, office(shipment.office_id)
    address = spec["destination"]["addressDetails"]
    mailed_on = events[-1].at.date()
    return ParcelHistory(
        pin=shipment.pin,
        service=spec["serviceCode"],
        references=_references(shipment),
        mailed_on=mailed_on,
        expected_on=cost_of_shipment(spec, mailed_on).delivered_on,
        delivered_on=events[0].at.date() if events[0].code in _DELIVERED else None,
        origin_postal_id=str(spec["sender"]["addressDetails"].get("postalZipCode", ""))[:3],
        destination_postal_id=(place.postal_code if place else str(address.get("postalZipCode", "")))[:3],
        destination_province=place.province if place else str(address.get("provState", "")),
        events=events,
    )
