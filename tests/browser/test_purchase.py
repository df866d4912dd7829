"""The whole way: bought on a phone in French, and in English without JavaScript, until the label."""

import pypdfium2
import pytest
import zxingcpp
from django.core import mail
from playwright.sync_api import Page, expect

from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from example_shop.models import Order
from tests.browser.buying import BUYER, RECIPIENT, fill, go_to_the_step, search, submit
from tests.browser.conftest import Visit
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _search_and_choose(page: Page, typed: str) -> str:
    """Choose the second office near ``typed``; return its id."""
    search(page, typed)
    second = page.locator("input[name=office_id]").nth(1)
    second.check()
    office_id = second.get_attribute("value") or ""
    expect(page.locator("[data-office] button:visible")).to_be_in_viewport()
    # The buyer is known and would pick up: somebody else shall.
    page.locator("[name=change]").click()
    expect(page.locator("main [name=phone]")).to_be_visible()
    return office_id


def _buy(page: Page, shop: str, typed: str) -> str:
    """Buy something for a recipient who is not the buyer; return the chosen office's id."""
    go_to_the_step(page, shop)
    office_id = _search_and_choose(page, typed)
    fill(page, RECIPIENT, "QC")
    # Enter goes on: it does not press the button above the form, which leads to another post office.
    page.locator("#id_phone").press("Enter")
    expect(page.locator("main")).to_contain_text(RECIPIENT["name"])
    submit(page)
    expect(page).to_have_url(f"{shop}/order/{Order.objects.get().token}/")
    return office_id


def _assert_kept(office_id: str, language: str) -> Delivery:
    order = Order.objects.get()
    delivery = Delivery.objects.get(current_order=order)
    assert (order.address_line_1, order.city, order.postal_code) == (BUYER["address_line_1"], BUYER["city"], "H2X1Y4")
    assert delivery.office_id == office_id
    assert delivery.language == language
    assert (delivery.recipient.name, delivery.recipient.email) == (RECIPIENT["name"], RECIPIENT["email"])
    assert delivery.recipient.address.postal_code == "J8X2K4"
    return delivery


def _assert_handed_off(delivery: Delivery, emulator: EmulatorServer) -> str:
    """Hand off, compare what Canada Post got, and return what the label's barcode says."""
    hand_off_due()
    [made] = emulator.shipments
    spec = made.body["deliverySpec"]
    assert spec["options"] == [{"optionCode": "D2PO", "optionQualifier2": delivery.office_id}]
    assert spec["destination"]["name"] == RECIPIENT["name"]
    assert spec["destination"]["addressDetails"]["addressLine1"] == RECIPIENT["address_line_1"]
    assert spec["destination"]["clientVoiceNumber"] == RECIPIENT["phone"]
    assert (spec["notification"]["email"], spec["notification"]["onDelivery"]) == (RECIPIENT["email"], True)
    [shipment] = delivery.shipments.all()
    assert shipment.tracking_pin == made.pin
    with shipment.label.open() as label:
        page = pypdfium2.PdfDocument(label.read())[0]
    [barcode] = zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())
    return str(barcode.text)


@pytest.mark.smoke
def test_in_french_on_a_phone(visit: Visit, shop: str, emulator: EmulatorServer) -> None:
    with visit("fr-CA", javascript=True) as page:
        office_id = _buy(page, shop, "j8x 2k4")
        expect(page.locator("html")).to_have_attribute("lang", "fr-CA")
        expect(page.locator("main")).to_contain_text("pièce d’identité avec photo")
        delivery = _assert_kept(office_id, "fr")
        assert _assert_handed_off(delivery, emulator) == delivery.shipments.get().tracking_pin
        page.reload()
        expect(page.locator("main")).to_contain_text(delivery.shipments.get().tracking_pin)
    [message] = mail.outbox
    assert as_people_write(delivery.office_name) in str(message.body)
    assert "doit présenter une pièce d’identité" in str(message.body)


def test_in_english_without_javascript(visit: Visit, shop: str, emulator: EmulatorServer) -> None:
    with visit("en-CA", javascript=False) as page:
        office_id = _buy(page, shop, "J8X-2K4")
        expect(page.locator("main")).to_contain_text("government-issued photo ID")
        delivery = _assert_kept(office_id, "en")
        assert _assert_handed_off(delivery, emulator) == delivery.shipments.get().tracking_pin
    assert as_people_write(delivery.office_address) in str(mail.outbox[0].body)
