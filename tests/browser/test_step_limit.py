"""Over the limit of searches: the page goes on in place, and says why its list is another one."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.typed.query import parse
from tests.browser.buying import go_on
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND = "K1A 0B1", "K1A 0B2"
# Nobody has searched there, so our directory has nothing near.
FAR = "V6B 1A1"
WHY = {
    "en-CA": "Many searches in a short time",
    "fr-CA": "Beaucoup de recherches en peu de temps",
}
WAIT = {"en-CA": "Wait a minute", "fr-CA": "Attendez une minute"}


@pytest.fixture(params=WHY)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(
    browser: Browser, step_url: str, emulator: EmulatorServer, change_settings: Any, language: str
) -> Iterator[Page]:
    """Return a phone with the list near FIRST, whose visitor may not make us ask again."""
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1)
    find(parse(SECOND), "fr" if language == "en-CA" else "en")
    context = browser.new_context(viewport=PHONE, locale=language)
    page = context.new_page()
    page.goto(f"{step_url}?q={FIRST}")
    expect(page.locator("[data-rung=fresh]")).to_be_visible()
    asked = dict(emulator.calls)
    yield page
    context.close()
    assert emulator.calls == asked


def _search(page: Page, text: str) -> None:
    page.locator("#d2po-q").fill(text)
    page.locator("form[role=search] button[type=submit]").click()


def test_our_own_list_is_shown_and_one_of_its_offices_can_be_chosen(page: Page, language: str) -> None:
    page.evaluate("window.sameDocument = true")
    _search(page, SECOND)
    expect(page.locator(".d2po-note[data-rung=directory]")).to_contain_text(WHY[language])
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.evaluate("window.sameDocument")
    # A screen reader pauses between the two.
    expect(page.get_by_role("status")).to_contain_text(f". {WHY[language]}")
    page.locator("input[name=office_id]").nth(1).check()
    go_on(page)
    expect(page.locator("[name=phone]")).to_be_visible()


def test_in_place_the_list_and_the_choice_stay_where_our_list_has_nothing(page: Page, language: str) -> None:
    page.locator("input[name=office_id]").nth(2).check()
    _search(page, FAR)
    expect(page.get_by_role("status")).to_contain_text(WAIT[language])
    expect(page.locator("input[name=office_id]").nth(2)).to_be_checked()
    expect(page.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")
