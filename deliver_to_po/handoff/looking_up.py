"""After an unknown outcome: look the request id up, adopt only what is the same, else ask a person."""

from math import inf

from django.db import transaction

from deliver_to_po.choices import HandoffStep, OfficeCheck, Outcome, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.leased import (
    OFFICE_REASONS,
    SLOW_REASONS,
    by_age,
    checked_office,
    move,
    ready_system,
    record,
    record_not_yet,
    waits_after,
)
from deliver_to_po.handoff.requesting import keep_made, lose_sight, send
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import SENDABLE
from deliver_to_po.outbox.claiming import after, nth_wait, past
from deliver_to_po.pause import current_pause
from deliver_to_po.shipping import NotYet, ShippingSystem, Unknown

# To a system that may take a repeated id for another shipment, the same is sent so often at most.
REQUESTS_AT_MOST = 2
# Empty look-ups after which the same is sent a second time to a system that refuses a repeated id.
REPEATED_AFTER = 2


def answer_lost(shipment: Shipment) -> None:
    """A worker died, or was stopped past its lease, between the call and its answer: look up at once."""
    system = ready_system(shipment)
    with transaction.atomic():
        record(shipment, HandoffStep.CREATE, Outcome.LOST)
        lose_sight(shipment, Unknown(at_once=True), system)


def look_up(shipment: Shipment) -> None:
    """Look the request id up. One shipment that is the same is adopted; anything else found is a person's to judge."""
    system = ready_system(shipment)
    if isinstance(system, NotYet):
        # Nothing found elsewhere, or by somebody who may not look, proves nothing.
        _stand_by(shipment, system.reason)
        return
    if not system.can_look_up:
        if system.takes_repeated_ids:
            _send_again(shipment, system)
        else:
            move(shipment, "ask_person", reason=Reason.NO_LOOK_UP)
        return
    if shipment.reason == Reason.CRASHED and _patience_is_over(shipment):
        # The system raises instead of answering: without this it would be asked for ever.
        _give_up(shipment)
        return
    found = system.look_up(request_of(shipment))
    if not isinstance(found, NotYet) and not found:
        record(shipment, HandoffStep.LOOK_UP, Outcome.FOUND_NONE)
        _absent(shipment, system)
        return
    with transaction.atomic():
        if isinstance(found, NotYet):
            record_not_yet(shipment, HandoffStep.LOOK_UP, found)
            _ask_again(shipment, found)
        elif len(found) == 1 and found[0].same:
            record(shipment, HandoffStep.LOOK_UP, Outcome.FOUND_SAME)
            keep_made(shipment, found[0].made)
        else:
            record(shipment, HandoffStep.LOOK_UP, Outcome.FOUND_OTHER)
            move(shipment, "ask_person", reason=Reason.MISMATCH)


def _send_again(shipment: Shipment, system: ShippingSystem) -> None:
    """Send the same to a system that knows it by its id, until it answers; only while it may be sent at all.

    Whatever it has made of the first is then still reported, or a person's to look for.
    """
    if _patience_is_over(shipment):
        _give_up(shipment)
    elif not _may_be_sent(shipment):
        _look_up_again(shipment, shipment.tries + 1)
    else:
        _send_if_open(shipment, system)


def _absent(shipment: Shipment, system: ShippingSystem) -> None:
    """Nothing found: no proof until every wait is over; then the same id and body again, never a new id.

    While the delivery is on hold or to be cancelled nothing is sent: it is only looked for.
    """
    tries = shipment.tries + 1
    if tries < _look_ups_before_sending(shipment, system) or not _may_be_sent(shipment):
        _look_up_again(shipment, tries)
        return
    _send_if_open(shipment, system)


def _look_ups_before_sending(shipment: Shipment, system: ShippingSystem) -> float:
    """Return how many empty look-ups come before the same is sent again.

    A system that surely refuses a repeated id makes no second shipment. It is asked a second time after REPEATED_AFTER
    look-ups, then after each round of waits: an outage of half a minute must not leave a parcel alone for a day. Any
    other system is asked REQUESTS_AT_MOST times.
    """
    waits, again = len(app_settings.handoff.look_up_after_seconds), shipment.requests >= REQUESTS_AT_MOST
    if system.refuses_repeated_ids:
        return waits if again else min(waits, REPEATED_AFTER)
    return inf if again else waits


def _send_if_open(shipment: Shipment, system: ShippingSystem) -> None:
    """Send the same once more, unless the option is paused or the post office does not take parcels."""
    if current_pause():
        # What was made is looked for all the same; only nothing new is made.
        _stand_by(shipment, Reason.PAUSED)
        return
    asked = checked_office(shipment)
    if asked.check == OfficeCheck.TAKES_PARCELS:
        send(shipment, system, asked)
    elif reason := OFFICE_REASONS.get(asked.check):
        move(shipment, "ask_person", reason=reason)
    else:
        _look_up_again(shipment, shipment.tries)


def _may_be_sent(shipment: Shipment) -> bool:
    return Delivery.objects.filter(SENDABLE, pk=shipment.delivery_id).exists()


def _stand_by(shipment: Shipment, reason: Reason) -> None:
    """Look again later; that nothing could be asked counts for no try."""
    move(shipment, "put_off", due_at=after(waits_after(reason)[-1]), reason=reason)


def _ask_again(shipment: Shipment, not_yet: NotYet) -> None:
    """The system could not say: that proves nothing, so it counts for no try."""
    if _patience_is_over(shipment):
        _give_up(shipment)
        return
    seconds = by_age(shipment, waits_after(not_yet.reason), not_yet.seconds)
    reason = not_yet.reason if not_yet.reason in SLOW_REASONS else Reason.UNKNOWN
    move(shipment, "put_off", due_at=after(seconds), reason=reason, reason_text=not_yet.said)


def _look_up_again(shipment: Shipment, tries: int) -> None:
    if _patience_is_over(shipment):
        _give_up(shipment)
        return
    due_at = after(nth_wait(app_settings.handoff.look_up_after_seconds, tries))
    move(shipment, "put_off", due_at=due_at, reason=Reason.UNKNOWN, tries=tries)


def _patience_is_over(shipment: Shipment) -> bool:
    return past(shipment.requested_at, app_settings.handoff.give_up_after)


def _give_up(shipment: Shipment) -> None:
    move(shipment, "ask_person", reason=Reason.GAVE_UP)
