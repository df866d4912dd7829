"""Which shipping system gets a parcel, what it must be able to do, and what becomes of each kind of answer."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.releasing.release import release
from deliver_to_po.shipping import Handed, Label, Made, NotYet, Refused, Unknown
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.scripted import MADE, Script
from tests.rounds import handed_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script")]
S = ShipmentState


@pytest.mark.parametrize("state", [S.WAITING, S.UNKNOWN, S.MADE])
@pytest.mark.parametrize(
    ("live", "system", "reason"),
    [
        # A copy of the shop.
        (True, "default", Reason.LIVE_OFF),
        (False, "gone", Reason.NOT_CONFIGURED),
        # Nobody has seen it make such a label.
        (False, "not_shown", Reason.NO_D2PO),
    ],
)
def test_a_parcel_stays_where_it_is_while_its_system_may_not_be_asked(
    script: Script, clock: Clock, state: str, live: bool, system: str, reason: Reason
) -> None:
    sent: dict[str, Any] = {"state": state, "requests": 1, "requested_at": timezone.now()}
    shipment = handed_off(make_shipment(make_delivery(live=live), system=system, **sent))
    assert (shipment.state, shipment.reason, shipment.due_at) == (state, reason, clock.in_(500))
    assert script.asked == []


def test_a_worker_that_died_while_the_system_is_gone_leaves_it_to_be_looked_up() -> None:
    shipment = make_shipment(system="gone", state=S.REQUESTED, requests=1, requested_at=timezone.now())
    assert handed_off(shipment).state == S.UNKNOWN
    assert shipment.attempts.filter(outcome=Outcome.LOST).count() == 1


def test_a_worker_that_died_leaves_a_person_to_look_where_the_system_cannot(script: Script) -> None:
    script.can_look_up = False
    shipment = make_shipment(state=S.REQUESTED, requests=1, requested_at=timezone.now())
    handed_off(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.NO_LOOK_UP)


def test_the_adapter_chooses_the_system_and_it_stays_so(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_delivery(state="placed")
    with monkeypatch.context() as patch:
        patch.setattr(type(order_adapter()), "shipping_system", lambda self, order: "without_labels", raising=False)
        release(delivery.order)
    assert order_adapter().shipping_system(delivery.order) == "default"
    shipment = delivery.shipments.get()
    assert (shipment.system, shipment.group) == ("without_labels", f"without_labels-{timezone.localdate()}")
    assert handed_off(shipment).state == S.DONE
    assert (shipment.reason, shipment.due_at, script.asked_to("label")) == (Reason.NONE, None, [])


def test_what_a_system_will_report_later_stays_handed(script: Script, clock: Clock) -> None:
    script.create(Handed(said="Received.", status=202))
    shipment = handed_off(make_shipment(tries=2, reason=Reason.THROTTLED))
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.HANDED, Reason.NONE, "Received.")
    assert (shipment.due_at, shipment.lease, shipment.tries) == (None, None, 0)
    attempt = shipment.attempts.latest("pk")
    assert (attempt.step, attempt.outcome, attempt.status) == (HandoffStep.CREATE, Outcome.HANDED, 202)
    assert shipment.open_parcel
    handed_off(shipment)
    assert (shipment.state, len(script.asked)) == (S.HANDED, 1)


UNKEPT = "A gateway says\n: \0 \ud83d."


@pytest.mark.parametrize("kind", [Made, Handed, NotYet, Refused, Unknown])
def test_what_is_said_in_characters_that_no_database_keeps_stops_no_parcel(script: Script, kind: Any) -> None:
    numbers = {"shipment_id": "1", "suspended": True} if kind is Made else {}
    script.create(kind(said=UNKEPT, codes=("a", UNKEPT), **numbers))
    shipment = handed_off(make_shipment())
    assert shipment.reason_text == "A gateway says : ."
    assert [attempt.codes for attempt in shipment.attempts.exclude(codes="")] == ["a, A gateway says : ."]


@pytest.mark.parametrize("answer", [None, "made", {"id": 1}, Label(b"%PDF")])
def test_an_answer_that_is_none_is_looked_up(script: Script, clock: Clock, answer: Any) -> None:
    script.create(answer)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.due_at) == (S.UNKNOWN, Reason.UNKNOWN, clock.in_(2))
    assert shipment.attempts.latest("pk").outcome == Outcome.UNKNOWN


def test_a_system_that_raises_while_it_makes_a_parcel_is_asked_what_became_of_it_before_anything_is_sent_again(
    script: Script, clock: Clock
) -> None:
    script.create(ZeroDivisionError("of their own"), MADE)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.due_at) == (S.REQUESTED, Reason.CRASHED, clock.in_(500))
    clock.sweep_when_due(shipment)
    assert [name for name, _ in script.asked] == ["create", "look_up"]
    assert shipment.state == S.UNKNOWN
    outcomes = list(shipment.attempts.exclude(step=HandoffStep.CHECK).values_list("step", "outcome"))
    assert outcomes == [
        (HandoffStep.INTERNAL, Outcome.CRASHED),
        (HandoffStep.CREATE, Outcome.LOST),
        (HandoffStep.LOOK_UP, Outcome.FOUND_NONE),
    ]


def test_an_unknown_outcome_is_a_persons_where_the_system_cannot_look_up(script: Script) -> None:
    script.can_look_up = False
    script.create(Unknown(said="time-out"))
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.ATTENTION, Reason.NO_LOOK_UP, "time-out")
    assert shipment.due_at is None


def test_a_system_that_can_look_up_no_longer_leaves_it_to_a_person(script: Script, clock: Clock) -> None:
    script.create(Unknown())
    shipment = handed_off(make_shipment())
    script.can_look_up = False
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.NO_LOOK_UP)
    assert script.asked_to("look_up") == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Refused(said="no", status=400, codes=("1", "2")), Outcome.REFUSED),
        (Refused(reason=Reason.INVALID), Outcome.INVALID),
        (Refused(reason=Reason.SHOP_ERROR), Outcome.REFUSED),
    ],
)
def test_what_is_refused_waits_for_a_correction(script: Script, answer: Refused, outcome: str) -> None:
    script.create(answer)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.REFUSED, answer.reason, answer.said)
    assert (shipment.due_at, shipment.open_parcel) == (None, None)
    attempt = shipment.attempts.latest("pk")
    assert (attempt.outcome, attempt.status, attempt.codes) == (outcome, answer.status, ", ".join(answer.codes))


def test_a_rule_that_it_breaks_refuses_it_before_any_call(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    objection = Refused(reason=Reason.INVALID, said="too heavy")
    monkeypatch.setattr("tests.handoff.scripted.Scripted.objection", lambda self, request: objection)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.REFUSED, Reason.INVALID, "too heavy")
    assert (script.asked, shipment.requests) == ([], 0)


def test_a_rule_that_came_after_the_first_request_leaves_the_parcel_to_a_person(
    script: Script, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.create(Unknown())
    shipment = handed_off(make_shipment())
    monkeypatch.setattr(
        "tests.handoff.scripted.Scripted.objection", lambda self, request: Refused(reason=Reason.INVALID)
    )
    for _ in range(3):
        clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.INVALID)
    assert len(script.asked_to("create")) == 1


def test_what_is_transmitted_when_it_is_made_is_kept_as_such(script: Script, clock: Clock) -> None:
    script.create(Made(shipment_id="1", transmitted=True, said="Thanks."))
    script.label(NotYet())
    shipment = handed_off(make_shipment())
    assert (shipment.transmitted_at, shipment.made_at) == (timezone.now(), timezone.now())
    assert shipment.attempts.filter(step=HandoffStep.CREATE).get().outcome == Outcome.TRANSMITTED
    [made] = script.asked_to("label")
    assert made.transmitted


def test_a_suspended_shipment_is_kept_and_gets_no_label(script: Script) -> None:
    script.create(Made(shipment_id="1", tracking_number="2", data={"a": 1}, suspended=True, said="Call us."))
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.SUSPENDED, Reason.SUSPENDED, "Call us.")
    assert (shipment.shipment_id, shipment.tracking_pin, shipment.system_data) == ("1", "2", {"a": 1})
    assert (shipment.due_at, script.asked_to("label")) == (None, [])
    assert shipment.attempts.latest("pk").outcome == Outcome.SUSPENDED


def test_an_id_that_cannot_be_kept_is_for_a_person(script: Script) -> None:
    script.create(Made(shipment_id="1" * 41))
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.shipment_id) == (S.ATTENTION, Reason.UNREADABLE, "")


def test_the_codes_of_an_answer_fit_their_column(script: Script) -> None:
    script.create(NotYet(codes=("E" * 70, "F" * 70)))
    shipment = handed_off(make_shipment())
    assert shipment.attempts.latest("pk").codes == f"{'E' * 70}, {'F' * 48}"
