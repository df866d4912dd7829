"""What every step does with the shipment it has under lease: move it, try later, write down what happened."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from deliver_to_po.canadapost.errors import CanadaPostError, CredentialsRefused, NotEntitled
from deliver_to_po.choices import HandoffStep, OfficeCheck, Reason
from deliver_to_po.handoff.integrations.base import ShippingSystem, shipping_system
from deliver_to_po.language import language_of
from deliver_to_po.models import Attempt, Delivery, Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.offices.check import CheckAnswer, ask_about

log = logging.getLogger(__name__)

OFFICE_REASONS = {OfficeCheck.NO_LONGER: Reason.OFFICE_NO_LONGER, OfficeCheck.GONE: Reason.OFFICE_GONE}


def move(shipment: Shipment, name: str, *, due_at: datetime | None = None, **fields: Any) -> bool:
    """Make a move as the holder of the lease; False when the lease is another worker's by now."""
    return shipment.lease is not None and move_shipment(shipment, name, lease=shipment.lease, due_at=due_at, **fields)


def later(shipment: Shipment, name: str, ladder: Sequence[float], **fields: Any) -> None:
    """Make the move ``name`` and try the same step again after the ladder's next rung, in seconds."""
    move(shipment, name, due_at=after(rung(ladder, shipment.step_tries)), step_tries=shipment.step_tries + 1, **fields)


def rung(ladder: Sequence[float], tries: int) -> float:
    """Return the seconds to wait after ``tries`` tries; the last rung is for all that follow."""
    return ladder[min(tries, len(ladder) - 1)]


def after(seconds: float) -> datetime:
    """Return the time in ``seconds`` from now."""
    return timezone.now() + timedelta(seconds=seconds)


def system_of(shipment: Shipment) -> ShippingSystem:
    """Return the shipping system of a shipment, speaking the API that was frozen when it was released."""
    return shipping_system(shipment.system).speaking(shipment.api)


def record(shipment: Shipment, step: HandoffStep, outcome: object) -> None:
    """Write down how a step went."""
    Attempt.objects.create(shipment=shipment, step=step, request_id=shipment.request_id, outcome=str(outcome)[:60])


def record_error(shipment: Shipment, step: HandoffStep, error: CanadaPostError) -> None:
    """Write down an error by its class, status and codes: never a body. The log hears what the shop has to mend."""
    if isinstance(error, CredentialsRefused | NotEntitled):
        log.error("Nothing is handed off: %s", error)
    else:
        log.warning("Shipment %s: %s", shipment.pk, error)
    Attempt.objects.create(
        shipment=shipment,
        step=step,
        request_id=shipment.request_id,
        outcome=type(error).__name__,
        status=error.status,
        codes=", ".join(error.codes)[:120],
    )


def checked_office(shipment: Shipment) -> CheckAnswer:
    """Ask Canada Post whether the delivery's office takes parcels, right before a request, and keep the answer."""
    delivery = shipment.delivery
    asked = ask_about(delivery.office, language_of(delivery.language), background=True)
    answer = asked.check
    if asked.error is not None:
        record_error(shipment, HandoffStep.CHECK, asked.error)
    else:
        record(shipment, HandoffStep.CHECK, answer.value)
    if answer != OfficeCheck.COULD_NOT_ASK:
        rows = Delivery.objects.filter(pk=delivery.pk)
        rows.update(office_check=answer, office_checked_at=timezone.now())
        rows.filter(reason=Reason.OFFICE_NOT_CHECKED).update(reason=Reason.NONE)
    return asked
