"""Changes of a delivery: each use case by each state of its shipment, and what is sent in the end."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from deliver_to_po.canadapost.types import Parcel, PostOffice, Recipient, Service, ShipmentOption
from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.errors import (
    BreaksARule,
    MoveRefused,
    NoSuchParcel,
    NothingToShip,
    RecipientFirst,
    ShopFailed,
    TooLateToChange,
)
from deliver_to_po.handoff.changing import as_asked
from deliver_to_po.handoff.changing.cancelling import can_be_cancelled, cancel
from deliver_to_po.handoff.changing.change import (
    Changed,
    can_be_changed,
    change_consignment,
    change_office,
    correct_recipient,
    news_of,
    replan,
)
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.releasing.release import Released, hold, release, resume
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import ERASED, move_delivery
from deliver_to_po.models.placing import add_unchosen
from deliver_to_po.shipping import Made, NotYet, Refused, ShipmentRequest, Unknown, Voided
from tests.factories import PARCEL, RECIPIENT, make_delivery, make_draft, make_order, make_shipment
from tests.handoff.conftest import Clock, states
from tests.handoff.kills import killed
from tests.handoff.scripted import MADE, Script, meanwhile
from tests.rounds import do_due, now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script", "parcels")]

OTHER = PostOffice(
    office_id="0000000007",
    name="Bureau du Pont",
    location="",
    street="7, rue du Pont",
    city="Gatineau",
    province="QC",
    postal_code="J8X2A1",
)
SOMEBODY_ELSE = replace(RECIPIENT, name="Zoë Correct", email="zoe@example.com")
HEAVY = Parcel(Decimal("7.5"), Decimal(30), Decimal(20), Decimal(10))
Do = Callable[[Delivery], Changed]


def to_another_office(delivery: Delivery) -> Changed:
    return change_office(delivery, OTHER, note="office is far")


def to_somebody_else(delivery: Delivery) -> Changed:
    return correct_recipient(delivery, SOMEBODY_ELSE, note="misspelt")


def heavier(delivery: Delivery) -> Changed:
    return change_consignment(delivery, 1, parcel=HEAVY, note="weighed")


CHANGES: dict[Change, Do] = {
    Change.CHANGE_OFFICE: to_another_office,
    Change.CORRECT_RECIPIENT: to_somebody_else,
    Change.CHANGE_PARCEL: heavier,
}


def is_as_wanted(change: Change, request: ShipmentRequest) -> bool:
    """Say whether a request has what the change brought, and for all else what it had before."""
    office = request.office.office_id == OTHER.office_id
    recipient = request.recipient == SOMEBODY_ELSE
    weight = request.parcel == HEAVY
    rest = request.office.office_id == "0000102978", request.recipient == RECIPIENT, request.parcel == PARCEL
    changed = {Change.CHANGE_OFFICE: office, Change.CORRECT_RECIPIENT: recipient, Change.CHANGE_PARCEL: weight}
    return changed[change] and sum(rest) == 2


# A change by the state of the shipment: the answer, the states at once, and in the end.
TABLE: dict[str, tuple[Changed, list[str], list[str]]] = {
    "waiting": (Changed.CHANGED, ["dropped", "waiting"], ["dropped", "labelled"]),
    "refused": (Changed.CHANGED, ["refused", "waiting"], ["refused", "labelled"]),
    "made": (Changed.WILL_BE_MADE_AGAIN, ["voiding"], ["voided", "labelled"]),
    "labelled": (Changed.WILL_BE_MADE_AGAIN, ["voiding"], ["voided", "labelled"]),
    "done": (Changed.WILL_BE_MADE_AGAIN, ["voiding"], ["voided", "labelled"]),
    "suspended": (Changed.WILL_BE_MADE_AGAIN, ["voiding"], ["voided", "labelled"]),
    "voiding": (Changed.WILL_BE_MADE_AGAIN, ["voiding"], ["voided", "labelled"]),
    "handed": (Changed.KEPT_UNTIL_ANSWER, ["handed"], ["handed"]),
    "refund_asked": (Changed.NEEDS_DESTROYED_LABEL, ["refund_asked"], ["refund_asked"]),
    "attention": (Changed.NEEDS_PERSON, ["attention"], ["attention"]),
}


# Which change it is makes no difference to what follows by the state; that each is sent is shown of one state.
CASES = [*((Change.CHANGE_OFFICE, state) for state in TABLE), *((change, "labelled") for change in list(CHANGES)[1:])]


@pytest.mark.parametrize(("change", "state"), CASES)
def test_a_change_by_the_state_of_the_shipment(script: Script, change: Change, state: str) -> None:
    answer, at_once, in_the_end = TABLE[state]
    shipment = make_shipment(state=state, shipment_id="" if state == "attention" else "S-0")
    first = Shipment.objects.filter(pk=shipment.pk)
    frozen = first.values("office_id", "recipient_name", "weight_kg", "request_id").get()
    assert CHANGES[change](shipment.delivery) == answer
    assert [state for _parcel, _revision, state in states(shipment.delivery)] == at_once
    do_due()
    assert [state for _parcel, _revision, state in states(shipment.delivery)] == in_the_end
    assert first.values("office_id", "recipient_name", "weight_kg", "request_id").get() == frozen
    sent = script.asked_to("create")
    assert [is_as_wanted(change, request) for request in sent] == [True] * (len(in_the_end) - 1)
    assert frozen["request_id"] not in {request.request_id for request in sent}
    assert now(shipment.delivery).history.filter(change=change).count() == 1


def test_a_change_tries_once_more_to_void_what_could_not_be_voided() -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, shipment_id="S-0", reason=Reason.NOT_TAKEN_BACK)
    assert to_another_office(shipment.delivery) == Changed.WILL_BE_MADE_AGAIN
    do_due()
    assert states(shipment.delivery) == [(1, 1, "voided"), (1, 2, "labelled")]


def test_once_transmitted_the_next_revision_waits_for_the_old_label_to_be_destroyed(
    script: Script, change_settings: Any, admin_user: User
) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")
    shipment = make_shipment(state=ShipmentState.LABELLED, shipment_id="S-0", transmitted_at=timezone.now())
    delivery = shipment.delivery
    assert to_somebody_else(delivery) == Changed.NEEDS_DESTROYED_LABEL
    do_due()
    assert states(delivery) == [(1, 1, "refund_asked")]
    assert not do_due()
    shipment.refresh_from_db()
    assert label_destroyed(shipment, user=admin_user, note="torn up") == Changed.CHANGED
    with pytest.raises(MoveRefused):
        label_destroyed(shipment)
    do_due()
    assert states(delivery) == [(1, 1, "refund_asked"), (1, 2, "labelled")]
    [request] = script.asked_to("create")
    assert is_as_wanted(Change.CORRECT_RECIPIENT, request)
    line = delivery.history.get(change=Change.LABEL_DESTROYED)
    assert (line.user, line.note) == (admin_user, "torn up")


def to_another_office_meanwhile(shipment: Shipment) -> None:
    assert to_another_office(shipment.delivery) == Changed.KEPT_UNTIL_ANSWER


SECOND = Made(shipment_id="S-2", tracking_number="7023210039414611", data={"label": "L-2"})


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (MADE, ShipmentState.VOIDED),
        (replace(MADE, suspended=True), ShipmentState.VOIDED),
        (NotYet(), ShipmentState.DROPPED),
        (Refused(), ShipmentState.REFUSED),
    ],
    ids=["made", "suspended", "not yet", "refused"],
)
def test_in_flight_the_wish_is_kept_and_done_at_the_answer(script: Script, answer: Any, state: str) -> None:
    script.create(meanwhile(to_another_office_meanwhile, answer), SECOND)
    delivery = make_shipment().delivery
    do_due()
    assert states(delivery) == [(1, 1, state), (1, 2, "labelled")]
    first, second = script.asked_to("create")
    assert first.request_id != second.request_id
    assert is_as_wanted(Change.CHANGE_OFFICE, second)
    assert not is_as_wanted(Change.CHANGE_OFFICE, first)
    assert len(script.asked_to("void")) == (state == ShipmentState.VOIDED)
    assert script.asked_to("label") == [SECOND]


def test_while_the_outcome_is_unknown_the_old_request_is_sent_once_more(script: Script, clock: Clock) -> None:
    script.create(meanwhile(to_another_office_meanwhile, Unknown()), MADE, SECOND)
    shipment = make_shipment()
    do_due()
    for _ in range(3):
        shipment.refresh_from_db()
        clock.sweep_when_due(shipment)
    do_due()
    assert states(shipment.delivery) == [(1, 1, "voided"), (1, 2, "labelled")]
    first, again, second = script.asked_to("create")
    assert first == again
    assert is_as_wanted(Change.CHANGE_OFFICE, second)


@pytest.mark.parametrize(
    ("change", "state"), [*((change, "placed") for change in CHANGES), (Change.CHANGE_OFFICE, "held")]
)
def test_before_the_hand_off_it_just_changes(script: Script, change: Change, state: str) -> None:
    delivery = make_delivery(state=state, released_at=None, release_asked_at=None)
    assert CHANGES[change](delivery) == Changed.CHANGED
    assert states(delivery) == []
    if state == "held":
        resume(delivery.order)
    assert release(delivery.order) == Released.RELEASED
    do_due()
    [request] = script.asked_to("create")
    assert is_as_wanted(change, request)


def test_what_waits_on_hold_is_dropped_and_made_again_when_it_goes_on(script: Script) -> None:
    shipment = make_shipment()
    assert hold(shipment.delivery.order)
    assert heavier(now(shipment.delivery)) == Changed.CHANGED
    assert states(shipment.delivery) == [(1, 1, "dropped")]
    resume(shipment.delivery.order)
    do_due()
    assert states(shipment.delivery) == [(1, 1, "dropped"), (1, 2, "labelled")]
    [request] = script.asked_to("create")
    assert is_as_wanted(Change.CHANGE_PARCEL, request)


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_over_cannot_be_changed(change: Change) -> None:
    over = (
        make_delivery(state=DeliveryState.CANCELLED),
        make_delivery(erased_at=timezone.now()),
        make_delivery(stop_asked_at=timezone.now()),
    )
    for delivery in over:
        before = Delivery.objects.filter(pk=delivery.pk).values().get()
        with pytest.raises(TooLateToChange):
            CHANGES[change](delivery)
        assert Delivery.objects.filter(pk=delivery.pk).values().get() == before
        assert not delivery.history.exists()
    with pytest.raises(MoveRefused):
        CHANGES[change](make_draft())


@pytest.mark.parametrize("change", CHANGES)
def test_who_changes_what_somebody_else_has_changed_meanwhile_is_told(change: Change) -> None:
    mine = make_delivery(state=DeliveryState.PLACED)
    theirs = Delivery.objects.get(pk=mine.pk)
    correct_recipient(theirs, replace(RECIPIENT, phone="613-555-0111"))
    with pytest.raises(MoveRefused, match="Reload the page"):
        CHANGES[change](mine)
    assert now(mine).recipient.phone == "613-555-0111"
    assert mine.history.count() == 1


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_again_changes_nothing(change: Change) -> None:
    delivery = make_shipment().delivery
    CHANGES[change](delivery)
    do_due()
    assert CHANGES[change](now(delivery)) == Changed.NOTHING
    assert states(delivery) == [(1, 1, "dropped"), (1, 2, "labelled")]
    [line] = delivery.history.filter(change=change)
    assert line.note in ("office is far", "misspelt", "weighed")


def test_who_and_why_are_kept_and_no_line_is_edited(admin_user: User) -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    before = list(delivery.history.values())
    change_office(delivery, OTHER, user=admin_user, note="buyer\nasked")
    do_due()
    rows = delivery.history.order_by("pk").values_list("change", "user", "note", "shipment__revision")
    assert list(delivery.history.order_by("pk").values())[: len(before)] == before
    assert list(rows) == [
        (Change.CHANGE_OFFICE, admin_user.pk, "buyer asked", None),
        (Change.VOID, admin_user.pk, "", 1),
        (Change.REVISE, None, "", 2),
    ]


@pytest.mark.parametrize(("named", "reason"), [(lambda: 1 / 0, Reason.SHOP_ERROR), (list, Reason.NO_PARCELS)])
def test_a_parcel_to_be_made_again_is_not_forgotten_when_the_shop_cannot_say_and_the_other_has_left(
    parcels: list[Parcel], shop_says: Any, named: Callable[[], Any], reason: Reason
) -> None:
    parcels.append(PARCEL)
    delivery = make_delivery()
    make_shipment(delivery, state=ShipmentState.LABELLED, transmitted_at=timezone.now())
    make_again(make_shipment(delivery, state=ShipmentState.LABELLED, parcel=2, shipment_id="2"))
    shop_says("parcels", lambda _: named())
    do_due()
    assert (now(delivery).state, delivery.reason) == (DeliveryState.HELD, reason)
    shop_says("parcels", parcels)
    assert release(delivery.order) == Released.RELEASED
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "voided"), (2, 2, "waiting")]


def test_a_worker_that_dies_between_voiding_and_revision_leaves_both_to_the_next(script: Script, clock: Clock) -> None:
    script.answers("void", Voided(), Refused(reason=Reason.NOT_HELD))
    shipment = make_shipment(state=ShipmentState.LABELLED)
    change_office(shipment.delivery, OTHER)
    with killed(as_asked, "make_revisions"):
        hand_off(shipment.pk)
    assert states(now(shipment).delivery) == [(1, 1, "voiding")]
    clock.sweep_when_due(shipment)
    do_due()
    assert states(shipment.delivery) == [(1, 1, "voided"), (1, 2, "labelled")]


def test_a_cancellation_after_a_change_makes_nothing_again(script: Script) -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    change_office(delivery, OTHER)
    cancel(delivery.order)
    do_due()
    assert states(delivery) == [(1, 1, "voided")]
    assert now(delivery).state == DeliveryState.CANCELLED
    assert script.asked_to("create") == []


# The office.


def test_the_office_is_kept_as_it_is_now_and_the_change_is_counted() -> None:
    delivery = make_delivery(state=DeliveryState.PLACED, choice=3)
    assert change_office(delivery, OTHER) == Changed.CHANGED
    delivery.refresh_from_db()
    assert (delivery.choice, delivery.office.office_id, delivery.office.city) == (4, OTHER.office_id, "Gatineau")
    assert (delivery.office_check, delivery.office_checked_at) == (OfficeCheck.NOT_ASKED, None)
    assert (delivery.office_hours, delivery.office_fetched_at is not None) == (None, True)


def test_the_same_office_in_another_spelling_is_no_other_office() -> None:
    delivery = make_delivery()
    assert change_office(delivery, replace(OTHER, office_id="102978")) == Changed.NOTHING
    assert not delivery.history.exists()


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("office_id", [OTHER.office_id, "0000102978"])
def test_one_that_needs_a_choice_goes_on_with_it(script: Script, asked: bool, office_id: str, admin_user: User) -> None:
    when = timezone.now() if asked else None
    delivery = make_delivery(
        state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE, release_asked_at=when, released_at=when
    )
    office = replace(OTHER, office_id=office_id)
    assert change_office(delivery, office, user=admin_user, note="by phone") == Changed.CHANGED
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("released" if asked else "placed", Reason.NONE)
    assert delivery.choice == (office_id == OTHER.office_id)
    line = delivery.history.get(change=Change.CHOOSE_AGAIN)
    assert (line.user, line.note) == (admin_user, "by phone")
    do_due()
    assert [request.office.office_id for request in script.asked_to("create")] == [office_id] * asked


GONE: dict[str, Any] = {"transmitted_at": timezone.now()}
CHARGED: dict[str, Any] = {**GONE, "api": "portal by card"}


@pytest.mark.parametrize(
    ("stands", "answer", "then"),
    [
        ({}, Changed.WILL_BE_MADE_AGAIN, [(1, 1, "voided"), (1, 2, "labelled")]),
        ({"state": "unknown"}, Changed.KEPT_UNTIL_ANSWER, [(1, 1, "unknown")]),
        # It may be in the post.
        (GONE, Changed.CHANGED, [(1, 1, "labelled")]),
        ({**CHARGED, "printed_at": timezone.now()}, Changed.CHANGED, [(1, 1, "labelled")]),
        (CHARGED, Changed.NEEDS_DESTROYED_LABEL, [(1, 1, "refund_asked")]),
    ],
    ids=["labelled", "unknown", "transmitted", "charged and printed", "charged and never printed"],
)
def test_another_choice_takes_back_what_went_to_the_closed_office_and_cannot_be_in_the_post(
    parcels: list[Parcel], change_settings: Any, stands: dict[str, Any], answer: Changed, then: list[Any]
) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")
    parcels.append(PARCEL)
    delivery = make_delivery()
    make_shipment(delivery, **{"state": ShipmentState.LABELLED, **stands})
    make_shipment(delivery, parcel=2)
    assert move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)
    assert change_office(delivery, OTHER) == answer
    do_due()
    assert states(delivery) == [*then, (2, 1, "dropped"), (2, 2, "labelled")]


def test_without_a_recipient_the_recipient_comes_first() -> None:
    delivery = add_unchosen(make_order(), reference="R", language="en", service="DOM.EP")
    assert delivery is not None
    with pytest.raises(RecipientFirst):
        change_office(delivery, OTHER)
    assert correct_recipient(delivery, RECIPIENT) == Changed.CHANGED
    assert change_office(delivery, OTHER) == Changed.CHANGED
    assert (now(delivery).state, delivery.recipient) == (DeliveryState.PLACED, RECIPIENT)


def test_one_whose_choice_had_been_erased_is_chosen_again() -> None:
    empty = Recipient(
        "", "", "", replace(RECIPIENT.address, line_1="", line_2="", city="", province="", postal_code="")
    )
    delivery = make_delivery(
        state=DeliveryState.NEEDS_CHOICE, reason=Reason.CHOICE_ERASED, erased_at=timezone.now(), recipient=empty
    )
    assert correct_recipient(delivery, RECIPIENT) == Changed.CHANGED
    assert change_office(delivery, OTHER) == Changed.CHANGED
    assert (now(delivery).erased_at, delivery.office_id) == (None, OTHER.office_id)


# The recipient and the parcel.


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Recipient’s e-mail address"), ("fr", "Adresse courriel du destinataire")]
)
def test_a_recipient_that_no_label_holds_changes_nothing(language: str, words: str) -> None:
    delivery = make_delivery()
    with translation.override(language), pytest.raises(BreaksARule, match=words):
        correct_recipient(delivery, replace(RECIPIENT, email="zoë at example"))
    assert now(delivery).recipient == RECIPIENT
    assert not delivery.history.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"parcel": replace(PARCEL, weight_kg=Decimal(31))}, "Parcel’s weight"),
        ({"parcel": replace(PARCEL, weight_kg=Decimal("NaN"))}, "Parcel’s weight"),
        ({"parcel": replace(PARCEL, weight_kg=Decimal("1.23456"))}, "Parcel’s weight"),
        ({"parcel": replace(PARCEL, length_cm=Decimal("1E+9"))}, "Parcel’s length"),
        ({"options": [ShipmentOption("HFP")]}, "Options"),
        ({"service": "DOM.RP"}, "Service"),
    ],
)
def test_an_absurd_parcel_changes_nothing(wrong: dict[str, Any], words: str) -> None:
    delivery = make_shipment().delivery
    with pytest.raises(BreaksARule, match=words):
        change_consignment(delivery, 1, **wrong)
    assert (now(delivery).packed, states(delivery)) == ({}, [(1, 1, "waiting")])


def test_of_one_parcel_what_a_clerk_says_counts_and_stays(script: Script, parcels: list[Parcel]) -> None:
    parcels.append(PARCEL)
    delivery = make_delivery()
    for number in (1, 2):
        make_shipment(delivery, parcel=number)
    assert change_consignment(delivery, 2, parcel=HEAVY, service=Service.XPRESSPOST) == Changed.CHANGED
    assert change_consignment(delivery, 2, options=[ShipmentOption("COV", Decimal(50))]) == Changed.CHANGED
    do_due()
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "dropped"), (2, 2, "dropped"), (2, 3, "labelled")]
    first, second = sorted(script.asked_to("create"), key=lambda request: request.parcel.weight_kg)
    assert (first.parcel, first.service, first.options) == (PARCEL, "DOM.EP", ())
    assert (second.parcel, second.service) == (HEAVY, "DOM.XP")
    assert second.options == (ShipmentOption("COV", Decimal(50)),)
    # Another change later keeps it.
    correct_recipient(delivery, SOMEBODY_ELSE)
    do_due()
    assert {request.parcel for request in script.asked_to("create")[2:]} == {PARCEL, HEAVY}


def test_the_same_options_in_another_order_are_no_change(shop_says: Any) -> None:
    options = [ShipmentOption("SO"), ShipmentOption("COV", Decimal("50.00"))]
    shop_says("options", options)
    delivery = make_delivery(state=DeliveryState.PLACED, release_asked_at=None, released_at=None)
    assert release(delivery.order) == Released.RELEASED
    delivery.refresh_from_db()
    assert change_consignment(delivery, 1, options=options[::-1]) == Changed.NOTHING
    options.reverse()
    assert not news_of(delivery)
    assert replan(delivery.order) == Changed.NOTHING
    assert states(delivery) == [(1, 1, "waiting")]


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_parcel_that_there_is_not_cannot_be_changed(number: int) -> None:
    with pytest.raises(NoSuchParcel):
        change_consignment(make_delivery(), number, parcel=HEAVY)


@pytest.mark.parametrize("do", [heavier, lambda delivery: replan(delivery.order)])
def test_a_shop_that_cannot_say_changes_nothing(shop_says: Any, do: Do) -> None:
    shop_says("parcels", lambda _: 1 / 0)
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    with pytest.raises(ShopFailed):
        do(delivery)
    assert states(delivery) == [(1, 1, "labelled")]
    assert not delivery.history.exists()


# Parcels follow the shop.


def test_a_box_that_is_split_gets_a_second_shipment(script: Script, parcels: list[Parcel], admin_user: User) -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    parcels[:] = [replace(PARCEL, weight_kg=Decimal("0.6")), replace(PARCEL, weight_kg=Decimal("0.65"))]
    assert replan(delivery.order, "too big", user=admin_user) == Changed.WILL_BE_MADE_AGAIN
    assert states(delivery) == [(1, 1, "voiding"), (2, 1, "waiting")]
    do_due()
    assert states(delivery) == [(1, 1, "voided"), (1, 2, "labelled"), (2, 1, "labelled")]
    assert {request.parcel for request in script.asked_to("create")} == set(parcels)
    assert replan(delivery.order) == Changed.NOTHING
    [line] = delivery.history.filter(change=Change.REPLAN)
    assert (line.user, line.note) == (admin_user, "too big")


@pytest.mark.parametrize(("state", "then"), [("waiting", "dropped"), ("labelled", "voided")])
def test_a_cancelled_line_takes_its_own_parcel_away_and_comes_back_if_it_is_wanted_again(
    parcels: list[Parcel], state: str, then: str
) -> None:
    parcels.append(HEAVY)
    delivery = make_delivery()
    make_shipment(delivery, parcel=1, state=ShipmentState.LABELLED)
    make_shipment(delivery, parcel=2, state=state, weight_kg=HEAVY.weight_kg)
    assert replan(delivery.order) == Changed.NOTHING
    parcels.pop()
    assert replan(delivery.order) == (Changed.CHANGED if state == "waiting" else Changed.WILL_BE_MADE_AGAIN)
    do_due()
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, then)]
    assert replan(delivery.order) == Changed.NOTHING
    parcels.append(HEAVY)
    assert replan(delivery.order) == Changed.CHANGED
    do_due()
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, then), (2, 2, "labelled")]


@pytest.mark.parametrize("state", ["refund_asked", "refused"])
def test_a_parcel_that_was_undone_is_made_again_if_it_is_wanted_again(state: str) -> None:
    """The old label was destroyed, or a person said that nothing was made."""
    delivery = make_delivery()
    undone = {"state": state, "open_parcel": None, "change_asked_at": timezone.now()}
    make_shipment(delivery, **undone)
    assert replan(delivery.order) == Changed.CHANGED
    do_due()
    assert states(delivery) == [(1, 1, state), (1, 2, "labelled")]


def test_what_a_clerk_said_of_parcels_is_forgotten_when_they_follow_the_shop(script: Script) -> None:
    delivery = make_shipment().delivery
    heavier(delivery)
    assert replan(delivery.order) == Changed.CHANGED
    do_due()
    assert states(delivery) == [(1, 1, "dropped"), (1, 2, "dropped"), (1, 3, "labelled")]
    assert [request.parcel for request in script.asked_to("create")] == [PARCEL]


def test_an_order_without_parcels_is_to_be_cancelled_instead(parcels: list[Parcel]) -> None:
    delivery = make_shipment().delivery
    parcels.clear()
    with pytest.raises(NothingToShip):
        replan(delivery.order)
    assert states(delivery) == [(1, 1, "waiting")]
    assert replan(make_order()) == Changed.NOTHING


def test_a_delivery_that_waits_gets_no_shipment_by_following_the_shop(parcels: list[Parcel]) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    parcels.append(HEAVY)
    assert replan(delivery.order) == Changed.NOTHING
    assert states(delivery) == []


def test_a_box_more_of_what_was_put_on_hold_gets_its_shipment_and_goes_with_the_others(parcels: list[Parcel]) -> None:
    delivery = make_shipment().delivery
    hold(delivery.order)
    parcels.append(HEAVY)
    assert replan(delivery.order) == Changed.CHANGED
    assert replan(delivery.order) == Changed.NOTHING
    do_due()
    assert states(delivery) == [(1, 1, "waiting"), (2, 1, "waiting")]
    resume(delivery.order)
    do_due()
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "labelled")]


def test_a_box_more_of_what_needs_a_post_office_gets_its_shipment_once_that_is_chosen(parcels: list[Parcel]) -> None:
    delivery = make_shipment(make_delivery(state=DeliveryState.NEEDS_CHOICE), state=ShipmentState.LABELLED).delivery
    parcels[:] = [HEAVY, PARCEL]
    assert replan(delivery.order) == Changed.WILL_BE_MADE_AGAIN
    do_due()
    assert states(delivery) == [(1, 1, "voided")]
    change_office(now(delivery), OTHER)
    do_due()
    assert states(delivery) == [(1, 1, "voided"), (1, 2, "labelled"), (2, 1, "labelled")]


def test_of_an_erased_recipient_nothing_is_made_again() -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    to_another_office(delivery)
    assert move_delivery(delivery, Change.ERASE, **ERASED)
    do_due()
    assert states(delivery) == [(1, 1, "voided")]


# What a desk offers.


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        *(({"state": state}, True) for state in ("placed", "held", "needs_choice", "released")),
        *(({"state": state}, False) for state in ("cancelled", "reserved", "draft")),
        ({"stop_asked_at": timezone.now()}, False),
        ({"erased_at": timezone.now()}, False),
        ({"erased_at": timezone.now(), "state": "needs_choice", "reason": Reason.CHOICE_ERASED}, True),
    ],
)
def test_what_can_be_changed(fields: dict[str, Any], expected: bool) -> None:
    assert can_be_changed(make_delivery(**fields)) == expected


def test_what_can_be_cancelled() -> None:
    assert can_be_cancelled(make_delivery(state="needs_choice"))
    assert not can_be_cancelled(make_delivery(state="cancelled"))
    asked = make_delivery(stop_asked_at=timezone.now())
    tried = make_shipment(asked, state=ShipmentState.ATTENTION)
    assert not can_be_cancelled(asked)
    Shipment.objects.filter(pk=tried.pk).update(shipment_id="S-0")
    assert can_be_cancelled(asked)


def test_what_the_shop_says_now_and_the_shipments_do_not(parcels: list[Parcel]) -> None:
    delivery = make_delivery()
    first, second = (make_shipment(delivery, parcel=number, state=ShipmentState.LABELLED) for number in (1, 2))
    parcels[:] = [PARCEL, PARCEL]
    assert not news_of(delivery)
    parcels[:] = [HEAVY]
    news = news_of(delivery)
    assert (news.parcels, list(news.wrong), list(news.new)) == (1, [first, second], [])
    parcels[:] = [PARCEL, PARCEL, PARCEL]
    news = news_of(delivery)
    assert (news.parcels, list(news.wrong), list(news.new)) == (3, [], [3])
    delivery.packed = {"1": {"weight_kg": "1.25"}}
    parcels[:] = [PARCEL, PARCEL]
    assert news_of(delivery).forgotten
    assert delivery.packed == {"1": {"weight_kg": "1.25"}}
