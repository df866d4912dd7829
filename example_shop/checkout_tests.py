"""The shop's own checkout under every fate of a payment: ``manage.py d2po_doctor --shop`` runs it."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.test import Client, TransactionTestCase
from django.urls import reverse

from deliver_to_po.testing.checkouts import CheckoutTests
from example_shop.management.commands.seed import add_products
from example_shop.models import Order, Payment, Product
from example_shop.views.payments import DECLINED, PAID
from example_shop.views.provider import news

CONTACT = {
    "name": "Zoé Côté-Lévesque",
    "email": "zoe@example.com",
    "phone": "514 555-0199",
    "address_line_1": "1234, rue Saint-Denis",
    "city": "Montréal",
    "province": "QC",
    "postal_code": "H2X 1Y4",
}


class CheckoutTest(CheckoutTests, TransactionTestCase):
    """Buys a blanket, pays on the payment page, and lets that page tell the shop."""

    def fill_cart(self, client: Client, *, more: bool = False) -> None:
        """Put it into the basket; a mug, when there is ``more``."""
        if not Product.objects.exists():
            add_products()
        slug = "stoneware-mug" if more else "wool-blanket"
        client.post(reverse("shop:product", args=[slug]), {"quantity": 1})
        if not more:
            client.post(reverse("shop:checkout"), CONTACT)
            client.post(reverse("shop:delivery"), {"method": "post_office"})

    def start_payment(self, client: Client, form: Any) -> Payment | None:
        """Choose to pay elsewhere."""
        page = client.post(reverse("shop:review"), {**form, "pay": "elsewhere"})
        token = page.get("location", "").rstrip("/").rpartition("/")[2]
        return Payment.objects.filter(token=token).first()

    def answer(
        self, client: Client, payment: Payment, *, succeeded: bool, amount: Decimal | None, currency: str
    ) -> HttpResponseBase:
        """Tell the shop as the payment page does, without a session."""
        told = news(payment, PAID if succeeded else DECLINED, str(amount or ""), currency)
        return Client().post(reverse("shop:notification"), told)

    def order_of(self, payment: Payment) -> Order | None:
        """Return what the payment was for, once it is paid."""
        return Order.objects.filter(payment=payment).first()

    def charged_for_delivery(self, payment: Payment) -> Decimal:
        """Return the line of the totals."""
        return Decimal(payment.purchase["amounts"]["shipping"])

    def come_back(self, client: Client, payment: Payment) -> None:
        """Return to where the payment page sends the buyer."""
        client.get(reverse("shop:returned", args=[payment.token]))
