"""A system that knows a parcel by its id is sent the same until it answers; nothing is looked up."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.core.shop_time import shop_day, shop_time
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.shipping import Handed, NotYet, Unknown
from tests.factories import make_pause, make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.scripted import MADE, Script
from tests.rounds import handed_off, now

pytestmark = pytest.mark.django_db
S = ShipmentState
NEVER = Unknown(said="no answer in time")


@pytest.fixture(autouse=True)
def _knows_ids(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system know parcels by their ids, and nothing about them when it is asked."""
    script.can_look_up = False
    monkeypatch.setattr("tests.handoff.scripted.Scripted.takes_repeated_ids", True)


def sent(script: Script, *answers: Any) -> Shipment:
    script.create(*answers)
    shipment = make_shipment(system="without_labels")
    handed_off(shipment)
    return shipment


def test_the_mailing_date_stays_the_same_though_it_is_past_by_then(script: Script, clock: Clock) -> None:
    clock.move_to((shop_time() + timedelta(days=1)).replace(hour=23, minute=55))
    script.create(NEVER, MADE)
    shipment = make_shipment(system="without_labels", mailing_date=shop_day())
    for _ in range(2):
        hand_off(shipment.pk, now=True)
        clock.move_to(clock.in_(600))
    first, second = script.asked_to("create")
    assert first == second


def test_the_same_is_sent_until_it_is_answered(script: Script, clock: Clock) -> None:
    shipment = sent(script, NEVER, NEVER, NEVER, MADE)
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.UNKNOWN, Reason.UNKNOWN, "no answer in time")
    while shipment.state == S.UNKNOWN:
        clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.shipment_id, shipment.requests) == (S.DONE, MADE.shipment_id, 4)
    asked = script.asked_to("create")
    assert all(request == asked[0] for request in asked)
    assert script.asked_to("look_up") == []


def test_the_longer_nobody_answers_the_longer_it_waits_until_a_person_looks(script: Script, clock: Clock) -> None:
    shipment = sent(script, NEVER)
    waits = []
    while shipment.state == S.UNKNOWN:
        assert shipment.due_at is not None
        waits.append((shipment.due_at - timezone.now()).total_seconds())
        clock.sweep_when_due(shipment)
    assert waits[:3] == [2, 2, 20]
    assert waits == sorted(waits)
    assert waits[-1] == 200
    assert (shipment.state, shipment.reason, shipment.due_at) == (S.ATTENTION, Reason.GAVE_UP, None)


def test_that_it_is_busy_now_says_nothing_of_the_first_time(script: Script, clock: Clock) -> None:
    shipment = sent(script, NEVER, NotYet(reason=Reason.THROTTLED, seconds=90), Handed())
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason, shipment.due_at) == (S.UNKNOWN, Reason.THROTTLED, clock.in_(90))
    clock.sweep_when_due(shipment)
    assert (shipment.state, len(script.asked_to("create"))) == (S.HANDED, 3)


def test_while_it_is_away_it_is_asked_again_the_later_the_longer_that_lasts(script: Script, clock: Clock) -> None:
    shipment = sent(script, NEVER, NotYet())
    for wait in (5, 50, 500, 500):
        clock.sweep_when_due(shipment)
        assert (shipment.state, shipment.reason, shipment.due_at) == (S.UNKNOWN, Reason.UNAVAILABLE, clock.in_(wait))


def test_what_is_to_be_cancelled_is_not_sent_again(script: Script, clock: Clock) -> None:
    shipment = sent(script, NEVER)
    assert move_delivery(shipment.delivery, Change.ASK_STOP)
    clock.sweep_when_due(shipment)
    assert (shipment.state, len(script.asked_to("create"))) == (S.UNKNOWN, 1)


def test_during_a_pause_it_is_not_sent_again(script: Script, clock: Clock) -> None:
    shipment = sent(script, NEVER)
    make_pause()
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason, len(script.asked_to("create"))) == (S.UNKNOWN, Reason.PAUSED, 1)


def test_after_a_worker_died_in_the_middle_the_same_is_sent_at_once(script: Script, clock: Clock) -> None:
    script.create(MADE)
    shipment = make_shipment(
        system="without_labels", state=S.REQUESTED, requests=1, requested_at=timezone.now(), due_at=timezone.now()
    )
    hand_off(shipment.pk)
    assert (now(shipment).state, len(script.asked_to("create"))) == (S.DONE, 1)
