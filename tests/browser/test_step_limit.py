"""Over the limit of searches, with JavaScript and without: the page goes on, and says why its list is another one."""

from collections.abc import Iterator
from contextlib import contextmanager
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


@pytest.fixture
def over_the_limit(browser: Browser, step_url: str, emulator: EmulatorServer, change_settings: Any) -> Any:
    """Return a context manager that opens the list near FIRST for a visitor who may not make us ask again."""

    @contextmanager
    def opened(language: str, *, javascript: bool) -> Iterator[Page]:
        change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1)
        find(parse(SECOND), "fr" if language == "en-CA" else "en")
        context = browser.new_context(viewport=PHONE, locale=language, java_script_enabled=javascript)
        page = context.new_page()
        page.goto(f"{step_url}?q={FIRST}")
        expect(page.locator("[data-rung=fresh]")).to_be_visible()
        asked = dict(emulator.calls)
        yield page
        context.close()
        assert emulator.calls == asked

    return opened


def _search(page: Page, text: str) -> None:
    page.locator("#d2po-q").fill(text)
    page.locator("form[role=search] button[type=submit]").click()


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("language", ["en-CA", "fr-CA"])
def test_our_own_list_is_shown_and_one_of_its_offices_can_be_chosen(
    over_the_limit: Any, language: str, javascript: bool
) -> None:
    with over_the_limit(language, javascript=javascript) as page:
        page.evaluate("window.sameDocument = true")
        _search(page, SECOND)
        note = page.locator(".d2po-note[data-rung=directory]")
        expect(note).to_contain_text(WHY[language])
        expect(page.get_by_role("alert")).to_have_count(0)
        assert bool(page.evaluate("window.sameDocument")) == javascript
        if javascript:
            # A screen reader pauses between the two.
            expect(page.get_by_role("status")).to_contain_text(f". {WHY[language]}")
        page.locator("input[name=office_id]").nth(1).check()
        go_on(page)
        expect(page.locator("[name=phone]")).to_be_visible()


@pytest.mark.parametrize("language", ["en-CA", "fr-CA"])
def test_in_place_the_list_and_the_choice_stay_where_our_list_has_nothing(over_the_limit: Any, language: str) -> None:
    with over_the_limit(language, javascript=True) as page:
        page.locator("input[name=office_id]").nth(2).check()
        _search(page, FAR)
        expect(page.get_by_role("status")).to_contain_text(WAIT[language])
        expect(page.locator("input[name=office_id]").nth(2)).to_be_checked()
        expect(page.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("language", ["en-CA", "fr-CA"])
def test_without_javascript_a_page_says_to_wait_where_our_list_has_nothing(over_the_limit: Any, language: str) -> None:
    with over_the_limit(language, javascript=False) as page:
        _search(page, FAR)
        expect(page.get_by_role("alert")).to_contain_text(WAIT[language])
        expect(page.locator("#d2po-q")).to_have_value(FAR)
