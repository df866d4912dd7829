"""Rows that have everything a move asks for, and what the move brings."""

import uuid
from typing import Any

from django.utils import timezone

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import SHIPMENT_MOVES
from tests.factories import make_delivery, make_order, make_shipment

# What a move brings that the state it leads to asks for.
BROUGHT: dict[str, dict[str, Any]] = {
    "made": {"shipment_id": "1"},
    "report_made": {"shipment_id": "1"},
    "found": {"shipment_id": "1"},
    "suspend": {"shipment_id": "1"},
    "label": {"label": "x.pdf"},
    "report_label": {"label": "x.pdf"},
    Change.CORRECT_RECIPIENT: {"recipient_name": "Zoë Other"},
    Change.CHANGE_OFFICE: {"office_id": "0000000007", "choice": 1},
    Change.CHANGE_PARCEL: {"packed": {"1": {"weight_kg": "2"}}},
    Change.REPLAN: {"packed": {}},
    Change.UNASK_HOLD: {"hold_asked_at": None},
    Change.BUYER_ASKS: {"wished": Reason.BUYER_CANCELS},
}


def brought(change: str) -> dict[str, Any]:
    brought = BROUGHT.get(change, {})
    if change in (Change.PLACE, Change.PLACE_HELD, Change.PLACE_UNCHOSEN):
        order = make_order()
        return {"order": order, "current_order": order}
    return brought


def shipment_in(state: str, **fields: Any) -> Shipment:
    delivery = make_delivery(**fields.pop("delivery", {}))
    return make_shipment(delivery, **{"state": state, "lease": uuid.uuid4(), "shipment_id": "1", **fields})


def ready_for(name: str, state: str) -> Shipment:
    """Return a shipment in ``state`` that has everything else the move asks."""
    wanted = SHIPMENT_MOVES[name].transmitted
    when = timezone.now() if wanted or state == ShipmentState.REFUNDING else None
    return shipment_in(state, transmitted_at=when)
