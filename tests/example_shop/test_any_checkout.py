"""Whatever buyers do in the example shop in whichever order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from example_shop.models import Order, Product
from example_shop.taxes import taxes
from example_shop.views.payments import DECLINED, PAID
from example_shop.views.provider import news
from tests import any_checkout
from tests.any_checkout import Form, check, checkouts
from tests.example_shop.buyer import Buyer


class ExampleShop(any_checkout.Shop):
    meanwhile = ("order_beside",)

    def __init__(self) -> None:
        self.buyer = Buyer()
        self._coupon = ""

    def last_page(self) -> tuple[Form, str]:
        form = self.buyer.last_form()
        assert f"${form['total']}" in self.buyer.get("shop:review")
        return form, form["total"]

    def press(self, form: Form) -> None:
        self.buyer.place_order(form)

    def leave(self, form: Form) -> Callable[[bool, bool], object]:
        payment = self.buyer.go_to_payment_page(form)

        def answer(paid: bool, own: bool) -> object:
            return Client().post(reverse("shop:notification"), news(payment, PAID if paid else DECLINED))

        return answer

    def toggle_voucher(self) -> None:
        self._coupon = "" if self._coupon else "TILLEUL20"
        self.buyer.post("shop:coupon", {"coupon": self._coupon})

    def make_dearer(self) -> None:
        Product.objects.update(price=F("price") + 7)

    def go_home_and_back(self) -> None:
        super().go_home_and_back()
        # Home delivery forgets the post office.
        self.buyer.choose_and_name()

    def orders(self) -> list[Any]:
        return list(Order.objects.all())

    def check_order(self, order: Any, delivery: Delivery) -> None:
        assert order.shipping == delivery.price
        assert order.tax_lines == taxes(order.worth + order.shipping, delivery.office_province)


@pytest.mark.timeout(3600)
@checkouts(ExampleShop)
def test_what_is_shown_is_charged_kept_and_shipped(buyer: Buyer, emulator: EmulatorServer, **drawn: Any) -> None:
    check(ExampleShop, emulator, **drawn)
