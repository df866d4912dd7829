"""What every step does with the shipment it has under lease: move it, try later, write down what happened."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Case, F, Value, When
from django.utils import timezone

from deliver_to_po.canadapost.errors import CredentialsRefused, NotEntitled
from deliver_to_po.choices import HandoffStep, OfficeCheck, Outcome, Reason
from deliver_to_po.conf import APIS, app_settings
from deliver_to_po.language import language_of
from deliver_to_po.models import Attempt, Delivery, Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.offices.check import CheckAnswer, answered_lately, ask_about
from deliver_to_po.outbox.claiming import after, nth_wait, past
from deliver_to_po.shipping import Answer, Made, NotYet, ShippingSystem
from deliver_to_po.shipping.registry import shipping_system

log = logging.getLogger(__name__)

OFFICE_REASONS = {OfficeCheck.NO_LONGER: Reason.OFFICE_NO_LONGER, OfficeCheck.GONE: Reason.OFFICE_GONE}
# A person has to mend these first: trying again soon would only repeat them.
SLOW_REASONS = (
    Reason.CREDENTIALS,
    Reason.NOT_ENTITLED,
    Reason.TEST_ONLY,
    Reason.LIVE_OFF,
    Reason.WRONG_HOST,
    Reason.NO_D2PO,
    Reason.NOT_CONFIGURED,
    Reason.RECEIVER_GONE,
    Reason.PAUSED,
)
OUTCOMES = {
    Reason.CREDENTIALS: Outcome.CREDENTIALS,
    Reason.NOT_ENTITLED: Outcome.NOT_ENTITLED,
    Reason.INVALID: Outcome.INVALID,
    Reason.REFUSED: Outcome.REFUSED,
    Reason.THROTTLED: Outcome.THROTTLED,
    Reason.LABEL_NOT_READY: Outcome.NOT_READY,
    Reason.LABEL_UNREADABLE: Outcome.UNREADABLE,
    Reason.UNREADABLE: Outcome.UNREADABLE,
}


def move(shipment: Shipment, name: str, **fields: Any) -> bool:
    """Make a move as the holder of the lease; False when the lease is another worker's by now."""
    return move_shipment(shipment, name, lease=shipment.lease, **fields)


def put_off(shipment: Shipment, not_yet: NotYet, *, name: str = "put_off", **fields: Any) -> bool:
    """Try the same step again when ``not_yet`` says, else after the next of RETRY_AFTER_SECONDS."""
    values = {"reason": not_yet.reason, "reason_text": not_yet.said, "tries": shipment.tries + 1, **fields}
    return move(shipment, name, due_at=after(_seconds(shipment, not_yet)), **values)


def _seconds(shipment: Shipment, not_yet: NotYet) -> float:
    if not_yet.seconds is not None:
        return not_yet.seconds
    return nth_wait(waits_after(not_yet.reason), shipment.tries)


def waits_after(reason: Reason) -> Sequence[float]:
    """Return after how many seconds the same is tried again: the first time, the second and so on."""
    waits = app_settings.handoff.retry_after_seconds
    return waits[-1:] if reason in SLOW_REASONS else waits


def by_age(shipment: Shipment, waits: Sequence[float], asked_for: float | None = None) -> float:
    """Return the seconds that the system ``asked_for``, else the first wait that is as long as the outcome is unknown.

    Where no try counts, that is how an outage of hours is not asked about every few seconds.
    """
    if asked_for is not None:
        return asked_for
    return next((wait for wait in waits if not past(shipment.requested_at, timedelta(seconds=wait))), waits[-1])


def ready_system(shipment: Shipment) -> ShippingSystem | NotYet:
    """Return the shipping system, speaking the API that was frozen at release; NotYet while nothing may be sent to it.

    Nothing is ever sent to a system that has not been shown to make Deliver to Post Office labels.
    """
    try:
        system = shipping_system(shipment.system).speaking(shipment.api)
    except ImproperlyConfigured as error:
        log.error("Shipment %s: %s", shipment.pk, error)
        return NotYet(reason=Reason.NOT_CONFIGURED)
    if not system.supports_d2po:
        return NotYet(reason=Reason.NO_D2PO)
    return system.obstacle(live=shipment.delivery.live) or system


def record(shipment: Shipment, step: HandoffStep, outcome: Outcome, answer: Answer | None = None) -> None:
    """Write down how a step went: its outcome, status and codes, never a body."""
    attempt_of(shipment, step, outcome, answer).save()


def attempt_of(shipment: Shipment, step: HandoffStep, outcome: Outcome, answer: Answer | None = None) -> Attempt:
    """Return how a step went as it is to be written down."""
    return Attempt(
        shipment=shipment,
        step=step,
        request_id=shipment.request_id,
        outcome=outcome,
        status=answer.status if answer else None,
        codes=", ".join(answer.codes)[:120] if answer else "",
    )


def record_not_yet(shipment: Shipment, step: HandoffStep, answer: NotYet) -> None:
    """Write down that nothing came of a step for now; the log hears what the shop has to mend."""
    outcome = OUTCOMES.get(answer.reason, Outcome.UNAVAILABLE)
    level = logging.ERROR if answer.reason in SLOW_REASONS else logging.WARNING
    log.log(level, "Shipment %s: %s: %s", shipment.pk, step.value, outcome.value)
    record(shipment, step, outcome, answer)


def outcome_of(made: Made) -> Outcome:
    """Return how an attempt that made a shipment ended."""
    if made.suspended:
        return Outcome.SUSPENDED
    return Outcome.TRANSMITTED if made.transmitted else Outcome.MADE


def _api_of(shipment: Shipment) -> str:
    """Return the API of Canada Post's that a shipment goes through, ``""`` for another shipping system."""
    return shipment.api if shipment.api in APIS else ""


def checked_office(shipment: Shipment, *, anew: bool = False) -> CheckAnswer:
    """Return whether the shipment's office takes parcels, and keep the answer: asked for right before a request.

    Canada Post is asked, unless it said so lately and nobody wants it ``anew``.
    """
    delivery = shipment.delivery
    asked = None if anew else answered_lately(shipment.office, api=_api_of(shipment))
    if asked is None:
        asked = ask_about(shipment.office, language_of(delivery.language), background=True, api=_api_of(shipment))
        answer = Answer(status=asked.error.status, codes=asked.error.codes) if asked.error else None
        record(shipment, HandoffStep.CHECK, Outcome(asked.check.value), answer)
    elif delivery.office_check == OfficeCheck.TAKES_PARCELS:
        return asked
    _keep_check(delivery, shipment.office_id, asked)
    return asked


def _keep_check(delivery: Delivery, office_id: str, asked: CheckAnswer) -> None:
    """Keep the answer with the delivery, unless it goes to another office by now, and tell the log of errors."""
    error = asked.error
    if isinstance(error, CredentialsRefused | NotEntitled):
        log.error("Nothing is handed off: %s", error)
    elif error:
        log.warning("Delivery %s: %s", delivery.pk, error)
    if asked.check != OfficeCheck.COULD_NOT_ASK:
        was_to_be_checked = When(reason=Reason.OFFICE_NOT_CHECKED, then=Value(Reason.NONE.value))
        Delivery.objects.filter(pk=delivery.pk, office_id=office_id).update(
            office_check=asked.check,
            office_checked_at=timezone.now(),
            reason=Case(was_to_be_checked, default=F("reason")),
        )
