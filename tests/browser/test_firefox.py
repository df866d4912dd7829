"""The step in Firefox: bought with and without JavaScript, the map, Back, suggestions. Debian's own, over BiDi."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from deliver_to_po.models import Delivery
from example_shop.models import Order
from tests.browser.buying import BUYER, RECIPIENT, fill_one_page, go_to_the_step, open_filter, submit
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
    """Return a running Firefox."""
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=find_firefox())
    yield browser
    browser.close()


@pytest.fixture
def page(firefox: Browser) -> Iterator[Page]:
    """Return a page as wide as a phone."""
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


@pytest.fixture
def plain_page(playwright: Playwright) -> Iterator[Page]:
    """Return a page of a French Firefox that runs no script: over BiDi that is a preference of the whole browser."""
    browser = playwright.firefox.launch(
        channel="moz-firefox", executable_path=find_firefox(), firefox_user_prefs={"javascript.enabled": False}
    )
    page = browser.new_context(viewport=PHONE, locale="fr-CA").new_page()
    page.set_default_timeout(10_000)
    yield page
    browser.close()


# Without scripts nothing tells Playwright when to look again: it presses by force, types by keyboard, and looks once a
# page is there.


def press(page: Page, selector: str) -> None:
    """Press the last button of that kind, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.locator(selector).last.click(force=True)


def type_in(page: Page, selector: str, value: str) -> None:
    """Type over what is in a field."""
    page.locator(selector).focus()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(value)


def type_all(page: Page, values: dict[str, str]) -> None:
    """Type into the fields that ``values`` names, and choose Quebec."""
    for name, value in values.items():
        type_in(page, f"main [name={name}]", value)
    page.locator("main [name=province]").focus()
    page.keyboard.type("Q")


def test_a_whole_purchase_in_french_without_javascript(plain_page: Page, shop: str) -> None:
    page = plain_page

    def says(selector: str) -> str:
        return " ".join((page.locator(selector).text_content() or "").split())

    page.goto(f"{shop}/product/wool-blanket/")
    press(page, "form.buy button")
    page.goto(f"{shop}/checkout/")
    type_all(page, BUYER)
    press(page, "main form[method=post] button")
    page.locator("[value=post_office]").click(force=True)
    press(page, "main form[method=post] button")
    assert says("h1") == "Votre bureau de poste"
    assert page.evaluate("customElements.get('d2po-step') === undefined"), "scripts run"
    type_in(page, "#d2po-q", "J8X 2K4")
    press(page, "form[role=search] button[type=submit]")
    legend = says("#d2po-offices legend")
    assert "J8X 2K4" in legend
    assert "10 bureaux de poste" in legend
    row = page.locator("[data-office]").nth(1)
    name = row.get_attribute("data-name") or "no name"
    row.locator("input").click(force=True)
    press(page, "[name=change]")
    assert says("h1").startswith("Qui ramassera")
    assert page.locator(".d2po-choice strong").text_content() == name
    type_all(page, RECIPIENT)
    press(page, ".d2po-form button")
    assert page.url == f"{shop}/checkout/review/"
    assert name in (page.locator("main").text_content() or "")
    press(page, "main form[method=post] button")
    assert says("h1").startswith("Merci")
    delivery = Delivery.objects.get(current_order=Order.objects.get())
    assert (delivery.recipient_name, delivery.language) == (RECIPIENT["name"], "fr")
