"""Which shipping system gets a parcel, what it must be able to do, and what becomes of each kind of answer."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.releasing.release import release
from deliver_to_po.handoff.sending import labelling
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Found, Handed, Label, Made, NotYet, Refused, Unknown
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.scripted import LABEL, MADE, Script
from tests.rounds import handed_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script")]


def test_a_real_parcel_is_sent_and_gets_its_label(script: Script, change_settings: Any) -> None:
    change_settings(CANADA_POST={"LIVE": True})
    shipment = handed_off(make_shipment(make_delivery(live=True)))
    [request] = script.asked_to("create")
    assert request == request_of(shipment)
    assert request.live
    assert (shipment.state, shipment.reason) == (ShipmentState.LABELLED, Reason.NONE)
    assert (shipment.shipment_id, shipment.tracking_pin) == (MADE.shipment_id, MADE.tracking_number)
    assert shipment.label.read() == LABEL.content


@pytest.mark.parametrize("state", [ShipmentState.WAITING, ShipmentState.UNKNOWN, ShipmentState.MADE])
def test_in_a_copy_of_the_shop_whatever_system_waits_for_live(script: Script, state: str) -> None:
    delivery = make_delivery(live=True)
    shipment = handed_off(make_shipment(delivery, state=state, requests=1, requested_at=timezone.now()))
    assert (shipment.state, shipment.reason) == (state, Reason.LIVE_OFF)
    assert script.asked == []


def test_a_system_that_nobody_saw_make_such_a_label_is_never_sent_anything(script: Script) -> None:
    shipment = handed_off(make_shipment(system="not_shown"))
    assert (shipment.state, shipment.reason) == (ShipmentState.WAITING, Reason.NO_D2PO)
    assert script.asked == []


@pytest.mark.parametrize("state", [ShipmentState.WAITING, ShipmentState.UNKNOWN, ShipmentState.MADE])
def test_a_system_that_is_gone_from_the_settings_is_waited_for(state: str, clock: Clock) -> None:
    shipment = handed_off(make_shipment(system="gone", state=state, requests=1, requested_at=timezone.now()))
    assert (shipment.state, shipment.reason) == (state, Reason.NOT_CONFIGURED)
    assert shipment.due_at == clock.in_(500)


def test_a_worker_that_died_while_the_system_is_gone_leaves_it_to_be_looked_up() -> None:
    shipment = make_shipment(system="gone", state=ShipmentState.REQUESTED, requests=1, requested_at=timezone.now())
    assert handed_off(shipment).state == ShipmentState.UNKNOWN
    assert shipment.attempts.filter(outcome=Outcome.LOST).count() == 1


def test_a_worker_that_died_leaves_a_person_to_look_where_the_system_cannot(script: Script) -> None:
    script.can_look_up = False
    shipment = make_shipment(state=ShipmentState.REQUESTED, requests=1, requested_at=timezone.now())
    handed_off(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.NO_LOOK_UP)


def test_the_adapter_chooses_the_system_and_the_parcel_stays_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_delivery(state="placed")
    with monkeypatch.context() as patch:
        patch.setattr(type(order_adapter()), "shipping_system", lambda self, order: "without_labels", raising=False)
        release(delivery.order)
    assert order_adapter().shipping_system(delivery.order) == "default"
    shipment = delivery.shipments.get()
    assert (shipment.system, shipment.group) == ("without_labels", f"without_labels-{timezone.localdate()}")
    assert handed_off(shipment).state == ShipmentState.DONE


def test_a_system_without_labels_is_done_when_the_parcel_is_made(script: Script) -> None:
    shipment = handed_off(make_shipment(system="without_labels"))
    assert (shipment.state, shipment.reason, shipment.due_at) == (ShipmentState.DONE, Reason.NONE, None)
    assert script.asked_to("label") == []


def test_what_a_system_will_report_later_stays_handed(script: Script, clock: Clock) -> None:
    script.create(Handed(said="Received.", status=202))
    shipment = handed_off(make_shipment(tries=2, reason=Reason.THROTTLED))
    assert (shipment.state, shipment.reason, shipment.reason_text) == (ShipmentState.HANDED, Reason.NONE, "Received.")
    assert (shipment.due_at, shipment.lease, shipment.tries) == (None, None, 0)
    attempt = shipment.attempts.latest("pk")
    assert (attempt.step, attempt.outcome, attempt.status) == (HandoffStep.CREATE, Outcome.HANDED, 202)
    assert shipment.open_parcel
    handed_off(shipment)
    assert (shipment.state, len(script.asked)) == (ShipmentState.HANDED, 1)


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
    assert (shipment.state, shipment.reason, shipment.due_at) == (
        ShipmentState.UNKNOWN,
        Reason.UNKNOWN,
        clock.in_(2),
    )
    assert shipment.attempts.latest("pk").outcome == Outcome.UNKNOWN


def test_a_system_that_raises_while_it_makes_a_parcel_is_asked_what_became_of_it_before_anything_is_sent_again(
    script: Script, clock: Clock
) -> None:
    script.create(ZeroDivisionError("of their own"), MADE)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.due_at) == (
        ShipmentState.REQUESTED,
        Reason.CRASHED,
        clock.in_(500),
    )
    clock.sweep_when_due(shipment)
    assert [name for name, _ in script.asked] == ["create", "look_up"]
    assert shipment.state == ShipmentState.UNKNOWN
    outcomes = list(shipment.attempts.exclude(step=HandoffStep.CHECK).values_list("step", "outcome"))
    assert outcomes == [
        (HandoffStep.INTERNAL, Outcome.CRASHED),
        (HandoffStep.CREATE, Outcome.LOST),
        (HandoffStep.LOOK_UP, Outcome.FOUND_NONE),
    ]


def test_what_it_had_made_before_it_raised_is_adopted(script: Script, clock: Clock) -> None:
    script.create(ZeroDivisionError("of their own"))
    script.look_up([Found(MADE, same=True)])
    shipment = handed_off(make_shipment())
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, MADE.shipment_id)
    assert len(script.asked_to("create")) == 1


def test_an_unknown_outcome_is_a_persons_where_the_system_cannot_look_up(script: Script) -> None:
    script.can_look_up = False
    script.create(Unknown(said="time-out"))
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.reason_text) == (
        ShipmentState.ATTENTION,
        Reason.NO_LOOK_UP,
        "time-out",
    )
    assert shipment.due_at is None


def test_a_system_that_can_look_up_no_longer_leaves_it_to_a_person(script: Script, clock: Clock) -> None:
    script.create(Unknown())
    shipment = handed_off(make_shipment())
    script.can_look_up = False
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.NO_LOOK_UP)
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
    assert (shipment.state, shipment.reason, shipment.reason_text) == (
        ShipmentState.REFUSED,
        answer.reason,
        answer.said,
    )
    assert (shipment.due_at, shipment.open_parcel) == (None, None)
    attempt = shipment.attempts.latest("pk")
    assert (attempt.outcome, attempt.status, attempt.codes) == (outcome, answer.status, ", ".join(answer.codes))


def test_a_rule_that_it_breaks_refuses_a_parcel_before_any_call(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    objection = Refused(reason=Reason.INVALID, said="too heavy")
    monkeypatch.setattr("tests.handoff.scripted.Scripted.objection", lambda self, request: objection)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.reason_text) == (
        ShipmentState.REFUSED,
        Reason.INVALID,
        "too heavy",
    )
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
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.INVALID)
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
    assert (shipment.state, shipment.reason, shipment.reason_text) == (
        ShipmentState.SUSPENDED,
        Reason.SUSPENDED,
        "Call us.",
    )
    assert (shipment.shipment_id, shipment.tracking_pin, shipment.system_data) == ("1", "2", {"a": 1})
    assert (shipment.due_at, script.asked_to("label")) == (None, [])
    assert shipment.attempts.latest("pk").outcome == Outcome.SUSPENDED


@pytest.mark.parametrize(
    "made",
    [
        Made(shipment_id="", tracking_number="1"),
        Made(shipment_id="1" * 41),
        Made(shipment_id="1", tracking_number="1" * 41),
        Made(shipment_id="1\n"),
        Made(shipment_id="1", tracking_number="\x00"),
    ],
)
def test_an_id_that_cannot_be_kept_is_for_a_person(script: Script, made: Made) -> None:
    script.create(made)
    shipment = handed_off(make_shipment())
    assert (shipment.state, shipment.reason, shipment.shipment_id) == (ShipmentState.ATTENTION, Reason.UNREADABLE, "")


def test_the_longest_id_and_number_are_kept(script: Script) -> None:
    script.create(Made(shipment_id="1" * 40, tracking_number="2" * 40))
    shipment = handed_off(make_shipment())
    assert (shipment.shipment_id, shipment.tracking_pin) == ("1" * 40, "2" * 40)


def test_the_codes_of_an_answer_fit_their_column(script: Script) -> None:
    script.create(NotYet(codes=("E" * 70, "F" * 70)))
    shipment = handed_off(make_shipment())
    assert shipment.attempts.latest("pk").codes == f"{'E' * 70}, {'F' * 48}"


@pytest.mark.parametrize(("media_type", "ending"), [("application/pdf", "pdf"), ("application/zpl", "zpl")])
def test_a_label_is_kept_as_what_it_is(
    script: Script, monkeypatch: pytest.MonkeyPatch, media_type: str, ending: str
) -> None:
    monkeypatch.setattr(labelling, "is_label", lambda label: True)
    script.label(Label(b"bytes", media_type))
    shipment = handed_off(make_shipment())
    assert shipment.label_media_type == media_type
    assert str(shipment.label.name).endswith(f".{ending}")
    assert shipment.attempts.latest("pk").outcome == Outcome.LABEL_KEPT


def test_a_file_that_got_another_name_goes_again_when_the_row_is_another_workers_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipment = make_shipment(state=ShipmentState.MADE)
    storage = shipment.label.storage
    save, before = storage.save, set(storage.listdir("")[1])

    def save_too_late(name: str, content: Any) -> Any:
        Shipment.objects.filter(pk=shipment.pk).update(lease=uuid.uuid4())
        return save(f"other-{name}", content)

    monkeypatch.setattr(storage, "save", save_too_late)
    assert handed_off(shipment).state == ShipmentState.MADE
    assert set(storage.listdir("")[1]) == before
    assert not shipment.attempts.filter(outcome=Outcome.LABEL_KEPT).exists()


def test_a_lookup_within_the_patience_is_made_even_after_a_crash(script: Script, clock: Clock) -> None:
    script.create(Unknown())
    script.look_up(RuntimeError("once"), [Found(MADE, same=True)])
    shipment = handed_off(make_shipment())
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.UNKNOWN, Reason.CRASHED)
    assert clock.sweep_when_due(shipment).state == ShipmentState.LABELLED
    assert timezone.now() - (shipment.requested_at or timezone.now()) < timedelta(hours=1)
