"""A purchase in Chromium at the width of a phone: from the product to the dashboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deliver_to_po.emulator.server import EmulatorServer
from example_shop.oscar.checkout_tests import ADDRESS
from tests.browser.conftest import fits, picture
from tests.contrib.oscar.buyer import only_delivery, only_order
from tests.rounds import do_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Its page of an order calls what its script has not.
OSCARS_OWN = "oscar.dashboard.orders.initTable"
LANGUAGES = {"en": "Deliver to Post Office", "fr": "Livrer au bureau de poste"}


@pytest.fixture(scope="session", autouse=True)
def _beside_playwright(database_beside_playwright: None) -> None:
    """Let the tests here, and those after them, use the database."""


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], language: str) -> dict[str, Any]:
    """Let the browser be a phone that prefers ``language``."""
    return {**browser_context_args, "viewport": {"width": 390, "height": 844}, "locale": f"{language}-CA"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guest_buys_and_the_merchant_prints_the_label(
    page: Page, live_server: Any, emulator: EmulatorServer, filled: None, language: str
) -> None:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda answer: said.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{live_server.url}/catalogue/")
    picture(page, f"oscar-{language}-0-catalogue")
    page.locator("article", has_text="Wool blanket").locator("form[action*='basket/add'] button").click()
    page.goto(f"{live_server.url}/checkout/")
    page.locator("#id_username").fill("zoe@example.com")
    page.locator("input[name=options][value=anonymous]").check()
    page.locator("form:has(#id_username) button[type=submit]").click()
    for name, value in ADDRESS.items():
        if name != "country":
            page.locator(f"[name={name}]").fill(value)
    page.locator("form:has([name=postcode]) button[type=submit]").click()
    expect(page.get_by_role("heading", name=LANGUAGES[language])).to_be_visible()
    picture(page, f"oscar-{language}-1-methods")
    page.locator("form:has([value=deliver-to-post-office]) button").click()
    expect(page.locator("input[name=office_id]").first).to_be_attached()
    picture(page, f"oscar-{language}-2-step")
    # The checkout's address names a recipient already, so one press leads on.
    page.locator("[data-office] button:visible").click()
    picture(page, f"oscar-{language}-3-payment")
    page.locator("form[action$='/checkout/preview/'] button").click()
    expect(page.locator("[name=seen]")).to_have_count(1)
    assert fits(page)
    picture(page, f"oscar-{language}-4-preview")
    page.locator("#place-order").click()
    page.wait_for_url(re.compile("thank-you"))
    assert LANGUAGES[language] in page.content()
    assert fits(page)
    picture(page, f"oscar-{language}-5-thanks")
    do_due()
    page.goto(f"{live_server.url}/dashboard/login/?next=/dashboard/orders/{only_order().number}/")
    page.locator("[name=login-username], [name=username]").first.fill("merchant@tilleul.example")
    page.locator("[name=login-password], [name=password]").first.fill("demo")
    page.locator("form:has([type=password]) [type=submit]").first.click()
    expect(page.locator(".d2po-desk form button")).to_be_visible()
    assert only_delivery().shipments.get().tracking_pin in page.content()
    picture(page, f"oscar-{language}-6-dashboard")
    assert [error for error in said if OSCARS_OWN not in error] == []
