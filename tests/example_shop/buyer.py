"""Somebody who clicks through the shop, page by page."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from deliver_to_po.models import Delivery
from example_shop.models import Order, Payment
from tests.step_buyer import StepBuyer

CONTACT = {
    "name": "Zoé Côté-Lévesque",
    "email": "zoe@example.com",
    "phone": "514 555-0199",
    "address_line_1": "1234, rue Saint-Denis",
    "address_line_2": "app. 5",
    "city": "Montréal",
    "province": "QC",
    "postal_code": "h2x-1y4",
}


class Buyer(StepBuyer):
    """A browser without JavaScript, in a language."""

    def get(self, name: str, *args: object) -> str:
        """Return the page called ``name`` as text."""
        return self.client.get(reverse(name, args=args), follow=True).content.decode()

    def put_into_basket(self, slug: str, quantity: int = 1) -> None:
        self.post("shop:product", {"quantity": quantity}, slug)

    def say_who(self, **changes: str) -> Any:
        """Send the first page of the checkout."""
        return self.post("shop:checkout", {**CONTACT, **changes})

    def choose_method(self, method: str) -> Any:
        """Send the second page of the checkout; home or a post office."""
        return self.post("shop:delivery", {"method": method})

    def deliver_there(self) -> Any:
        """Press the button of the post office that the list of methods suggests."""
        [value] = re.findall(r'name="d2po" value="(\d[^"]*)"', self.get("shop:delivery"))
        return self.post("shop:delivery", {"method": "home", "d2po": value})

    def go_to_review(self, method: str, **more: str) -> str:
        """Do everything before the last page, and return the id of the post office, ``""`` for home delivery."""
        self.say_who()
        self.choose_method(method)
        return self.choose_and_name(**more) if method == "post_office" else ""

    def last_form(self) -> dict[str, str]:
        """Return what the form of the review page would send."""
        page = self.get("shop:review")
        return dict(re.findall(r'<input type="hidden" name="(checkout|seen|total)" value="([^"]*)"', page))

    def place_order(self, form: dict[str, str] | None = None) -> Any:
        """Press "Place order and pay"."""
        return self.post("shop:review", form or self.last_form())

    def go_to_payment_page(self, form: dict[str, str] | None = None) -> Payment:
        """Choose to pay elsewhere, and return the payment that the page is about."""
        answer = self.place_order({**(form or self.last_form()), "pay": "elsewhere"})
        return Payment.objects.get(token=answer["location"].removeprefix("/pay/").removesuffix("/"))


def press(payment: Payment, button: str) -> Any:
    """Press a button of the payment page, in a browser that the shop has never seen."""
    return Client().post(reverse("shop:pay", args=[payment.token]), {"button": button})


def only_order() -> Order:
    """Return the one order there is; fails when there are more or none."""
    return Order.objects.get()


def only_delivery() -> Delivery:
    return Delivery.objects.get(current_order=only_order())
