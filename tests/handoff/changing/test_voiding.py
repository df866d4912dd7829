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
from deliver_to_po.shipping import Label, NotYet, RefundAsked, Refused, Unknown, Voided
from tests.factories import make_shipment
from tests.handoff.conftest import GIVE_UP_AFTER, Clock
from tests.handoff.kills import Killed, die
from tests.handoff.scripted import LABEL, Script
from tests.rounds import now, swept

pytestmark = pytest.mark.django_db
S = ShipmentState

LOST, GONE = Unknown(), Unknown(gone=True)
NO, NOT_HELD, TOO_LATE, TOO_EARLY = (
    Refused(reason=reason, said="no", status=400, codes=("8064",))
    for reason in (Reason.REFUSED, Reason.NOT_HELD, Reason.TRANSMITTED, Reason.NOT_TRANSMITTED)
)


@pytest.fixture(autouse=True)
def _address(change_settings: Any, script: Script) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")


def voiding(**fields: Any) -> Shipment:
    """Return a shipment whose voiding, or refunding, was just asked for by cancelling its delivery."""
    shipment = make_shipment(state=S.LABELLED, shipment_id="S-1", **fields)
    cancel(shipment.delivery.order)
    return now(shipment)


def refunding() -> Shipment:
    return voiding(transmitted_at=timezone.now())


def steps(shipment: Shipment) -> str:
    """Return what was tried and how it ended, in words."""
    rows = shipment.attempts.order_by("pk").values_list("step", "outcome")
    return ", ".join(f"{step} {outcome}" for step, outcome in rows)


# How it ends, by what the system answers to ``void`` and to ``refund``; None where it cannot do that.
ENDS: list[tuple[str, list[Any] | None, list[Any] | None, S, Reason, str]] = [
    ("void", [NO], [], S.ATTENTION, Reason.NOT_TAKEN_BACK, "void refused"),
    ("void", [NOT_HELD], [], S.ATTENTION, Reason.NOT_HELD, "void refused"),
    ("refund", [], [NO], S.ATTENTION, Reason.NOT_TAKEN_BACK, "refund refused"),
    ("refund", [], [NOT_HELD], S.ATTENTION, Reason.NOT_HELD, "refund refused"),
    # A call that certainly did nothing.
    ("void", [NotYet(), NOT_HELD], [], S.ATTENTION, Reason.NOT_HELD, "void unavailable, void refused"),
    # A call that may have voided it.
    ("void", [LOST, NotYet(), NOT_HELD], [], S.VOIDED, Reason.NONE, "void unknown, void unavailable, void found_none"),
    ("void", [GONE, GONE], [], S.VOIDED, Reason.NONE, "void unknown, void found_none"),
    ("void", [RuntimeError("boom"), NOT_HELD], [], S.VOIDED, Reason.NONE, "internal crashed, void found_none"),
    # It is the other call's turn.
    ("void", [TOO_LATE], [], S.REFUND_ASKED, Reason.NONE, "void refused, refund refund_asked"),
    ("void", None, [], S.REFUND_ASKED, Reason.NONE, "refund refund_asked"),
    ("void", [TOO_LATE], None, S.ATTENTION, Reason.TRANSMITTED, "void refused"),
    ("void", [TOO_LATE], [TOO_EARLY], S.ATTENTION, Reason.NOT_TRANSMITTED, "void refused, refund refused"),
    ("refund", [], [TOO_EARLY], S.VOIDED, Reason.NONE, "refund refused, void voided"),
    ("refund", [TOO_LATE], [TOO_EARLY], S.ATTENTION, Reason.TRANSMITTED, "refund refused, void refused"),
]
# What the system said last.
SAID = {S.ATTENTION: "no", S.VOIDED: "", S.REFUND_ASKED: "T-1"}


@pytest.mark.parametrize(("first", "void", "refund", "state", "reason", "tried"), ENDS)
def test_what_the_answers_lead_to_in_the_end(
    script: Script, clock: Clock, first: str, void: Any, refund: Any, state: S, reason: Reason, tried: str
) -> None:
    script.can_void, script.can_refund = void is not None, refund is not None
    for call, answers in (("void", void), ("refund", refund)):
        if answers:
            script.answers(call, *answers)
    shipment = clock.until_it_rests(swept(voiding() if first == "void" else refunding()))
    assert (shipment.state, shipment.reason, shipment.reason_text) == (state, reason, SAID[state])
    assert steps(shipment) == tried
    if state != S.ATTENTION:
        assert (shipment.transmitted_at is not None) == (state == S.REFUND_ASKED)


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
    assert steps(shipment).startswith(", ".join([f"{call} {outcome}"] * 4))
    assert Shipment.objects.get(pk=shipment.pk).delivery.state == DeliveryState.CANCELLED


@pytest.mark.parametrize("answer", [NotYet(said="Marie?"), Refused(reason=Reason.REFUSED, said="Not Marie.")])
def test_nothing_that_is_said_comes_back_once_the_recipient_is_erased(script: Script, answer: Any) -> None:
    script.answers("void", answer)
    shipment = voiding(**ERASED)
    assert swept(shipment).reason_text == ""


def test_a_worker_that_died_in_the_call_may_have_voided_it(script: Script, clock: Clock) -> None:
    script.answers("void", die, NOT_HELD)
    shipment = voiding()
    with pytest.raises(Killed):
        hand_off(shipment.pk)
    assert (now(shipment).state, shipment.reason) == (S.VOIDING, Reason.TAKE_BACK_UNKNOWN)
    assert shipment.due_at == clock.in_(100)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.lapses) == (S.VOIDED, 1)


@pytest.mark.parametrize(("call", "answer"), [("void", Unknown()), ("refund", NotYet())])
def test_after_give_up_after_it_is_a_persons(script: Script, clock: Clock, call: str, answer: Any) -> None:
    script.answers(call, answer)
    shipment = swept(voiding() if call == "void" else refunding())
    began = timezone.now()
    while shipment.due_at is not None:
        clock.sweep_when_due(shipment)
        # It asks for nothing: somebody looks at the label once more.
        shipment.history.create(delivery=shipment.delivery, change=Change.OPEN_LABEL)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.GAVE_UP_TAKING_BACK)
    assert GIVE_UP_AFTER < timezone.now() - began <= GIVE_UP_AFTER + timedelta(seconds=500)


def test_while_nothing_may_be_sent_it_waits(script: Script, clock: Clock) -> None:
    script.obstacle = NotYet(reason=Reason.LIVE_OFF)
    shipment = swept(voiding())
    assert (shipment.state, shipment.reason, shipment.due_at) == (S.VOIDING, Reason.LIVE_OFF, clock.in_(500))
    assert script.asked == []
    script.obstacle = None
    assert clock.sweep_when_due(shipment).state == S.VOIDED


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
    assert (now(shipment).state, shipment.delivery.state) == (S.VOIDING, DeliveryState.RELEASED)


def test_a_label_that_comes_while_its_shipment_is_being_voided_is_no_label_of_it(script: Script) -> None:
    """The row is taken from the worker that fetches the label."""
    shipment = make_shipment(state=S.MADE)

    def cancelled_meanwhile(_made: object) -> Label:
        cancel(shipment.delivery.order)
        return LABEL

    script.label(cancelled_meanwhile)
    hand_off(shipment.pk)
    assert (now(shipment).state, shipment.labelled_at) == (S.VOIDED, None)
