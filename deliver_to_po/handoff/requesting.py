"""Requesting a shipment: every check first, the row committed before the call, and what each answer leads to."""

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.rules import check_shipment
from deliver_to_po.canadapost.types import ShipmentInfo, ShipmentRequest, ShipmentStatus
from deliver_to_po.choices import HandoffStep, OfficeCheck, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.integrations.base import ShippingSystem, shipping_system
from deliver_to_po.handoff.leased import OFFICE_REASONS, after, checked_office, later, move, record, record_error
from deliver_to_po.handoff.request import build_request, made_fields
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery

# Errors after which the same request is sent again later, under the same id.
LATER = {
    errors.CredentialsRefused: Reason.CREDENTIALS,
    errors.NotEntitled: Reason.NOT_ENTITLED,
    errors.Throttled: Reason.THROTTLED,
    errors.Unavailable: Reason.UNAVAILABLE,
}
# Errors that a person has to mend first: trying again soon would only repeat them.
SLOWLY = (errors.CredentialsRefused, errors.NotEntitled)


def request(shipment: Shipment) -> None:
    """Send a waiting shipment, if nothing stands in its way and the office takes parcels."""
    patience = app_settings.handoff
    system = shipping_system(shipment.system)
    obstacle = system.obstacle(live=shipment.delivery.live)
    if obstacle == Reason.TEST_ONLY:
        move(shipment, "wait", reason=obstacle)
        return
    if obstacle:
        later(shipment, "wait", patience.retry_after_seconds, reason=obstacle)
        return
    answer = checked_office(shipment)
    if answer == OfficeCheck.COULD_NOT_ASK:
        later(shipment, "wait", patience.retry_after_seconds, reason=Reason.OFFICE_NOT_CHECKED)
    elif answer in OFFICE_REASONS:
        # It stays due: another parcel of the delivery may be in flight, and then the delivery cannot be moved yet.
        later(shipment, "wait", patience.retry_after_seconds, reason=OFFICE_REASONS[answer])
        move_delivery(shipment.delivery, "ask_choice", reason=OFFICE_REASONS[answer])
    else:
        create(shipment, system)


def create(shipment: Shipment, system: ShippingSystem) -> None:
    """Build the request, commit that it is being sent, and send it; a broken rule refuses it before any call."""
    try:
        body = build_request(shipment)
        check_shipment(body)
    except errors.InvalidRequest as error:
        _refuse(shipment, error)
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
        _refuse(shipment, error)
    except errors.CanadaPostError as error:
        record_error(shipment, HandoffStep.CREATE, error)
        _answer(shipment, error)
    else:
        record(shipment, HandoffStep.CREATE, info.status)
        made(shipment, info)


def _answer(shipment: Shipment, error: errors.CanadaPostError) -> None:
    said = error.explain()
    patience = app_settings.handoff
    if isinstance(error, errors.Refused | errors.NotFound):
        move(shipment, "refuse", reason=Reason.REFUSED, reason_text=said)
    elif reason := LATER.get(type(error)):
        ladder = patience.retry_after_seconds
        if isinstance(error, errors.Throttled):
            ladder = (error.retry_after,)
        elif isinstance(error, SLOWLY):
            ladder = ladder[-1:]
        later(shipment, "wait", ladder, reason=reason, reason_text=said)
    elif isinstance(error, errors.AlreadyExists):
        lose_sight(shipment, 0, said)
    else:
        lose_sight(shipment, patience.look_up_after_seconds[0], said)


def _refuse(shipment: Shipment, error: errors.InvalidRequest) -> None:
    move(shipment, "refuse", reason=Reason.INVALID, reason_text=f"{error.field}: {error.rule}")


def lose_sight(shipment: Shipment, seconds: float, said: str = "") -> None:
    """The outcome is unknown: look it up in ``seconds``, or ask a person where the system cannot look up."""
    if shipping_system(shipment.system).can_look_up:
        move(
            shipment,
            "lose_sight",
            due_at=after(seconds),
            reason=Reason.UNKNOWN,
            reason_text=said,
            step_tries=0,
        )
    else:
        move(shipment, "ask_person", reason=Reason.UNKNOWN, reason_text=said)


def made(shipment: Shipment, info: ShipmentInfo) -> None:
    """Keep the carrier's answer; the label is due at once, unless Canada Post suspended the shipment."""
    fields = made_fields(info) | {"made_at": after(0), "step_tries": 0, "reason_text": ""}
    if info.status == ShipmentStatus.SUSPENDED:
        move(shipment, "suspend", reason=Reason.SUSPENDED, **fields)
    else:
        move(shipment, "made", due_at=after(0), reason=Reason.NONE, **fields)
