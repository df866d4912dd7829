"""Whatever buyers do in the Oscar shop in whichever order."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from oscar.core.loading import get_model

from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from example_shop.oscar.partner.strategy import Strategy
from tests import any_checkout
from tests.any_checkout import Form, check, checkouts
from tests.contrib.oscar.buyer import Buyer, Order, amounts, make_dearer
from tests.contrib.oscar.settings import SHOP

# The shop of the page has one service, no taxes, and one way to pay.
ALL = SHOP == "order"
# What is sold beside the mugs, which may be added at any time.
OTHERS = get_model("partner", "StockRecord").objects.exclude(product__upc="stoneware-mug")


class OscarShop(any_checkout.Shop):
    services = any_checkout.SERVICES if ALL else ("DOM.EP",)
    elsewhere = ALL
    post_office = CODE
    total = "total_incl_tax"
    meanwhile = ("order_beside", "look", "sell_out", "ask_us_dollars")

    def __init__(self) -> None:
        self.buyer = Buyer()
        self._entered = False

    def last_page(self) -> tuple[Form, str]:
        page = self.buyer.get("checkout:preview")
        return self.buyer.form(), amounts(page)[-1]

    def press(self, form: Form) -> None:
        self.buyer.place_order(form)

    def leave(self, form: Form) -> Callable[[bool, bool], object]:
        answers = self.buyer.leave()

        def answer(paid: bool, own: bool) -> object:
            return (self.buyer if own else Buyer()).come_back(answers.pay if paid else answers.cancel)

        return answer

    def toggle_voucher(self) -> None:
        toggle = self.buyer.remove_voucher if self._entered else self.buyer.enter_voucher
        toggle()
        self._entered = not self._entered

    def make_dearer(self) -> None:
        make_dearer()

    def look(self) -> None:
        """Leave the payment page, and have all back: it may be paid after all."""
        self.buyer.get("checkout:preview")

    def sell_out(self) -> None:
        OTHERS.update(num_in_stock=0)

    def ask_us_dollars(self) -> None:
        OTHERS.update(price_currency="USD")

    def orders(self) -> list[Any]:
        return list(Order.objects.all())

    def check_order(self, order: Any, delivery: Delivery) -> None:
        rate = Strategy.tax_rates[delivery.office_province] if ALL else 0
        assert order.shipping_excl_tax == delivery.price
        assert order.shipping_tax == round(order.shipping_excl_tax * rate, 2)
        for line in order.lines.all():
            # Oscar takes a discount off before tax, then scales the taxed price, which is in cents, by it.
            untaxed = line.line_price_excl_tax
            assert abs(line.line_price_incl_tax - untaxed * (1 + rate)) <= Decimal("0.01") * line.quantity


@pytest.mark.timeout(3600)
@pytest.mark.django_db
@checkouts(OscarShop)
def test_what_is_shown_is_charged_kept_and_shipped(filled: None, emulator: EmulatorServer, **drawn: Any) -> None:
    check(OscarShop, emulator, **drawn)
