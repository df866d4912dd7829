"""Taking back what was made: voiding it, or asking for its refund once it is transmitted; else a person's."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from deliver_to_po.choices import Change, HandoffStep, Outcome, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.frozen_request import made_of
from deliver_to_po.handoff.leased import move, put_off, ready_system, record, record_not_yet
from deliver_to_po.handoff.settling import move_and_settle
from deliver_to_po.models import Shipment
from deliver_to_po.outbox.claiming import past
from deliver_to_po.shipping import Answer, NotYet, RefundAsked, Refused, ShippingSystem, Unknown, Voided

# A call that was begun under one of these may have done its work, though nobody heard of it.
MAYBE_DONE = (Reason.TAKE_BACK_UNKNOWN, Reason.CRASHED)


def void(shipment: Shipment) -> None:
    """Void a shipment, or ask for its refund if the system has it transmitted; what nobody can take back is a person's.

    The same call is made again after an unknown outcome, until GIVE_UP_AFTER is over.
    """
    system = _ready(shipment)
    if system is None:
        return
    if not system.can_void:
        _refund(shipment, system)
        return
    maybe_done = shipment.reason in MAYBE_DONE
    if not _about_to_ask(shipment):
        return
    # A system that somebody else wrote may answer anything at all: what is no answer is an unknown outcome.
    answer: object = system.void(made_of(shipment))
    match answer:
        case Voided():
            _voided(shipment, Outcome.VOIDED, answer)
        case Refused(reason=Reason.NOT_HELD) if maybe_done:
            _voided(shipment, Outcome.FOUND_NONE, answer)
        case Refused(reason=Reason.TRANSMITTED) if system.can_refund:
            record(shipment, HandoffStep.VOID, Outcome.REFUSED, answer)
            _refund(shipment, system)
        case _:
            _not_done(shipment, HandoffStep.VOID, answer, maybe_done=maybe_done)


def refund(shipment: Shipment) -> None:
    """Ask for the refund of a shipment that is transmitted; see ``void``."""
    if (system := _ready(shipment)) is not None:
        _refund(shipment, system)


def _ready(shipment: Shipment) -> ShippingSystem | None:
    """Return the system when it may be asked now; else the shipment is put off, or is a person's when that is over."""
    if _patience_is_over(shipment):
        move(shipment, "ask_person", reason=Reason.GAVE_UP)
        return None
    system = ready_system(shipment)
    if isinstance(system, NotYet):
        _later(shipment, system, maybe_done=shipment.reason in MAYBE_DONE)
        return None
    return system


def _refund(shipment: Shipment, system: ShippingSystem) -> None:
    if not system.can_refund:
        move(shipment, "ask_person", reason=Reason.CANNOT_TAKE_BACK)
        return
    email = app_settings.refund_email
    if not email:
        move(shipment, "ask_person", reason=Reason.NO_REFUND_EMAIL)
        return
    maybe_done = shipment.reason in MAYBE_DONE
    if not _about_to_ask(shipment):
        return
    answer: object = system.refund(made_of(shipment), email)
    if isinstance(answer, RefundAsked):
        _refund_asked(shipment, answer)
    else:
        _not_done(shipment, HandoffStep.REFUND, answer, maybe_done=maybe_done)


@transaction.atomic
def _refund_asked(shipment: Shipment, answer: RefundAsked) -> None:
    record(shipment, HandoffStep.REFUND, Outcome.REFUND_ASKED, answer)
    fields: dict[str, Any] = {"reason": Reason.NONE, "reason_text": answer.said, "tries": 0}
    # One that could not be voided any more is transmitted.
    fields["transmitted_at"] = shipment.transmitted_at or timezone.now()
    move_and_settle(shipment, "refund_asked", **fields)


def _about_to_ask(shipment: Shipment) -> bool:
    """Commit that the call is about to be made, so that a lost answer is known to be one; False without the lease."""
    rows = Shipment.objects.filter(pk=shipment.pk, lease=shipment.lease, state=shipment.state)
    return bool(rows.update(reason=Reason.TAKE_BACK_UNKNOWN))


@transaction.atomic
def _voided(shipment: Shipment, outcome: Outcome, answer: Answer) -> None:
    record(shipment, HandoffStep.VOID, outcome, answer)
    move_and_settle(shipment, "voided", reason=Reason.NONE, reason_text="", tries=0)


@transaction.atomic
def _not_done(shipment: Shipment, step: HandoffStep, answer: object, *, maybe_done: bool) -> None:
    """Ask again later unless the system refused; what it refused is a person's."""
    match answer:
        case NotYet():
            record_not_yet(shipment, step, answer)
            _later(shipment, answer, maybe_done=maybe_done)
        case Refused():
            record(shipment, step, Outcome.REFUSED, answer)
            reason = Reason.NOT_TAKEN_BACK if answer.reason == Reason.REFUSED else answer.reason
            move(shipment, "ask_person", reason=reason, reason_text=answer.said)
        case _:
            unknown = answer if isinstance(answer, Unknown) else Unknown()
            record(shipment, step, Outcome.UNKNOWN, unknown)
            _later(shipment, NotYet(said=unknown.said), maybe_done=True)


def _later(shipment: Shipment, answer: NotYet, *, maybe_done: bool) -> None:
    """Try again later; that an earlier call may have been done is not forgotten."""
    fields: dict[str, Any] = {"reason": Reason.TAKE_BACK_UNKNOWN} if maybe_done else {}
    put_off(shipment, answer, **fields)


def _patience_is_over(shipment: Shipment) -> bool:
    asked = shipment.history.filter(change__in=(Change.VOID, Change.REFUND)).order_by("pk").last()
    return asked is not None and past(asked.at, app_settings.handoff.give_up_after)
