"""Whose tracking number is it: no two parcels keep one, and a number that was typed wrong is let go of."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered, enter_number
from deliver_to_po.handoff.by_hand.report import Reported, report_made
from deliver_to_po.handoff.changing.found_by_clerk import nothing_exists
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.handoff.tracking_numbers import NumberOfAnother, own_number
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.shipping import Made
from deliver_to_po.shipping.objections import worded
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import PostOffices
from tests.handoff.parcels_by_hand import by_hand, handed_to, number
from tests.handoff.scripted import MADE, Script
from tests.rounds import handed_off, now

__all__ = ["by_hand"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("made", "theirs"),
    [
        (MADE, {"shipment_id": "S-9", "tracking_pin": MADE.tracking_number}),
        # Since a moment ago: only the database knows.
        (MADE, {"shipment_id": "S-9", "own_tracking_pin": MADE.tracking_number}),
        (Made(shipment_id="S-1"), {"shipment_id": "S-1"}),
    ],
    ids=["its number", "its number, at the same moment", "its ID"],
)
def test_an_answer_with_a_number_of_another_real_parcel_is_a_persons(
    script: Script, change_settings: Any, made: Made, theirs: dict[str, str]
) -> None:
    change_settings(CANADA_POST={"LIVE": True})
    script.create(made)
    make_shipment(make_delivery(live=True), state=ShipmentState.DONE, **theirs)
    shipment = handed_off(make_shipment(make_delivery(live=True)))
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.UNREADABLE)
    numbers = ", ".join(filter(None, (made.shipment_id, made.tracking_number)))
    assert worded(shipment.reason_text) == f"Tracking number: another parcel has one of these numbers: {numbers}."
    assert (shipment.shipment_id, shipment.tracking_pin) == ("", "")


def test_a_number_that_was_typed_for_the_wrong_parcel_goes_to_the_right_one(by_hand: PostOffices) -> None:
    wrong, right = handed_to("desk"), handed_to("desk")
    assert enter_number(wrong.pk, number(7)) == Entered.TAKEN
    assert enter_number(right.pk, number(7)) == Entered.NUMBER_OF_ANOTHER
    Shipment.objects.filter(pk=wrong.pk).update(state=ShipmentState.ATTENTION)
    wrong.refresh_from_db()
    nothing_exists(wrong)
    assert enter_number(right.pk, number(7)) == Entered.TAKEN
    assert (now(wrong).state, wrong.own_tracking_pin) == (ShipmentState.REFUSED, None)


def test_the_number_of_a_parcel_s_old_label_is_not_taken_for_its_new_one(db: None) -> None:
    old = make_shipment(state=ShipmentState.VOIDED, shipment_id="S-1", tracking_pin="1")
    new = make_shipment(old.delivery, state=ShipmentState.HANDED, revision=2)
    assert report_made(new.pk, Made(shipment_id="S-2", tracking_number="1")) == Reported.TRACKING_NUMBER_TAKEN


def test_any_other_error_of_the_database_is_not_taken_for_it(db: None) -> None:
    shipment = make_shipment(state=ShipmentState.HANDED)
    with pytest.raises(IntegrityError), own_number(shipment, MADE) as number:
        # What is made has the shipping system's id.
        move_shipment(shipment, "report_made", shipment_id="", **number)


@pytest.mark.django_db(transaction=True)
def test_a_number_of_its_own_costs_a_question_and_a_savepoint(script: Script, change_settings: Any) -> None:
    costs = []
    for live in (False, True):
        change_settings(CANADA_POST={"LIVE": live})
        shipment = make_shipment(make_delivery(state=DeliveryState.RELEASED, live=live))
        with CaptureQueriesContext(connection) as asked:
            hand_off(shipment.pk, now=True)
        assert now(shipment).own_tracking_pin == (MADE.tracking_number if live else None)
        # Whether there is a pause is asked every few seconds, by whoever comes then.
        costs.append(sum("deliver_to_po_pause" not in statement["sql"] for statement in asked))
    assert costs[1] == costs[0] + len(("SELECT", "SAVEPOINT", "RELEASE"))


def test_what_was_done_before_in_the_same_transaction_stands(script: Script) -> None:
    make_shipment(state=ShipmentState.DONE, shipment_id="S-0", own_tracking_pin=MADE.tracking_number)
    shipment = make_shipment(state=ShipmentState.HANDED)
    with transaction.atomic():
        Shipment.objects.filter(pk=shipment.pk).update(requests=7)
        with pytest.raises(NumberOfAnother), own_number(shipment, MADE) as number:
            move_shipment(shipment, "report_made", shipment_id="S-1", **number)
    assert (now(shipment).state, shipment.shipment_id, shipment.requests) == (ShipmentState.HANDED, "", 7)
    assert not shipment.history.exists()
