"""What a browser shows of service, price and day is what is charged and what is sent."""

import re

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from example_shop.models import Order
from example_shop.templatetags.shop import money
from tests.browser.buying import RECIPIENT, fill, go_to_the_methods, search, submit
from tests.browser.conftest import PHONE, Visit, fits
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OTTAWA, MONTREAL = "K1A 0B1", "H2X 1Y4"


def mark_office(page: Page, near: str) -> None:
    """Search and mark the first post office of the list."""
    search(page, near)
    page.locator("[data-number='1'] input").check()


def choose_office(page: Page, near: str) -> None:
    """Choose the first post office for somebody else than the buyer, who is known and would pick up."""
    mark_office(page, near)
    page.locator("[name=change]").click()
    fill(page, RECIPIENT, "QC")
    submit(page)


def charged(page: Page) -> tuple[str, str]:
    rows = page.locator(".totals div").all_inner_texts()
    delivery = next(row for row in rows if re.search("Post Office|bureau de poste", row))
    return delivery.split("\n")[-1], rows[-1].split("\n")[-1]


def test_xpresspost_in_french_on_a_phone_and_the_office_across_a_border_before_payment(
    visit: Visit, shop: str, emulator: EmulatorServer
) -> None:
    with visit("fr-CA", javascript=True, size=PHONE) as page:
        go_to_the_methods(page, shop, "wool-blanket")
        # The entry's own script asks, after the page is there.
        expect(page.locator(".d2po-nearest")).to_contain_text("15,93")
        assert fits(page)
        page.locator("[value=another]").click()
        page.locator("[data-how] > summary").click()
        page.locator("[value='DOM.XP']").check()
        choose_office(page, MONTREAL)
        expect(page.locator(".totals")).to_contain_text("TVQ (9,975")
        page.get_by_role("link", name="Choisir un autre bureau de poste").click()
        mark_office(page, OTTAWA)
        submit(page)
        expect(page.get_by_role("status")).to_contain_text("Les taxes ont changé")
        expect(page.locator(".totals")).to_contain_text("TVH (13")
        assert fits(page)
        shown = charged(page)
        submit(page)
        expect(page.locator("h1")).to_contain_text("Merci")
        assert charged(page) == shown
    sent(emulator, "DOM.XP", shown, "fr")


def sent(emulator: EmulatorServer, service: str, shown: tuple[str, str], language: str) -> None:
    """Compare what was shown with the order, the delivery and the shipment."""
    hand_off_due()
    order = Order.objects.get()
    delivery = Delivery.objects.get(current_order=order)
    with translation.override(language):
        assert (money(order.shipping), money(order.total)) == shown
    assert (delivery.service, delivery.price) == (service, order.shipping)
    [shipment] = delivery.shipments.all()
    [made] = emulator.shipments
    assert shipment.tracking_pin == made.pin
    assert made.body["deliverySpec"]["serviceCode"] == service
