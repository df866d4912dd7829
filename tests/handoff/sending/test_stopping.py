"""A delivery that is stopped while a parcel of it is under way: nothing more is sent, and what exists is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.handoff import office_check
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.shipping import Found, NotYet, Refused, ShipmentRequest, Unknown
from tests.factories import make_delivery, make_pause, make_shipment
from tests.handoff.conftest import GIVE_UP_AFTER, Clock, PostOffices
from tests.handoff.scripted import MADE, Script, meanwhile
from tests.rounds import do_due, now, swept

pytestmark = pytest.mark.django_db
S = ShipmentState

Stop = Callable[[Shipment], object]


def ask_stop(shipment: Shipment) -> None:
    """Ask for the cancellation of a delivery, as is done while an answer is awaited."""
    assert move_delivery(shipment.delivery, Change.ASK_STOP)


def hold(shipment: Shipment) -> None:
    assert move_delivery(shipment.delivery, Change.HOLD, reason=Reason.ON_HOLD)


def need_choice(shipment: Shipment) -> None:
    assert move_delivery(shipment.delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)


def pause(_shipment: Shipment) -> None:
    make_pause()


@pytest.mark.parametrize(("answer", "state"), [(NotYet(), S.DROPPED), (Refused(said="no"), S.REFUSED)])
def test_it_is_cancelled_at_an_answer_that_made_nothing(script: Script, answer: Any, state: str) -> None:
    script.create(meanwhile(ask_stop, answer))
    shipment = swept(make_shipment())
    assert (shipment.state, shipment.due_at) == (state, None)
    assert (shipment.delivery.state, shipment.delivery.reason) == (DeliveryState.CANCELLED, Reason.CANCELLED)
    changes = list(shipment.delivery.history.values_list("change", flat=True))
    assert changes[:1] == [Change.ASK_STOP]
    assert changes.count(Change.CANCEL) == 1
    assert len(script.asked_to("create")) == 1


def test_a_parcel_that_was_made_is_voided_and_then_its_delivery_is_cancelled(script: Script) -> None:
    script.create(meanwhile(ask_stop, MADE))
    shipment = swept(make_shipment())
    assert (shipment.state, shipment.open_parcel, shipment.due_at) == (S.VOIDED, None, None)
    assert shipment.delivery.state == DeliveryState.CANCELLED
    assert [made.shipment_id for made in script.asked_to("void")] == ["S-1"]
    assert script.asked_to("label") == []


def test_of_several_parcels_in_flight_the_last_answer_cancels(script: Script) -> None:
    delivery = make_delivery()
    second = make_shipment(delivery, parcel=2, due_at=timezone.now() + timedelta(hours=1))

    def while_the_second_is_refused(request: ShipmentRequest) -> NotYet:
        hand_off(second.pk, now=True)
        assert (now(delivery).state, delivery.shipments.get(parcel=2).state) == ("released", "refused")
        return NotYet()

    script.create(while_the_second_is_refused, meanwhile(ask_stop, Refused()))
    first = swept(make_shipment(delivery))
    assert (first.state, first.delivery.state) == (S.DROPPED, DeliveryState.CANCELLED)


@pytest.mark.parametrize(
    "stands",
    [*({"state": state} for state in ("held", "needs_choice", "cancelled")), {"stop_asked_at": timezone.now()}],
    ids=["held", "needs choice", "cancelled", "to be cancelled"],
)
def test_what_waits_is_not_sent(script: Script, post_offices: PostOffices, stands: dict[str, Any]) -> None:
    shipment = make_shipment(make_delivery(**stands))
    hand_off(shipment.pk, now=True)
    assert swept(shipment).state == S.WAITING
    assert (script.asked, post_offices.asked) == ([], [])


@pytest.mark.parametrize(
    ("stop", "reason", "wait"),
    [
        (ask_stop, Reason.OFFICE_NOT_CHECKED, 5),
        (hold, Reason.OFFICE_NOT_CHECKED, 5),
        (pause, Reason.PAUSED, 500),
    ],
)
def test_what_is_stopped_at_the_last_moment_is_not_sent(
    script: Script, monkeypatch: pytest.MonkeyPatch, clock: Clock, stop: Stop, reason: Reason, wait: int
) -> None:
    """Between the check of the office and the request: the move itself asks the delivery."""
    shipment = make_shipment(reason=Reason.OFFICE_NOT_CHECKED)

    def stop_meanwhile(*_arguments: Any, **_options: Any) -> CheckAnswer:
        stop(shipment)
        return CheckAnswer(OfficeCheck.TAKES_PARCELS)

    monkeypatch.setattr(office_check, "ask_about", stop_meanwhile)
    swept(shipment)
    assert (shipment.state, shipment.reason, shipment.lease) == (S.WAITING, reason, None)
    assert (shipment.due_at, shipment.requests, script.asked) == (clock.in_(wait), 0, [])


def test_what_was_put_on_hold_in_flight_waits_if_nothing_was_made_and_goes_on(script: Script, clock: Clock) -> None:
    script.create(meanwhile(hold, NotYet()), MADE)
    shipment = swept(make_shipment())
    assert (shipment.state, shipment.delivery.state) == (S.WAITING, DeliveryState.HELD)
    clock.move_to(clock.in_(3600))
    assert not do_due()
    assert move_delivery(shipment.delivery, Change.RESUME)
    assert move_delivery(shipment.delivery, Change.RELEASE)
    assert swept(shipment).state == S.LABELLED


@pytest.mark.parametrize("stop", [ask_stop, hold, need_choice])
def test_what_is_unknown_is_looked_up_but_not_sent_again_and_is_a_persons_in_the_end(
    script: Script, clock: Clock, post_offices: PostOffices, stop: Stop
) -> None:
    script.create(meanwhile(stop, Unknown()))
    shipment = swept(make_shipment())
    began = timezone.now()
    for _ in range(100):
        if shipment.due_at is None:
            break
        clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.GAVE_UP)
    assert GIVE_UP_AFTER < timezone.now() - began <= GIVE_UP_AFTER + timedelta(seconds=200)
    assert len(script.asked_to("create")) == 1
    # Only before the request: nothing is to be sent after it, so the office is not asked about.
    assert len(post_offices.asked) == 1


@pytest.mark.parametrize("stop", [ask_stop, hold, need_choice])
def test_what_is_unknown_is_adopted_though_its_delivery_was_stopped(script: Script, clock: Clock, stop: Stop) -> None:
    script.create(meanwhile(stop, Unknown()))
    script.look_up([Found(MADE, same=True)])
    shipment = swept(make_shipment())
    clock.sweep_when_due(shipment)
    # A cancellation voids it; on hold, or without a post office, it is kept.
    assert shipment.state == (S.VOIDED if stop is ask_stop else S.LABELLED)


def test_another_choice_drops_what_waits_and_keeps_what_is_in_flight(script: Script) -> None:
    delivery = make_delivery()
    waiting = make_shipment(delivery, parcel=2, due_at=timezone.now() + timedelta(hours=1))
    script.create(meanwhile(need_choice, MADE))
    shipment = swept(make_shipment(delivery))
    assert (shipment.state, now(waiting).state) == (S.LABELLED, S.DROPPED)
    assert (waiting.reason, waiting.due_at, waiting.open_parcel) == (Reason.OFFICE_GONE, None, None)
    assert shipment.delivery.state == DeliveryState.NEEDS_CHOICE


@pytest.mark.parametrize(
    ("check", "reason"),
    [(OfficeCheck.NO_LONGER, Reason.OFFICE_NO_LONGER), (OfficeCheck.GONE, Reason.OFFICE_GONE)],
)
def test_an_office_that_closed_needs_another_choice_for_all_that_waits(
    script: Script, post_offices: PostOffices, check: OfficeCheck, reason: Reason
) -> None:
    delivery = make_delivery()
    waiting = make_shipment(delivery, parcel=2, due_at=timezone.now() + timedelta(hours=1))
    post_offices.answer = CheckAnswer(check)
    shipment = swept(make_shipment(delivery))
    waiting.refresh_from_db()
    assert [(row.state, row.reason) for row in (shipment, waiting)] == [(S.DROPPED, reason)] * 2
    assert (shipment.delivery.state, shipment.delivery.reason) == (DeliveryState.NEEDS_CHOICE, reason)
    assert (shipment.delivery.office_check, shipment.delivery.office_checked_at is not None) == (check, True)
    assert script.asked == []
