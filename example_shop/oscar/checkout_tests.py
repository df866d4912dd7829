"""The Oscar shop's own checkout under every fate of a payment: ``manage.py d2po_doctor --shop`` runs it."""

from decimal import Decimal
from io import StringIO
from typing import Any

from django.core import signing
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client, TransactionTestCase
from django.urls import reverse, reverse_lazy
from oscar.core.loading import get_model

from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.testing.checkouts import CheckoutTests

Product = get_model("catalogue", "Product")
Order = get_model("order", "Order")
ADDRESS = {
    "first_name": "Zoé",
    "last_name": "Côté",
    "line1": "1234, rue Saint-Denis",
    "line4": "Gatineau",
    "state": "QC",
    "postcode": "J8X 2K4",
    "country": "CA",
    "phone_number": "+1 514 555 0199",
}


class CheckoutTest(CheckoutTests, TransactionTestCase):
    """A guest buys a blanket, and comes back from the payment page with what it has signed."""

    # Oscar asks for a way to pay in between.
    review_url = reverse_lazy("checkout:preview")

    def fill_cart(self, client: Client, *, more: bool = False) -> None:
        """Put it into the basket; a mug, when there is ``more``."""
        if not Product.objects.exists():
            call_command("seed", stdout=StringIO())
        product = Product.objects.get(upc="stoneware-mug" if more else "wool-blanket")
        client.post(reverse("basket:add", args=[product.pk]), {"quantity": 1})
        if not more:
            client.post(reverse("checkout:index"), {"username": "zoe@example.com", "options": "anonymous"})
            client.post(reverse("checkout:shipping-address"), ADDRESS)
            client.post(reverse("checkout:shipping-method"), {"method_code": CODE})

    def start_payment(self, client: Client, form: Any) -> dict[str, str] | None:
        """Choose to pay elsewhere; return what that page is told."""
        page = client.post(reverse("checkout:preview"), {**form, "action": "place_order", "pay": "elsewhere"})
        before, _name, token = page.get("location", "").rstrip("/").rpartition("/")
        return signing.loads(token) if before == "/pay-elsewhere" else None

    def answer(
        self, client: Client, payment: dict[str, str], *, succeeded: bool, amount: Decimal | None, currency: str
    ) -> HttpResponseBase:
        """Come back with what that page has signed."""
        paid = {**payment, "amount": str(amount or payment["amount"]), "currency": currency, "succeeded": succeeded}
        return client.post(reverse("checkout:paid"), {"paid": signing.dumps(paid)})

    def order_of(self, payment: dict[str, str]) -> Any:
        """Return the order of that number."""
        return Order.objects.filter(number=payment["order"]).first()

    def charged_for_delivery(self, payment: dict[str, str]) -> Decimal:
        """Return the order's shipping charge."""
        charged: Decimal = self.order_of(payment).shipping_excl_tax
        return charged

    def come_back(self, client: Client, payment: dict[str, str]) -> None:
        """See the thanks page."""
        client.get(reverse("checkout:thank-you"))
