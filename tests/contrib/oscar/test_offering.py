"""When the method is in Oscar's list, and what it says there."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from oscar.core.loading import get_class, get_model

from deliver_to_po.adapter import order_adapter
from deliver_to_po.contrib.oscar.adapter import OscarAdapter
from example_shop.oscar.adapter import ShopAdapter
from example_shop.oscar.shipping.repository import HomeDelivery
from tests.contrib.oscar.buyer import Buyer, make_downloads, only_delivery
from tests.factories import make_pause

NAME = "Deliver to Post Office"


def test_it_comes_after_the_shops_own_methods_with_the_lowest_price(buyer: Buyer) -> None:
    buyer.say_who()
    page = buyer.get("checkout:shipping-method")
    assert page.index("Home delivery") < page.index(NAME)
    assert "you see it before you pay" in page
    # The fallback price of 14.00 with the taxes of the buyer's province: nobody knows the post office yet.
    assert "16.10" in page
    buyer.choose_method()
    assert "16.10" in buyer.get("checkout:shipping-method")


def test_it_is_listed_whatever_the_shop_itself_lists(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    # As in Oscar's documentation, which calls no other.
    def own(self: Any, basket: Any, user: Any = None, shipping_addr: Any = None, **kwargs: Any) -> list[Any]:
        return [HomeDelivery()]

    monkeypatch.setattr(get_class("shipping.repository", "Repository"), "get_available_shipping_methods", own)
    buyer.buy()
    assert only_delivery().state == "released"


@pytest.mark.parametrize("name", ["postal_code", "recipient"])
def test_a_shop_that_cannot_say_who_buys_lists_its_methods_all_the_same(
    name: str, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer.say_who()
    monkeypatch.setattr(ShopAdapter, name, lambda *_asked: 1 / 0)
    page = buyer.get("checkout:shipping-method")
    assert "Home delivery" in page
    assert NAME in page


def test_it_is_not_listed_for_what_is_too_heavy_and_no_price_is_missed(
    buyer: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    buyer.put_into_basket("wool-blanket", 19)
    buyer.say_who()
    assert NAME not in buyer.get("checkout:shipping-method")
    assert "fallback_price" not in caplog.text


def test_while_it_is_paused_nobody_chooses_it_and_whoever_has_is_told(buyer: Buyer) -> None:
    buyer.go_to_preview()
    make_pause()
    assert "Strike." in buyer.get("checkout:preview")
    buyer.choose_method("home")
    assert NAME not in buyer.get("checkout:shipping-method")


def test_without_any_price_it_is_not_listed_and_the_log_says_what_to_write(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ShopAdapter, "fallback_price", None)
    buyer.say_who()
    assert NAME not in buyer.get("checkout:shipping-method")
    assert "fallback_price" in caplog.text


def test_it_is_not_listed_for_prices_in_another_currency(buyer: Buyer, caplog: pytest.LogCaptureFixture) -> None:
    buyer.say_who()
    get_model("basket", "Line").objects.update(price_currency="USD")
    assert NAME not in buyer.get("checkout:shipping-method")
    assert "costs CAD" in caplog.text


def test_where_it_is_the_only_method_oscar_asks_nobody(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_class("shipping.repository", "Repository"), "methods", ())
    buyer.say_who()
    assert buyer.client.get(reverse("checkout:shipping-method"))["location"] == reverse("deliver_to_po:choose")


def basket_of(*upcs: str) -> Any:
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    for upc in upcs:
        basket.add_product(get_model("catalogue", "Product").objects.get(upc=upc))
    return basket


def test_it_is_asked_again_for_a_basket_that_has_grown(buyer: Buyer) -> None:
    request: Any = buyer.client.get(reverse("basket:summary")).wsgi_request
    repository, prices = get_class("shipping.repository", "Repository")(), []
    for upc in ("stoneware-mug", "wool-blanket", "wool-blanket"):
        request.basket.add_product(get_model("catalogue", "Product").objects.get(upc=upc))
        prices.append(repository.get_shipping_methods(request.basket, request=request)[-1].price)
    assert (prices[0] > 0, prices[-1]) == (True, 0)


@pytest.mark.filterwarnings("ignore:update is not implemented")
@pytest.mark.django_db
def test_a_product_with_variants_costs_what_the_first_one_that_is_sold_does(buyer: Buyer) -> None:
    blanket = get_model("catalogue", "Product").objects.get(upc="wool-blanket")
    products = get_model("catalogue", "Product").objects
    parent = products.create(structure="parent", title="Blankets", product_class=blanket.product_class)
    products.create(structure="child", parent=parent, upc="not-sold")
    products.filter(pk=blanket.pk).update(structure="child", parent=parent, product_class=None)
    strategy = get_class("partner.strategy", "Selector")().strategy()
    assert strategy.fetch_for_parent(parent).price.excl_tax == 148


@pytest.mark.filterwarnings("ignore:update is not implemented")
@pytest.mark.django_db
def test_what_is_downloaded_weighs_nothing(buyer: Buyer) -> None:
    make_downloads(upc="stoneware-mug")
    [parcel] = order_adapter().parcels(basket_of("wool-blanket", "stoneware-mug"))
    assert parcel.weight_kg == Decimal("1.9")


@pytest.mark.usefixtures("filled")
def test_an_adapter_without_a_box_says_what_to_write() -> None:
    with pytest.raises(NotImplementedError, match="box_cm"):
        OscarAdapter().parcels(basket_of("wool-blanket"))


@pytest.mark.django_db
def test_an_empty_basket_cannot_be_mailed() -> None:
    assert "Your basket is empty" in order_adapter().mailable(basket_of())
