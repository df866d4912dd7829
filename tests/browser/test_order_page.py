"""After the order: the buyer corrects how to be reached, asks for something else, and takes the letter along."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.labels.pdf_pages import text_of
from deliver_to_po.models import Shipment, Tracking
from tests.browser.axe import violations
from tests.browser.buying import BUYER, go_on, go_to_the_step, search, submit
from tests.browser.conftest import PHONE, Visit, fits, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_purchase_to_the_correction_and_the_request(
    shop: str, visit: Visit, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(BUYER_MAY={"CANCEL": True, "SHIP_HOME": True})
    with visit("fr-CA", javascript=True, size=PHONE) as page:
        go_to_the_step(page, shop)
        search(page, "H2X 1Y4")
        go_on(page)
        submit(page)
        expect(page).to_have_url(re.compile("/order/"))
        order = page.url
        picture(page, "order-fr-1-order")
        page.get_by_role("link", name="Modifier cette livraison").click()
        expect(page.locator("h1")).to_have_text("Modifier cette livraison")
        assert fits(page)
        assert violations(page) == []
        picture(page, "order-fr-2-change")
        save = page.get_by_role("button", name="Enregistrer")
        page.get_by_label("Téléphone").fill("911")
        save.click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Téléphone")).to_have_value("911")
        assert violations(page) == []
        picture(page, "order-fr-3-wrong")
        page.get_by_label("Téléphone").fill("438 555-0177")
        save.click()
        expect(page.locator("main [role=status].d2po-note")).to_contain_text("C’est enregistré.")
        page.get_by_role("button", name="Demander l’annulation de la livraison").click()
        expect(page.locator("main")).to_contain_text("demandé d’annuler")
        assert fits(page)
        picture(page, "order-fr-4-asked")
        page.locator("main a").last.click()
        expect(page).to_have_url(order)
        expect(page.locator("main")).to_contain_text("demandé d’annuler")
        picture(page, "order-fr-5-order-asked")


def test_what_is_ready_comes_with_its_letter_and_its_calendar_file(shop: str, visit: Visit) -> None:
    with visit("fr-CA", javascript=False, size=PHONE) as page:
        go_to_the_step(page, shop)
        search(page, "H2X 1Y4")
        go_on(page)
        submit(page)
        expect(page).to_have_url(re.compile("/order/"))
        Shipment.objects.update(state=ShipmentState.DONE, shipment_id="1", tracking_pin="7023210039414604", due_at=None)
        Tracking.objects.create(shipment=Shipment.objects.get(), state=ParcelState.READY, ready_on=shop_day())
        page.reload()
        page.locator("summary").filter(has_text="Un passeport, ou quelqu’un d’autre?").click()
        assert fits(page)
        picture(page, "order-fr-6-ready")
        with page.expect_download() as got:
            page.get_by_role("link", name="Lettre d’autorisation").click()
        assert BUYER["name"] in " ".join(text_of(got.value.path().read_bytes()).split())
        with page.expect_download() as got:
            page.get_by_role("link", name="Ajouter au calendrier").click()
        assert got.value.suggested_filename.endswith(".ics")
        assert b"BEGIN:VEVENT" in got.value.path().read_bytes()
