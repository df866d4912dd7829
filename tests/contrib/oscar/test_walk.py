"""Purchases in Chromium at the width of a phone: from the product to the dashboard, and whatever happens meanwhile."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from example_shop.oscar.checkout_tests import ADDRESS
from tests.browser.conftest import fits, picture
from tests.contrib.oscar.buyer import MONTREAL, VOUCHER, Buyer, only_delivery, only_order
from tests.contrib.oscar.test_dashboard import ITS_PARTNER, MERCHANT, OTHER_PARTNER, signed_in
from tests.rounds import do_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THANKS, PAY = re.compile("/checkout/thank-you/"), re.compile("/pay-elsewhere/")
Visit = Callable[[Client, str], Page]
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


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any], live_server: Any, filled: None) -> Iterator[Visit]:
    """Return what opens a page in the session of a client, and mind what goes wrong there."""
    said: list[str] = []

    def opened(client: Client, path: str) -> Page:
        context = browser.new_context(**browser_context_args)
        cookies = [(name, cookie.value) for name, cookie in client.cookies.items() if cookie.value]
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
        context.on("weberror", lambda error: said.append(str(error.error)))
        context.on("response", lambda answer: said.append(answer.url) if answer.status >= 400 else None)
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    for context in browser.contexts:
        context.close()
    assert [error for error in said if OSCARS_OWN not in error] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guest_buys_and_the_merchant_prints_the_label(
    page: Page, live_server: Any, emulator: EmulatorServer, filled: None, language: str
) -> None:
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
    picture(page, f"oscar-{language}-4-preview")
    page.locator("#place-order").click()
    page.wait_for_url(re.compile("thank-you"))
    assert LANGUAGES[language] in page.content()
    picture(page, f"oscar-{language}-5-thanks")
    do_due()
    page.goto(f"{live_server.url}/dashboard/login/?next=/dashboard/orders/{only_order().number}/")
    page.locator("[name=login-username], [name=username]").first.fill("merchant@tilleul.example")
    page.locator("[name=login-password], [name=password]").first.fill("demo")
    page.locator("form:has([type=password]) [type=submit]").first.click()
    expect(page.locator(".d2po-desk form button")).to_be_visible()
    assert only_delivery().shipments.get().tracking_pin in page.content()
    picture(page, f"oscar-{language}-6-dashboard")


# What may happen between the preview and the order, from the preview on; each returns the total that was shown last.


def declined(page: Page) -> str:
    press(page, "declined")
    expect(alert(page)).to_have_count(1)
    page.locator("form[action$='/checkout/preview/'] button").click()
    return press(page)


def pressed_twice_and_once_more_in_another_tab(page: Page) -> str:
    other, shown = in_another_tab(page, "/checkout/preview/"), total(page)
    page.locator("#place-order").dblclick()
    page.wait_for_url(THANKS)
    press(other)
    other.wait_for_url(THANKS)
    return shown


def paid_elsewhere_beside_another_tab(page: Page) -> str:
    shown = press(page, "elsewhere")
    page.wait_for_url(PAY)
    other = in_another_tab(page, "/catalogue/")
    other.locator("form[action*='basket/add'] button").first.click()
    other.goto(re.sub("catalogue/.*", f"post-office/?q={MONTREAL}", other.url))
    choose_another(other).wait_for_url("**/checkout/payment-details/")
    page.locator("[name=pay]").click()
    return shown


def left_and_paid_after_all(page: Page) -> str:
    shown = press(page, "elsewhere")
    page.locator("[name=cancel]").click()
    expect(alert(page)).to_have_count(1)
    page.go_back()
    page.locator("[name=pay]").click()
    return shown


def a_voucher_costs_the_free_delivery(page: Page) -> str:
    other = in_another_tab(page, "/basket/")
    other.locator("#voucher_form_link a").click()
    other.locator("#id_code").fill(VOUCHER)
    other.locator("form[action*=vouchers] [type=submit]").first.click()
    expect(alert(other).first).to_be_visible()
    free = press(page)
    expect(alert(page)).to_have_count(1)
    shown = press(page)
    assert shown != free
    return shown


def the_post_office_has_closed(page: Page) -> str:
    Delivery.objects.update(office_check=OfficeCheck.NO_LONGER)
    press(page)
    choose_another(page).locator("form[action$='/checkout/preview/'] button").click()
    return press(page)


def press(page: Page, pay: str = "card") -> str:
    shown = total(page)
    page.locator("#pay").select_option(pay)
    page.locator("#place-order").click()
    return shown


def choose_another(page: Page) -> Page:
    page.locator("[data-office]", has_not=page.locator(":checked")).first.locator("label").first.click()
    page.locator("[data-office] button:visible").click()
    return page


def in_another_tab(page: Page, path: str) -> Page:
    other = page.context.new_page()
    other.goto(re.sub(r"(?<=\d)/.*", path, page.url))
    return other


def alert(page: Page) -> Locator:
    return page.locator(".alert:visible")


def total(page: Page) -> str:
    """Return the digits of what an order costs, as the preview shows it."""
    return re.sub(r"\D", "", page.locator("#basket_totals h3.price_color").inner_text())


FATES = [
    (declined, "fr", "buyer@tilleul.example"),
    (pressed_twice_and_once_more_in_another_tab, "en", "buyer@tilleul.example"),
    (paid_elsewhere_beside_another_tab, "fr", ""),
    (left_and_paid_after_all, "en", ""),
    (a_voucher_costs_the_free_delivery, "fr", "buyer@tilleul.example"),
    (the_post_office_has_closed, "en", ""),
]


@pytest.mark.parametrize(("fate", "language", "account"), FATES, ids=lambda value: getattr(value, "__name__", None))
def test_what_is_shown_is_charged_whatever_happens(
    visit: Visit, emulator: EmulatorServer, fate: Callable[[Page], str], language: str, account: str
) -> None:
    buyer = Buyer(get_user_model().objects.get(email=account) if account else None, language)
    for upc in ("wool-blanket", "cast-iron-pan"):
        buyer.put_into_basket(upc)
    if fate is not a_voucher_costs_the_free_delivery:
        buyer.enter_voucher()
    buyer.go_to_preview()
    page = visit(buyer.client, "/checkout/preview/")
    shown = fate(page)
    page.wait_for_url(THANKS)
    assert LANGUAGES[language] in page.content()
    assert fits(page)
    order, delivery = only_order(), only_delivery()
    assert shown == str(order.total_incl_tax).replace(".", "")
    assert (order.shipping_excl_tax, delivery.state) == (delivery.price, "released")


# What is in the order is one partner's and the other's.
@pytest.mark.parametrize(
    ("language", "emails"), [("en", [MERCHANT, ITS_PARTNER, OTHER_PARTNER]), ("fr", [OTHER_PARTNER, MERCHANT])]
)
def test_partners_and_merchant_print_the_label_until_the_order_is_cancelled(
    visit: Visit, emulator: EmulatorServer, language: str, emails: list[str]
) -> None:
    buyer = Buyer()
    for upc in ("wool-blanket", "stoneware-mug"):
        buyer.put_into_basket(upc)
    buyer.buy()
    do_due()
    pages = [visit(signed_in(email), f"/dashboard/orders/{only_order().number}/") for email in emails]
    for page in pages:
        expect(page.locator(".d2po-desk form button")).to_be_visible()
        expect(page.get_by_role("heading", name=LANGUAGES[language])).to_be_visible()
    [page] = (page for page, email in zip(pages, emails, strict=True) if email == MERCHANT)
    page.locator("#id_new_status").select_option("Cancelled", force=True)
    page.locator("form:has(#id_new_status) button").last.click()
    do_due()
    [made] = emulator.shipments
    assert made.voided
    for page in pages:
        page.reload()
        expect(page.locator(".d2po-desk")).to_be_visible()
        expect(page.locator(".d2po-desk form")).to_have_count(0)
