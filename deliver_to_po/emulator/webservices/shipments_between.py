"""Shipments made from one moment to another, as the web services ask for them."""

import re
from datetime import UTC, datetime

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.refusals import Refused
from deliver_to_po.emulator.state import StoredShipment

BETWEEN = ("from", "to")
_FORMATS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def made_between(call: Call) -> list[StoredShipment]:
    """Return the shipments made between ``from`` and ``to`` (9105, 9116); ``to`` may be left out: now."""
    start = _moment(call, "from")
    end = _moment(call, "to") if "to" in call.request.args else datetime.now(UTC)
    if len(call.request.args.get("to", "")) == 8:
        end = end.replace(hour=23, minute=59, second=59)
    if start > end:
        raise Refused(call.problem("9116", "The start is after the end.", "Le début suit la fin."))
    found = call.world.state.find_shipments()
    return [one for one in found if start.timestamp() <= one.created_at < end.timestamp() + 60]


def _moment(call: Call, name: str) -> datetime:
    text = call.request.args.get(name, "")
    try:
        if re.fullmatch(r"[0-9]+", text) and len(text) in _FORMATS:
            return datetime.strptime(text, _FORMATS[len(text)]).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Refused(call.problem("9105", f"{name} is written YYYYMMDDHHMM.", f"{name} s'écrit AAAAMMJJHHMM."))
