"""The portal's post offices. The shape of these answers was never seen [I], so several variants can be served."""

import re
from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.config import Variant
from deliver_to_po.emulator.country.office_search import offices_asked_for
from deliver_to_po.emulator.json_answers import JSON, as_json
from deliver_to_po.emulator.refusals import Refused

PATH = "/postoffice/v1/post-offices"
_MOST_DECIMALS = 10


def find_offices(call: Call) -> Response:
    """Answer the nearest offices by postal code, by point or by address; nothing near is an empty list."""
    found = [
        told.near_office(call, near, told.link("detail", f"{call.base}{PATH}/{near.office.office_id}/details", JSON))
        for near in offices_asked_for(call, _MOST_DECIMALS)
    ]
    return as_json(_shaped(found, call.world.config.variant))


def office_details(call: Call, office_id: str) -> Response:
    """Answer one office with its hours, whether or not it takes D2PO parcels."""
    office = call.world.office(office_id, d2po_only=False)
    if office is None:
        text = "There is no such post office.", "Ce bureau de poste n'existe pas."
        raise Refused(call.problem("EMU-OFFICE", *text), status=404)
    return as_json(_variation(told.office_with_hours(call, office), call.world.config.variant))


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


OPERATIONS = (
    Operation("find_offices", "GET", PATH, find_offices, limit="postoffice"),
    Operation("office_details", "GET", f"{PATH}/<office_id>/details", office_details, limit="postoffice"),
)
