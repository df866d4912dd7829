"""What a shipping system tells of a parcel on its way: its events, read and bounded."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from deliver_to_po.core.choices import Scan
from deliver_to_po.shipping.answers import Sighting, Tracked
from deliver_to_po.shipping.reports import CannotBeRead, data_of, request_id_in, text_in

TYPE = "parcel.seen"
KNOWN = ("request_id", "events", "expected_on", "comes_back")
OF_AN_EVENT = ("scan", "on", "time", "code", "office_id", "office_name", "text")
# What a program does not know itself it need not tell.
SCANS = frozenset(Scan.values) - {Scan.UNKNOWN}
MOST_EVENTS, HIGHEST_CODE = 300, 65_535


class Seen(NamedTuple):
    """Every event that the system knows of one parcel."""

    request_id: str
    told: Tracked


def read_seen(body: bytes) -> Seen:
    """Return what ``seen.schema.json`` describes; raises CannotBeRead."""
    data = data_of(body, TYPE)
    _check_known(data, KNOWN, "data")
    events = data.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise CannotBeRead("“data.events” is not a list of objects.")
    if len(events) > MOST_EVENTS:
        raise CannotBeRead(f"“data.events” has more than {MOST_EVENTS} events.")
    comes_back = data.get("comes_back", False)
    if not isinstance(comes_back, bool):
        raise CannotBeRead("“data.comes_back” is neither true nor false.")
    expected_on = _day(data, "expected_on") if data.get("expected_on") is not None else None
    told = Tracked(tuple(map(_sighting, events)), expected_on, comes_back)
    return Seen(request_id_in(data), told)


def _sighting(event: Mapping[str, Any]) -> Sighting:
    _check_known(event, OF_AN_EVENT, "data.events[]")
    scan, code = text_in(event, "scan"), event.get("code")
    if scan not in SCANS:
        raise CannotBeRead(f"“scan” of an event is none of {', '.join(sorted(SCANS))}.")
    if code is not None and (type(code) is not int or not 0 < code <= HIGHEST_CODE):
        raise CannotBeRead(f"“code” of an event is no whole number from 1 to {HIGHEST_CODE}.")
    words = {name: text_in(event, name) for name in ("time", "office_id", "office_name", "text")}
    try:
        return Sighting(Scan(scan), _day(event, "on"), code=code, **words)
    except ValueError as error:
        raise CannotBeRead(f"An event cannot be read: {error}.") from None


def _day(data: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text_in(data, name))
    except ValueError:
        raise CannotBeRead(f"“{name}” is no day such as 2026-11-26.") from None


def _check_known(data: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    if unknown := sorted(set(data) - set(names)):
        raise CannotBeRead(f"“{where}” has fields that are not known: {', '.join(unknown)[:200]}.")
