"""The day's end asks once more: what fails a question stays with its reason, and the rest goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock, call

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.core.choices import Compared, DeliveryState, OfficeCheck, ParcelState, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff import office_check
from deliver_to_po.handoff.changing.change import news_of
from deliver_to_po.handoff.day_end.looking_over import Question, end_day, look_over
from deliver_to_po.handoff.releasing.release import hold
from deliver_to_po.models import Comparison, Delivery, Shipment, Tracking
from deliver_to_po.offices.check import CheckAnswer
from tests.factories import PARCEL, make_shipment
from tests.handoff.day_end.carrier import MONDAY, TUESDAY, Labelled, at_the_carrier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


@pytest.fixture
def offices(monkeypatch: pytest.MonkeyPatch) -> dict[str, OfficeCheck]:
    """Return what is answered about post offices, by their id; every other takes parcels."""
    answers: dict[str, OfficeCheck] = {}

    def asked(shipment: Shipment) -> CheckAnswer:
        answers.setdefault("asked", OfficeCheck.NOT_ASKED)
        return CheckAnswer(answers.get(shipment.office_id, OfficeCheck.TAKES_PARCELS))

    monkeypatch.setattr(office_check, "checked_office", asked)
    return answers


HEAVIER = [replace(PARCEL, weight_kg=Decimal(2))]
Do = Callable[[Any, Shipment], object]


def fails(_: Any) -> Any:
    raise RuntimeError("the shop's program")


def says(question: str, answer: Any) -> Do:
    return lambda shop_says, row: shop_says(question, answer, of=row.delivery.order)


# What is done, which question fails, for which reason, and how the delivery stands afterwards.
FAILS: dict[str, tuple[Do, Question, Reason, str]] = {
    "not paid": (says("is_paid", False), Question.WANTED, Reason.NOT_PAID, "held"),
    "goes home": (says("goes_to_post_office", False), Question.WANTED, Reason.NOT_FOR_POST_OFFICE, "held"),
    "a check for fraud": (says("hold_reason", "looks odd"), Question.WANTED, Reason.SHOP_HOLD, "held"),
    "the shop's program fails": (says("hold_reason", fails), Question.WANTED, Reason.SHOP_ERROR, "released"),
    "another weight": (says("parcels", HEAVIER), Question.WHOLE, Reason.OTHER_PARCELS, "released"),
    "one parcel more": (says("parcels", [PARCEL, PARCEL]), Question.WHOLE, Reason.OTHER_PARCELS, "released"),
    "on hold": (lambda _, row: hold(row.delivery.order, "adds a book"), Question.NOT_HELD, Reason.ON_HOLD, "held"),
    "not printed": (lambda _, row: not_printed(row), Question.PRINTED, Reason.NOT_PRINTED, "released"),
}


def not_printed(row: Shipment) -> None:
    Shipment.objects.filter(pk=row.pk).update(printed_at=None)


@pytest.mark.parametrize("what", FAILS)
def test_what_fails_a_question_stays_with_its_reason_and_the_rest_goes(
    labelled: Labelled, emulator: EmulatorServer, shop_says: Any, what: str
) -> None:
    does, question, reason, state = FAILS[what]
    stays, goes = labelled(), labelled()
    does(shop_says, stays)
    looked = look_over()
    assert [row.pk for row in looked.goes] == [goes.pk]
    [one] = looked.stays
    assert (one.shipment.pk, one.question, one.reason) == (stays.pk, question, reason)
    assert (looked.failed(question), looked.weight_kg) == (1, goes.weight_kg)
    # To look changes nothing.
    assert emulator.manifests == []
    assert Delivery.objects.get(pk=goes.delivery_id).state == DeliveryState.RELEASED
    [manifest] = end_day().manifests
    assert manifest.parcels == 1
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    delivery = Delivery.objects.get(pk=stays.delivery_id)
    assert (delivery.state, delivery.reason) == (state, reason if state == "held" else "")


@pytest.mark.parametrize(
    ("check", "reason"),
    [(OfficeCheck.NO_LONGER, Reason.OFFICE_NO_LONGER), (OfficeCheck.GONE, Reason.OFFICE_GONE)],
)
def test_what_goes_to_a_post_office_that_has_closed_stays_and_needs_another(
    labelled: Labelled, emulator: EmulatorServer, offices: dict[str, OfficeCheck], check: OfficeCheck, reason: Reason
) -> None:
    stays, goes = labelled(), labelled()
    before = timezone.now() - timedelta(hours=2)
    Shipment.objects.filter(pk=stays.pk).update(office_id="0000000007")
    Delivery.objects.filter(pk=stays.delivery_id).update(office_id="0000000007", office_checked_at=before)
    offices["0000000007"] = check
    ended = end_day()
    assert [(one.shipment.pk, one.question, one.reason) for one in ended.stays] == [(stays.pk, Question.OFFICE, reason)]
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    delivery = Delivery.objects.get(pk=stays.delivery_id)
    assert (delivery.state, delivery.reason) == ("needs_choice", reason)


@pytest.mark.parametrize(
    ("hours", "asked", "goes"), [(0.5, False, True), (2, True, True), (25, True, False)], ids=["hour", "day", "longer"]
)
def test_an_answer_about_an_office_counts_an_hour_and_a_day_while_nobody_answers(
    labelled: Labelled, offices: dict[str, OfficeCheck], hours: float, asked: bool, goes: bool
) -> None:
    shipment = labelled()
    Delivery.objects.filter(pk=shipment.delivery_id).update(office_checked_at=timezone.now() - timedelta(hours=hours))
    offices[shipment.office_id] = OfficeCheck.COULD_NOT_ASK
    looked = look_over()
    assert ("asked" in offices, len(looked.goes)) == (asked, int(goes))
    assert [one.reason for one in looked.stays] == ([] if goes else [Reason.OFFICE_NOT_CHECKED])


def test_an_office_that_cannot_be_judged_keeps_no_other(labelled: Labelled, offices: dict[str, OfficeCheck]) -> None:
    odd, other = labelled(), labelled()
    long_ago = timezone.now() - timedelta(days=3)
    Delivery.objects.filter(pk__in=(odd.delivery_id, other.delivery_id)).update(office_checked_at=long_ago)
    Shipment.objects.filter(pk=odd.pk).update(office_id="0000000007")
    offices["0000000007"] = OfficeCheck.COULD_NOT_ASK
    looked = look_over()
    assert [row.pk for row in looked.goes] == [other.pk]
    assert [(one.shipment.pk, one.reason) for one in looked.stays] == [(odd.pk, Reason.OFFICE_NOT_CHECKED)]


def test_what_could_not_be_asked_within_the_time_stays_and_the_next_round_asks_it(labelled: Labelled) -> None:
    labelled()
    [one] = look_over(seconds=-1).stays
    assert (one.question, one.reason) == (Question.WANTED, Reason.NOT_ASKED)
    assert len(look_over().goes) == 1


def test_labels_that_are_printed_elsewhere_go_if_that_is_said(labelled: Labelled) -> None:
    not_printed(labelled())
    assert not look_over().goes
    assert len(look_over(unprinted=True).goes) == 1


def test_what_canada_post_has_scanned_goes_though_nobody_knows_who_printed_its_label(labelled: Labelled) -> None:
    shipment = labelled()
    not_printed(shipment)
    Tracking.objects.create(shipment=shipment, state=ParcelState.IN_TRANSIT)
    assert [row.pk for row in look_over().goes] == [shipment.pk]


def test_one_of_two_parcels_that_was_refused_does_not_keep_the_other(labelled: Labelled, shop_says: Any) -> None:
    shipment = labelled()
    shop_says("parcels", [PARCEL, PARCEL])
    make_shipment(shipment.delivery, parcel=2, state="refused")
    assert len(look_over().goes) == 1


@pytest.mark.parametrize("first", [ParcelState.IN_TRANSIT, ParcelState.COLLECTED, ParcelState.LOST])
@pytest.mark.parametrize("now", [[PARCEL, *HEAVIER], [PARCEL]])
def test_what_the_shop_says_now_of_a_parcel_in_the_post_keeps_no_other(
    labelled: Labelled, shop_says: Any, first: ParcelState, now: list[Parcel]
) -> None:
    shipment = labelled()
    gone = {"state": "labelled", "tracking_pin": "701", "transmitted_at": timezone.now()}
    other = make_shipment(shipment.delivery, parcel=2, **gone)
    Tracking.objects.create(shipment=other, state=first)
    shop_says("parcels", now)
    assert not news_of(shipment.delivery)
    assert [row.pk for row in look_over().goes] == [shipment.pk]


def test_a_parcel_that_is_to_be_made_again_keeps_the_other(labelled: Labelled, shop_says: Any) -> None:
    """It was taken off the order and refunded, and the order has it again."""
    shipment = labelled()
    shop_says("parcels", [PARCEL, PARCEL])
    undone = {"state": "refund_asked", "open_parcel": None, "change_asked_at": timezone.now()}
    make_shipment(shipment.delivery, parcel=2, **undone)
    assert [one.reason for one in look_over().stays] == [Reason.OTHER_PARCELS]


def test_an_order_of_two_parcels_is_asked_about_once(labelled: Labelled, shop_says: Any) -> None:
    shipment, ask = labelled(), Mock(return_value="")
    shop_says("parcels", [PARCEL, PARCEL])
    second = make_shipment(shipment.delivery, parcel=2, state="labelled", printed_at=timezone.now(), group=MONDAY)
    Shipment.objects.filter(pk=second.pk).update(api=shipment.api)
    shop_says("hold_reason", ask)
    assert len(look_over().goes) == 2
    assert ask.call_args_list == [call(shipment.delivery.order)]


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        ({"stop_asked_at": timezone.now()}, Reason.CANCELLED),
        # What the buyer asks for is told before why it was on hold already.
        ({"state": "held", "reason": Reason.SHOP_HOLD, "wished": Reason.BUYER_CANCELS}, Reason.BUYER_CANCELS),
        ({"erased_at": timezone.now()}, Reason.ERASED),
    ],
)
def test_what_is_not_to_leave_stays(labelled: Labelled, delivery: dict[str, Any], reason: Reason) -> None:
    Delivery.objects.filter(pk=labelled().delivery_id).update(**delivery)
    assert [one[1:3] for one in look_over().stays] == [(Question.NOT_HELD, reason)]


def test_a_group_that_does_not_wait_is_refused_and_nothing_is_held(labelled: Labelled, shop_says: Any) -> None:
    shipment = labelled()
    shop_says("is_paid", False)
    for wrong in ({"groups": ["no-such"]}, {"exclude": ["7023210039414604"]}):
        with pytest.raises(TransmissionRefused):
            end_day(**wrong)  # type: ignore[arg-type]
    assert Delivery.objects.get(pk=shipment.delivery_id).state == DeliveryState.RELEASED
    assert [one.reason for one in end_day([MONDAY]).stays] == [Reason.NOT_PAID]


def test_what_came_into_a_group_since_the_page_was_shown_stays_when_the_button_is_pressed(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment = labelled()
    [compared] = look_over().compared
    assert (compared.name, compared.theirs, compared.ours) == (MONDAY, 1, 1)
    double = emulator.another_like(shipment.tracking_pin)
    Comparison.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    [manifest] = end_day().manifests
    stands = {one.shipment_id: one.status for one in emulator.shipments}
    assert stands == {shipment.shipment_id: "transmitted", double.shipment_id: "created"}
    assert (manifest.told_of, manifest.strangers) == (1, [])


def test_what_is_left_of_a_group_is_compared_anew_once_the_rest_is_transmitted(labelled: Labelled) -> None:
    labelled()
    hold(labelled().delivery.order)
    look_over()
    compared = Comparison.objects.get()
    list_of = {name: getattr(compared, name) for name in ("system", "api", "live", "what", "name", "asked_at")}
    others = {"system": "east", "api": "another", "what": Compared.MANIFEST, "name": "another"}
    Comparison.objects.bulk_create(Comparison(**{**list_of, field: other}) for field, other in others.items())
    end_day()
    assert Comparison.objects.filter(asked_at=compared.asked_at).count() == len(others)
    assert [(one.theirs, one.ours) for one in look_over().compared] == [(1, 1)]


def test_while_nobody_answers_the_rest_goes_uncompared(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled(), labelled(TUESDAY)
    emulator.faults.add("find_shipments", "503", count=20)
    looked = look_over()
    emulator.faults.clear()
    assert (looked.compared, len(looked.goes)) == ([], 2)
