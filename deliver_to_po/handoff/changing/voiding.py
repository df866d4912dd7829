"""Voiding what was made, or asking for its refund once it is transmitted. What fails is left to a person."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import Change, HandoffStep, Outcome, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.attempts import record, record_not_yet
from deliver_to_po.handoff.changing.as_asked import move_and_do_as_asked
from deliver_to_po.handoff.frozen_request import made_of
from deliver_to_po.handoff.ladder import gave_up, move, put_off
from deliver_to_po.handoff.systems import ready_system
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Answer, NotYet, RefundAsked, Refused, ShippingSystem, Unknown, Voided

# A call that was begun under one of these may have done its work, though nobody heard of it.
MAYBE_DONE = (Reason.TAKE_BACK_UNKNOWN, Reason.CRASHED)


def void(shipment: Shipment) -> None:
    """Void a shipment, or ask for its refund if the system has it transmitted. What fails is left to a person.

    The same call is made again after an unknown outcome, until GIVE_UP_AFTER is over.
    """
    system = _ready(shipment)
    if system is None:
        return
    if system.can_void:
        _void(shipment, system)
    else:
        _refund(shipment, system)


def _void(shipment: Shipment, system: ShippingSystem, *, refused: bool = False) -> None:
    """Void it; ``refused`` says that its refund was, since it is not transmitted."""
    maybe_done = shipment.reason in MAYBE_DONE
    if not _about_to_ask(shipment):
        return
    # A third-party system may return anything; what is not an answer is an unknown outcome.
    answer: object = system.void(made_of(shipment))
    match answer:
        case Voided():
            _voided(shipment, Outcome.VOIDED, answer)
        case Refused(reason=Reason.NOT_HELD) | Unknown(gone=True) if maybe_done:
            _voided(shipment, Outcome.FOUND_NONE, answer)
        case Refused(reason=Reason.TRANSMITTED) if system.can_refund and not refused:
            record(shipment, HandoffStep.VOID, Outcome.REFUSED, answer)
            _refund(shipment, system, refused=True)
        case _:
            _not_done(shipment, HandoffStep.VOID, answer, maybe_done=maybe_done)


def refund(shipment: Shipment) -> None:
    """Ask for the refund of a shipment that is transmitted, or void it if the system has not; see ``void``."""
    if (system := _ready(shipment)) is not None:
        _refund(shipment, system)


def _ready(shipment: Shipment) -> ShippingSystem | None:
    """Return the system if it may be asked now. Otherwise put the shipment off, or leave it to a person after a day."""
    if gave_up(shipment, since=_asked_at(shipment)):
        return None
    system = ready_system(shipment)
    if isinstance(system, NotYet):
        _later(shipment, system, maybe_done=shipment.reason in MAYBE_DONE)
        return None
    return system


def _refund(shipment: Shipment, system: ShippingSystem, *, refused: bool = False) -> None:
    """Ask for its refund; ``refused`` says that voiding it was, since it is transmitted."""
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
    match answer:
        case RefundAsked():
            _refund_asked(shipment, answer)
        case Refused(reason=Reason.NOT_TRANSMITTED) if system.can_void and not refused:
            record(shipment, HandoffStep.REFUND, Outcome.REFUSED, answer)
            _void(shipment, system, refused=True)
        case _:
            _not_done(shipment, HandoffStep.REFUND, answer, maybe_done=maybe_done)


@transaction.atomic
def _refund_asked(shipment: Shipment, answer: RefundAsked) -> None:
    record(shipment, HandoffStep.REFUND, Outcome.REFUND_ASKED, answer)
    fields: dict[str, Any] = {"reason": Reason.NONE, "reason_text": answer.said}
    # If voiding failed, the shipment has been transmitted.
    fields["transmitted_at"] = shipment.transmitted_at or timezone.now()
    move_and_do_as_asked(shipment, "refund_asked", **fields)


def _about_to_ask(shipment: Shipment) -> bool:
    """Commit that the call is about to be made, so that a lost answer is noticed; False without the lease."""
    rows = Shipment.objects.filter(pk=shipment.pk, lease=shipment.lease, state=shipment.state)
    return bool(rows.update(reason=Reason.TAKE_BACK_UNKNOWN))


@transaction.atomic
def _voided(shipment: Shipment, outcome: Outcome, answer: Answer) -> None:
    record(shipment, HandoffStep.VOID, outcome, answer)
    # What can be voided is not transmitted, though it may have been taken for it: the transmission failed afterwards.
    move_and_do_as_asked(shipment, "voided", reason=Reason.NONE, reason_text="", transmitted_at=None)


@transaction.atomic
def _not_done(shipment: Shipment, step: HandoffStep, answer: object, *, maybe_done: bool) -> None:
    """Ask again later, or leave to a person what the system refused."""
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
    """Try again later, and remember that an earlier call may have been done."""
    fields: dict[str, Any] = {"reason": Reason.TAKE_BACK_UNKNOWN} if maybe_done else {}
    put_off(shipment, answer, **fields)


def _asked_at(shipment: Shipment) -> datetime | None:
    """Return when somebody asked last that the shipment be voided or refunded."""
    asked = shipment.history.filter(change__in=(Change.VOID, Change.REFUND)).order_by("pk").last()
    return asked.at if asked else None
