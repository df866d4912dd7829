"""The office closes after payment: the buyer opens the e-mail's link on a phone in French and chooses another."""

from typing import Any

import pytest
from playwright.sync_api import expect

from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import links
from tests.browser.buying import go_on, search
from tests.browser.conftest import Visit, fits
from tests.factories import make_delivery

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_pages_behind_the_link_fit_a_phone(
    live_server: Any, emulator: EmulatorServer, visit: Visit, change_settings: Any
) -> None:
    change_settings(BASE_TEMPLATE="shop/base.html", OFFICES_PER_PAGE=4)
    closed = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_NO_LONGER, language="fr")
    with visit("fr-CA", javascript=True) as page:
        page.goto(f"{live_server.url}{links.path_for(closed)}")
        expect(page.locator("[data-office]").first).to_be_visible()
        expect(page.locator(".d2po-lead")).to_be_visible()
        assert fits(page)
        search(page, "K1A 0B1")
        page.locator("input[name=office_id]").nth(1).check()
        assert fits(page)
        go_on(page)
        expect(page.locator("h1")).to_have_text("Votre bureau de poste est choisi")
        assert fits(page)
