"""After an unknown outcome: look the request id up, adopt only what is the same, or ask a person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import inf

from django.db import transaction

from deliver_to_po.core.choices import CLOSED_OFFICE, HandoffStep, OfficeCheck, Outcome, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.attempts import record, record_not_yet
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.ladder import (
    could_not_look_up,
    crashes_without_end,
    gave_up,
    look_up_again,
    look_ups_before_repeating,
    move,
    put_off,
)
from deliver_to_po.handoff.office_check import checked_office
from deliver_to_po.handoff.sending.requesting import keep_made, send, stopped_by_shop, wait_for_outcome
from deliver_to_po.handoff.systems import ready_system
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import SENDABLE
from deliver_to_po.models.pause_in_force import current_pause
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping import NotYet, ShipmentRequest, ShippingSystem, Unknown

# How often the same is sent at most to a system that may take a repeated id for another shipment.
REQUESTS_AT_MOST = 2
# A search by time may mean another time zone.
SAME_HOURS = timedelta(hours=6)


def answer_lost(shipment: Shipment) -> None:
    """A worker died, or was stopped past its lease, between the call and its answer: look up at once."""
    system = ready_system(shipment)
    with transaction.atomic():
        record(shipment, HandoffStep.CREATE, Outcome.LOST)
        wait_for_outcome(shipment, Unknown(), system, seconds=0.0)


def look_up(shipment: Shipment) -> None:
    """Look the request id up. One shipment that is the same is adopted; a person judges anything else."""
    system = ready_system(shipment)
    if isinstance(system, NotYet):
        # Nothing found elsewhere, or by somebody who may not look, proves nothing.
        if not gave_up(shipment):
            put_off(shipment, system, tries=shipment.tries, reason=_still(shipment, system.reason))
        return
    if not system.can_look_up:
        if system.takes_repeated_ids:
            _send_again(shipment, system)
        else:
            move(shipment, "ask_person", reason=Reason.NO_LOOK_UP)
        return
    if crashes_without_end(shipment):
        return
    # A third-party system may return anything; what is not an answer proves nothing.
    found: object = system.look_up(_as_it_was_sent(shipment, system))
    if not isinstance(found, NotYet | Sequence):
        found = NotYet()
    if not found:
        record(shipment, HandoffStep.LOOK_UP, Outcome.FOUND_NONE)
        _absent(shipment, system)
        return
    with transaction.atomic():
        if isinstance(found, NotYet):
            record_not_yet(shipment, HandoffStep.LOOK_UP, found)
            reason = _still(shipment, found.reason if found.reason.entry.slow else Reason.UNKNOWN)
            could_not_look_up(shipment, found, reason=reason, reason_text=found.said)
        elif len(found) == 1 and found[0].same:
            record(shipment, HandoffStep.LOOK_UP, Outcome.FOUND_SAME)
            keep_made(shipment, found[0].made)
        else:
            record(shipment, HandoffStep.LOOK_UP, Outcome.FOUND_OTHER)
            move(shipment, "ask_person", reason=Reason.MISMATCH)


def _as_it_was_sent(shipment: Shipment, system: ShippingSystem) -> ShipmentRequest:
    """Return the request with its time, and the ids of other shipments where they would be asked about one by one."""
    request = replace(request_of(shipment), sent_at=shipment.requested_at)
    if shipment.requested_at is None or not system.doubles_repeated_ids:
        return request
    about_then = (shipment.requested_at - SAME_HOURS, shipment.requested_at + SAME_HOURS)
    others = Shipment.objects.filter(system=shipment.system, api=shipment.api, made_at__range=about_then)
    return replace(request, others=tuple(others.values_list("shipment_id", flat=True)))


def _send_again(shipment: Shipment, system: ShippingSystem) -> None:
    """Send the same to a system that knows it by its id, until it answers. While it may not be sent, wait.

    If the first request made something, the system reports it, or a person looks for it.
    """
    if gave_up(shipment):
        return
    if _may_be_sent(shipment):
        _send_if_open(shipment, system)
    else:
        look_up_again(shipment, shipment.tries + 1, reason=Reason.UNKNOWN)


def _absent(shipment: Shipment, system: ShippingSystem) -> None:
    """Nothing was found, which proves nothing until every wait is over. Then the same id and body are sent again.

    Never a new id. While the delivery is on hold or to be cancelled nothing is sent, only looked up. What the system
    says to hold is not sent at all: once every wait is over, a person looks.
    """
    tries = shipment.tries + 1
    if shipment.reason == Reason.NOT_FOUND:
        if tries < len(app_settings.handoff.look_up_after_seconds):
            look_up_again(shipment, tries)
        else:
            move(shipment, "ask_person")
        return
    if tries < _look_ups_before_sending(shipment, system) or not _may_be_sent(shipment):
        look_up_again(shipment, tries, reason=Reason.UNKNOWN)
        return
    _send_if_open(shipment, system)


def _look_ups_before_sending(shipment: Shipment, system: ShippingSystem) -> float:
    """Return how many empty look-ups come before the same is sent again.

    A system that surely refuses a repeated id makes no second shipment. A system that surely makes a second shipment is
    never asked again. Any other system is asked REQUESTS_AT_MOST times, the second time after a whole round of waits.
    """
    if system.doubles_repeated_ids:
        return inf
    if system.refuses_repeated_ids:
        return look_ups_before_repeating(shipment)
    waits = app_settings.handoff.look_up_after_seconds
    # A look-up that a clerk presses for counts, but shortens no wait.
    too_soon = shipment.requested_at is not None and shipment.requested_at > after(-sum(waits))
    return inf if too_soon or shipment.requests >= REQUESTS_AT_MOST else len(waits)


def _send_if_open(shipment: Shipment, system: ShippingSystem) -> None:
    """Send the same once more, unless option, shop or post office are against it by now."""
    if current_pause():
        # We still look up what was made; only nothing new is made.
        put_off(shipment, NotYet(reason=Reason.PAUSED), tries=shipment.tries)
        return
    if stopped_by_shop(shipment):
        look_up_again(shipment, shipment.tries + 1, reason=Reason.UNKNOWN)
        return
    asked = checked_office(shipment)
    if asked.check == OfficeCheck.TAKES_PARCELS:
        send(shipment, system, asked)
    elif reason := CLOSED_OFFICE.get(asked.check):
        move(shipment, "ask_person", reason=reason)
    else:
        look_up_again(shipment, shipment.tries, reason=Reason.UNKNOWN)


def _still(shipment: Shipment, reason: Reason) -> Reason:
    """Return the reason, but never forget that the system says to hold it: what is held is not sent again."""
    return Reason.NOT_FOUND if shipment.reason == Reason.NOT_FOUND else reason


def _may_be_sent(shipment: Shipment) -> bool:
    return Delivery.objects.filter(SENDABLE, pk=shipment.delivery_id).exists()
