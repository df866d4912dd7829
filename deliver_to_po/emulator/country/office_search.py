"""Reads the query of a search for post offices: the same parameters over both APIs."""

import re
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from deliver_to_po.canadapost.identifiers import POSTAL_CODE
from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.country import offices
from deliver_to_po.emulator.country.office import Near
from deliver_to_po.emulator.refusals import Problem, Refused

DEFAULT_MAXIMUM = 10
LARGEST_MAXIMUM = 50
PARAMETERS = ("d2po", "maximum", "postalCode", "longitude", "latitude", "province", "city", "streetName")


def offices_asked_for(call: Call, most_decimals: int) -> Sequence[Near]:
    """Return the nearest offices by postal code, by point or by address; raises Refused for an unclear query."""
    arguments = call.request.args
    unknown = set(arguments) - set(PARAMETERS)
    if unknown or arguments.get("d2po", "false") not in ("true", "false"):
        raise _wrong("EMU-QUERY", "A parameter is not known, or d2po is not true or false.")
    maximum = _maximum(arguments)
    point = _point(arguments, most_decimals)
    if point is None:
        return ()
    wanted = call.world.office_filter(d2po_only=arguments.get("d2po") == "true")
    return offices.nearest(*point, maximum, wanted)


def _maximum(arguments: MultiDict[str, str]) -> int:
    text = arguments.get("maximum", str(DEFAULT_MAXIMUM))
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= LARGEST_MAXIMUM:
        raise _wrong("EMU-MAXIMUM", f"maximum is between 1 and {LARGEST_MAXIMUM}.")
    return int(text)


def _point(arguments: MultiDict[str, str], most_decimals: int) -> tuple[float, float] | None:
    """Return latitude and longitude of the place asked about, None for an unknown place."""
    by_code = "postalCode" in arguments
    by_point = "longitude" in arguments or "latitude" in arguments
    by_address = bool({"city", "province", "streetName"} & set(arguments))
    if by_code + by_point + by_address != 1:
        raise _wrong("EMU-PLACE", "Give a postal code, or longitude and latitude, or province and city.")
    if by_code:
        return _by_code(arguments["postalCode"])
    if by_point:
        return _by_coordinates(arguments.get("latitude", ""), arguments.get("longitude", ""), most_decimals)
    if not (arguments.get("city") and arguments.get("province")):
        raise _wrong("EMU-PLACE", "An address needs both province and city.")
    return offices.point_of_address(arguments["province"], arguments["city"], arguments.get("streetName", ""))


def _by_code(postal_code: str) -> tuple[float, float] | None:
    if not POSTAL_CODE.fullmatch(postal_code):
        raise _wrong("EMU-POSTAL-CODE", "A postal code is written A9A9A9, in capitals and without a space.")
    return offices.point_of_postal_code(postal_code)


def _by_coordinates(latitude: str, longitude: str, most_decimals: int) -> tuple[float, float]:
    number = rf"-?[0-9]{{1,3}}(\.[0-9]{{1,{most_decimals}}})?"
    if not re.fullmatch(number, latitude) or not re.fullmatch(number, longitude):
        raise _wrong("EMU-POINT", f"longitude and latitude are decimal degrees, {most_decimals} decimals at most.")
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        raise _wrong("EMU-POINT", "latitude is within 90 degrees, longitude within 180.")
    return float(latitude), float(longitude)


def _wrong(code: str, message: str) -> Refused:
    return Refused(Problem(code, message))
