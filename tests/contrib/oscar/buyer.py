"""Somebody who clicks through the Oscar shop, page by page."""

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.db.models import F
from django.urls import reverse
from oscar.core.loading import get_model

from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.shop import delivery_of
from example_shop.oscar.checkout import views
from example_shop.oscar.checkout_tests import ADDRESS
from tests.step_buyer import StepBuyer

Order = get_model("order", "Order")
VOUCHER = "TILLEUL10"
MONTREAL = "H2X 1Y4"


class Answers(NamedTuple):
    """What the two buttons of the payment page send."""

    pay: str
    cancel: str


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

    def enter_voucher(self) -> None:
        self.post("basket:vouchers-add", {"code": VOUCHER})

    def remove_voucher(self) -> None:
        self.post("basket:vouchers-remove", {}, get_model("voucher", "Voucher").objects.get(code=VOUCHER).pk)

    def sign_in(self) -> None:
        who = {"login-username": "buyer@tilleul.example", "login-password": "demo"}
        self.post("customer:login", {**who, "login_submit": "1"})

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
        self.choose_and_name(near, **more)
        return self.get("checkout:preview")

    def form(self) -> dict[str, str]:
        """Return what the preview's form sends along."""
        return form_of(self.get("checkout:preview"))

    def place_order(self, form: dict[str, str] | None = None, pay: str = "card") -> Any:
        shown = self.form() if form is None else form
        return self.post("checkout:preview", {"action": "place_order", "pay": pay, **shown})

    def buy(self) -> Any:
        """Do everything, and pay by card."""
        self.go_to_preview()
        return self.place_order()

    def leave(self) -> Answers:
        """Press the same button, go to the payment page, and return what its buttons send."""
        page = self.client.get(self.place_order(pay="elsewhere")["location"]).content.decode()
        return Answers(*re.findall(r'name="paid" value="([^"]*)"', page))

    def come_back(self, answer: str) -> Any:
        """Come from the payment page with what one of its buttons has sent, in whichever browser."""
        return self.post("checkout:paid", {"paid": answer})


def make_dearer() -> None:
    """Ask more for whatever is sold, as a merchant does at any time; a tenth of it is no whole cent."""
    get_model("partner", "StockRecord").objects.update(price=F("price") + Decimal("7.35"))


def make_downloads(**which: object) -> None:
    """Let everything that is sold, or ``which`` of it, be downloaded."""
    kinds = get_model("catalogue", "ProductClass").objects
    download = kinds.create(name="Download", requires_shipping=False, track_stock=False)
    get_model("catalogue", "Product").objects.filter(**which).update(product_class=download)


def while_paying(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object], *reference: str) -> None:
    """Let something happen while the next payment is taken, which has this ``reference`` where one is given."""
    note_payment = views.note_payment

    def beside_another(view: Any, *paid: Any) -> None:
        monkeypatch.setattr(views, "note_payment", note_payment)
        happens()
        note_payment(view, *paid[:2], *(reference or paid[2:]))

    monkeypatch.setattr(views, "note_payment", beside_another)


def read(page: str) -> str:
    return html.unescape(page).replace("\N{NO-BREAK SPACE}", " ")


def form_of(preview: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen|total)" value="([^"]*)"', preview))


def amounts(page: str) -> list[str]:
    """Return the amounts that a page shows, in its order."""
    return re.findall(r"CA?\$\s?([\d,]+\.\d\d)", page)


def only_order() -> Any:
    """Return the one order there is; fails when there are more or none."""
    return Order.objects.get()


def order_for(page: str) -> Any:
    """Return the last order, which must cost what ``page`` has shown."""
    order = Order.objects.latest("pk")
    assert amounts(page)[-1] == str(order.total_incl_tax)
    return order


def only_delivery() -> Any:
    delivery = delivery_of(only_order())
    assert delivery is not None
    return delivery
