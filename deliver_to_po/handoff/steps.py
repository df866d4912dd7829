"""Which step comes next: at most one label per request, and nothing forgotten (decision 8 of the design)."""

from collections.abc import Callable, Mapping

from deliver_to_po.choices import ShipmentState
from deliver_to_po.handoff.labelling import fetch_label
from deliver_to_po.handoff.looking_up import look_up, lost_answer
from deliver_to_po.handoff.requesting import request
from deliver_to_po.models import Shipment

STEPS: Mapping[str, Callable[[Shipment], None]] = {
    ShipmentState.WAITING: request,
    ShipmentState.REQUESTED: lost_answer,
    ShipmentState.UNKNOWN: look_up,
    ShipmentState.MADE: fetch_label,
}


def next_step(shipment: Shipment) -> None:
    """Do the next step of a shipment that the caller has under lease; it ends in one move of the lease's holder."""
    STEPS[shipment.state](shipment)
