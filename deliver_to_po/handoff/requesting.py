"""Requesting a shipment: every check first, the row committed before the call, and what each answer leads to."""

from collections.abc import Sequence
from typing import Any

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.rules import check_shipment
from deliver_to_po.canadapost.types import ShipmentInfo, ShipmentRequest, ShipmentStatus
from deliver_to_po.choices import HandoffStep, OfficeCheck, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.integrations.base import ShippingSystem
from deliver_to_po.handoff.leased import (
    OFFICE_REASONS,
    after,
    checked_office,
    later,
    move,
    record,
    record_error,
    system_of,
)
from deliver_to_po.handoff.request import build_request, fits, made_fields
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.pause import current_pause

# Errors after which the same request is sent again later, under the same id.
LATER = {
    errors.CredentialsRefused: Reason.CREDENTIALS,
    errors.NotEntitled: Reason.NOT_ENTITLED,
    errors.Throttled: Reason.THROTTLED,
    errors.Unavailable: Reason.UNAVAILABLE,
    # A 404 without a code of Canada Post's is an address that is not there just now, no judgement of the request.
    errors.NotFound: Reason.UNAVAILABLE,
}
# Errors that a person has to mend first: trying again soon would only repeat them.
SLOWLY = (errors.CredentialsRefused, errors.NotEntitled)


def request(shipment: Shipment) -> None:
    """Send a waiting shipment, if nothing stands in its way and the office takes parcels."""
    patience = app_settings.handoff
    if current_pause():
        # Looked at again now and then: a pause may end earlier than anybody thought.
        later(shipment, "wait", patience.retry_after_seconds[-1:], reason=Reason.PAUSED)
        return
    system = system_of(shipment)
    obstacle = system.obstacle(live=shipment.delivery.live)
    if obstacle == Reason.TEST_ONLY:
        move(shipment, "wait", reason=obstacle)
        return
    if obstacle:
        later(shipment, "wait", patience.retry_after_seconds, reason=obstacle)
        return
    asked = checked_office(shipment)
    if asked.check == OfficeCheck.COULD_NOT_ASK:
        reason = Reason.OFFICE_NOT_CHECKED if asked.error is None else _why_not_asked(asked.error)
        later(shipment, "wait", patience.retry_after_seconds, reason=reason)
    elif asked.check in OFFICE_REASONS:
        # It stays due: another parcel of the delivery may be in flight, and then the delivery cannot be moved yet.
        later(shipment, "wait", patience.retry_after_seconds, reason=OFFICE_REASONS[asked.check])
        move_delivery(shipment.delivery, "ask_choice", reason=OFFICE_REASONS[asked.check])
    else:
        create(shipment, system)


def _why_not_asked(error: errors.CanadaPostError) -> Reason:
    return LATER[type(error)] if isinstance(error, SLOWLY) else Reason.OFFICE_NOT_CHECKED


def create(shipment: Shipment, system: ShippingSystem) -> None:
    """Build the request, commit that it is being sent, and send it; a broken rule refuses it before any call."""
    try:
        body = build_request(shipment)
        check_shipment(body)
    except errors.InvalidRequest as error:
        _refuse(shipment, Reason.INVALID, f"{error.field}: {error.rule}")
        return
    now = after(0)
    # Committed before the call, and only while lease and delivery still allow it.
    requested = move(
        shipment,
        "request",
        due_at=after(app_settings.handoff.lease_seconds),
        requests=shipment.requests + 1,
        requested_at=shipment.requested_at or now,
    )
    if requested:
        _send(shipment, system, body)


def _send(shipment: Shipment, system: ShippingSystem, body: ShipmentRequest) -> None:
    try:
        info = system.create(body)
    except errors.InvalidRequest as error:
        _refuse(shipment, Reason.INVALID, f"{error.field}: {error.rule}")
    except errors.CanadaPostError as error:
        record_error(shipment, HandoffStep.CREATE, error)
        _answer(shipment, error)
    else:
        record(shipment, HandoffStep.CREATE, info.status)
        made(shipment, info)


def _answer(shipment: Shipment, error: errors.CanadaPostError) -> None:
    said = error.explain()
    if isinstance(error, errors.Refused) or (isinstance(error, errors.NotFound) and error.codes):
        _refuse(shipment, Reason.REFUSED, said)
    elif reason := LATER.get(type(error)):
        _put_off(shipment, _ladder(error), reason, said)
    elif isinstance(error, errors.AlreadyExists):
        lose_sight(shipment, 0, said)
    else:
        lose_sight(shipment, app_settings.handoff.look_up_after_seconds[0], said)


def _ladder(error: errors.CanadaPostError) -> Sequence[float]:
    """Return after how many seconds the same request is sent again, for the first time, the second and so on."""
    ladder = app_settings.handoff.retry_after_seconds
    if isinstance(error, errors.Throttled):
        return (error.retry_after,)
    return ladder[-1:] if isinstance(error, SLOWLY) else ladder


def _put_off(shipment: Shipment, ladder: Sequence[float], reason: Reason, said: str) -> None:
    """This call certainly made nothing, so it does not count; what an earlier one made may still be unknown."""
    if shipment.requests > 1:
        lose_sight(shipment, ladder[0], said, requests=shipment.requests - 1)
    else:
        later(shipment, "wait", ladder, reason=reason, reason_text=said, requests=0, requested_at=None)


def _refuse(shipment: Shipment, reason: Reason, said: str) -> None:
    """Close the shipment for a correction, unless an earlier call may have made one: then a person looks first."""
    uncertain = shipment.requests > 1 or shipment.state == ShipmentState.UNKNOWN
    move(shipment, "ask_person" if uncertain else "refuse", reason=reason, reason_text=said)


def lose_sight(shipment: Shipment, seconds: float, said: str = "", **fields: Any) -> None:
    """The outcome is unknown: look it up in ``seconds``, or ask a person where the system cannot look up."""
    if system_of(shipment).can_look_up:
        fields = {"step_tries": 0, **fields}
        move(shipment, "lose_sight", due_at=after(seconds), reason=Reason.UNKNOWN, reason_text=said, **fields)
    else:
        move(shipment, "ask_person", reason=Reason.UNKNOWN, reason_text=said)


def made(shipment: Shipment, info: ShipmentInfo) -> None:
    """Keep the carrier's answer; the label is due at once, unless Canada Post suspended the shipment."""
    if not fits(info):
        move(shipment, "ask_person", reason=Reason.UNREADABLE)
        return
    fields = made_fields(info) | {"made_at": after(0), "step_tries": 0, "reason_text": ""}
    if info.status == ShipmentStatus.SUSPENDED:
        move(shipment, "suspend", reason=Reason.SUSPENDED, **fields)
    else:
        move(shipment, "made", due_at=after(0), reason=Reason.NONE, **fields)
