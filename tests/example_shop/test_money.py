"""What a buyer pays: the service chosen, the coupon, free delivery, and the taxes of where the parcel is delivered."""

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.identifiers import PROVINCES
from deliver_to_po.emulator.server import EmulatorServer
from example_shop.models import Order, Payment, Product
from example_shop.prices import FREE_FROM
from example_shop.taxes import RATES, taxes
from example_shop.templatetags.shop import day
from example_shop.views import checkout
from tests.example_shop.buyer import Buyer, only_delivery, only_order, press
from tests.rounds import do_due

NBSP = "\N{NO-BREAK SPACE}"
# A blanket, 148.00, and 15.93 for its parcel; each tax on both together, and the total.
TAXED = {
    "Ottawa": ("K1A 0B1", [("HST (13%)", "TVH (13_%)", "21.31")], "185.24"),
    "Montréal": ("H2X 1Y4", [("GST (5%)", "TPS (5_%)", "8.20"), ("QST (9.975%)", "TVQ (9,975_%)", "16.35")], "188.48"),
}


def test_every_province_has_its_taxes() -> None:
    assert set(RATES) == set(PROVINCES)
    rates = {province: sum(percent for _, percent in named) for province, named in RATES.items()}
    assert {rates[province] for province in ("NB", "NL", "PE")} == {15}
    assert {rates[province] for province in ("AB", "NT", "NU", "YT")} == {5}
    assert (rates["SK"], rates["MB"]) == (11, 12)


def test_each_tax_is_rounded_by_itself_and_none_is_taxed() -> None:
    assert [str(tax.amount) for tax in taxes(Decimal("0.10"), "QC")] == ["0.01", "0.01"]
    assert [str(tax.amount) for tax in taxes(Decimal("100.00"), "QC")] == ["5.00", "9.98"]


@pytest.mark.parametrize("city", TAXED)
def test_somebody_of_gatineau_pays_the_taxes_of_the_post_office(
    buyer: Buyer, city: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    near, named, total = TAXED[city]
    buyer.say_who(city="Gatineau", postal_code="J8X 2K4")
    buyer.choose_method("post_office")
    buyer.choose_and_name(near)
    review = buyer.get("shop:review")
    with django_capture_on_commit_callbacks(execute=True):
        buyer.place_order()
    order = only_order()
    assert (order.province, str(order.shipping), str(order.total)) == ("QC", "15.93", total)
    assert order.shipping == only_delivery().price
    # The buyer's language may be another one when the page is seen again.
    page = buyer.client.get(order.get_absolute_url(), headers={"accept-language": "fr"}).content.decode()
    for english, french, amount in named:
        for text in (review, str(mail.outbox[0].body)):
            assert english in text
            assert f"${amount}" in text
        assert french.replace("_", NBSP) in page
        assert f"{amount.replace('.', ',')}{NBSP}$" in page


def test_an_office_in_another_province_is_priced_again_before_it_is_paid_and_that_is_said(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    form = buyer.last_form()
    buyer.choose_office("K1A 0B1")
    # The button of the old page charges nothing.
    page = html.unescape(buyer.place_order(form).content.decode())
    assert "Taxes have changed: your order will now be delivered to Ontario." in page
    assert "Check the delivery and the total." in page
    assert "$185.24" in page
    assert not Order.objects.exists()
    assert "Taxes have changed" not in buyer.get("shop:review")
    buyer.place_order()
    assert str(only_order().total) == "185.24"


@pytest.mark.parametrize("pay", ["", "elsewhere"])
def test_what_another_tab_chooses_while_the_button_is_answered_is_not_sold_at_the_taxes_of_the_former_province(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, pay: str
) -> None:
    Product.objects.update(price=FREE_FROM)
    buyer.go_to_review("post_office", near="K1A 0B1")
    ottawa, dear = buyer.choice().office_id, buyer.last_form()
    buyer.choose_office("T2P 2M5")
    cheap, buy = buyer.last_form(), checkout._buy

    def beside_another_tab(*bought: Any) -> Any:
        monkeypatch.setattr(checkout, "_buy", buy)
        buyer.post("deliver_to_po:choose", {"office_id": ottawa})
        return buy(*bought)

    monkeypatch.setattr(checkout, "_buy", beside_another_tab)
    buyer.place_order({**cheap, "seen": dear["seen"], "pay": pay})
    assert (Order.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_price_that_is_missing_is_neither_free_nor_charged(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "price", lambda *_: None)
    buyer.say_who()
    assert "Free" not in buyer.get("shop:delivery")
    buyer.choose_method("post_office")
    buyer.choose_and_name()
    assert "We cannot say yet what your delivery costs." in buyer.get("shop:review")
    buyer.post("shop:review", {})
    assert not Order.objects.exists()


# -- Coupon and free delivery ---------------------------------------------------------------------------------------


def test_a_coupon_across_the_threshold_is_priced_again_and_that_is_said(buyer: Buyer) -> None:
    buyer.put_into_basket("stoneware-mug")
    assert "is free for this basket" in buyer.get("shop:basket")
    buyer.go_to_review("post_office")
    form = buyer.last_form()
    assert "Free" in buyer.get("shop:review")
    assert buyer.post("shop:coupon", {"coupon": " tilleul 20 "}).status_code == 302
    basket = buyer.get("shop:basket")
    assert "−$36.00" in basket
    assert "is free from $150.00" in basket
    page = html.unescape(buyer.place_order(form).content.decode())
    assert "Your delivery is no longer free: it now costs $" in page
    buyer.place_order()
    order = only_order()
    assert [str(amount) for amount in (order.subtotal, order.discount, order.worth)] == ["180.00", "36.00", "144.00"]
    assert order.shipping == only_delivery().price
    assert order.shipping > 0
    assert "Coupon TILLEUL20" in buyer.get("shop:order", order.token)
    # It was for that order.
    buyer.put_into_basket("stoneware-mug")
    assert "−$" not in buyer.get("shop:basket")


def test_a_payment_elsewhere_is_charged_with_coupon_and_every_tax(buyer: Buyer) -> None:
    buyer.post("shop:coupon", {"coupon": "TILLEUL20"})
    buyer.go_to_review("post_office")
    payment = buyer.go_to_payment_page()
    press(payment, "pay")
    order = only_order()
    assert order.total == payment.total == order.worth + order.shipping + sum(tax.amount for tax in order.tax_lines)
    assert [tax.name for tax in order.tax_lines] == ["GST", "QST"]


@pytest.mark.parametrize("code", ["TILLEUL21", "<b>"])
def test_a_wrong_coupon_says_so_keeps_what_was_typed_and_leaves_the_basket(buyer: Buyer, code: str) -> None:
    buyer.post("shop:coupon", {"coupon": "TILLEUL20"})
    answer = buyer.post("shop:coupon", {"coupon": code})
    page = answer.content.decode()
    assert 'id="id_coupon_error"' in page
    assert re.search(r'name="coupon" value="([^"]*)"', page)[1] == html.escape(code)  # type: ignore[index]
    # Where a change of language leads from that page.
    assert "−$29.60" in buyer.get("shop:coupon")
    buyer.post("shop:coupon", {"coupon": ""})
    assert "−$" not in buyer.get("shop:basket")


# -- Coverage and signature -----------------------------------------------------------------------------------------


def test_what_costs_600_dollars_is_covered_and_signed_for(buyer: Buyer, emulator: EmulatorServer) -> None:
    buyer.post("shop:basket", {"product": "wool-blanket", "quantity": 0})
    buyer.put_into_basket("kitchen-knives")
    buyer.go_to_review("post_office")
    buyer.place_order()
    do_due()
    [made] = emulator.shipments
    options = {option["optionCode"]: option.get("optionAmount") for option in made.body["deliverySpec"]["options"]}
    assert options == {"D2PO": None, "COV": 600, "SO": None}
    assert order_adapter().options(Order(subtotal=Decimal("499.99"), discount=Decimal(0))) == []


# -- The list of methods --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "written"), [(1, "mardi 1er décembre"), (11, "vendredi 11 décembre")])
def test_the_first_of_a_month_is_an_ordinal_in_french(number: int, written: str) -> None:
    with translation.override("fr"):
        assert day(date(2026, 12, number)) == written
