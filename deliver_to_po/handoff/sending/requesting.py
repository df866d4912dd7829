"""Sending a shipment: every check first, the row committed before the call, and what each answer leads to."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from deliver_to_po.canadapost import errors
from deliver_to_po.core.choices import CLOSED_OFFICE, Change, HandoffStep, OfficeCheck, Outcome, Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import shop_day, shop_time
from deliver_to_po.handoff.attempts import outcome_of, record, record_not_yet
from deliver_to_po.handoff.changing.as_asked import do_as_asked, move_and_do_as_asked
from deliver_to_po.handoff.frozen_request import made_fields, numbers_fit, request_of
from deliver_to_po.handoff.ladder import lose_sight, move, put_off, uncount_request, wait_by_age
from deliver_to_po.handoff.office_check import checked_office
from deliver_to_po.handoff.releasing.release import need_choice
from deliver_to_po.handoff.systems import ready_system
from deliver_to_po.handoff.tracking_numbers import NumberOfAnother, own_number
from deliver_to_po.host import asking
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.models.pause_in_force import current_pause, lately_in_force
from deliver_to_po.offer.days import next_deposit_day
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping import Handed, Made, NotYet, Refused, ShippingSystem, Unknown
from deliver_to_po.shipping.objections import OwnRule, breaks

# How often what waits for its export is looked at: its post office may close, or the shop say no.
LOOKED_AT_AGAIN_SECONDS = 6 * 3600.0


def send_waiting(shipment: Shipment) -> None:
    """Send a waiting shipment, if nothing stands in its way and the post office takes parcels."""
    if lately_in_force():
        # Looked at again now and then: a pause may end earlier than anybody thought. Nothing was tried.
        put_off(shipment, NotYet(reason=Reason.PAUSED), tries=shipment.tries)
        return
    system = ready_system(shipment)
    if isinstance(system, NotYet):
        put_off(shipment, system)
        return
    if no := stopped_by_shop(shipment):
        put_off(shipment, NotYet(reason=no))
        return
    asked = checked_office(shipment)
    if asked.check == OfficeCheck.COULD_NOT_ASK:
        put_off(shipment, NotYet(reason=_why_not_asked(asked)))
    elif reason := CLOSED_OFFICE.get(asked.check):
        put_off(shipment, NotYet(reason=reason))
        need_choice(shipment.delivery, reason, office_id=shipment.office_id)
    elif system.exports:
        _wait_for_export(shipment, system)
    else:
        send(shipment, system, asked)


def _wait_for_export(shipment: Shipment, system: ShippingSystem) -> None:
    """Let a shipment wait until somebody exports it, looked at again now and then; or refuse it."""
    if objection := system.objection(request_of(shipment)):
        _refuse(shipment, objection)
    else:
        put_off(shipment, NotYet(reason=Reason.TO_EXPORT, seconds=LOOKED_AT_AGAIN_SECONDS), tries=0)


def stopped_by_shop(shipment: Shipment) -> Reason:
    """Ask the shop before anything is sent: put the delivery on hold if it says no, and return why.

    Only a plain no counts, not an error.
    """
    no = _shop_says_no(shipment.delivery.order)
    if no:
        move_delivery(shipment.delivery, Change.HOLD, reason=no)
    return no


def _shop_says_no(order: Any) -> Reason:
    if asking.surely_goes_elsewhere(order):
        return Reason.NOT_FOR_POST_OFFICE
    return Reason.NOT_PAID if app_settings.release == "when_paid" and asking.is_surely_unpaid(order) else Reason.NONE


def _why_not_asked(asked: CheckAnswer) -> Reason:
    if isinstance(asked.error, errors.CredentialsRefused):
        return Reason.CREDENTIALS
    return Reason.NOT_ENTITLED if isinstance(asked.error, errors.NotEntitled) else Reason.OFFICE_NOT_CHECKED


def send(shipment: Shipment, system: ShippingSystem, asked: CheckAnswer) -> None:
    """Commit that the request is being sent, and send it; a rule that it breaks refuses it before any call.

    The post office's id is sent as the check received it: APIs write the same id in different forms.
    """
    request = request_of(shipment)
    office = replace(request.office, office_id=asked.office_id or request.office.office_id)
    request = replace(request, office=office, mailing_date=_still_to_come(shipment))
    if objection := system.objection(request):
        _refuse(shipment, objection)
        return
    # Committed before the call, and only while lease, delivery and pauses still allow it.
    sent = move(
        shipment,
        "request",
        due_at=after(app_settings.handoff.lease_seconds),
        requests=shipment.requests + 1,
        mailing_date=request.mailing_date,
    )
    if sent:
        answer = system.create(request)
        if asked.lately and isinstance(answer, Refused):
            answer = _or_the_office_closed(shipment, answer)
        _take_answer(shipment, system, answer)
    else:
        # Paused, held, cancelled or changed in the meantime: it stands still until that is settled.
        put_off(shipment, NotYet(reason=Reason.PAUSED if current_pause() else Reason(shipment.reason)))


def _still_to_come(shipment: Shipment) -> date | None:
    """Return the mailing date; of what waited until that was past, and was never sent, the next one."""
    day = shipment.mailing_date
    past = day is not None and day < shop_day() and not shipment.requests
    return next_deposit_day(shop_time(), shipment.sender["province"]) if past else day


def _or_the_office_closed(shipment: Shipment, answer: Refused) -> Refused:
    """Return the refusal, with the reason if the post office has closed since it was asked about lately."""
    asked = checked_office(shipment, afresh=True)
    return replace(answer, reason=CLOSED_OFFICE.get(asked.check, answer.reason))


def _take_answer(shipment: Shipment, system: ShippingSystem, answer: object) -> None:
    """Write down the result of the request; what is no answer, which anybody's system may give, is an unknown one."""
    with transaction.atomic():
        match answer:
            case Made():
                record(shipment, HandoffStep.CREATE, outcome_of(answer), answer)
                keep_made(shipment, answer)
            case Handed():
                record(shipment, HandoffStep.CREATE, Outcome.HANDED, answer)
                move(shipment, "handed", reason=Reason.NONE, reason_text=answer.said, tries=0)
            case NotYet():
                record_not_yet(shipment, HandoffStep.CREATE, answer)
                _not_yet(shipment, answer, system)
            case Refused():
                record(shipment, HandoffStep.CREATE, answer.reason.entry.outcome or Outcome.REFUSED, answer)
                _refuse(shipment, answer)
            case _:
                unknown = answer if isinstance(answer, Unknown) else Unknown()
                record(shipment, HandoffStep.CREATE, Outcome.UNKNOWN, unknown)
                wait_for_outcome(shipment, unknown, system)


def _not_yet(shipment: Shipment, answer: NotYet, system: ShippingSystem) -> None:
    """Try later. If the same is to be sent again, it waits the longer the older the first request is."""
    waits = app_settings.handoff.retry_after_seconds
    look_up_in = wait_by_age(shipment, waits, answer.seconds) if system.takes_repeated_ids else None
    if uncount_request(shipment, answer, look_up_in=look_up_in):
        do_as_asked(shipment.delivery)


def _refuse(shipment: Shipment, answer: Refused) -> None:
    """Close the shipment for a correction, unless an earlier call may have made one: then a person looks first."""
    uncertain = shipment.requests > 1 or shipment.state == ShipmentState.UNKNOWN
    name = "ask_person" if uncertain else "refuse"
    move_and_do_as_asked(shipment, name, reason=answer.reason, reason_text=answer.rule or answer.said)
    if not uncertain and answer.reason in CLOSED_OFFICE.values():
        need_choice(shipment.delivery, answer.reason, office_id=shipment.office_id)


def wait_for_outcome(
    shipment: Shipment, answer: Unknown, system: ShippingSystem | NotYet, *, seconds: float | None = None
) -> None:
    """The outcome is unknown: look it up soon or send the same again, or ask a person if the system allows neither.

    A system that cannot be asked now is asked when it can be. ``seconds`` is how soon, by default at once if the system
    says that the shipment exists, else after the first wait.
    """
    if answer.exists:
        seconds = 0.0
    if not isinstance(system, NotYet) and not system.can_look_up:
        if not system.takes_repeated_ids:
            move(shipment, "ask_person", reason=Reason.NO_LOOK_UP, reason_text=answer.said)
            return
        if seconds is None:
            seconds = wait_by_age(shipment, app_settings.handoff.look_up_after_seconds)
    lose_sight(shipment, Reason.NOT_FOUND if answer.exists else Reason.UNKNOWN, answer.said, seconds=seconds)


def keep_made(shipment: Shipment, made: Made) -> None:
    """Keep the system's answer; the label is due at once, unless the system suspended the shipment.

    Whoever made it fetches the label too, under the same lease.
    """
    if not numbers_fit(made):
        move(shipment, "ask_person", reason=Reason.UNREADABLE)
        return
    fields = made_fields(made) | {"tries": 0, "reason_text": made.said}
    if made.transmitted:
        fields["transmitted_at"] = after(0)
    # Only what ships for real: a test account gives every shipment the same number.
    owned = own_number(shipment, made) if shipment.delivery.live else nullcontext({"own_tracking_pin": None})
    try:
        with owned as number:
            _made_or_suspended(shipment, made, fields | number)
    except NumberOfAnother:
        numbers = ", ".join(filter(None, (made.shipment_id, made.tracking_number)))
        why = breaks("tracking_pin", OwnRule.ANOTHERS, numbers=numbers)
        move(shipment, "ask_person", reason=Reason.UNREADABLE, reason_text=why.rule)


def _made_or_suspended(shipment: Shipment, made: Made, fields: Mapping[str, Any]) -> None:
    if made.suspended:
        move_and_do_as_asked(shipment, "suspend", reason=Reason.SUSPENDED, **fields)
        return
    due_at = after(app_settings.handoff.lease_seconds)
    if move_and_do_as_asked(shipment, "made", due_at=due_at, reason=Reason.NONE, **fields):
        return
    # The lease ended while the system was asked. What it says now is as good as a report.
    if move_shipment(shipment, "report_made", due_at=after(0), reason=Reason.NONE, **fields):
        do_as_asked(shipment.delivery)
