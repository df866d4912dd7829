"""Every state of the step as axe-core sees it: on a phone in English, on a desk in French and dark."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Office, Pause
from tests.browser.axe import violations
from tests.browser.buying import go_on, open_filter, search_in_place, submit
from tests.browser.conftest import PHONE, WIDE, Unanswered

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LISTED = "?q=K1A0B1"
RADIOS = "input[name=office_id]"
# What a state leaves unanswered, until the next one is looked at.
LEFT = ExitStack()


@pytest.fixture(params=["en-CA", "fr-CA"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Return a page on a phone in English, or on a desk in French where the buyer's device is dark."""
    phone = request.param == "en-CA"
    context = browser.new_context(
        viewport=PHONE if phone else WIDE,
        locale=request.param,
        color_scheme="light" if phone else "dark",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def _nothing_searched(page: Page, url: str) -> None:
    page.goto(url)


def _list(page: Page, url: str) -> None:
    page.goto(url + LISTED)


def _open_all(page: Page) -> None:
    page.locator("main details").evaluate_all("all => { for (const one of all) one.open = true; }")


def _disclosed(page: Page, url: str) -> None:
    page.goto(url + LISTED)
    # Hours that come later come closed.
    expect(page.locator(".d2po-hours")).to_have_count(4)
    _open_all(page)
    expect(page.locator(".d2po-hours").first).to_be_visible()


def _chosen(page: Page, url: str) -> None:
    page.goto(url + LISTED)
    page.locator(RADIOS).nth(1).check()
    expect(page.locator("[data-office]").nth(1).locator("button")).to_be_visible()


def _loading(page: Page, url: str) -> None:
    page.goto(url + LISTED)
    LEFT.enter_context(Unanswered(page, "**/post-office/?*"))
    search_in_place(page, "H2X 1Y4")
    expect(page.locator("[data-results]")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status")).not_to_be_empty()


def _filters(page: Page, url: str) -> None:
    page.goto(url + LISTED)
    open_filter(page)
    page.get_by_role("checkbox").first.check()
    expect(page.locator("[data-results] [name=filter]")).to_have_value("open")


def _suggestions(page: Page, url: str) -> None:
    page.goto(url)
    field = page.locator("#d2po-q")
    field.focus()
    expect(field).to_have_role("combobox")
    field.press_sequentially("moose")
    field.press("ArrowDown")
    expect(page.locator("[role=option]").first).to_have_attribute("aria-selected", "true")


def _question(page: Page, url: str) -> None:
    page.goto(url + "?q=Victoria")
    expect(page.locator(".d2po-question")).to_be_visible()


def _wrong(page: Page, url: str) -> None:
    page.goto(url + "?q=90210")
    expect(page.get_by_role("alert")).to_be_visible()


def _none_near(page: Page, url: str) -> None:
    page.goto(url + "?q=X0A0H0")
    expect(page.locator(".d2po-none")).to_be_visible()


def _map(page: Page, url: str) -> None:
    page.goto(url + LISTED)
    page.locator("button[data-view=map]").click()
    expect(page.locator(".d2po-pin")).to_have_count(4)


def _card(page: Page, url: str) -> None:
    _map(page, url)
    page.locator(".d2po-pin").nth(1).press("Enter")
    expect(page.locator("[data-card]")).to_be_visible()


def _hours(page: Page, url: str) -> None:
    page.goto(url + LISTED)
    office_id = page.locator(RADIOS).first.get_attribute("value")
    page.goto(f"{url}office/{office_id}/?q=K1A0B1")
    expect(page.locator("[data-office-hours]")).to_be_visible()


def _recipient(page: Page, url: str) -> None:
    _chosen(page, url)
    go_on(page)
    expect(page.locator("main [name=phone]")).to_be_visible()


def _recipient_with_errors(page: Page, url: str) -> None:
    _recipient(page, url)
    submit(page)
    expect(page.get_by_role("alert")).to_be_visible()


STATES: dict[str, Callable[[Page, str], None]] = {
    "nothing searched": _nothing_searched,
    "a list": _list,
    "a list with all that opens": _disclosed,
    "an office chosen": _chosen,
    "while a list is loaded": _loading,
    "filters": _filters,
    "suggestions": _suggestions,
    "a question": _question,
    "no such place": _wrong,
    "no office near": _none_near,
    "the map": _map,
    "the card on the map": _card,
    "an office's hours": _hours,
    "the recipient": _recipient,
    "the recipient with errors": _recipient_with_errors,
}


def test_no_state_of_the_step_has_a_barrier(page: Page, step_url: str) -> None:
    found: dict[str, list[str]] = {}
    for state, reach in STATES.items():
        page.context.clear_cookies()
        LEFT.close()
        page.unroute_all()
        reach(page, step_url)
        if wrong := violations(page):
            found[state] = wrong
    assert found == {}


def test_a_list_that_is_old_has_no_barrier(page: Page, step_url: str, emulator: EmulatorServer) -> None:
    page.goto(step_url + LISTED)
    Office.objects.update(offered_at=timezone.now() - timedelta(hours=9))
    cache.clear()
    emulator.faults.add("*", "500", count=None, seconds=30)
    page.goto(step_url + LISTED)
    expect(page.locator("[data-rung=directory]").first).to_be_visible()
    _open_all(page)
    assert violations(page) == []


def test_a_pause_has_no_barrier(page: Page, step_url: str) -> None:
    ends_at = timezone.now() + timedelta(days=3)
    Pause.objects.create(reason_en="On strike.", reason_fr="En grève.", ends_at=ends_at)
    page.goto(step_url)
    expect(page.locator("[data-search]")).to_have_count(0)
    assert violations(page) == []


@pytest.mark.parametrize("page", ["en-CA"], indirect=True)
def test_a_barrier_would_be_seen(page: Page, step_url: str) -> None:
    page.goto(step_url)
    page.locator("label[for=d2po-q]").evaluate("label => label.remove()")
    assert [line for line in violations(page) if line.startswith("label:")]
