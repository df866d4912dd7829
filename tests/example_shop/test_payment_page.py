"""Paying at a payment page, which is somebody else's: whatever happens meanwhile, what is paid for is ordered."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.models import Delivery
from example_shop.models import Order, Payment
from example_shop.views.provider import news
from tests.example_shop.buyer import Buyer, only_order, press
from tests.factories import TYPED_RECIPIENT as RECIPIENT
from tests.factories import make_order

Happening = Callable[[Buyer, Payment], object]

R, H, N = DeliveryState.RELEASED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE


@pytest.fixture
def payment(buyer: Buyer) -> Payment:
    """Return what the buyer, who has chosen a post office, is about to pay."""
    buyer.go_to_review("post_office")
    return buyer.go_to_payment_page()


def delivery_of(order: Order) -> Delivery:
    return Delivery.objects.get(current_order=order)


def test_home_chosen_after_all_in_another_tab_changes_nothing_that_is_paid(buyer: Buyer) -> None:
    office_id = buyer.go_to_review("post_office")
    payment = buyer.go_to_payment_page()
    buyer.choose_method("home")
    press(payment, "pay")
    delivery = delivery_of(only_order())
    assert (only_order().is_paid, only_order().total) == (True, payment.total)
    assert (str(delivery.pk), delivery.state, delivery.office_id) == (payment.draft_id, R, office_id)


def test_home_delivery_is_paid_there_too(buyer: Buyer) -> None:
    buyer.go_to_review("home")
    payment = buyer.go_to_payment_page()
    assert not Order.objects.exists()
    press(payment, "pay")
    assert (only_order().is_paid, only_order().method) == (True, "home")
    assert not Delivery.objects.exists()


def test_the_way_back_leads_to_the_order_and_empties_the_basket(buyer: Buyer, payment: Payment) -> None:
    back = press(payment, "pay")["location"]
    answer = buyer.client.get(back)
    assert answer["location"] == only_order().get_absolute_url()
    assert "Your basket is empty." in buyer.get("shop:basket")
    assert only_order().number in buyer.get("shop:order", only_order().token)


def test_what_was_put_into_the_basket_meanwhile_stays_in_it(buyer: Buyer, payment: Payment) -> None:
    buyer.put_into_basket("stoneware-mug")
    buyer.client.get(press(payment, "pay")["location"])
    page = buyer.get("shop:basket")
    assert "mug" in page
    assert "blanket" not in page


def test_the_way_back_works_in_a_browser_that_the_shop_has_never_seen(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    back = press(buyer.go_to_payment_page(), "pay")["location"]
    assert only_order().number in Client().get(back, follow=True).content.decode()


def test_who_never_comes_back_finds_the_order_at_the_review_page_instead_of_another_button(buyer: Buyer) -> None:
    buyer.go_to_review("home")
    payment = buyer.go_to_payment_page()
    assert "the shop has been notified" in press(payment, "pay-and-leave").content.decode()
    assert buyer.client.get(reverse("shop:review"))["location"] == only_order().get_absolute_url()


def test_news_that_comes_twice_makes_one_order_one_parcel_and_one_e_mail(
    payment: Payment, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        press(payment, "pay-twice")
        press(payment, "pay")
    assert delivery_of(only_order()).shipments.count() == 1
    [message] = mail.outbox
    assert only_order().get_absolute_url() in str(message.body)


def test_news_of_nothing_changes_nothing(payment: Payment) -> None:
    for told, status in (
        (news(Payment(token="nobody's"), "paid"), 404),
        (news(payment, ""), 400),
        (news(payment, "x"), 400),
    ):
        assert Client().post(reverse("shop:notification"), told).status_code == status
    assert not Order.objects.exists()


def test_news_that_the_payment_page_has_not_signed_pays_nothing(payment: Payment) -> None:
    forged = signing.dumps([payment.token, "paid"], key="another shop's", salt="payment news")
    for told in ({}, {"news": forged}, {"token": payment.token, "outcome": "paid"}):
        assert Client().post(reverse("shop:notification"), told).status_code == 403
    assert not Order.objects.exists()


def test_a_link_alone_pays_nothing(payment: Payment) -> None:
    assert Client().get(reverse("shop:notification")).status_code == 405
    Client().get(reverse("shop:pay", args=[payment.token]))
    assert press(payment, "nonsense").status_code == 400
    assert not Order.objects.exists()


@pytest.mark.parametrize(("language", "told"), [("en", "The payment was not made."), ("fr", "n’a pas été fait")])
def test_a_declined_payment_leads_back_with_everything_kept(buyer: Buyer, language: str, told: str) -> None:
    buyer.client.cookies["django_language"] = language
    buyer.go_to_review("post_office")
    payment = buyer.go_to_payment_page()
    back = buyer.client.get(press(payment, "decline")["location"], follow=True)
    page = html.unescape(back.content.decode())
    assert back.redirect_chain[-1][0] == reverse("shop:review")
    assert told in page
    assert RECIPIENT["name"] in page
    assert Delivery.objects.get(pk=payment.draft_id).state == DeliveryState.DRAFT
    assert not Order.objects.exists()


def test_a_payment_that_is_given_up_late_leaves_the_choice_to_the_one_that_has_begun_since(buyer: Buyer) -> None:
    office_id = buyer.go_to_review("post_office")
    former, payment = buyer.go_to_payment_page(), buyer.go_to_payment_page()
    press(former, "decline")
    buyer.choose_office("K1A 0B1")
    press(payment, "pay")
    delivery = delivery_of(only_order())
    assert (delivery.state, delivery.office_id) == (R, office_id)


def test_declining_what_is_paid_changes_nothing(payment: Payment) -> None:
    press(payment, "pay")
    assert press(payment, "decline")["location"] == reverse("shop:returned", args=[payment.token])
    assert (only_order().is_paid, delivery_of(only_order()).state) == (True, R)


def test_paid_in_both_places_makes_two_orders_and_one_of_them_needs_a_choice(buyer: Buyer, payment: Payment) -> None:
    buyer.place_order()
    press(payment, "pay")
    assert sorted(delivery_of(order).state for order in Order.objects.all()) == [N, R]


@pytest.mark.parametrize(("language", "asked"), [("en", "To pay to Tilleul"), ("fr", "À payer à Tilleul")])
def test_the_payment_page_speaks_the_buyers_language_to_any_browser(buyer: Buyer, language: str, asked: str) -> None:
    buyer.client.cookies["django_language"] = language
    buyer.go_to_review("post_office")
    payment = buyer.go_to_payment_page()
    answer = Client(headers={"accept-language": "de"}).get(reverse("shop:pay", args=[payment.token]))
    page = answer.content.decode()
    assert asked in page
    assert f'<html lang="{language}-CA">' in page
    assert "no-store" in answer["cache-control"]


def test_a_payments_page_is_found_only_by_its_own_token(buyer: Buyer) -> None:
    buyer.go_to_review("home")
    payment = buyer.go_to_payment_page()
    for guess in (str(payment.pk), payment.token[:-1], payment.checkout_token):
        for name in ("shop:pay", "shop:returned"):
            assert Client().get(reverse(name, args=[guess])).status_code == 404


def test_the_shop_passes_its_own_checks(db: None, settings: Any) -> None:
    from django.contrib import admin
    from django.core.checks import run_checks

    assert admin.site.is_registered(Order)
    assert [message for message in run_checks() if message.level >= 40] == []


def test_the_desk_lists_orders_and_keeps_what_may_be_paid_for_right_now(admin_client: Client) -> None:
    make_order()
    assert admin_client.get(reverse("admin:example_shop_order_changelist")).status_code == 200
    product = make_order().lines.get().product
    assert admin_client.get(reverse("admin:example_shop_product_delete", args=[product.pk])).status_code == 403
