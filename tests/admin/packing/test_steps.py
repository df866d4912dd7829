"""The one next step with a parcel at the packing table."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.admin.packing.steps import Do, next_step
from deliver_to_po.canadapost.constraints import Rule
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.core.choices import Doubt, ParcelState, Reason
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.models import Shipment, Tracking
from deliver_to_po.shipping.objections import refusal
from tests.admin.changes.test_holding import waiting_for_payment
from tests.factories import make_delivery, make_paid_order, make_shipment
from tests.handoff.parcels_by_hand import SYSTEMS
from tests.rounds import now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"state": "held"}, "on hold"),
        ({"state": "needs_choice"}, "needs a post office"),
        ({"state": "cancelled"}, "cancelled"),
        # As the list says it, and not by its state: "released".
        ({"stop_asked_at": timezone.now()}, "being cancelled"),
        ({"erased_at": timezone.now()}, "recipient erased"),
    ],
)
def test_a_delivery_that_must_not_go_is_not_packed(fields: dict[str, Any], word: str) -> None:
    delivery = make_delivery(reason=Reason.ON_HOLD, **fields)
    step = next_step(delivery, make_shipment(delivery, state="labelled"), weighed=True)
    assert (step.do, step.words) == (Do.STOP, f"Do not pack it: {word}")


def test_the_table_says_what_is_wrong_with_a_refused_parcel_and_what_was_noted_of_a_hold() -> None:
    too_heavy = refusal(InvalidRequest("label", "parcel.weight_kg", Rule.MEASURE, {"most": 30, "unit": "kg"})).rule
    refused = make_shipment(state="refused", reason=Reason.INVALID, reason_text=too_heavy)
    step = next_step(refused.delivery, refused, weighed=True)
    assert "Parcel’s weight: this must be more than 0 and at most 30 kg." in step.why
    assert hold_delivery(held := waiting_for_payment(), note="adds a book")
    assert "Note: adds a book" in next_step(held, None, weighed=True).why


@pytest.mark.parametrize(
    ("fields", "do"),
    [
        *(({"state": state, "reason": Reason.GAVE_UP}, Do.STOP) for state in ("refused", "attention", "suspended")),
        ({"state": "voided"}, Do.STOP),
        ({"state": "waiting"}, Do.WAIT),
        ({"state": "labelled"}, Do.PRINT),
        ({"state": "labelled", "printed_at": timezone.now()}, Do.NEXT),
        ({"state": "labelled", "transmitted_at": timezone.now()}, Do.PRINT),
        ({"state": "labelled", "transmitted_at": timezone.now(), "printed_at": timezone.now()}, Do.NEXT),
        ({"state": "labelled", "transmitted_at": timezone.now(), "api": "portal by card"}, Do.PRINT),
        ({"state": "done", "label": ""}, Do.NEXT),
    ],
)
def test_a_parcel_that_is_weighed_goes_on_by_its_state(fields: dict[str, Any], do: Do) -> None:
    delivery = make_delivery()
    assert next_step(delivery, make_shipment(delivery, **fields), weighed=True).do == do


@pytest.mark.parametrize(
    ("weighed", "transmitted", "do"), [(False, False, Do.WEIGH), (True, False, Do.PRINT), (False, True, Do.PRINT)]
)
def test_it_is_weighed_first_unless_its_weight_is_settled_or_told(weighed: bool, transmitted: bool, do: Do) -> None:
    delivery = make_delivery()
    shipment = make_shipment(delivery, state="labelled", transmitted_at=timezone.now() if transmitted else None)
    assert next_step(delivery, shipment, weighed=weighed).do == do


def test_a_parcel_that_is_not_released_has_its_label_made_or_waits(change_settings: Any) -> None:
    placed = waiting_for_payment()
    assert next_step(placed, None, weighed=True).do == Do.WAIT
    change_settings(RELEASE="by_merchant")
    assert next_step(placed, None, weighed=True).do == Do.LABEL
    assert next_step(placed, None, weighed=True, may_request=False).do == Do.WAIT


def test_before_the_label_is_requested_the_table_says_that_the_order_is_not_paid(change_settings: Any) -> None:
    change_settings(RELEASE="by_merchant")
    unpaid, paid = waiting_for_payment(), waiting_for_payment(order=make_paid_order())
    steps = [next_step(delivery, None, weighed=True) for delivery in (unpaid, paid)]
    assert [(step.do, step.why, step.alarms) for step in steps] == [
        (Do.LABEL, "Not paid, says the shop.", True),
        (Do.LABEL, "", False),
    ]


@pytest.mark.parametrize(
    ("state", "comes_back"),
    [
        (ParcelState.IN_TRANSIT, False),
        (ParcelState.COLLECTED, False),
        (ParcelState.PERSON, True),
        (ParcelState.RETURNING, True),
        (ParcelState.RETURNED, True),
        (ParcelState.LOST, True),
    ],
)
@pytest.mark.parametrize("weighed", [False, True])
def test_what_canada_post_has_scanned_is_not_shipped_with_its_old_label(
    state: ParcelState, comes_back: bool, weighed: bool, change_settings: Any
) -> None:
    change_settings(TRACKING=True)
    left = {"tracking_pin": "7023210000000018", "transmitted_at": timezone.now(), "printed_at": timezone.now()}
    shipment = make_shipment(make_delivery(), state="labelled", **left)
    doubt = Doubt.UNDELIVERABLE if state == ParcelState.PERSON else ""
    Tracking.objects.create(shipment=shipment, state=state, doubt=doubt)
    step = next_step(shipment.delivery, shipment, weighed=weighed, scanned=shipment)
    assert (step.do, step.words) == (Do.STOP, f"Do not ship it: {state.label}")
    assert ("say on its page that it came back" in step.why) == comes_back


def test_a_label_that_another_program_makes_does_not_come_by_itself(change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    handed = make_shipment(system="desk", state="handed")
    for mine in (handed, make_shipment(system="est", reason=Reason.TO_EXPORT)):
        step = next_step(mine.delivery, mine, weighed=True)
        assert (step.words, "another program" in step.why) == ("Put it aside", True)
    awaited = make_shipment(system="default", state="handed")
    assert next_step(awaited.delivery, awaited, weighed=True).why == "This page refreshes itself."


def test_a_test_is_not_shipped_where_the_shop_ships_for_real(change_settings: Any) -> None:
    shipment = make_shipment(make_delivery(live=False), state="labelled")
    assert next_step(shipment.delivery, shipment, weighed=True).do == Do.PRINT
    change_settings(CANADA_POST={"LIVE": True})
    step = next_step(shipment.delivery, shipment, weighed=True, scanned=shipment)
    assert (step.do, step.words, step.why) == (Do.STOP, Reason.TEST_ONLY.why(), Reason.TEST_ONLY.advice)


def test_a_label_that_is_scanned_counts_only_if_it_is_the_one_to_use() -> None:
    delivery = make_delivery()
    old = make_shipment(delivery, state="voided")
    new = make_shipment(delivery, revision=2, state="labelled")
    assert next_step(delivery, new, weighed=True, scanned=new).do == Do.NEXT
    stop = next_step(delivery, new, weighed=True, scanned=old)
    assert (stop.do, stop.words) == (Do.STOP, "This shipping label must not be used")
    Shipment.objects.filter(pk=new.pk).update(state="refund_asked", reason_text="0109648014")
    by_order = next_step(delivery, now(new), weighed=True)
    assert (by_order.words, by_order.why) == ("Do not ship it: refund asked for", stop.why)
