"""The suite for a shop's own checkout: it passes for the example shop, and names each mistake that is put into it."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from inspect import signature
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, TestCase, override_settings
from django.test.utils import override_script_prefix
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoDbBlocker

from deliver_to_po import shop
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.errors import DeliverToPoError, DraftTaken, OfficeNoLongerTakesParcels, OptionPaused
from deliver_to_po.examination.doctor.checkout import examine_by
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import refuse_while_paused
from deliver_to_po.testing.checkout_hooks import Form, Hooks, _form_with
from deliver_to_po.testing.checkout_mistakes import MISTAKES
from deliver_to_po.testing.checkouts import CheckoutTests
from example_shop import checkout, checkout_tests, orders
from example_shop.basket import Basket
from example_shop.models import Order, Payment, Product, page_token
from example_shop.purchase import Purchase
from example_shop.views import checkout as pages
from example_shop.views import payments
from tests.docs.copied import ROOT

# Only two connections can do something at once.
AT_ONCE = "test_two_answers_at_once_make_one_order"


class Right(checkout_tests.CheckoutTest, TestCase):
    """The example shop's own tests, each in a transaction that is rolled back."""

    left_out: ClassVar[Collection[str]] = (AT_ONCE,)


def only(test: str) -> type[CheckoutTests]:
    """Return the example shop's tests without all others."""
    kind = checkout_tests.CheckoutTest if test == AT_ONCE else Right
    others = [name for name in dir(kind) if name.startswith("test_") and name != test]
    return type("Only", (kind,), {"left_out": others})


# pytest runs both classes, as in a shop of its own.
RightAtOnce = only(AT_ONCE)

# -- The mistakes ---------------------------------------------------------------------------------------------------

Patch = Callable[[], Any]


def instead(where: Any, name: str, wrong: Callable[..., Any]) -> Patch:
    """Put ``wrong`` in the place of a function of the shop's; it is given the right one first."""
    right = getattr(where, name)

    def called(*args: Any, **kwargs: Any) -> Any:
        return wrong(right, *args, **kwargs)

    return partial(patch.object, where, name, called)


class OtherCalls:
    """The door as one module of the shop knows it, some of its calls changed."""

    def __init__(self, changed: dict[str, Callable[..., Any]]) -> None:
        vars(self).update(changed)

    def __getattr__(self, name: str) -> Any:
        return getattr(shop, name)


def calls(where: Any, **changed: Callable[..., Any]) -> Patch:
    return partial(patch.object, where, "shop", OtherCalls(changed))


def another_order(payment: Payment) -> Order:
    return orders._make_order(page_token(), Purchase.from_json(payment.purchase), paid_at=timezone.now())


def makes_an_order_for_each_answer(right: Any, token: str, *told: Any) -> Order:
    known = Payment.objects.get(token=token)
    order: Order = right(token, *told)
    return order if known.order is None else another_order(known)


def asks_first_and_locks_nothing(right: Any, token: str, *told: Any) -> Order:
    payment = Payment.objects.get(token=token)
    if payment.order is None:
        payment.order = another_order(payment)
        payment.save()
        shop.place(payment.order, payment.draft_id, paid=True)
    return payment.order


def forgets_payments_after_a_day(right: Any, token: str, *told: Any) -> Any:
    begun_at = Payment.objects.get(token=token).created_at
    return None if timezone.now() - begun_at > timedelta(days=1) else right(token, *told)


def looks_into_the_session(right: Any, token: str, *told: Any) -> Any:
    held = [session.get_decoded().get("deliver_to_po.choice", []) for session in Session.objects.all()]
    known = any(Payment.objects.get(token=token).draft_id in choice for choice in held)
    return right(token, *told) if known else None


def refuses_a_closed_office(right: Any, token: str, *told: Any) -> Any:
    if Delivery.objects.filter(office_check="no_longer").exists():
        raise OfficeNoLongerTakesParcels
    return right(token, *told)


def refuses_during_a_pause(right: Any, token: str, *told: Any) -> Any:
    refuse_while_paused()
    return right(token, *told)


def believes_the_amount(right: Any, token: str, paid: Decimal, *told: Any) -> Any:
    return right(token, Payment.objects.get(token=token).total, *told)


def believes_the_currency(right: Any, token: str, paid: Decimal, currency: str, *told: Any) -> Any:
    return right(token, paid, "CAD", *told)


def takes_seen_from_now(right: Any, token: str, purchase: Purchase, choice: orders.Choice, basket: Basket) -> Any:
    now = fingerprint(Delivery.objects.get(pk=choice.draft_id))
    return right(token, purchase, replace(choice, seen=now), basket)


def fills_what_is_being_paid_for(right: Any, basket: Basket, product: Product, quantity: int) -> None:
    right(basket, product, quantity)
    for payment in Payment.objects.filter(order=None):
        items = [{"product_id": line.product.pk, "quantity": line.quantity, "price": "1"} for line in basket.lines()]
        payment.purchase["items"] = items
        payment.save()


def goes_on_after(kind: type[DeliverToPoError]) -> Patch:
    """Let a refusal of one kind lead to the payment anyway."""

    def mends_nothing(right: Any, request: HttpRequest, error: DeliverToPoError) -> Any:
        if not isinstance(error, kind):
            return right(request, error)
        return redirect("shop:pay", Payment.objects.create(purchase={}, total=1).token)

    return instead(pages, "_mend", mends_nothing)


def has_no_field_seen(right: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    page: HttpResponse = right(*args, **kwargs)
    page.content = page.content.replace(b'name="seen"', b'name="other"')
    return page


def saves_lines_too_late(right: Any, *args: Any, **kwargs: Any) -> Order:
    order: Order = right(*args, **kwargs)
    order.lines.all().delete()
    return order


def places_what_was_chosen_last(order: Order, draft_id: str, **said: Any) -> Any:
    return shop.place(order, Delivery.objects.filter(order=None).latest("created_at").pk, paid=True)


def nothing(*args: Any, **kwargs: Any) -> None:
    """Stand for a call that the shop has forgotten."""


charges_a_flat_price = (
    instead(Purchase, "of", lambda right, *before, **named: right(*before[:3], Decimal("9.95"), *before[4:])),
    calls(
        orders,
        reserve=lambda draft_id, *, seen, **said: shop.reserve(draft_id, seen=seen),
        place=lambda order, draft_id, **said: shop.place(order, draft_id, paid=True),
    ),
)
charges_tax_too = calls(
    orders, reserve=lambda draft_id, *, charge, **said: shop.reserve(draft_id, charge=charge + 1, **said)
)
does_not_reserve = calls(orders, reserve=nothing)
settles = partial(instead, payments, "settle")
sees_nothing_change = (
    instead(pages, "begin_payment", takes_seen_from_now),
    instead(pages, "_as_shown", lambda right, *args: True),
)
does_not_know_its_orders = (
    instead(pages, "_placed_before", lambda right, request: None),
    calls(pages, review=lambda request: replace(shop.review(request), order=None)),
)

AS_CHOSEN = "an_order_that_is_paid_goes_where_the_buyer_chose"
PRICE = "a_price_that_nobody_saw_is_not_charged"
LATE = "an_answer_that_comes_days_late_finds_order_and_post_office"
# The test that fails, what it says, and the mistakes that the shop makes then.
BROKEN: list[tuple[Any, ...]] = [
    (AS_CHOSEN, "no_way_through", instead(pages, "render", has_no_field_seen)),
    (AS_CHOSEN, "no_payment", charges_tax_too),
    (AS_CHOSEN, "not_as_chosen", instead(orders, "_make_order", saves_lines_too_late)),
    (AS_CHOSEN, "not_as_chosen", calls(orders, place=nothing, release=nothing)),
    ("what_is_charged_for_the_delivery_is_its_price", "charged_otherwise", *charges_a_flat_price),
    ("an_answer_that_comes_twice_makes_one_order", "answer_twice", settles(makes_an_order_for_each_answer)),
    ("two_answers_at_once_make_one_order", "answer_twice_at_once", settles(asks_first_and_locks_nothing)),
    (LATE, "answer_late", does_not_reserve),
    (LATE, "answer_late", settles(forgets_payments_after_a_day)),
    ("an_answer_needs_no_session", "no_session", settles(looks_into_the_session)),
    ("a_payment_of_another_amount_lets_no_parcel_go", "another_amount", settles(believes_the_amount)),
    ("a_payment_in_another_currency_lets_no_parcel_go", "another_currency", settles(believes_the_currency)),
    ("what_another_tab_has_chosen_is_not_paid_unseen", "paid_unseen", *sees_nothing_change),
    (PRICE, "price_unseen", *sees_nothing_change),
    (
        "what_another_tab_chooses_during_the_payment_changes_nothing",
        "another_tab",
        calls(orders, place=places_what_was_chosen_last),
    ),
    (
        "what_is_put_into_the_cart_during_the_payment_is_not_shipped",
        "cart_not_frozen",
        instead(Basket, "put", fills_what_is_being_paid_for),
    ),
    ("a_post_office_that_has_closed_is_not_paid_for", "office_closed", goes_on_after(OfficeNoLongerTakesParcels)),
    (
        "a_post_office_that_closes_during_the_payment_costs_no_order",
        "office_closed_meanwhile",
        settles(refuses_a_closed_office),
    ),
    ("nothing_is_paid_during_a_pause", "paused", goes_on_after(OptionPaused)),
    ("a_pause_during_the_payment_costs_no_order", "paused_meanwhile", settles(refuses_during_a_pause)),
    (
        "a_payment_that_was_cancelled_and_is_paid_after_all_makes_an_order",
        "cancelled_and_paid",
        instead(payments, "give_up", lambda right, token: Payment.objects.filter(token=token).delete()),
    ),
    ("who_has_paid_is_not_asked_to_pay_again", "asked_again", *does_not_know_its_orders),
    (
        "the_button_of_an_old_page_begins_no_payment",
        "back_button",
        *does_not_know_its_orders,
        instead(payments, "finish", nothing),
        goes_on_after(DraftTaken),
    ),
    ("the_next_order_begins_without_a_post_office", "not_forgotten", calls(checkout, forget_choice=nothing)),
]


@pytest.fixture
def _database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the tests of the suite use the database, in transactions of their own."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.usefixtures("_database")
@pytest.mark.parametrize("mistake", BROKEN, ids=lambda mistake: mistake[1])
def test_each_mistake_is_named(mistake: tuple[Any, ...]) -> None:
    test, code, *patches = mistake
    with ExitStack() as stack:
        for wrong in patches:
            stack.enter_context(wrong())
        [finding] = examine_by(only(f"test_{test}"))
    assert (finding.verdict, f"({code})" in finding.says) == (Verdict.WRONG, True), finding
    assert MISTAKES[code].page in finding.todo


class RightElsewhere(checkout_tests.CheckoutTest, TestCase):
    """The same shop at www, in a folder, the language in front of each address, as ``startproject`` calls English."""

    left_out = [name for name in dir(CheckoutTests) if name.startswith("test_") and name != f"test_{AS_CHOSEN}"]

    def setUp(self) -> None:
        self.enterContext(
            override_settings(
                FORCE_SCRIPT_NAME="/shop",
                ROOT_URLCONF="tests.testing.urls_with_language",
                LANGUAGE_CODE="en-us",
                PREPEND_WWW=True,
            )
        )
        self.enterContext(override_script_prefix("/shop/"))
        self.enterContext(override("en-us"))
        super().setUp()


class RightAtThePriceShown(Right):
    """A shop that places the order as it stood on the review page, and charges just that."""

    left_out = [name for name in dir(CheckoutTests) if name.startswith("test_") and name != f"test_{PRICE}"]

    def start_payment(self, client: Client, form: Form) -> Any:
        return Delivery.objects.latest("created_at")

    def charged_for_delivery(self, payment: Any) -> Decimal:
        price: Decimal = payment.price
        return price


def test_the_form_of_the_review_page_is_sent_as_a_browser_sends_it() -> None:
    page = """<form><input name="q"></form><form>
      <input type="hidden" name="seen" value="s">
      <select name="pay"><option value="card">Card</option><option value="invoice">Invoice</option></select>
      <select name="wrap"><option value="no">No</option><option value="yes" selected>Yes</option></select>
      <input type="radio" name="size" value="s"><input type="radio" name="size" value="m" checked>
      <input type="checkbox" name="news" value="1"><input type="submit" name="draft" value="Later"></form>"""
    assert _form_with("seen", page) == {"seen": "s", "pay": "card", "wrap": "yes", "size": "m"}


def test_a_shop_may_ask_every_database_that_it_has() -> None:
    assert CheckoutTests.databases == "__all__"


@pytest.mark.parametrize("hook", ["fill_cart", "start_payment", "answer", "order_of", "charged_for_delivery"])
def test_a_hook_that_is_not_written_is_named(hook: str) -> None:
    asked = signature(getattr(Hooks, hook)).parameters.values()
    with pytest.raises(NotImplementedError, match=rf"write {hook}\(\)"):
        getattr(Hooks, hook)(**{each.name: None for each in asked if each.default is each.empty})


def test_every_mistake_can_be_made() -> None:
    assert {code for _test, code, *_wrong in BROKEN} == set(MISTAKES)


def test_every_mistake_names_a_part_of_the_docs() -> None:
    for mistake in MISTAKES.values():
        page, _hash, anchor = mistake.page.partition("#")
        headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, mistake
