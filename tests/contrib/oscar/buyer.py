"""Somebody who clicks through the Oscar shop, page by page."""

import html
import re
from typing import Any

from django.urls import reverse
from oscar.core.loading import get_model

from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.shop import delivery_of
from example_shop.oscar.checkout_tests import ADDRESS
from tests.step_buyer import StepBuyer

Order = get_model("order", "Order")


class Buyer(StepBuyer):
    """A browser without JavaScript; a guest, or signed in as ``user``."""

    def __init__(self, user: Any = None, language: str = "en") -> None:
        super().__init__(language)
        self.guest = user is None
        if user is not None:
            self.client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def get(self, name: str, *args: object, **query: str) -> str:
        return html.unescape(self.client.get(reverse(name, args=args), query, follow=True).content.decode())

    def put_into_basket(self, upc: str, quantity: int = 1) -> None:
        product = get_model("catalogue", "Product").objects.get(upc=upc)
        self.post("basket:add", {"quantity": quantity}, product.pk)

    def say_who(self, **address: str) -> None:
        """Give an e-mail address as a guest does, then the address."""
        if self.guest:
            self.post("checkout:index", {"username": "zoe@example.com", "options": "anonymous"})
        self.post("checkout:shipping-address", {**ADDRESS, **address})

    def choose_method(self, code: str = CODE) -> Any:
        return self.post("checkout:shipping-method", {"method_code": code})

    def choose_office(self, near: str = "K1A 0B1", **more: str) -> str:
        return super().choose_office(near, **more)

    def go_to_preview(self, near: str = "K1A 0B1", **more: str) -> str:
        """Do everything before the last page, and return that page."""
        self.say_who()
        self.choose_method()
        self.choose_office(near, **more)
        self.name_recipient()
        return self.get("checkout:preview")

    def form(self) -> dict[str, str]:
        """Return what the preview's form sends along."""
        return dict(re.findall(r'name="(seen|total)" value="([^"]*)"', self.get("checkout:preview")))

    def place_order(self, form: dict[str, str] | None = None, pay: str = "card") -> Any:
        """Press "Place order" on the preview."""
        shown = self.form() if form is None else form
        return self.post("checkout:preview", {"action": "place_order", "pay": pay, **shown})


def amounts(page: str) -> list[str]:
    """Return the amounts that a page shows, in its order."""
    return re.findall(r"CA?\$\s?([\d,]+\.\d\d)", page)


def only_order() -> Any:
    """Return the one order there is; fails when there are more or none."""
    return Order.objects.get()


def only_delivery() -> Any:
    delivery = delivery_of(only_order())
    assert delivery is not None
    return delivery
