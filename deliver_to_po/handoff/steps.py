"""The steps of a shipment: request it, look it up after an unknown outcome, fetch its label.

Each step ends in one move that only the holder of the lease can make. Which error leads to which move is the design's
decision 8: at most one label per request, and nothing forgotten.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.rules import check_shipment
from deliver_to_po.canadapost.types import ShipmentInfo, ShipmentRequest, ShipmentStatus
from deliver_to_po.choices import HandoffStep, OfficeCheck, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.integrations.base import ShippingSystem, shipping_system
from deliver_to_po.handoff.request import build_request, info_of, made_fields
from deliver_to_po.models import Attempt, Delivery, Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.offices.check import check_office

REQUESTS_AT_MOST = 2
OFFICE_REASONS = {OfficeCheck.NO_LONGER: Reason.OFFICE_NO_LONGER, OfficeCheck.GONE: Reason.OFFICE_GONE}
LABEL_EXTENSIONS = {"application/pdf": "pdf", "application/zpl": "zpl"}


def next_step(shipment: Shipment) -> None:
    """Do the next step of a shipment that the caller has under lease."""
    step = {
        ShipmentState.WAITING: _request,
        ShipmentState.REQUESTED: _lost_answer,
        ShipmentState.UNKNOWN: _look_up,
        ShipmentState.MADE: _fetch_label,
    }[ShipmentState(shipment.state)]
    step(shipment)


def _request(shipment: Shipment) -> None:
    delivery = shipment.delivery
    system = shipping_system(shipment.system)
    obstacle = system.obstacle(live=delivery.live)
    if obstacle == Reason.TEST_ONLY:
        _move(shipment, "wait", reason=obstacle)
    elif obstacle:
        _later(shipment, "wait", app_settings.handoff.retry_after_seconds, reason=obstacle)
    elif _office_takes_parcels(shipment):
        _create(shipment, system)


def _office_takes_parcels(shipment: Shipment) -> bool:
    """Ask Canada Post about the office right before the label; where it does not take the parcel, move on."""
    delivery = shipment.delivery
    answer = check_office(delivery.office, "fr" if delivery.language == "fr" else "en")
    _record(shipment, HandoffStep.CHECK, answer.label)
    if answer == OfficeCheck.COULD_NOT_ASK:
        _later(shipment, "wait", app_settings.handoff.retry_after_seconds, reason=Reason.OFFICE_NOT_CHECKED)
        return False
    Delivery.objects.filter(pk=delivery.pk).update(office_check=answer, office_checked_at=timezone.now())
    if answer in OFFICE_REASONS:
        reason = OFFICE_REASONS[answer]
        _move(shipment, "wait", reason=reason)
        move_delivery(delivery, "ask_choice", reason=reason)
        return False
    Delivery.objects.filter(pk=delivery.pk, reason=Reason.OFFICE_NOT_CHECKED).update(reason=Reason.NONE)
    return True


def _create(shipment: Shipment, system: ShippingSystem) -> None:
    try:
        request = build_request(shipment)
        check_shipment(request)
    except (errors.InvalidRequest, ValueError) as error:
        text = f"{error.field}: {error.rule}" if isinstance(error, errors.InvalidRequest) else "service"
        _move(shipment, "refuse", reason=Reason.INVALID, reason_text=text)
        return
    now = timezone.now()
    # Committed before the call, and only while the lease and the delivery still allow it.
    requested = move_shipment(
        shipment,
        "request",
        lease=_lease(shipment),
        due_at=now + timedelta(seconds=app_settings.handoff.lease_seconds),
        requests=shipment.requests + 1,
        requested_at=shipment.requested_at or now,
        step_tries=0,
    )
    if requested:
        _send(shipment, system, request)


def _send(shipment: Shipment, system: ShippingSystem, request: ShipmentRequest) -> None:
    patience = app_settings.handoff
    try:
        info = system.create(request)
    except errors.CanadaPostError as error:
        _record_error(shipment, HandoffStep.CREATE, error)
        said = {"reason_text": error.explain()}
        if isinstance(error, errors.InvalidRequest):
            _move(shipment, "refuse", reason=Reason.INVALID, reason_text=f"{error.field}: {error.rule}")
        elif isinstance(error, errors.Refused | errors.NotFound):
            _move(shipment, "refuse", reason=Reason.REFUSED, **said)
        elif isinstance(error, errors.CredentialsRefused):
            _later(shipment, "wait", patience.retry_after_seconds[-1:], reason=Reason.CREDENTIALS, **said)
        elif isinstance(error, errors.NotEntitled):
            _later(shipment, "wait", patience.retry_after_seconds[-1:], reason=Reason.NOT_ENTITLED, **said)
        elif isinstance(error, errors.Throttled):
            _later(shipment, "wait", (error.retry_after,), reason=Reason.THROTTLED, **said)
        elif isinstance(error, errors.Unavailable):
            _later(shipment, "wait", patience.retry_after_seconds, reason=Reason.UNAVAILABLE, **said)
        elif isinstance(error, errors.AlreadyExists):
            _move(shipment, "lose_sight", due_at=timezone.now(), reason=Reason.UNKNOWN, **said)
        else:
            _lost(shipment, **said)
    else:
        _record(shipment, HandoffStep.CREATE, info.status)
        _made(shipment, info)


def _lost(shipment: Shipment, **fields: Any) -> None:
    """The outcome is unknown: look it up after the first rung of the ladder, or ask a person where that is impossible."""
    if not shipping_system(shipment.system).can_look_up:
        _move(shipment, "ask_person", reason=Reason.UNKNOWN, **fields)
        return
    _move(
        shipment,
        "lose_sight",
        due_at=_after(app_settings.handoff.look_up_after_seconds[0]),
        reason=Reason.UNKNOWN,
        step_tries=0,
        **fields,
    )


def _lost_answer(shipment: Shipment) -> None:
    """A worker died, or was stopped past its lease, between the call and its answer."""
    _record(shipment, HandoffStep.CREATE, Reason.UNKNOWN.name.lower())
    if not shipping_system(shipment.system).can_look_up:
        _move(shipment, "ask_person", reason=Reason.UNKNOWN)
    else:
        _move(shipment, "lose_sight", due_at=timezone.now(), reason=Reason.UNKNOWN, step_tries=0)


def _look_up(shipment: Shipment) -> None:
    system = shipping_system(shipment.system)
    request = build_request(shipment)
    try:
        found = system.look_up(shipment.request_id)
        same = [info for info in found if system.is_same(info, request)]
    except errors.CanadaPostError as error:
        _record_error(shipment, HandoffStep.LOOK_UP, error)
        _look_up_again(shipment, counted=False)
        return
    _record(shipment, HandoffStep.LOOK_UP, f"{len(found)}")
    if len(found) == 1 and same:
        _made(shipment, same[0])
    elif found:
        _move(shipment, "ask_person", reason=Reason.MISMATCH)
    else:
        _absent(shipment, system)


def _absent(shipment: Shipment, system: ShippingSystem) -> None:
    """Nothing under this request id: not proof yet, until the ladder is climbed; then the same once more."""
    ladder = app_settings.handoff.look_up_after_seconds
    if shipment.step_tries + 1 < len(ladder) or shipment.requests >= REQUESTS_AT_MOST:
        _look_up_again(shipment, counted=True)
    elif _office_takes_parcels_still(shipment):
        _create(shipment, system)


def _office_takes_parcels_still(shipment: Shipment) -> bool:
    delivery = shipment.delivery
    answer = check_office(delivery.office, "fr" if delivery.language == "fr" else "en")
    _record(shipment, HandoffStep.CHECK, answer.label)
    if answer == OfficeCheck.TAKES_PARCELS:
        return True
    if answer in OFFICE_REASONS:
        _move(shipment, "ask_person", reason=OFFICE_REASONS[answer])
    else:
        _look_up_again(shipment, counted=False)
    return False


def _look_up_again(shipment: Shipment, *, counted: bool) -> None:
    patience = app_settings.handoff
    if shipment.requested_at and timezone.now() - shipment.requested_at > patience.give_up_after:
        _move(shipment, "ask_person", reason=Reason.GAVE_UP)
        return
    tries = shipment.step_tries + (1 if counted else 0)
    _move(
        shipment,
        "lose_sight",
        due_at=_after(_rung(patience.look_up_after_seconds, tries)),
        reason=Reason.UNKNOWN,
        step_tries=tries,
    )


def _made(shipment: Shipment, info: ShipmentInfo) -> None:
    fields = made_fields(info) | {"made_at": timezone.now(), "step_tries": 0, "reason_text": ""}
    if info.status == ShipmentStatus.SUSPENDED:
        _move(shipment, "suspend", reason=Reason.SUSPENDED, **fields)
    else:
        _move(shipment, "made", due_at=timezone.now(), reason=Reason.NONE, **fields)


def _fetch_label(shipment: Shipment) -> None:
    patience = app_settings.handoff
    try:
        artifact = shipping_system(shipment.system).label(info_of(shipment))
    except errors.NotReady as error:
        _record_error(shipment, HandoffStep.LABEL, error)
        _later(shipment, "label_later", patience.label_after_seconds, reason=Reason.LABEL_NOT_READY)
        return
    except errors.CanadaPostError as error:
        _record_error(shipment, HandoffStep.LABEL, error)
        reason = Reason.LABEL_UNREADABLE if isinstance(error, errors.Unreadable) else Reason.UNAVAILABLE
        _later(shipment, "label_later", patience.retry_after_seconds, reason=reason, reason_text=error.explain())
        return
    label = shipment.label
    label.save(f"label.{LABEL_EXTENSIONS[artifact.media_type]}", ContentFile(artifact.content), save=False)
    name = label.name
    _record(shipment, HandoffStep.LABEL, artifact.media_type)
    if not _move(
        shipment,
        "label",
        reason=Reason.NONE,
        reason_text="",
        label=name,
        label_media_type=artifact.media_type,
        labelled_at=timezone.now(),
    ):
        # Another worker has the row: its label counts, this file would be an orphan with a name and address on it.
        label.storage.delete(name)


def _lease(shipment: Shipment) -> Any:
    return shipment.lease


def _move(shipment: Shipment, name: str, *, due_at: datetime | None = None, **fields: Any) -> bool:
    return move_shipment(shipment, name, lease=_lease(shipment), due_at=due_at, **fields)


def _later(shipment: Shipment, move: str, ladder: Sequence[float], **fields: Any) -> None:
    """Make ``move`` and try the same step again after the ladder's next rung."""
    due_at = _after(_rung(ladder, shipment.step_tries))
    _move(shipment, move, due_at=due_at, step_tries=shipment.step_tries + 1, **fields)


def _rung(ladder: Sequence[float], tries: int) -> float:
    return ladder[min(tries, len(ladder) - 1)]


def _after(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def _record(shipment: Shipment, step: HandoffStep, outcome: object) -> None:
    Attempt.objects.create(shipment=shipment, step=step, request_id=shipment.request_id, outcome=str(outcome)[:60])


def _record_error(shipment: Shipment, step: HandoffStep, error: errors.CanadaPostError) -> None:
    Attempt.objects.create(
        shipment=shipment,
        step=step,
        request_id=shipment.request_id,
        outcome=type(error).__name__,
        status=error.status,
        codes=", ".join(error.codes)[:120],
    )
