"""The portal's post offices. Nobody has seen their JSON yet, so every likely spelling is read."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.hours import UNKNOWN_TIMES, WeeklyHours, read_week
from deliver_to_po.canadapost.identifiers import PROVINCES, is_office_id, normalize_postal_code
from deliver_to_po.canadapost.portal.fields import boolean, find_rows, text
from deliver_to_po.canadapost.reading import read_each
from deliver_to_po.canadapost.rules import LATITUDES, LONGITUDES
from deliver_to_po.canadapost.types import Coordinates, FoundOffices, PostOffice

# No way is longer.
EARTH_AROUND_KM = 40_100


def read_offices(operation: str, body: Any) -> FoundOffices:
    """Return the offices of a search: a bare array, an object that holds one, or the only office itself.

    Offices that cannot be read are left out; raises Unreadable if that leaves none.
    """
    rows = [*map(_office, find_rows(operation, body, lambda row: "officeId" in row, "post offices"))]
    ids = [*map(_id, rows)]
    return FoundOffices(read_each(zip(rows, ids, strict=True), lambda found: _read(operation, *found)), ids)


def read_office(operation: str, body: Any, *, office_id: str = "") -> PostOffice:
    """Return one office; ``office_id`` is the one that was asked for. Raises Unreadable without id, address or city.

    An office without a name of its own has that of its location, else its address: a buyer must be able to tell it.
    """
    row = _office(body)
    return _read(operation, row, _id(row) or office_id)


def _read(operation: str, row: Mapping[str, Any], found_id: str) -> PostOffice:
    address = _object(row.get("address"))
    street, city = text(address.get("officeAddress")), text(address.get("city"))
    if not (is_office_id(found_id) and street and city):
        raise Unreadable(operation, why="a post office without id, address or city")
    location = text(row.get("location"))[: lengths.OFFICE_NAME]
    province = text(address.get("province")).upper()
    return PostOffice(
        office_id=found_id,
        name=text(row.get("name"))[: lengths.OFFICE_NAME] or location or street[: lengths.OFFICE_STREET],
        location=location,
        street=street[: lengths.OFFICE_STREET],
        city=city[: lengths.OFFICE_CITY],
        # No province is made of the first letters of something else.
        province=province if province in PROVINCES else "",
        postal_code=normalize_postal_code(text(address.get("postalCode"))),
        coordinates=_coordinates(address.get("latitude"), address.get("longitude")),
        bilingual=boolean(row.get("bilingualDesignation")),
        distance_km=_distance(row.get("distance")),
        hours=_hours(row.get("hoursList")),
    )


def _coordinates(latitude: object, longitude: object) -> Coordinates | None:
    """Return where a post office is, None for a place that lies nowhere in Canada."""
    try:
        north, east = float(text(latitude)), float(text(longitude))
    except ValueError:
        return None
    inside = LATITUDES[0] <= north <= LATITUDES[1] and LONGITUDES[0] <= east <= LONGITUDES[1]
    return Coordinates(north, east) if inside else None


def _distance(value: object) -> Decimal | None:
    """Return how far a post office is in km, None for a distance that cannot be."""
    try:
        km = Decimal(text(value)[:40])
        return km if 0 <= km < EARTH_AROUND_KM else None
    except InvalidOperation:
        return None


def _office(body: Any) -> Mapping[str, Any]:
    row = _object(body)
    return _object(row.get("postOfficeDetail")) or row


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(row: Mapping[str, Any]) -> str:
    """Return the id as it is written, else the one in a link."""
    if written := text(row.get("officeId")):
        return written
    links = row.get("link") or row.get("links") or []
    for link in links if isinstance(links, list) else [links]:
        href = text(_object(link).get("href"))
        if match := re.search(r"/([0-9]{1,12})/details?$", href):
            return match[1]
    return ""


def _hours(listed: Any) -> WeeklyHours | None:
    if not listed:
        return None
    days = [_object(row) for row in (listed if isinstance(listed, list) else [listed])]
    return read_week((text(day.get("day")), _times(day.get("time"))) for day in days)


def _times(value: Any) -> Sequence[str]:
    """Return the times of one day, from a list or from one text with spaces; no times mean a closed day."""
    if isinstance(value, list):
        return [text(time) for time in value]
    return value.split() if isinstance(value, str) else UNKNOWN_TIMES
