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
from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.handoff.releasing.missed_calls import release_what_is_paid
from deliver_to_po.handoff.sending.hand_off_now import can_be_handed_off, hand_off_again
from deliver_to_po.models import Delivery
from deliver_to_po.shipping import Made, ShipmentRequest, ShippingSystem
from tests.bystanders import Bystanders
from tests.factories import PARCEL, make_draft
from tests.shop.buying import Bought, order_first, payment_came, reserve, state_of

pytestmark = pytest.mark.django_db

Answer = Callable[[Any], Any]


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


def reads_a_list(_: Any) -> Any:
    return iter(list[Any]())


# Nothing stops for these: who paid is known, the others fall back.
FALL_BACK = ("is_paid", "reference", "language", "email")
STOPS = ("parcels", "ship_from", "options", "service", "shipping_system", "goes_to_post_office", "hold_reason")
# Which question is answered how, and why the delivery is on hold then. Every other wrong answer is a row of tests/host.
MISTAKES: list[tuple[str, Any, Reason]] = [
    *((question, fails, Reason.NONE) for question in FALL_BACK),
    *((question, fails, Reason.SHOP_ERROR) for question in STOPS),
    ("is_paid", asks_the_database_nonsense, Reason.NONE),
    ("ship_from", asks_the_database_nonsense, Reason.SHOP_ERROR),
    ("parcels", asks_the_database_nonsense_lazily, Reason.SHOP_ERROR),
    ("goes_to_post_office", None, Reason.SHOP_ERROR),
    ("parcels", [replace(PARCEL, weight_kg="1,25")], Reason.SHOP_ERROR),  # type: ignore[arg-type]
    ("parcels", reads_a_list, Reason.NO_PARCELS),
    ("options", reads_a_list, Reason.NONE),
    ("hold_reason", None, Reason.NONE),
    ("hold_reason", "x" * 1_000_000, Reason.SHOP_HOLD),
]


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


def paid_while(shop_says: Any, question: str, answer: Any) -> Bought:
    shop_says(question, answer)
    return payment_came(reserve(make_draft()).pk)


def let_go_on(delivery: Delivery) -> None:
    """Do what "Request the label" does."""
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
    button, sent = ("let_go_on", {CONFIRMED: "1"}) if "“Resume”" in reason.advice else ("hand_off", {})
    assert desk(delivery, button) in page
    assert client.post(desk(delivery, button), sent).status_code == 302
    delivery.refresh_from_db()


@pytest.mark.parametrize(("question", "answer", "reason"), MISTAKES)
def test_no_answer_costs_a_payment_and_what_it_stopped_goes_on_once_it_is_mended(
    question: str, answer: Any, reason: Reason, shop_says: Any, admin_client: Client, bystanders: Bystanders
) -> None:
    draft = reserve(make_draft())
    shop_says(question, answer)
    bought = payment_came(draft.pk)
    assert bought.delivery.pk == draft.pk
    assert_paid_order_with_delivery(bought, reason)
    if reason:
        shop_says.mend()
        press_the_button(admin_client, bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.NONE)


@pytest.mark.parametrize("question", ["parcels", "goes_to_post_office"])
def test_what_is_mended_goes_on_as_well_when_somebody_lets_it_go_on(
    question: str, shop_says: Any, admin_client: Client
) -> None:
    bought = paid_while(shop_says, question, fails)
    shop_says.mend()
    admin_client.post(desk(bought.delivery, "let_go_on"), {CONFIRMED: "1"})
    bought.delivery.refresh_from_db()
    assert_paid_order_with_delivery(bought, Reason.NONE)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("service", fails),
        ("service", "1,25"),
        ("parcels", asks_the_database_nonsense),
        ("parcels", None),
        ("options", fails),
    ],
)
def test_no_answer_about_a_cart_keeps_a_draft_from_being_reserved(
    question: str, answer: Any, shop_says: Any, bystanders: Bystanders
) -> None:
    draft = make_draft()
    shop_says("service", None)
    shop_says(question, answer)
    reserved = shop.reserve(draft.pk, seen=fingerprint(draft), cart=object())
    assert (reserved.state, reserved.service) == (DeliveryState.RESERVED, "")


def test_the_history_says_which_number_of_a_parcel_was_wrong(shop_says: Any) -> None:
    bought = paid_while(shop_says, "parcels", [replace(PARCEL, length_cm=Decimal("nan"))])
    assert bought.delivery.history.get(change="hold").note == "parcels: length_cm is out of range"


@pytest.mark.parametrize("question", ["parcels", "goes_to_post_office"])
def test_while_the_mistake_stays_the_button_changes_nothing(question: str, shop_says: Any) -> None:
    bought = paid_while(shop_says, question, fails)
    before = list(bought.delivery.history.values_list("change", "reason", "note"))
    let_go_on(bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.SHOP_ERROR)
    assert list(bought.delivery.history.values_list("change", "reason", "note")) == before


def test_another_mistake_than_before_is_written_down(shop_says: Any) -> None:
    bought = paid_while(shop_says, "parcels", fails)
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


@pytest.mark.parametrize("answer", [fails, asks_the_database_nonsense, lambda day: None, lambda day: "x" * 1_000_000])
def test_no_shipping_system_costs_a_payment(
    answer: Answer, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": {"BACKEND": f"{__name__}.OddSystem"}})
    monkeypatch.setattr(OddSystem, "answer", answer)
    bought = payment_came(reserve(make_draft()).pk)
    assert_paid_order_with_delivery(bought, Reason.SHOP_ERROR)
    monkeypatch.setattr(OddSystem, "answer", lambda day: "")
    let_go_on(bought.delivery)
    assert_paid_order_with_delivery(bought, Reason.NONE)


def test_where_an_order_goes_is_asked_again_before_it_is_released(shop_says: Any) -> None:
    bought = paid_while(shop_says, "goes_to_post_office", fails)
    shop_says("goes_to_post_office", False)
    assert shop.release(bought.order) == shop.Released.HELD
    assert state_of(bought.order) == (DeliveryState.HELD, Reason.NOT_FOR_POST_OFFICE)


def test_a_release_that_was_tried_in_vain_does_not_count_as_somebodys_leave(shop_says: Any) -> None:
    bought = paid_while(shop_says, "parcels", fails)
    shop_says.mend()
    shop_says("ship_from", fails)
    shop.release(bought.order)
    shop_says.mend()
    shop_says("hold_reason", "check for fraud")
    assert shop.release(bought.order) == shop.Released.HELD
    assert state_of(bought.order)[1] == Reason.SHOP_HOLD


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
    assert state_of(bought.order)[0] == DeliveryState.PLACED
    shop_says("is_paid", lambda order: order == bought.order)
    release_what_is_paid()
    assert state_of(bought.order)[0] == DeliveryState.RELEASED


def test_what_the_sweep_cannot_release_it_puts_on_hold_with_the_reason(shop_says: Any, bystanders: Bystanders) -> None:
    bought = order_first(make_draft())
    shop_says("is_paid", lambda order: order == bought.order)
    shop_says("parcels", fails)
    release_what_is_paid()
    assert state_of(bought.order) == (DeliveryState.HELD, Reason.SHOP_ERROR)


def test_a_wrong_answer_about_an_order_without_a_choice_lets_it_through(shop_says: Any) -> None:
    bought = order_first(make_draft())
    shop_says("goes_to_post_office", fails)
    assert shop.require_choice(bought.order) == bought.delivery
    Delivery.objects.filter(pk=bought.delivery.pk).update(state=DeliveryState.CANCELLED)
    assert shop.require_choice(bought.order) is not None
