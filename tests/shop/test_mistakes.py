"""The shop's mistakes cost no payment: each wrong answer to each question, while a payment is being placed.

An order and a delivery come of every one. The delivery goes on where something can be fallen back to; else it is on
hold, says why on the desk, and goes on at the press of a button once the adapter is mended.
"""

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from deliver_to_po import shop
from deliver_to_po.adapter import OrderAdapter, ShipmentOption
from deliver_to_po.admin.changing import CONFIRMED
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.choices import DeliveryState, Reason
from deliver_to_po.handoff.again import can_be_handed_off, hand_off_again
from deliver_to_po.handoff.repair import release_what_is_paid
from deliver_to_po.models import Delivery
from deliver_to_po.shipping import Made, ShipmentRequest, ShippingSystem
from tests.bystanders import Bystanders
from tests.factories import PARCEL, SENDER, make_draft, make_paid_order
from tests.shop.buying import order_first, payment_came, place_paid, reserve

pytestmark = pytest.mark.django_db

Answer = Callable[[Any], Any]
LONG = "x" * 1_000_000


def fails(_: Any) -> Any:
    """Raise what nobody foresaw."""
    raise RuntimeError("canary")


def asks_the_database_nonsense(_: Any) -> Any:
    """Send a query that breaks the transaction on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM deliver_to_po_delivery")


def asks_the_database_nonsense_lazily(_: Any) -> Any:
    """Return a query that fails only when it is read."""
    return Delivery.objects.extra(where=["no_such_column = 1"])


MISTAKES: dict[str, Answer] = {
    "raises": fails,
    "fails in the database": asks_the_database_nonsense,
    "fails in the database when read": asks_the_database_nonsense_lazily,
    "None": lambda _: None,
    "another type": lambda _: object(),
    "NaN": lambda _: float("nan"),
    "infinity": lambda _: float("inf"),
    "1e9": lambda _: 1e9,
    "1,25": lambda _: "1,25",
    "1.25": lambda _: "1.25",
    "an int": lambda _: 7,
    "a float": lambda _: 3.2,
    "True": lambda _: True,
    "a generator": lambda _: iter(list[Any]()),
    "a long text": lambda _: LONG,
}
QUESTIONS = (
    *("parcels", "ship_from", "options", "service", "shipping_system"),
    *("is_paid", "goes_to_post_office", "hold_reason", "reference", "language", "email"),
)
# Nothing stops for these: who paid is known, the others fall back.
FALL_BACK = ("is_paid", "reference", "language", "email")
# What is an answer after all, or comes down to none.
GOES_ON = {
    ("options", "a generator"),
    ("goes_to_post_office", "True"),
    ("hold_reason", "None"),
}
OTHER_REASONS = {
    ("parcels", "a generator"): Reason.NO_PARCELS,
    ("hold_reason", "1,25"): Reason.SHOP_HOLD,
    ("hold_reason", "1.25"): Reason.SHOP_HOLD,
    ("hold_reason", "a long text"): Reason.SHOP_HOLD,
}


def reason_for(question: str, mistake: str) -> Reason:
    """Return why the delivery is on hold, none when it goes on."""
    if question in FALL_BACK or (question, mistake) in GOES_ON:
        return Reason.NONE
    return OTHER_REASONS.get((question, mistake), Reason.SHOP_ERROR)


def assert_paid_order_with_delivery(bought: Any, reason: Reason) -> None:
    bought.order.refresh_from_db()
    assert (bought.delivery.order, bought.delivery.current_order) == (bought.order, bought.order)
    assert bought.delivery.release_asked_at is not None
    if reason:
        assert (bought.delivery.state, bought.delivery.reason) == (DeliveryState.HELD, reason)
        assert not bought.delivery.shipments.exists()
    else:
        assert (bought.delivery.state, bought.delivery.reason) == (DeliveryState.RELEASED, Reason.NONE)
        assert bought.delivery.shipments.count() == 1


def let_go_on(delivery: Delivery) -> None:
    """Do what "Hand off now" does."""
    assert can_be_handed_off(delivery)
    hand_off_again(Delivery.objects.filter(pk=delivery.pk), user=None, seconds=0)
    delivery.refresh_from_db()


def desk(delivery: Delivery, page: str) -> str:
    return reverse(f"admin:deliver_to_po_{page}", args=[delivery.pk])


def press_the_button(client: Client, delivery: Delivery) -> None:
    """Press the button that the reason on the delivery's page names."""
    page = html.unescape(client.get(desk(delivery, "delivery_change")).content.decode())
    reason = Reason(delivery.reason)
    assert reason.why() in page
    assert reason.advice in page
    button, sent = ("let_go_on", {CONFIRMED: "1"}) if "“Let it go on”" in reason.advice else ("hand_off", {})
    assert desk(delivery, button) in page
    assert client.post(desk(delivery, button), sent).status_code == 302
    delivery.refresh_from_db()


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_costs_a_payment_and_what_it_stopped_goes_on_once_it_is_mended(
    question: str, mistake: str, shop_says: Any, admin_client: Client
) -> None:
    draft = reserve(make_draft())
    shop_says(question, MISTAKES[mistake])
    bought = payment_came(draft.pk)
    reason = reason_for(question, mistake)
    assert bought.delivery.pk == draft.pk
    assert_paid_order_with_delivery(bought, reason)
    if reason:
        shop_says.mend()
        press_the_button(admin_client, bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.NONE)


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name not in FALL_BACK])
def test_what_is_mended_goes_on_as_well_when_somebody_lets_it_go_on(
    question: str, shop_says: Any, admin_client: Client
) -> None:
    shop_says(question, fails)
    bought = payment_came(reserve(make_draft()).pk)
    shop_says.mend()
    admin_client.post(desk(bought.delivery, "let_go_on"), {CONFIRMED: "1"})
    bought.delivery.refresh_from_db()
    assert_paid_order_with_delivery(bought, Reason.NONE)


def test_every_question_about_an_order_is_in_the_table() -> None:
    methods = {name for name, value in vars(OrderAdapter).items() if callable(value) and not name.startswith("_")}
    asked_of_a_request = {"cart", "recipient", "postal_code", "last_delivery", "next_url", "home_delivery_url"}
    asked_of_a_cart = {"services", "mailable", "handling_days", "price"}
    asked_of_papers = {"contents", "packing_order"}
    assert set(QUESTIONS) == methods - asked_of_a_request - asked_of_a_cart - asked_of_papers - {"tax_destination"}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("question", ["service", "parcels", "options"])
def test_no_answer_about_a_cart_keeps_a_draft_from_being_reserved(
    question: str, mistake: str, shop_says: Any, bystanders: Bystanders
) -> None:
    draft = make_draft()
    shop_says("service", None)
    shop_says(question, MISTAKES[mistake])
    reserved = shop.reserve(draft.pk, seen=fingerprint(draft), cart=object())
    assert (reserved.state, reserved.service) == (DeliveryState.RESERVED, "")


PARCEL_FIELDS = ("weight_kg", "length_cm", "width_cm", "height_cm")
NUMBERS = ("1.25", "an int", "a float")


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if not name.startswith(("raises", "fails"))])
@pytest.mark.parametrize("field", PARCEL_FIELDS)
def test_no_number_of_a_parcel_costs_a_payment(field: str, mistake: str, shop_says: Any) -> None:
    shop_says("parcels", lambda order: [replace(PARCEL, **{field: MISTAKES[mistake](order)})])
    bought = payment_came(reserve(make_draft()).pk)
    reason = Reason.NONE if mistake in NUMBERS else Reason.SHOP_ERROR
    assert_paid_order_with_delivery(bought, reason)
    if reason:
        assert bought.delivery.history.get(change="hold").note.startswith(f"parcels: {field} ")
        shop_says.mend()
        let_go_on(bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.NONE)


SENDER_FIELDS = ("company", "name", "phone", "address", "line_1", "line_2", "city", "province", "postal_code")


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if not name.startswith(("raises", "fails"))])
@pytest.mark.parametrize("field", SENDER_FIELDS)
def test_no_field_of_the_sender_costs_a_payment(field: str, mistake: str, shop_says: Any) -> None:
    wrong = {field: MISTAKES[mistake](None)}
    of_address = hasattr(SENDER.address, field)
    shop_says("ship_from", replace(SENDER, **({"address": replace(SENDER.address, **wrong)} if of_address else wrong)))
    bought = payment_came(reserve(make_draft()).pk)
    is_text = mistake in ("1,25", "1.25") and field != "address"
    assert_paid_order_with_delivery(bought, Reason.NONE if is_text else Reason.SHOP_ERROR)


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if not name.startswith(("raises", "fails"))])
@pytest.mark.parametrize("field", ["code", "amount"])
def test_no_option_costs_a_payment(field: str, mistake: str, shop_says: Any) -> None:
    wrong: Any = {field: MISTAKES[mistake](None)}
    shop_says("options", [replace(ShipmentOption("COV", Decimal(50)), **wrong)])
    bought = payment_came(reserve(make_draft()).pk)
    right = ("1,25", "1.25") if field == "code" else (*NUMBERS, "None")
    assert_paid_order_with_delivery(bought, Reason.NONE if mistake in right else Reason.SHOP_ERROR)


@pytest.mark.parametrize("question", [*QUESTIONS, "recipient", "postal_code"])
def test_a_mistake_is_one_orders_own(question: str, shop_says: Any, bystanders: Bystanders) -> None:
    shop_says(question, asks_the_database_nonsense)
    payment_came(reserve(make_draft()).pk)


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name not in FALL_BACK])
def test_the_desk_says_why_what_to_do_and_the_code_for_the_developer(
    question: str, shop_says: Any, admin_client: Client
) -> None:
    shop_says(question, fails)
    delivery = payment_came(reserve(make_draft()).pk).delivery
    page = admin_client.get(reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])).content.decode()
    text = html.unescape(page)
    assert str(Reason.SHOP_ERROR.label) in text
    assert Reason.SHOP_ERROR.advice in text
    assert f"{question}: RuntimeError" in text
    assert "canary" not in text
    assert "d2po-hand-off" in page


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name not in FALL_BACK])
def test_while_the_mistake_stays_the_button_changes_nothing(question: str, shop_says: Any) -> None:
    shop_says(question, fails)
    bought = payment_came(reserve(make_draft()).pk)
    before = list(bought.delivery.history.values_list("change", "reason", "note"))
    let_go_on(bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.SHOP_ERROR)
    assert list(bought.delivery.history.values_list("change", "reason", "note")) == before


def test_another_mistake_than_before_is_written_down(shop_says: Any) -> None:
    shop_says("parcels", fails)
    bought = payment_came(reserve(make_draft()).pk)
    shop_says.mend()
    shop_says("ship_from", None)
    assert shop.release(bought.order) == shop.Released.HELD
    notes = bought.delivery.history.filter(change="hold").values_list("note", flat=True)
    assert list(notes) == ["parcels: RuntimeError", "ship_from: returned None"]


class OddSystem(ShippingSystem):
    """A shipping system of the shop's own, whose author made a mistake."""

    answer: Answer = fails

    def group(self, day: date) -> str:
        text: str = type(self).answer(day)
        return text

    def create(self, request: ShipmentRequest) -> Made:
        return Made(shipment_id="1")


@pytest.mark.parametrize("mistake", ["raises", "fails in the database", "None", "an int", "a long text"])
def test_no_shipping_system_costs_a_payment(
    mistake: str, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": {"BACKEND": f"{__name__}.OddSystem"}})
    monkeypatch.setattr(OddSystem, "answer", MISTAKES[mistake])
    bought = payment_came(reserve(make_draft()).pk)
    assert_paid_order_with_delivery(bought, Reason.SHOP_ERROR)
    monkeypatch.setattr(OddSystem, "answer", lambda day: "")
    let_go_on(bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.NONE)


def test_who_paid_is_known_by_the_call_that_places_the_order(shop_says: Any) -> None:
    shop_says("is_paid", fails)
    delivery = place_paid(make_paid_order(), reserve(make_draft()).pk)
    assert delivery.state == DeliveryState.RELEASED


def test_where_an_order_goes_is_asked_again_before_it_is_released(shop_says: Any) -> None:
    shop_says("goes_to_post_office", fails)
    bought = payment_came(reserve(make_draft()).pk)
    shop_says("goes_to_post_office", False)
    assert shop.release(bought.order) == shop.Released.HELD
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.reason) == (DeliveryState.HELD, Reason.NOT_FOR_POST_OFFICE)


def test_a_release_that_was_tried_in_vain_does_not_count_as_somebodys_leave(shop_says: Any) -> None:
    shop_says("parcels", fails)
    bought = payment_came(reserve(make_draft()).pk)
    shop_says.mend()
    shop_says("ship_from", fails)
    shop.release(bought.order)
    shop_says.mend()
    shop_says("hold_reason", "check for fraud")
    assert shop.release(bought.order) == shop.Released.HELD
    bought.delivery.refresh_from_db()
    assert bought.delivery.reason == Reason.SHOP_HOLD


@pytest.mark.parametrize("question", ["goes_to_post_office", "hold_reason"])
def test_an_order_to_be_paid_later_is_placed_on_hold_and_is_not_shipped_before_it_is_paid(
    question: str, shop_says: Any
) -> None:
    shop_says(question, fails)
    bought = order_first(make_draft())
    assert (bought.delivery.state, bought.delivery.reason) == (DeliveryState.HELD, Reason.SHOP_ERROR)
    shop_says.mend()
    let_go_on(bought.delivery)
    assert bought.delivery.state == DeliveryState.PLACED
    assert shop.release(bought.order) == shop.Released.RELEASED


@pytest.mark.parametrize("question", ["goes_to_post_office", "hold_reason"])
def test_an_order_to_be_paid_later_that_stands_still_is_released_by_its_payment(question: str, shop_says: Any) -> None:
    shop_says(question, fails)
    bought = order_first(make_draft())
    shop_says.mend()
    assert shop.release(bought.order) == shop.Released.RELEASED


def test_the_service_that_could_not_be_asked_is_asked_when_the_order_is_released(shop_says: Any) -> None:
    shop_says("service", fails)
    delivery = payment_came(reserve(make_draft(service="")).pk).delivery
    shop_says("service", "DOM.XP")
    let_go_on(delivery)
    assert delivery.shipments.get().service == "DOM.XP"


def test_what_was_paid_for_and_missed_is_released_by_the_sweep(shop_says: Any, bystanders: Bystanders) -> None:
    shop_says("is_paid", fails)
    bought = order_first(make_draft())
    release_what_is_paid()
    bought.delivery.refresh_from_db()
    assert bought.delivery.state == DeliveryState.PLACED
    shop_says("is_paid", lambda order: order == bought.order)
    release_what_is_paid()
    bought.delivery.refresh_from_db()
    assert bought.delivery.state == DeliveryState.RELEASED


def test_what_the_sweep_cannot_release_it_puts_on_hold_with_the_reason(shop_says: Any, bystanders: Bystanders) -> None:
    bought = order_first(make_draft())
    shop_says("is_paid", lambda order: order == bought.order)
    shop_says("parcels", fails)
    release_what_is_paid()
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.reason) == (DeliveryState.HELD, Reason.SHOP_ERROR)


def test_a_float_weight_is_the_weight_that_was_meant(shop_says: Any) -> None:
    weight: Any = sum([0.1] * 300)
    shop_says("parcels", [replace(PARCEL, weight_kg=weight)])
    [shipment] = payment_came(reserve(make_draft()).pk).delivery.shipments.all()
    assert str(shipment.weight_kg) == "30.000"


def test_a_wrong_answer_about_an_order_without_a_choice_lets_it_through(shop_says: Any) -> None:
    bought = order_first(make_draft())
    shop_says("goes_to_post_office", fails)
    assert shop.require_choice(bought.order) == bought.delivery
    Delivery.objects.filter(pk=bought.delivery.pk).update(state=DeliveryState.CANCELLED)
    assert shop.require_choice(bought.order) is not None
