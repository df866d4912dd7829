"""The portal's post offices. The shape of these answers was never seen [I], so several variants can be served."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from deliver_to_po.canadapost.identifiers import POSTAL_CODE, comparable_office_id
from deliver_to_po.emulator import offices
from deliver_to_po.emulator.answers import Problem, Rejected, as_json, bad_request, link, not_found
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.config import Variant
from deliver_to_po.emulator.offices import Office

PATH = "/postoffice/v1/post-offices"
DEFAULT_MAXIMUM = 10
LARGEST_MAXIMUM = 50
PARAMETERS = ("d2po", "maximum", "postalCode", "longitude", "latitude", "province", "city", "streetName")


def find_offices(call: Call) -> Response:
    """Answer the nearest offices by postal code, by point or by address; nothing near is an empty list."""
    arguments = call.request.args
    unknown = set(arguments) - set(PARAMETERS)
    if unknown or arguments.get("d2po", "false") not in ("true", "false"):
        return _wrong("EMU-QUERY", "A parameter is not known, or d2po is not true or false.")
    maximum = _maximum(arguments)
    point = _point(arguments)
    if point is None:
        return as_json(_shaped([], call.world.config.variant))
    here = call.world.offices(d2po_only=arguments.get("d2po") == "true")
    near = offices.nearest(*point, here, maximum)
    found = [
        _office(call, one.office)
        | {
            "distance": round(one.distance_km, 2),
            "link": link("detail", f"{call.base}{PATH}/{one.office.office_id}/details"),
        }
        for one in near
    ]
    return as_json(_shaped(found, call.world.config.variant))


def office_details(call: Call, office_id: str) -> Response:
    """Answer one office with its hours, whether or not it takes D2PO parcels."""
    office = offices.office(office_id)
    if office is None or call.world.state.closings().get(office.office_id) == "gone":
        return not_found("post office")
    hours = [{"day": day, "time": list(times)} for day, times in office.hours]
    return as_json(_variation(_office(call, office) | {"hoursList": hours}, call.world.config.variant))


def accepting_office(call: Call, office_id: str) -> Office | None:
    """Return the office if it takes D2PO parcels today."""
    wanted = comparable_office_id(office_id)
    here = call.world.offices(d2po_only=True)
    return next((office for office in here if comparable_office_id(office.office_id) == wanted), None)


def _maximum(arguments: Mapping[str, str]) -> int:
    text = arguments.get("maximum", str(DEFAULT_MAXIMUM))
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= LARGEST_MAXIMUM:
        raise Rejected(_wrong("EMU-MAXIMUM", f"maximum is between 1 and {LARGEST_MAXIMUM}."))
    return int(text)


def _point(arguments: MultiDict[str, str]) -> tuple[float, float] | None:
    """Return where the caller asks about, None for a place that nobody knows; raises Rejected when it does not say."""
    by_code = "postalCode" in arguments
    by_point = "longitude" in arguments or "latitude" in arguments
    by_address = "city" in arguments or "province" in arguments
    if by_code + by_point + by_address != 1:
        raise Rejected(_wrong("EMU-PLACE", "Give a postal code, or longitude and latitude, or province and city."))
    if by_code:
        return _by_code(arguments["postalCode"])
    if by_point:
        return _by_coordinates(arguments.get("latitude", ""), arguments.get("longitude", ""))
    if not (arguments.get("city") and arguments.get("province")):
        raise Rejected(_wrong("EMU-PLACE", "An address needs both province and city."))
    return offices.point_of_address(arguments["province"], arguments["city"], arguments.get("streetName", ""))


def _by_code(postal_code: str) -> tuple[float, float] | None:
    if not POSTAL_CODE.fullmatch(postal_code):
        raise Rejected(_wrong("EMU-POSTAL-CODE", "A postal code is written A9A9A9, in capitals and without a space."))
    return offices.point_of_postal_code(postal_code)


def _by_coordinates(latitude: str, longitude: str) -> tuple[float, float]:
    number = r"-?[0-9]{1,3}(\.[0-9]{1,10})?"
    if not re.fullmatch(number, latitude) or not re.fullmatch(number, longitude):
        raise Rejected(_wrong("EMU-POINT", "longitude and latitude are both decimal degrees."))
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        raise Rejected(_wrong("EMU-POINT", "latitude is within 90 degrees, longitude within 180."))
    return float(latitude), float(longitude)


def _office(call: Call, office: Office) -> dict[str, Any]:
    return {
        "officeId": office.office_id,
        "name": call.said(office.name, office.name_fr),
        "location": call.said(office.location, office.location_fr),
        "bilingualDesignation": office.bilingual,
        "address": {
            "officeAddress": office.street,
            "city": office.city,
            "province": office.province,
            "postalCode": office.postal_code,
            "latitude": office.latitude,
            "longitude": office.longitude,
        },
    }


def _shaped(found: list[dict[str, Any]], variant: Variant) -> object:
    varied = _variation(found, variant)
    return {"postOfficeList": varied} if variant == "object" else varied


def _variation(data: Any, variant: Variant) -> Any:
    if isinstance(data, dict):
        return {_key(key, variant): _variation(value, variant) for key, value in data.items()}
    if isinstance(data, list):
        return [_variation(value, variant) for value in data]
    if variant == "text" and isinstance(data, int | float):
        return str(data).lower()
    return data


def _key(key: str, variant: Variant) -> str:
    return re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", key) if variant == "kebab" else key


def _wrong(code: str, message: str) -> Response:
    return bad_request([Problem(code, message)])


OPERATIONS = (
    Operation("find_offices", "GET", PATH, find_offices),
    Operation("office_details", "GET", f"{PATH}/<office_id>/details", office_details),
)
