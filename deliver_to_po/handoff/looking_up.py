"""After an unknown outcome: look the request id up, adopt only what is the same, else ask a person."""

from deliver_to_po.canadapost.errors import CanadaPostError
from deliver_to_po.choices import HandoffStep, OfficeCheck, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.integrations.base import ShippingSystem
from deliver_to_po.handoff.leased import (
    OFFICE_REASONS,
    after,
    checked_office,
    move,
    record,
    record_error,
    rung,
    system_of,
)
from deliver_to_po.handoff.request import build_request
from deliver_to_po.handoff.requesting import create, lose_sight, made
from deliver_to_po.models import Shipment
from deliver_to_po.pause import current_pause

REQUESTS_AT_MOST = 2


def lost_answer(shipment: Shipment) -> None:
    """A worker died, or was stopped past its lease, between the call and its answer: look up at once."""
    record(shipment, HandoffStep.CREATE, "lost")
    lose_sight(shipment, 0)


def look_up(shipment: Shipment) -> None:
    """Look the request id up. One shipment that is the same is adopted; anything else found is a person's to judge."""
    system = system_of(shipment)
    obstacle = system.obstacle(live=shipment.delivery.live)
    if obstacle:
        # Nothing found in another environment proves nothing.
        move(shipment, "lose_sight", due_at=after(app_settings.handoff.retry_after_seconds[-1]), reason=obstacle)
        return
    try:
        request = build_request(shipment)
        found = system.look_up(request)
        same = [info for info in found if system.is_same(info, request)]
    except CanadaPostError as error:
        record_error(shipment, HandoffStep.LOOK_UP, error)
        _look_up_again(shipment, shipment.step_tries)
        return
    record(shipment, HandoffStep.LOOK_UP, len(found))
    if len(found) == 1 and same:
        made(shipment, same[0])
    elif found:
        move(shipment, "ask_person", reason=Reason.MISMATCH)
    else:
        _absent(shipment, system)


def _absent(shipment: Shipment, system: ShippingSystem) -> None:
    """Nothing found: no proof until the ladder is climbed; then the same id and body once more, never a new id."""
    tries = shipment.step_tries + 1
    if tries < len(app_settings.handoff.look_up_after_seconds) or shipment.requests >= REQUESTS_AT_MOST:
        _look_up_again(shipment, tries)
        return
    if current_pause():
        # What was made is looked for all the same; only nothing new is made.
        due_at = after(app_settings.handoff.retry_after_seconds[-1])
        move(shipment, "lose_sight", due_at=due_at, reason=Reason.PAUSED)
        return
    answer = checked_office(shipment).check
    if answer == OfficeCheck.TAKES_PARCELS:
        create(shipment, system)
    elif answer in OFFICE_REASONS:
        move(shipment, "ask_person", reason=OFFICE_REASONS[answer])
    else:
        _look_up_again(shipment, shipment.step_tries)


def _look_up_again(shipment: Shipment, tries: int) -> None:
    patience = app_settings.handoff
    if shipment.requested_at and after(0) - shipment.requested_at > patience.give_up_after:
        move(shipment, "ask_person", reason=Reason.GAVE_UP)
        return
    due_at = after(rung(patience.look_up_after_seconds, tries))
    move(shipment, "lose_sight", due_at=due_at, reason=Reason.UNKNOWN, step_tries=tries)
