"""The control API under /_emulator/: faults, offices, parcels, outages, settings; lists of all that is kept; reset."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Handler, Operation
from deliver_to_po.emulator.config import CARDS, SPELLINGS, THROTTLINGS, VARIANTS
from deliver_to_po.emulator.country import offices
from deliver_to_po.emulator.country.office import Office
from deliver_to_po.emulator.json_answers import as_json
from deliver_to_po.emulator.operations import NAMES
from deliver_to_po.emulator.parcel_fates import Move, add_event, announce, move, undergo
from deliver_to_po.emulator.refusals import NoSuchThing
from deliver_to_po.emulator.shipments import another_like
from deliver_to_po.emulator.state import CLOSINGS, StoredEvent, StoredOutage, StoredShipment

PATH = "/_emulator"
STATUSES = ("created", "transmitted", "suspended")


def index(call: Call) -> Response:
    """Answer the list of these operations, the names for faults, and the settings."""
    known = [f"{operation.method} {operation.path}" for operation in OPERATIONS]
    return as_json({"control": known, "operations": NAMES, "settings": _settings(call)})


def list_faults(call: Call) -> Response:
    """Answer the faults that are still to come."""
    return as_json(call.world.faults.as_json())


def add_fault(call: Call) -> Response:
    return as_json(asdict(call.world.faults.add_from(call.request.get_json(), NAMES)), 201)


def clear_faults(call: Call) -> Response:
    call.world.faults.clear()
    return Response("", 204)


def seed_faults(call: Call) -> Response:
    """Restart the random choice of the calls that faults hit, from ``seed``."""
    seed = _object(call).get("seed")
    if not isinstance(seed, int):
        raise BadRequest("Give seed, a whole number.")
    call.world.faults.seed(seed)
    return Response("", 204)


def calls(call: Call) -> Response:
    """Answer how often each operation was called, 0 included."""
    return as_json(dict.fromkeys(NAMES, 0) | call.world.state.calls())


def shipments(call: Call) -> Response:
    """Answer every shipment with the whole body that made it, voided ones included."""
    return as_json([asdict(shipment) for shipment in call.world.state.shipments()])


def transmit_shipment(call: Call, shipment_id: str) -> Response:
    shipment = known_shipment(call, shipment_id)
    call.world.state.transmit_shipment(shipment_id)
    announce(call.world.state, shipment)
    return Response("", 204)


def set_status(call: Call, shipment_id: str) -> Response:
    """Make a shipment created, transmitted or suspended."""
    known_shipment(call, shipment_id)
    status = _object(call).get("status")
    if status not in STATUSES:
        raise BadRequest(f"status is one of {', '.join(STATUSES)}.")
    call.world.state.set_status(shipment_id, status)
    return Response("", 204)


def copy_shipment(call: Call, shipment_id: str) -> Response:
    """Make another shipment like one: of the same request, or another shop's in the same group with ``reference``."""
    wanted, shipment = _object(call), known_shipment(call, shipment_id)
    return as_json(asdict(another_like(call.world.state, shipment, str(wanted.get("reference", "")))), 201)


def list_events(call: Call, shipment_id: str) -> Response:
    """Answer what happened to a parcel, newest first."""
    return as_json([_event(event) for event in call.world.state.events(known_shipment(call, shipment_id).pin)])


def move_shipment(call: Call, shipment_id: str) -> Response:
    """Move a parcel along: ``step``, optionally ``office_id`` (another post office) and ``at`` (local time).

    With ``fate`` in place of ``step`` it goes through all of it, from ``at`` on.
    """
    wanted, shipment = _object(call), known_shipment(call, shipment_id)
    office_id, at = str(wanted.get("office_id", "")), _time(wanted)
    try:
        if "fate" in wanted:
            fate = undergo(call.world.state, shipment, str(wanted["fate"]), at, office_id)
            return as_json([_event(event) for event in fate], 201)
        step = Move(str(wanted.get("step", "")), office_id, at)
        return as_json([_event(event) for event in move(call.world.state, shipment, step)], 201)
    except ValueError as error:
        raise BadRequest(str(error)) from error


def add_one_event(call: Call, shipment_id: str) -> Response:
    """Add one event by Canada Post's id: ``code``, optionally ``office_id`` and ``at``."""
    wanted, shipment = _object(call), known_shipment(call, shipment_id)
    if not isinstance(wanted.get("code"), int):
        raise BadRequest("Give code, a whole number.")
    place = offices.office(str(wanted.get("office_id") or shipment.office_id))
    try:
        return as_json(_event(add_event(call.world.state, shipment, wanted["code"], place, _time(wanted))), 201)
    except ValueError as error:
        raise BadRequest(str(error)) from error


def manifests(call: Call) -> Response:
    """Answer every manifest with the body that made it."""
    return as_json([{**asdict(one), "po_number": one.po_number} for one in call.world.state.manifests()])


def list_outages(call: Call) -> Response:
    return as_json([_outage(outage) for outage in call.world.state.outages()])


def add_outage(call: Call) -> Response:
    """Plan an outage: ``text``, optionally ``text_fr``, ``starts_at`` and ``ends_at`` with their time zones."""
    wanted = _object(call)
    try:
        starts_at, ends_at = (datetime.fromisoformat(str(wanted[name])) for name in ("starts_at", "ends_at"))
        outage = StoredOutage(wanted["text"], wanted.get("text_fr", wanted["text"]), starts_at, ends_at)
    except (KeyError, ValueError) as error:
        raise BadRequest("Give text, starts_at and ends_at (ISO 8601).") from error
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise BadRequest("starts_at and ends_at name their time zone.")
    call.world.state.add_outage(outage)
    return as_json(_outage(outage), 201)


def clear_outages(call: Call) -> Response:
    call.world.state.clear_outages()
    return Response("", 204)


def close_office(call: Call, office_id: str) -> Response:
    """Close an office: it takes parcels ``no_longer``, or is ``gone``."""
    office = _office(office_id)
    how = _object(call).get("how", "no_longer")
    if how not in CLOSINGS:
        raise BadRequest(f"how is one of {', '.join(CLOSINGS)}.")
    call.world.state.close_office(office.office_id, how)
    return as_json({"officeId": office.office_id, "how": how})


def reopen_office(call: Call, office_id: str) -> Response:
    """Let an office take parcels again."""
    call.world.state.reopen_office(_office(office_id).office_id)
    return Response("", 204)


def change_settings(call: Call) -> Response:
    wanted = _object(call)
    if not all(name in SETTINGS and SETTINGS[name](value) for name, value in wanted.items()):
        named = {"variant": VARIANTS, "throttled_as": THROTTLINGS, "card": CARDS, "spelling": SPELLINGS}
        choices = "; ".join(f"{name} is one of {', '.join(values)}" for name, values in named.items())
        raise BadRequest(f"Settings are {', '.join(SETTINGS)}; {choices}.")
    call.world.config = replace(call.world.config, **wanted)
    return as_json(_settings(call))


def expire_tokens(call: Call) -> Response:
    call.world.state.expire_tokens()
    return Response("", 204)


def reset(call: Call) -> Response:
    """Forget shipments, manifests, parcels, tokens, calls, faults, outages and closed offices."""
    call.world.reset()
    return Response("", 204)


def known_shipment(call: Call, shipment_id: str) -> StoredShipment:
    """Return a shipment, even a voided one; raises NoSuchThing."""
    for shipment in call.world.state.shipments():
        if shipment.shipment_id == shipment_id:
            return shipment
    raise NoSuchThing("shipment")


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _flag(value: object) -> bool:
    return isinstance(value, bool)


SETTINGS: Mapping[str, Callable[[Any], bool]] = {
    "label_waits": _count,
    "manifest_waits": _count,
    "token_lifetime_seconds": lambda value: isinstance(value, int | float) and value >= 0,
    "variant": lambda value: value in VARIANTS,
    "calls_per_minute": _count,
    "published_limits": _flag,
    "throttled_as": lambda value: value in THROTTLINGS,
    "suspend_shipments": _flag,
    "refunds_fail": _flag,
    "label_redirects": _flag,
    "transmits_fail": _flag,
    "spelling": lambda value: value in SPELLINGS,
    "unknown_finds_nothing": _flag,
    "card": lambda value: value in CARDS,
}


def _settings(call: Call) -> dict[str, Any]:
    return {name: getattr(call.world.config, name) for name in SETTINGS}


def _object(call: Call) -> dict[str, Any]:
    data = call.request.get_json() if call.request.data else {}
    if not isinstance(data, dict):
        raise BadRequest("Give a JSON object.")
    return data


def _office(office_id: str) -> Office:
    office = offices.office(office_id)
    if office is None:
        raise NoSuchThing("post office")
    return office


def _time(wanted: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(wanted["at"])) if wanted.get("at") else None
    except ValueError as error:
        raise BadRequest("Give at as a local time such as 2026-11-25T09:30.") from error


def _event(event: StoredEvent) -> dict[str, Any]:
    return asdict(event) | {"at": event.at.isoformat()}


def _outage(outage: StoredOutage) -> dict[str, Any]:
    return asdict(outage) | {"starts_at": outage.starts_at.isoformat(), "ends_at": outage.ends_at.isoformat()}


def _operation(name: str, method: str, path: str, handle: Handler) -> Operation:
    return Operation(f"control:{name}", method, f"{PATH}{path}", handle, "own")


OPERATIONS = (
    _operation("index", "GET", "/", index),
    _operation("list_faults", "GET", "/faults", list_faults),
    _operation("add_fault", "POST", "/faults", add_fault),
    _operation("clear_faults", "DELETE", "/faults", clear_faults),
    _operation("seed_faults", "POST", "/faults/seed", seed_faults),
    _operation("calls", "GET", "/calls", calls),
    _operation("shipments", "GET", "/shipments", shipments),
    _operation("transmit_shipment", "POST", "/shipments/<shipment_id>/transmit", transmit_shipment),
    _operation("set_status", "POST", "/shipments/<shipment_id>/status", set_status),
    _operation("copy_shipment", "POST", "/shipments/<shipment_id>/copy", copy_shipment),
    _operation("list_events", "GET", "/shipments/<shipment_id>/events", list_events),
    _operation("add_event", "POST", "/shipments/<shipment_id>/events", add_one_event),
    _operation("move_shipment", "POST", "/shipments/<shipment_id>/move", move_shipment),
    _operation("manifests", "GET", "/manifests", manifests),
    _operation("list_outages", "GET", "/outages", list_outages),
    _operation("add_outage", "POST", "/outages", add_outage),
    _operation("clear_outages", "DELETE", "/outages", clear_outages),
    _operation("close_office", "POST", "/offices/<office_id>/close", close_office),
    _operation("reopen_office", "POST", "/offices/<office_id>/reopen", reopen_office),
    _operation("change_settings", "POST", "/settings", change_settings),
    _operation("expire_tokens", "POST", "/tokens/expire", expire_tokens),
    _operation("reset", "POST", "/reset", reset),
)
