"""The step in Firefox: bought, the map, Back, suggestions. Debian's own, over BiDi."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from deliver_to_po.models import Delivery
from example_shop.models import Order
from tests.browser.buying import BUYER, fill_one_page, go_to_the_step, open_filter, submit
from tests.browser.conftest import PHONE
from tests.other_browsers import NO_FIREFOX, find_firefox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(find_firefox() is None, reason=NO_FIREFOX),
]

RADIOS = "input[name=office_id]"


@pytest.fixture(scope="module")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=find_firefox())
    yield browser
    browser.close()


@pytest.fixture
def page(firefox: Browser) -> Iterator[Page]:
    context = firefox.new_context(viewport=PHONE, locale="en-CA")
    yield context.new_page()
    context.close()


def test_a_known_buyer_takes_the_office_that_is_suggested_and_orders(page: Page, shop: str) -> None:
    go_to_the_step(page, shop)
    name = page.locator(".d2po-office:has(.d2po-suggested)").get_attribute("data-name") or "no name"
    page.locator("[data-suggestion]").click()
    expect(page).to_have_url(f"{shop}/checkout/review/")
    expect(page.locator("main")).to_contain_text(name)
    submit(page)
    expect(page.locator("h1")).to_contain_text("Thank you")
    delivery = Delivery.objects.get(current_order=Order.objects.get())
    assert delivery.recipient_name == BUYER["name"]


def test_the_checkout_on_one_page_sells(page: Page, shop: str) -> None:
    fill_one_page(page, shop)
    page.locator("[data-office] button:visible").click()
    expect(page.locator("[data-choice]")).to_be_visible()
    page.locator("[name=buy]").click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    assert Delivery.objects.get(current_order=Order.objects.get()).recipient_name == BUYER["name"]


def test_a_pin_of_the_map_chooses_its_office(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A0B1")
    page.locator("button[data-view=map]").click()
    expect(page.locator(".d2po-pin")).to_have_count(4)
    page.locator(".d2po-pin").nth(1).press("Enter")
    expect(page.locator(RADIOS).nth(1)).to_be_checked()
    card = page.locator("[data-card]")
    expect(card).to_be_in_viewport()
    card.get_by_role("button", name="Deliver to this post office").click()
    expect(page.locator("[name=phone]")).to_be_visible()


def test_after_back_the_button_stands_in_the_row_of_the_office_that_it_sends(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A0B1")
    page.locator(RADIOS).nth(1).check()
    page.get_by_role("button", name="Deliver to this post office").click()
    expect(page.locator("[name=phone]")).to_be_visible()
    page.go_back()
    button = page.get_by_role("button", name="Deliver to this post office")
    expect(button).to_have_attribute("value", page.locator(f"{RADIOS}:checked").input_value())


def test_a_suggestion_is_taken_by_keyboard_and_searched(page: Page, step_url: str) -> None:
    page.goto(step_url)
    field = page.locator("#d2po-q")
    field.focus()
    expect(field).to_have_role("combobox")
    field.press_sequentially("moose")
    expect(page.locator("[role=option]").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page.locator("legend[data-heading]")).to_contain_text("Moose Jaw, SK")
    page.go_back()
    expect(page.locator("[data-office]")).to_have_count(0)


def test_the_way_to_a_second_place_is_searched_in_place_and_back_empties_it(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=H2X1Y4")
    open_filter(page)
    page.locator("#d2po-via").fill("5000 Sherbrooke Street West, Montréal")
    page.locator("#d2po-via").press("Enter")
    expect(page.locator(".d2po-distance").first).to_have_text("On your way")
    assert "via=Sherbrooke" in page.url
    page.locator(RADIOS).nth(2).check()
    expect(page.get_by_role("button", name="Deliver to this post office")).to_have_count(1)
    page.go_back()
    expect(page.locator(".d2po-distance").first).to_contain_text("km")
    expect(page.locator("#d2po-via")).to_have_value("")
