"""Voiding and refunding by the worker: what each answer leads to, what is asked again, and when it is a person's."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.changing.cancelling import cancel
from deliver_to_po.handoff.sending.next_step import SHIPMENTS, hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import ERASED
from deliver_to_po.outbox.claiming import claim
from deliver_to_po.shipping import NotYet, RefundAsked, Refused, Unknown, Voided
from tests.factories import make_shipment
from tests.handoff.conftest import GIVE_UP_AFTER, Clock
from tests.handoff.kills import Killed, die
from tests.handoff.scripted import Script
from tests.rounds import do_due, now, swept

pytestmark = pytest.mark.django_db

NOT_HELD = Refused(reason=Reason.NOT_HELD, said="none", status=404)
TOO_LATE = Refused(reason=Reason.TRANSMITTED, said="too late", status=400, codes=("8064",))


@pytest.fixture(autouse=True)
def _address(change_settings: Any, script: Script) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")


def voiding(**fields: Any) -> Shipment:
    """Return a shipment whose voiding, or refunding, was just asked for by cancelling its delivery."""
    shipment = make_shipment(state=ShipmentState.LABELLED, shipment_id="S-1", due_at=None, **fields)
    cancel(shipment.delivery.order)
    return now(shipment)


def refunding() -> Shipment:
    return voiding(transmitted_at=timezone.now())


def steps(shipment: Shipment) -> list[tuple[str, str]]:
    return list(shipment.attempts.order_by("pk").values_list("step", "outcome"))


@pytest.mark.parametrize(
    ("call", "answer", "outcome", "reason"),
    [
        ("void", NotYet(reason=Reason.THROTTLED, said="slowly"), Outcome.THROTTLED, Reason.THROTTLED),
        ("void", Unknown(said="?"), Outcome.UNKNOWN, Reason.TAKE_BACK_UNKNOWN),
        ("refund", NotYet(), Outcome.UNAVAILABLE, Reason.UNAVAILABLE),
        ("refund", "no answer at all", Outcome.UNKNOWN, Reason.TAKE_BACK_UNKNOWN),
    ],
)
def test_it_is_asked_again_after_each_wait(
    script: Script, clock: Clock, call: str, answer: Any, outcome: Outcome, reason: Reason
) -> None:
    done = Voided() if call == "void" else RefundAsked()
    script.answers(call, answer, answer, answer, answer, done)
    shipment = voiding() if call == "void" else refunding()
    swept(shipment)
    for wait in (5, 50, 500, 500):
        assert (shipment.reason, shipment.due_at) == (reason, clock.in_(wait))
        assert shipment.state == ("voiding" if call == "void" else "refunding")
        clock.sweep_when_due(shipment)
    assert shipment.state == ("voided" if call == "void" else "refund_asked")
    assert (shipment.due_at, shipment.lease, shipment.reason, shipment.reason_text) == (None, None, Reason.NONE, "")
    assert [found for _step, found in steps(shipment)][:4] == [outcome] * 4
    assert Shipment.objects.get(pk=shipment.pk).delivery.state == DeliveryState.CANCELLED


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("void", Reason.REFUSED),
        ("void", Reason.NOT_HELD),
        ("refund", Reason.REFUSED),
        ("refund", Reason.CANNOT_TAKE_BACK),
    ],
)
def test_what_the_system_refuses_is_a_persons(script: Script, call: str, reason: Reason) -> None:
    script.answers(call, Refused(reason=reason, said="no", codes=("1",)))
    shipment = swept(voiding() if call == "void" else refunding())
    told = Reason.NOT_TAKEN_BACK if reason == Reason.REFUSED else reason
    assert (shipment.state, shipment.reason, shipment.reason_text) == (ShipmentState.ATTENTION, told, "no")
    assert steps(shipment) == [(call, Outcome.REFUSED)]
    assert not do_due()


@pytest.mark.parametrize("answer", [NotYet(said="Marie?"), Refused(reason=Reason.REFUSED, said="Not Marie.")])
def test_nothing_that_is_said_comes_back_once_the_recipient_is_erased(script: Script, answer: Any) -> None:
    script.answers("void", answer)
    shipment = voiding(**ERASED)
    assert swept(shipment).reason_text == ""


def test_what_is_not_held_after_an_unknown_outcome_is_void(script: Script, clock: Clock) -> None:
    script.answers("void", Unknown(), NotYet(), NOT_HELD)
    shipment = swept(voiding())
    clock.sweep_when_due(shipment)
    clock.sweep_when_due(shipment)
    assert shipment.state == ShipmentState.VOIDED
    assert [found for _step, found in steps(shipment)] == [Outcome.UNKNOWN, Outcome.UNAVAILABLE, Outcome.FOUND_NONE]


def test_what_is_gone_after_two_unknown_outcomes_is_void(script: Script, clock: Clock) -> None:
    script.answers("void", Unknown(gone=True), Unknown(gone=True))
    shipment = swept(voiding())
    assert (shipment.state, shipment.reason) == (ShipmentState.VOIDING, Reason.TAKE_BACK_UNKNOWN)
    clock.sweep_when_due(shipment)
    assert shipment.state == ShipmentState.VOIDED
    assert [found for _step, found in steps(shipment)] == [Outcome.UNKNOWN, Outcome.FOUND_NONE]


def test_what_is_not_held_after_a_call_that_certainly_did_nothing_is_a_persons(script: Script, clock: Clock) -> None:
    script.answers("void", NotYet(), NOT_HELD)
    shipment = swept(voiding())
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.NOT_HELD)


def test_a_worker_that_died_in_the_call_may_have_voided_it(script: Script, clock: Clock) -> None:
    script.answers("void", die, NOT_HELD)
    shipment = voiding()
    with pytest.raises(Killed):
        hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.VOIDING, Reason.TAKE_BACK_UNKNOWN)
    assert shipment.due_at == clock.in_(100)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.lapses) == (ShipmentState.VOIDED, 1)


def test_a_system_that_raises_may_have_voided_it(script: Script, clock: Clock) -> None:
    script.answers("void", RuntimeError("boom"), NOT_HELD)
    shipment = swept(voiding())
    assert (shipment.state, shipment.reason) == (ShipmentState.VOIDING, Reason.CRASHED)
    clock.sweep_when_due(shipment)
    assert shipment.state == ShipmentState.VOIDED


def test_what_turns_out_not_to_be_transmitted_is_voided(script: Script) -> None:
    script.answers("refund", Refused(reason=Reason.NOT_TRANSMITTED, codes=("7291",)))
    shipment = swept(refunding())
    assert (shipment.state, shipment.transmitted_at) == (ShipmentState.VOIDED, None)
    assert steps(shipment) == [("refund", Outcome.REFUSED), ("void", Outcome.VOIDED)]


@pytest.mark.parametrize("first", ["void", "refund"])
def test_where_each_answer_asks_for_the_other_call_it_is_a_persons(script: Script, first: str) -> None:
    script.answers("void", TOO_LATE)
    script.answers("refund", Refused(reason=Reason.NOT_TRANSMITTED, codes=("7291",)))
    shipment = swept(voiding() if first == "void" else refunding())
    assert shipment.state == ShipmentState.ATTENTION
    other = {"void": "refund", "refund": "void"}[first]
    assert [step for step, _outcome in steps(shipment)] == [first, other]


def test_what_turns_out_to_be_transmitted_is_refunded(script: Script) -> None:
    script.answers("void", TOO_LATE)
    shipment = swept(voiding())
    assert (shipment.state, shipment.reason_text) == (ShipmentState.REFUND_ASKED, "T-1")
    assert shipment.transmitted_at is not None
    assert steps(shipment) == [("void", Outcome.REFUSED), ("refund", Outcome.REFUND_ASKED)]


def test_what_turns_out_to_be_transmitted_where_nothing_is_refunded_is_a_persons(script: Script) -> None:
    script.can_refund = False
    script.answers("void", TOO_LATE)
    shipment = swept(voiding())
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.TRANSMITTED)


def test_a_system_that_cannot_void_is_asked_for_a_refund(script: Script) -> None:
    script.can_void = False
    shipment = swept(voiding())
    assert (shipment.state, script.asked_to("void")) == (ShipmentState.REFUND_ASKED, [])


@pytest.mark.parametrize(("call", "answer"), [("void", Unknown()), ("refund", NotYet())])
def test_after_give_up_after_it_is_a_persons(script: Script, clock: Clock, call: str, answer: Any) -> None:
    script.answers(call, answer)
    shipment = swept(voiding() if call == "void" else refunding())
    began = timezone.now()
    while shipment.due_at is not None:
        clock.sweep_when_due(shipment)
        # It asks for nothing: somebody looks at the label once more.
        shipment.history.create(delivery=shipment.delivery, change=Change.OPEN_LABEL)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.GAVE_UP_TAKING_BACK)
    assert GIVE_UP_AFTER < timezone.now() - began <= GIVE_UP_AFTER + timedelta(seconds=500)


def test_while_nothing_may_be_sent_it_waits(script: Script, clock: Clock) -> None:
    script.obstacle = NotYet(reason=Reason.LIVE_OFF)
    shipment = swept(voiding())
    assert (shipment.state, shipment.reason, shipment.due_at) == (
        ShipmentState.VOIDING,
        Reason.LIVE_OFF,
        clock.in_(500),
    )
    assert script.asked == []
    script.obstacle = None
    clock.sweep_when_due(shipment)
    assert shipment.state == ShipmentState.VOIDED


def test_a_worker_whose_lease_is_lost_asks_nothing(script: Script) -> None:
    shipment = voiding()
    claimed = claim(SHIPMENTS, shipment.pk)
    assert claimed is not None
    Shipment.objects.filter(pk=shipment.pk).update(lease="00000000-0000-0000-0000-000000000001")
    SHIPMENTS.step(claimed)
    assert script.asked == []
    assert not shipment.attempts.exists()


def test_an_answer_that_comes_after_the_lease_moves_nothing(script: Script) -> None:
    shipment = voiding()

    def loses(_made: object) -> Voided:
        Shipment.objects.filter(pk=shipment.pk).update(lease="00000000-0000-0000-0000-000000000001")
        return Voided()

    script.answers("void", loses)
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.delivery.state) == (ShipmentState.VOIDING, DeliveryState.RELEASED)


def test_a_label_that_comes_while_its_shipment_is_being_voided_is_no_label_of_it(script: Script) -> None:
    """The row is taken from the worker that fetches the label."""
    shipment = make_shipment(state=ShipmentState.MADE)

    def cancelled_meanwhile(_made: object) -> Any:
        cancel(shipment.delivery.order)
        return script_label

    script_label = script.answer("label", None)
    script.label(cancelled_meanwhile)
    hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.VOIDED
    assert shipment.labelled_at is None
