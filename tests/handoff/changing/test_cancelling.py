"""Cancelling: at once while nothing is live, otherwise when everything that was made is voided or refunded."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, HandoffStep, Outcome, ParcelState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused, StillLive
from deliver_to_po.handoff.changing.cancelling import (
    Cancelled,
    can_be_cancelled,
    cancel,
    cancel_delivery,
    forget,
    to_home,
)
from deliver_to_po.handoff.changing.change import Changed, correct_recipient
from deliver_to_po.handoff.changing.make_again import can_be_made_again, make_again
from deliver_to_po.handoff.releasing.release import Released, release_delivery
from deliver_to_po.models import Delivery, Export, Shipment, Tracking
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.shipping import Refused
from tests.factories import RECIPIENT, build_order, make_delivery, make_draft, make_order, make_shipment
from tests.handoff.scripted import Script
from tests.rounds import do_due, now, swept

pytestmark = pytest.mark.django_db


def after_a_round(shipment: Shipment) -> tuple[str, str]:
    """Return the states of a shipment and its delivery after what is due has been done."""
    swept(shipment)
    return shipment.state, shipment.delivery.state


def changes(delivery: Delivery) -> list[str]:
    return list(delivery.history.order_by("pk").values_list("change", flat=True))


@pytest.mark.parametrize("state", ["placed", "released", "held", "needs_choice"])
def test_what_was_never_sent_is_cancelled_at_once_and_what_waits_is_dropped(state: str, admin_user: User) -> None:
    shipment = make_shipment(make_delivery(state=state))
    delivery = shipment.delivery
    assert cancel(delivery.order, "by phone", user=admin_user) == Cancelled.CANCELLED
    assert after_a_round(shipment) == (ShipmentState.DROPPED, DeliveryState.CANCELLED)
    delivery.refresh_from_db()
    line = delivery.history.get(change=Change.CANCEL)
    assert (delivery.reason, line.reason, line.user, line.note) == ("cancelled", "cancelled", admin_user, "by phone")
    assert cancel(delivery.order) == Cancelled.ALREADY
    assert changes(delivery).count(Change.CANCEL) == 1


@pytest.mark.parametrize("state", ["made", "labelled", "done", "suspended"])
def test_what_was_made_is_voided_and_then_its_delivery_cancelled(script: Script, state: str, admin_user: User) -> None:
    shipment = make_shipment(state=state, shipment_id="S-7")
    assert cancel(shipment.delivery.order, "twice ordered", user=admin_user) == Cancelled.ASKED
    assert (now(shipment).state, shipment.delivery.state) == (ShipmentState.VOIDING, DeliveryState.RELEASED)
    assert after_a_round(shipment) == (ShipmentState.VOIDED, DeliveryState.CANCELLED)
    assert [made.shipment_id for made in script.asked_to("void")] == ["S-7"]
    assert (script.asked_to("refund"), script.asked_to("create"), script.asked_to("label")) == ([], [], [])
    lines = list(shipment.delivery.history.order_by("pk").values_list("change", "user", "note"))
    assert lines == [
        (Change.ASK_STOP, admin_user.pk, "twice ordered"),
        (Change.VOID, admin_user.pk, ""),
        (Change.CANCEL, None, ""),
    ]
    [attempt] = shipment.attempts.all()
    assert (attempt.step, attempt.outcome) == (HandoffStep.VOID, Outcome.VOIDED)


@pytest.mark.parametrize("state", ["made", "labelled", "done"])
def test_what_is_transmitted_is_refunded_and_then_cancelled(script: Script, change_settings: Any, state: str) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")
    shipment = make_shipment(state=state, shipment_id="S-7", transmitted_at=timezone.now())
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    assert after_a_round(shipment) == (ShipmentState.REFUND_ASKED, DeliveryState.CANCELLED)
    [(made, email)] = script.asked_to("refund")
    assert (made.shipment_id, made.transmitted, email) == ("S-7", True, "refunds@shop.example")
    assert (script.asked_to("void"), shipment.reason_text) == ([], "T-1")
    assert changes(shipment.delivery) == [Change.ASK_STOP, Change.REFUND, Change.CANCEL]


@pytest.mark.parametrize("transmitted", [False, True])
def test_where_the_system_can_neither_a_person_does_it_and_says_so(script: Script, transmitted: bool) -> None:
    script.can_void = script.can_refund = False
    shipment = make_shipment(state=ShipmentState.LABELLED, transmitted_at=timezone.now() if transmitted else None)
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    assert after_a_round(shipment) == (ShipmentState.ATTENTION, DeliveryState.RELEASED)
    assert (shipment.reason, bool(Reason(shipment.reason).advice)) == (Reason.CANNOT_TAKE_BACK, True)
    assert script.asked == []
    assert move_shipment(shipment, "void" if not transmitted else "refund")


def test_a_shipment_that_waits_for_a_person_keeps_the_wish(script: Script) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP)
    assert cancel(shipment.delivery.order) == Cancelled.NEEDS_PERSON
    assert after_a_round(shipment) == (ShipmentState.ATTENTION, DeliveryState.RELEASED)
    assert shipment.delivery.stop_asked_at is not None


def test_asked_again_what_could_not_be_taken_back_is_tried_again(script: Script, change_settings: Any) -> None:
    """The shop has set the e-mail address meanwhile."""
    shipment = make_shipment(state=ShipmentState.LABELLED, transmitted_at=timezone.now())
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    assert after_a_round(shipment) == (ShipmentState.ATTENTION, DeliveryState.RELEASED)
    assert shipment.reason == Reason.NO_REFUND_EMAIL
    change_settings(REFUND_EMAIL="refunds@shop.example")
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    assert after_a_round(shipment) == (ShipmentState.REFUND_ASKED, DeliveryState.CANCELLED)
    assert changes(shipment.delivery).count(Change.ASK_STOP) == 1


def test_what_was_not_refunded_for_a_new_label_goes_on_by_the_button_that_is_named(
    script: Script, change_settings: Any
) -> None:
    shipment = make_shipment(state=ShipmentState.LABELLED, transmitted_at=timezone.now())
    other = replace(RECIPIENT, name="Zoë")
    correct_recipient(shipment.delivery, other)
    assert after_a_round(shipment)[0] == ShipmentState.ATTENTION
    change_settings(REFUND_EMAIL="refunds@shop.example")
    # It is corrected already.
    assert correct_recipient(now(shipment).delivery, other) == Changed.NOTHING
    assert "“Make the label again”" in Reason(shipment.reason).advice
    assert can_be_made_again(now(shipment))
    make_again(shipment)
    assert after_a_round(shipment)[0] == ShipmentState.REFUND_ASKED


def test_asked_again_it_is_cancelled_once_the_parcel_is_picked_up(script: Script, change_settings: Any) -> None:
    change_settings(REFUND_EMAIL="refunds@example.com")
    script.answers("refund", Refused(said="used"))
    shipment = make_shipment(state=ShipmentState.LABELLED, tracking_pin="701", transmitted_at=timezone.now())
    delivery = shipment.delivery
    assert cancel(delivery.order) == Cancelled.ASKED
    do_due()
    Tracking.objects.create(shipment=shipment, state=ParcelState.COLLECTED)
    delivery.refresh_from_db()
    assert can_be_cancelled(delivery)
    assert cancel(delivery.order) == Cancelled.CANCELLED


def test_an_order_that_goes_home_is_cancelled_with_a_reason_of_its_own(script: Script) -> None:
    waiting, made = make_shipment(), make_shipment(state=ShipmentState.LABELLED)
    assert to_home(waiting.delivery.order) == Cancelled.CANCELLED
    assert to_home(made.delivery.order, "asked by mail") == Cancelled.ASKED
    do_due()
    for shipment in (waiting, made):
        delivery = Delivery.objects.get(pk=shipment.delivery_id)
        assert (delivery.state, delivery.reason) == (DeliveryState.CANCELLED, Reason.TO_HOME)
        assert delivery.history.get(change=Change.CANCEL).reason == Reason.TO_HOME
    assert made.delivery.history.get(change=Change.ASK_STOP).note == "asked by mail"


def test_what_is_to_be_cancelled_is_not_released(script: Script) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    make_shipment(delivery, state=ShipmentState.ATTENTION)
    assert cancel_delivery(delivery) == Cancelled.NEEDS_PERSON
    assert release_delivery(delivery) == Released.CANCELLED
    assert delivery.state == DeliveryState.PLACED


def test_an_order_without_a_delivery_and_a_draft_have_nothing_to_cancel() -> None:
    assert (cancel(make_order()), to_home(make_order())) == (Cancelled.NOTHING, Cancelled.NOTHING)
    with pytest.raises(MoveRefused):
        cancel_delivery(make_draft())
    for ask in (cancel, to_home, forget):
        with pytest.raises(ValueError, match="save the order"):
            ask(build_order())


# Letting go of an order.

FILES = ("kept.pdf", "begun.pdf", "x.csv")


def labelled(**fields: Any) -> Shipment:
    export = Export.objects.create(file="x.csv")
    shipment = make_shipment(**{"state": ShipmentState.VOIDED, "shipment_id": "1", "export": export, **fields})
    for name in FILES:
        with label_storage().open(name, "wb") as file:
            file.write(b"label")
    Shipment.objects.filter(pk=shipment.pk).update(label="kept.pdf", label_files=["begun.pdf"])
    return shipment


def test_a_cancelled_order_is_let_go_with_its_labels(django_capture_on_commit_callbacks: Any) -> None:
    shipment = labelled()
    delivery = shipment.delivery
    order = delivery.order
    assert cancel(order) == Cancelled.CANCELLED
    Delivery.objects.filter(pk=delivery.pk).update(current_order=None)
    newer = make_delivery(order=order, replaces=delivery, state=DeliveryState.CANCELLED)
    of_others = Export.objects.create(file="others.csv")
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(order)
        # The shop's own transaction may still fail.
        assert [name for name in FILES if not label_storage().exists(name)] == []
    assert Export.objects.get(erased_at=None) == of_others
    assert [name for name in FILES if label_storage().exists(name)] == []
    assert not Delivery.objects.filter(pk__in=[delivery.pk, newer.pk]).exists()
    assert order is not None
    order.delete()
    assert not forget(make_order())


@pytest.mark.parametrize(
    ("state", "shipment"),
    [
        *((state, "voided") for state in ("placed", "released", "held", "needs_choice")),
        # Its parcel came back, and it was cancelled with its label.
        ("cancelled", "labelled"),
    ],
)
def test_an_order_is_not_let_go_before_it_is_cancelled_and_nothing_of_it_exists(state: str, shipment: str) -> None:
    delivery = labelled(delivery=make_delivery(state=state, live=True), state=shipment).delivery
    with pytest.raises(StillLive):
        forget(delivery.order)
    assert label_storage().exists("kept.pdf")
    assert Delivery.objects.filter(pk=delivery.pk).exists()


def test_an_order_is_not_let_go_while_something_of_it_exists(script: Script, change_settings: Any) -> None:
    change_settings(CANADA_POST={"LIVE": True})
    shipment = make_shipment(make_delivery(live=True), state=ShipmentState.LABELLED)
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    with pytest.raises(StillLive):
        forget(shipment.delivery.order)
    do_due()
    assert forget(shipment.delivery.order)


@pytest.mark.parametrize("state", [state for state in DeliveryState if state not in ("draft", "reserved")])
def test_a_test_order_is_let_go_whatever_state_it_is_in(state: str, django_capture_on_commit_callbacks: Any) -> None:
    delivery = make_delivery(state=state, live=False)
    labelled(delivery=delivery, state=ShipmentState.LABELLED)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(delivery.order)
    assert not label_storage().exists("kept.pdf")
    assert delivery.order is not None
    delivery.order.delete()


def test_files_that_the_storage_does_not_let_go_keep_no_order_and_are_named_in_the_log(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def denied(name: str) -> None:
        raise RuntimeError("what a storage says")

    delivery = labelled().delivery
    cancel(delivery.order)
    monkeypatch.setattr(label_storage(), "delete", denied)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(delivery.order)
    assert [name for name in FILES[:2] if name not in caplog.text] == []
    assert "what a storage says" not in caplog.text
    # Its housekeeping goes on.
    assert Export.objects.filter(erased_at=None).exists()


def test_a_test_order_is_kept_while_a_worker_has_its_parcel_in_hand() -> None:
    shipment = make_shipment(make_delivery(live=False))
    rows = Shipment.objects.filter(pk=shipment.pk)
    rows.update(lease=uuid.uuid4(), due_at=timezone.now() + timedelta(minutes=1))
    with pytest.raises(StillLive):
        forget(shipment.delivery.order)
    # The worker died.
    rows.update(due_at=timezone.now() - timedelta(minutes=1))
    assert forget(shipment.delivery.order)
