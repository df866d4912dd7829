"""What somebody presses in the old list while a new one is on its way is neither lost nor swallowed; on a phone."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from deliver_to_po.emulator.server import EmulatorServer
from tests.browser.buying import go_to_the_step, search_in_place
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RADIOS = "input[name=office_id]"
# Well below SEARCH_TIMEOUT_SECONDS, and long enough to press something.
CANADA_POST_SECONDS = 1.5
NEAR, FAR = "K1A 0B2", "V6B 1A1"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-CA")
    yield context.new_page()
    context.close()


@pytest.fixture
def listed(page: Page, step_url: str, emulator: EmulatorServer) -> Page:
    """Return a page with four offices, whose next search takes Canada Post a while."""
    page.goto(f"{step_url}?q=K1A0B1")
    emulator.faults.add("find_offices", "delay", count=None, seconds=CANADA_POST_SECONDS)
    return page


def begin_search(page: Page, text: str) -> None:
    """Search in place for what nobody has searched for, and return while the old list is still there."""
    cache.clear()
    # The script shows this button.
    expect(page.locator("[data-locate]")).to_be_visible()
    search_in_place(page, text)
    expect(page.locator("[data-results]")).to_have_attribute("aria-busy", "true")


def wait_for_list(page: Page, near: str) -> None:
    expect(page.locator("#d2po-offices")).to_contain_text(near)
    expect(page.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")


def name_of(page: Page, number: int) -> str:
    return page.locator("[data-office]").nth(number).get_attribute("data-name") or "no name"


def press(page: Page, number: int) -> str:
    """Choose an office of the old list; return its id."""
    page.locator("[data-office] label").nth(number).tap()
    expect(page.locator(RADIOS).nth(number)).to_be_checked()
    return page.locator(RADIOS).nth(number).input_value()


@pytest.mark.parametrize("chosen_before", [False, True])
def test_an_office_that_is_not_in_the_new_list_stays_chosen_and_that_is_said(listed: Page, chosen_before: bool) -> None:
    if chosen_before:
        press(listed, 0)
    begin_search(listed, FAR)
    office_id, name = press(listed, 2), name_of(listed, 2)
    wait_for_list(listed, FAR)
    expect(listed.locator(f"{RADIOS}:checked")).to_have_value(office_id)
    expect(listed.locator("[data-office]")).to_have_count(5)
    expect(listed.locator("[data-kept]")).to_contain_text("until you choose another")
    expect(listed.get_by_role("status")).to_contain_text("until you choose another")
    listed.get_by_role("button", name="Deliver to this post office").tap()
    expect(listed.locator(".d2po-choice strong")).to_have_text(name)


def test_an_office_that_is_in_the_new_list_stays_chosen_without_a_word(listed: Page) -> None:
    begin_search(listed, NEAR)
    office_id = press(listed, 1)
    wait_for_list(listed, NEAR)
    expect(listed.locator(f"{RADIOS}:checked")).to_have_value(office_id)
    expect(listed.locator("[data-office]")).to_have_count(4)
    expect(listed.locator("[data-kept]")).to_have_count(0)


def test_an_office_stays_chosen_where_nothing_is_found(listed: Page) -> None:
    begin_search(listed, "X0A 0H0")
    office_id = press(listed, 1)
    expect(listed.locator(".d2po-none")).to_contain_text("names no post office near")
    expect(listed.locator(f"{RADIOS}:checked")).to_have_value(office_id)
    expect(listed.get_by_role("status")).to_contain_text("until you choose another")


def test_the_button_sends_the_office_of_the_old_list_and_gives_the_search_up(listed: Page) -> None:
    press(listed, 3)
    name = name_of(listed, 3)
    begin_search(listed, FAR)
    # Its list would come between the press and the next page.
    with listed.expect_event("requestfailed", lambda request: "q=V6B" in request.url):
        listed.get_by_role("button", name="Deliver to this post office").tap()
    expect(listed.locator(".d2po-choice strong")).to_have_text(name)
    listed.go_back()
    expect(listed.locator("#d2po-offices")).to_contain_text("K1A")
    expect(listed.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("button", ["[data-suggestion]", "[name=change]"])
def test_the_other_buttons_of_the_old_list_lead_on_too(
    page: Page, shop: str, emulator: EmulatorServer, button: str
) -> None:
    go_to_the_step(page, shop)
    marked = page.locator("[data-office]:has(.d2po-suggested)").get_attribute("data-name") or "no name"
    name = marked if button == "[data-suggestion]" else name_of(page, 0)
    emulator.faults.add("find_offices", "delay", count=None, seconds=CANADA_POST_SECONDS)
    begin_search(page, FAR)
    if button == "[name=change]":
        press(page, 0)
    page.locator(button).tap()
    heading = "Review your order" if button == "[data-suggestion]" else "Who will pick it up?"
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator("main")).to_contain_text(name)
