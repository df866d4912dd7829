"""The tests of a shop's checkout, and what they see of Canada Post."""

from decimal import Decimal
from typing import Any, assert_type

from django.http import HttpResponseBase
from django.test import Client, TransactionTestCase

from deliver_to_po.testing.checkouts import CheckoutTests
from deliver_to_po.testing.emulated import EmulatedCanadaPost, EmulatedOffice


class TestOurCheckout(CheckoutTests, TransactionTestCase):
    """The five hooks that a shop writes."""

    left_out = ()
    near = "H2X 1Y4"

    def fill_cart(self, client: Client, *, more: bool = False) -> None:
        client.post("/cart/", {"sku": "tea", "quantity": 2 if more else 1})

    def start_payment(self, client: Client, form: Any) -> dict[str, str]:
        return dict(client.post("/pay/", form).json())

    def answer(
        self, client: Client, payment: dict[str, str], *, succeeded: bool, amount: Decimal | None, currency: str
    ) -> HttpResponseBase:
        return client.post("/answer/", {**payment, "succeeded": succeeded})

    def order_of(self, payment: dict[str, str]) -> None:
        return None

    def charged_for_delivery(self, payment: dict[str, str]) -> Decimal:
        return Decimal(payment["delivery"])


def test_with_the_fixture(canada_post_emulator: EmulatedCanadaPost) -> None:
    nearest = canada_post_emulator.offices_near("K1A 0B1")
    assert_type(nearest, list[EmulatedOffice])
    assert_type(nearest[0].office_id, str)
    assert_type(canada_post_emulator.settings, dict[str, Any])
    assert_type(canada_post_emulator.calls, dict[str, int])
    canada_post_emulator.fail("create_shipment", "reset", count=None, after=True)
    canada_post_emulator.close_office(nearest[0].office_id)
