"""A buyer whose text is twice as large: nothing is cut, and no page is wider than the phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.browser.buying import BUYER, fill, go_on, submit
from tests.browser.conftest import PHONE, fits
from tests.chromium import launch_arguments

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDEST_LETTER = "name => parseFloat(getComputedStyle(name).fontSize)"


@pytest.fixture
def large(browser_type: BrowserType, browser_type_launch_args: dict[str, object]) -> Iterator[Page]:
    """Return a page of a phone whose owner has set the browser's text to twice its size."""
    arguments = [*launch_arguments(), "--blink-settings=defaultFontSize=32"]
    browser: Browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})  # type: ignore[arg-type]
    yield browser.new_page(viewport=PHONE, locale="fr-CA")
    browser.close()


def test_with_text_twice_as_large_each_page_of_the_checkout_fits_a_phone(large: Page, shop: str) -> None:
    large.goto(f"{shop}/")
    assert large.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
    large.locator("main li a").first.click()
    large.locator("form.buy button").click()
    large.wait_for_url("**/basket/")
    assert fits(large)
    large.goto(f"{shop}/checkout/")
    fill(large, {**BUYER, "name": "Zoé Wolfeschlegelsteinhausenbergerdorff"}, "QC")
    assert fits(large)
    submit(large)
    large.locator("[value=post_office]").check()
    assert fits(large)
    submit(large)
    expect(large.locator("[data-office]").first).to_be_visible()
    assert fits(large)
    name = large.locator(".d2po-name").first
    assert name.evaluate("name => name.offsetWidth") > 5 * name.evaluate(WIDEST_LETTER)
    assert large.locator("#d2po-q").evaluate("field => field.offsetWidth") > 200
    large.set_viewport_size({"width": 320, "height": 640})
    large.evaluate("document.querySelectorAll('.d2po details').forEach(one => one.open = true)")
    assert fits(large)
    large.set_viewport_size(PHONE)
    large.locator(".d2po-filter summary").click()
    large.locator("[data-office] input").first.check()
    go_on(large)
    expect(large.locator("aside.side")).to_be_visible()
    assert fits(large)
    submit(large)
    expect(large.locator(".thanks")).to_be_visible()
    assert fits(large)
