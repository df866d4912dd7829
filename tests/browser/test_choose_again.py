"""The office closes after payment: the buyer opens the e-mail's link on a phone in French and chooses another."""

import re
from typing import Any

import pytest
import requests
from django.core import mail
from playwright.sync_api import expect

from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from deliver_to_po.offices.finder import find
from tests.browser.buying import go_on, search
from tests.browser.conftest import Visit, fits
from tests.factories import RECIPIENT, going_to, make_delivery, make_shipment
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paid(live_server: Any, emulator: EmulatorServer, change_settings: Any) -> Delivery:
    """Return a paid order's delivery whose parcel waits to be sent to an office that closes now."""
    change_settings(BASE_TEMPLATE="shop/base.html", SITE_URL=live_server.url, OFFICES_PER_PAGE=4)
    office = find(NearPostalCode("K1A0B1"), "fr").offices[0]
    named = {"office_name": office.name, "office_postal_code": office.postal_code}
    delivery = make_delivery(language="fr", **going_to(office), **named)
    make_shipment(delivery)
    emulator.state.close_office(office.office_id, "no_longer")
    return delivery


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_e_mail_to_the_new_label(
    paid: Delivery, visit: Visit, emulator: EmulatorServer, javascript: bool
) -> None:
    # The check before the label finds it closed; the sweep writes to the buyer.
    hand_off_due()
    hand_off_due()
    paid.refresh_from_db()
    assert paid.state == DeliveryState.NEEDS_CHOICE
    assert emulator.shipments == []
    [message] = mail.outbox
    assert "n’accepte plus les colis" in str(message.body)
    [url] = re.findall(r"http://\S+/again/fr/\S+", str(message.body))
    with visit("fr-CA", javascript=javascript) as page:
        page.goto(url)
        expect(page.locator("h1")).to_have_text("Choisir un autre bureau de poste")
        said = page.locator(".d2po-lead")
        expect(said).to_contain_text(f"{as_people_write(paid.office_name)} n’accepte plus les colis")
        expect(page.locator("[data-office]").first).to_be_visible()
        expect(said).to_be_visible()
        expect(page.locator("main")).not_to_contain_text(RECIPIENT.name)
        assert fits(page)
        search(page, "K1A 0B1")
        second = page.locator("input[name=office_id]").nth(1)
        second.check()
        office_id = second.get_attribute("value")
        assert fits(page)
        go_on(page)
        expect(page.locator("h1")).to_have_text("Votre bureau de poste est choisi")
        expect(page.locator("main")).not_to_contain_text(RECIPIENT.name)
        assert fits(page)
        hand_off_due()
        paid.refresh_from_db()
        assert paid.office_id == office_id
        [made] = emulator.shipments
        assert made.body["deliverySpec"]["options"] == [{"optionCode": "D2PO", "optionQualifier2": office_id}]
        assert made.body["deliverySpec"]["destination"]["name"] == RECIPIENT.name
        assert paid.shipments.get(label__gt="").office_id == office_id
        page.locator(".d2po-language a").click()
        expect(page.locator("h1")).to_have_text("Your post office is chosen")
        expect(page.locator("main")).to_contain_text(as_people_write(paid.office_name))
    # Asked for without the browser, whose console would call it an error.
    response = requests.get(url, timeout=10)
    assert response.status_code == 410
    assert "communiquez avec nous" in response.text
