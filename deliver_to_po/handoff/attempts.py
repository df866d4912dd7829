"""Writing down how each step with a shipment went: its outcome, status and codes, never a body."""

import logging

from deliver_to_po.core.choices import HandoffStep, Outcome
from deliver_to_po.models import Attempt, Shipment
from deliver_to_po.models.history import as_note
from deliver_to_po.shipping import Answer, Made, NotYet

log = logging.getLogger(__name__)


def record(shipment: Shipment, step: HandoffStep, outcome: Outcome, answer: Answer | None = None) -> None:
    attempt_of(shipment, step, outcome, answer).save()


def attempt_of(shipment: Shipment, step: HandoffStep, outcome: Outcome, answer: Answer | None = None) -> Attempt:
    return Attempt(
        shipment=shipment,
        step=step,
        request_id=shipment.request_id,
        outcome=outcome,
        status=answer.status if answer else None,
        codes=as_note(", ".join(answer.codes), 120) if answer else "",
    )


def record_not_yet(shipment: Shipment, step: HandoffStep, answer: NotYet) -> None:
    """Write down that a step was not done yet; what the shop has to mend is logged as an error."""
    outcome = answer.reason.entry.outcome or Outcome.UNAVAILABLE
    level = logging.ERROR if answer.reason.entry.slow else logging.WARNING
    log.log(level, "Shipment %s: %s: %s", shipment.pk, step.value, outcome.value)
    record(shipment, step, outcome, answer)


def outcome_of(made: Made) -> Outcome:
    """Return how an attempt that made a shipment ended."""
    if made.suspended:
        return Outcome.SUSPENDED
    return Outcome.TRANSMITTED if made.transmitted else Outcome.MADE
