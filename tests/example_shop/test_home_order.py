"""Buying with home delivery."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from example_shop.models import Order
from example_shop.views import checkout as views
from tests.example_shop.buyer import Buyer, only_order


@pytest.fixture
def order(buyer: Buyer) -> Order:
    buyer.go_to_review("home")
    buyer.place_order()
    return only_order()


def test_an_order_for_home_delivery_keeps_what_was_typed_and_asks_canada_post_nothing(
    order: Order, emulator: EmulatorServer
) -> None:
    assert (order.name, order.postal_code, order.method) == ("Zoé Côté-Lévesque", "H2X1Y4", "home")
    assert order.is_paid
    assert not Delivery.objects.exists()
    assert not emulator.calls


def test_tax_is_on_goods_and_shipping(order: Order) -> None:
    assert [str(amount) for amount in (order.subtotal, order.shipping, order.tax, order.total)] == [
        "148.00",
        "18.95",
        "25.00",
        "191.95",
    ]


def test_pressing_the_button_twice_makes_one_order_and_one_e_mail(
    buyer: Buyer, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    buyer.go_to_review("home")
    form = buyer.last_form()
    with django_capture_on_commit_callbacks(execute=True):
        first, second = buyer.place_order(form), buyer.place_order(form)
    assert first["location"] == second["location"] == only_order().get_absolute_url()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_order(buyer: Buyer) -> None:
    buyer.go_to_review("home")
    form = buyer.last_form()
    together = Barrier(2)

    def press(_: int) -> str:
        browser = Client()
        browser.cookies = buyer.client.cookies
        try:
            together.wait(timeout=10)
            return browser.post(reverse("shop:review"), form)["location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        places = set(pool.map(press, range(2)))
    assert places == {only_order().get_absolute_url()}


def test_a_basket_changed_in_another_tab_is_shown_again_before_it_is_paid(buyer: Buyer) -> None:
    buyer.go_to_review("home")
    form = buyer.last_form()
    buyer.put_into_basket("stoneware-mug")
    page = buyer.place_order(form).content.decode()
    assert "Check the delivery and the total." in page
    assert "$228.75" in page
    assert not Order.objects.exists()


def test_what_was_shown_at_a_post_office_does_not_go_home_for_the_same_total(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "HOME_PRICE", Decimal(0))
    buyer.put_into_basket("wool-blanket", 2)
    buyer.go_to_review("post_office")
    form = buyer.last_form()
    buyer.choose_method("home")
    page = buyer.place_order(form).content.decode()
    assert f'value="{form["total"]}"' in page
    assert "Check the delivery and the total." in page
    assert not Order.objects.exists()
    buyer.place_order()
    assert only_order().method == "home"


def test_what_is_missing_is_marked_and_the_rest_is_kept(buyer: Buyer) -> None:
    needed = ("name", "email", "phone", "address_line_1", "city", "province", "postal_code")
    page = buyer.say_who(**dict.fromkeys(needed, "")).content.decode()
    assert [field for field in needed if f'id="id_{field}_error"' not in page] == []
    assert page.count("This field is required.") == len(needed)
    assert "app. 5" in page


def test_a_postal_code_that_canada_post_never_issued_is_refused(buyer: Buyer) -> None:
    assert "Enter a Canadian postal code" in buyer.say_who(postal_code="D1D 1D1").content.decode()


@pytest.mark.parametrize("page", ["shop:checkout", "shop:delivery", "shop:review"])
def test_a_checkout_without_a_basket_leads_to_the_basket(db: None, page: str) -> None:
    assert "Your basket is empty." in Buyer().get(page)


def test_an_order_is_seen_only_by_its_own_token(order: Order) -> None:
    stranger = Client()
    for guess in (str(order.pk), order.number, order.token[:-1], order.checkout_token):
        assert stranger.get(reverse("shop:order", args=[guess])).status_code == 404


def test_the_page_of_an_order_is_kept_by_no_cache(order: Order) -> None:
    assert "no-store" in Client().get(order.get_absolute_url())["cache-control"]


def test_the_buyers_text_is_escaped(buyer: Buyer) -> None:
    buyer.say_who(name="<b>Zoé</b>")
    buyer.choose_method("home")
    assert "&lt;b&gt;Zoé&lt;/b&gt;" in buyer.get("shop:review")
