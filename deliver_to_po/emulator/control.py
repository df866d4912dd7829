"""The control API under /_emulator/: plan faults, close offices, see calls and shipments, forget everything."""

from dataclasses import asdict, replace
from typing import Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from deliver_to_po.emulator import offices
from deliver_to_po.emulator.answers import as_json, not_found
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.config import VARIANTS
from deliver_to_po.emulator.portal import OPERATIONS as PORTAL_OPERATIONS
from deliver_to_po.emulator.state import CLOSINGS

PATH = "/_emulator"
OPERATION_NAMES = tuple(operation.name for operation in PORTAL_OPERATIONS)


def index(call: Call) -> Response:
    """Answer what may be asked here."""
    known = [f"{operation.method} {operation.path}" for operation in OPERATIONS]
    return as_json({"control": known, "operations": OPERATION_NAMES, "settings": _settings(call)})


def list_faults(call: Call) -> Response:
    """Answer the faults that are still to come."""
    return as_json(call.world.faults.as_json())


def add_fault(call: Call) -> Response:
    """Plan a fault."""
    return as_json(asdict(call.world.faults.add_from(call.request.get_json(), OPERATION_NAMES)), 201)


def clear_faults(call: Call) -> Response:
    """Forget every planned fault."""
    call.world.faults.clear()
    return Response("", 204)


def calls(call: Call) -> Response:
    """Answer how often each operation was asked for, those never asked for as 0."""
    return as_json(dict.fromkeys(OPERATION_NAMES, 0) | call.world.state.calls())


def shipments(call: Call) -> Response:
    """Answer every shipment with the whole body that made it, those taken back as well."""
    return as_json([asdict(shipment) for shipment in call.world.state.shipments()])


def transmit_shipment(call: Call, shipment_id: str) -> Response:
    """Make a shipment transmitted."""
    if all(shipment.shipment_id != shipment_id for shipment in call.world.state.shipments()):
        return not_found("shipment")
    call.world.state.transmit_shipment(shipment_id)
    return Response("", 204)


def close_office(call: Call, office_id: str) -> Response:
    """Close an office: it takes parcels ``no_longer``, or is ``gone``."""
    office = offices.office(office_id)
    if office is None:
        return not_found("post office")
    how = _object(call).get("how", "no_longer")
    if how not in CLOSINGS:
        raise BadRequest(f"how is one of {', '.join(CLOSINGS)}.")
    call.world.state.close_office(office.office_id, how)
    return as_json({"officeId": office.office_id, "how": how})


def reopen_office(call: Call, office_id: str) -> Response:
    """Let an office take parcels again."""
    office = offices.office(office_id)
    if office is None:
        return not_found("post office")
    call.world.state.reopen_office(office.office_id)
    return Response("", 204)


def change_settings(call: Call) -> Response:
    """Change ``label_waits``, ``token_lifetime_seconds`` or ``variant``."""
    wanted = _object(call)
    checks = {
        "label_waits": lambda value: isinstance(value, int) and value >= 0,
        "token_lifetime_seconds": lambda value: isinstance(value, int | float) and value >= 0,
        "variant": lambda value: value in VARIANTS,
    }
    if not all(name in checks and checks[name](value) for name, value in wanted.items()):
        raise BadRequest(f"Settings are {', '.join(checks)}; variant is one of {', '.join(VARIANTS)}.")
    call.world.config = replace(call.world.config, **wanted)
    return as_json(_settings(call))


def expire_tokens(call: Call) -> Response:
    """Let every token expire at once."""
    call.world.state.expire_tokens()
    return Response("", 204)


def reset(call: Call) -> Response:
    """Forget shipments, tokens, calls, faults and closed offices."""
    call.world.faults.clear()
    call.world.state.reset()
    return Response("", 204)


def _settings(call: Call) -> dict[str, Any]:
    config = call.world.config
    names = ("label_waits", "token_lifetime_seconds", "variant")
    return {name: getattr(config, name) for name in names}


def _object(call: Call) -> dict[str, Any]:
    data = call.request.get_json() if call.request.data else {}
    if not isinstance(data, dict):
        raise BadRequest("Give a JSON object.")
    return data


def _operation(name: str, method: str, path: str, handle: Any) -> Operation:
    return Operation(f"control:{name}", method, f"{PATH}{path}", handle, needs_token=False)


OPERATIONS = (
    _operation("index", "GET", "/", index),
    _operation("list_faults", "GET", "/faults", list_faults),
    _operation("add_fault", "POST", "/faults", add_fault),
    _operation("clear_faults", "DELETE", "/faults", clear_faults),
    _operation("calls", "GET", "/calls", calls),
    _operation("shipments", "GET", "/shipments", shipments),
    _operation("transmit_shipment", "POST", "/shipments/<shipment_id>/transmit", transmit_shipment),
    _operation("close_office", "POST", "/offices/<office_id>/close", close_office),
    _operation("reopen_office", "POST", "/offices/<office_id>/reopen", reopen_office),
    _operation("change_settings", "POST", "/settings", change_settings),
    _operation("expire_tokens", "POST", "/tokens/expire", expire_tokens),
    _operation("reset", "POST", "/reset", reset),
)
