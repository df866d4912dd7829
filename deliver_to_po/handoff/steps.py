"""Which step comes next: at most one label per request, and nothing forgotten (decision 8 of the design)."""

import logging
import traceback
from collections.abc import Callable, Mapping

from deliver_to_po.choices import HandoffStep, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.labelling import fetch_label
from deliver_to_po.handoff.leased import after, record
from deliver_to_po.handoff.looking_up import look_up, lost_answer
from deliver_to_po.handoff.requesting import request
from deliver_to_po.models import Shipment

log = logging.getLogger(__name__)

STEPS: Mapping[str, Callable[[Shipment], None]] = {
    ShipmentState.WAITING: request,
    ShipmentState.REQUESTED: lost_answer,
    ShipmentState.UNKNOWN: look_up,
    ShipmentState.MADE: fetch_label,
}


def next_step(shipment: Shipment) -> None:
    """Do the next step of a shipment that the caller has under lease; it ends in one move of the lease's holder.

    Whatever goes wrong that nobody foresaw concerns this shipment only: it is put off in the state it is in, so that
    one that was being requested is looked up, and the next shipment has its turn.
    """
    try:
        STEPS[shipment.state](shipment)
    except Exception as error:
        _put_off(shipment, error)


def _put_off(shipment: Shipment, error: Exception) -> None:
    # The text of such an error may hold anything, a whole row of the database included: only its kind is kept.
    kind, where = type(error).__name__, traceback.extract_tb(error.__traceback__)[-1]
    log.error("Shipment %s: %s at %s:%s", shipment.pk, kind, where.filename, where.lineno)
    due_at = after(app_settings.handoff.retry_after_seconds[-1])
    try:
        Shipment.objects.filter(pk=shipment.pk, lease=shipment.lease).update(
            due_at=due_at, lease=None, reason=Reason.CRASHED
        )
        record(shipment, HandoffStep.INTERNAL, kind)
    except Exception as again:
        # The database is down too: the row is due again when its lease ends.
        log.error("Shipment %s: %s while it was put off", shipment.pk, type(again).__name__)
