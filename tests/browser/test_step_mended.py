"""What once went wrong in the step and no longer does: after Back, while scrolling, by keyboard, with no cookie."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.models import Office
from tests.browser.buying import RECIPIENT, fill, open_filter, search_in_place, submit
from tests.browser.conftest import Unanswered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RADIOS = "input[name=office_id]"
SEES = """element => {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return element.contains(top) || top?.contains(element);
}"""
# A device that never says where it is, and keeps what it was asked.
SILENT = """navigator.geolocation.getCurrentPosition = (found, failed, options) => {
    Object.assign(window, { failed, asked: options });
};"""


@pytest.fixture
def listed(page: Page, step_url: str) -> Page:
    """Return a page with four offices."""
    page.goto(f"{step_url}?q=K1A0B1")
    return page


@pytest.fixture
def phone(browser: Browser, step_url: str) -> Any:
    """Return a page with four offices on a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{step_url}?q=K1A0B1")
    yield page
    context.close()


def test_after_back_the_office_that_is_kept_is_chosen_and_the_button_stands_in_its_row(
    listed: Page, step_url: str
) -> None:
    listed.locator(RADIOS).nth(1).check()
    kept = listed.locator(f"{RADIOS}:checked").input_value()
    listed.get_by_role("button", name="Deliver to this post office").click()
    expect(listed.locator("[name=phone]")).to_be_visible()
    listed.go_back()
    listed.locator(RADIOS).nth(2).check()
    listed.goto(f"{step_url}recipient/")
    listed.go_back()
    expect(listed.locator(f"{RADIOS}:checked")).to_have_value(kept)
    expect(listed.get_by_role("button", name="Deliver to this post office")).to_have_attribute("value", kept)


def test_after_back_nobody_is_asked_to_send_again_what_was_mistyped(listed: Page) -> None:
    listed.get_by_role("button", name="Deliver to this post office").click()
    fill(listed, {**RECIPIENT, "phone": "12"}, "QC")
    submit(listed)
    expect(listed.locator("[aria-invalid=true]")).to_have_value("12")
    listed.locator("[name=phone]").fill(RECIPIENT["phone"])
    # A page's own framework keeps there what it restores.
    listed.evaluate("history.replaceState('theirs', '')")
    submit(listed)
    listed.wait_for_url("**/basket/")
    listed.go_back()
    expect(listed.locator("[name=phone]")).to_have_value(RECIPIENT["phone"])
    assert listed.evaluate("history.state") == "theirs"


def test_after_back_place_and_filters_are_those_of_the_list(listed: Page, context: BrowserContext) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 45.4215, "longitude": -75.6972})
    open_filter(listed)
    listed.get_by_label("Service in French").check()
    expect(listed.locator("[data-results] [name=filter]")).to_have_value("french")
    listed.get_by_role("button", name="Use my location").click()
    expect(listed.locator("legend[data-heading]")).to_contain_text("near your location")
    listed.go_back()
    expect(listed.locator("legend[data-heading]")).to_contain_text("K1A")
    expect(listed.locator("[data-search] [name=lat]")).to_have_value("")
    expect(listed.get_by_label("Service in French")).to_be_checked()
    listed.go_back()
    expect(listed.get_by_label("Service in French")).not_to_be_checked()
    listed.go_forward()
    expect(listed.get_by_label("Service in French")).to_be_checked()


def test_a_filter_is_one_step_back_also_where_the_hours_that_it_needs_come_late(listed: Page) -> None:
    before = listed.evaluate("history.length")
    open_filter(listed)
    with listed.expect_response("**/hours/**"):
        listed.get_by_label("Service in French").check()
    listed.wait_for_load_state("networkidle")
    expect(listed.locator("[data-results]:not([aria-busy]) [name=filter]")).to_have_value("french")
    assert listed.evaluate("history.length") == before + 1


def test_a_text_that_was_typed_but_not_searched_is_not_put_above_another_list(listed: Page, step_url: str) -> None:
    listed.locator("#d2po-q").fill("Halifax")
    listed.get_by_label("Open now").evaluate("box => { box.checked = true; }")
    listed.goto(f"{step_url}recipient/")
    listed.go_back()
    expect(listed.locator("legend[data-heading]")).to_contain_text("K1A")
    expect(listed.locator("#d2po-q")).to_have_value("K1A 0B1")
    expect(listed.get_by_label("Open now")).not_to_be_checked()


def test_a_filter_on_a_phone_leaves_the_page_where_it_was_pressed(phone: Page) -> None:
    open_filter(phone)
    box = phone.get_by_label("Open now")
    before = phone.evaluate("scrollY")
    box.tap()
    expect(phone.locator("[data-results] [name=filter]")).to_have_value("open")
    assert phone.evaluate("scrollY") == before
    expect(box).to_be_focused()


def test_show_more_on_a_phone_brings_the_first_new_office_into_sight(phone: Page) -> None:
    phone.locator("[data-more]").tap()
    fifth = phone.locator(RADIOS).nth(4)
    expect(fifth).to_be_focused()
    expect(fifth).to_be_in_viewport(ratio=1)
    assert phone.evaluate(f"({SEES})(document.activeElement)")


def test_a_filter_that_hides_the_chosen_office_keeps_it_and_says_so(listed: Page) -> None:
    listed.locator(RADIOS).first.check()
    office_id = listed.locator(RADIOS).first.get_attribute("value") or ""
    not_today = WeeklyHours({(timezone.now().isoweekday() + 2) % 7 + 1: intervals(["09:00", "17:00"])})
    known = Office.objects.filter(received_id=office_id)
    assert known.update(hours=not_today.to_json(), hours_fetched_at=timezone.now()) == 1
    open_filter(listed)
    listed.get_by_label("Open now").check()
    expect(listed.locator("[data-kept]")).to_contain_text("Your choice")
    expect(listed.get_by_role("status")).to_contain_text("Your choice")
    expect(listed.locator(f"{RADIOS}:checked")).to_have_value(office_id)
    expect(listed.get_by_role("button", name="Deliver to this post office")).to_have_attribute("value", office_id)


def test_an_error_leads_to_its_field_with_the_label_in_sight(phone: Page) -> None:
    phone.locator(RADIOS).first.check()
    phone.get_by_role("button", name="Deliver to this post office").click()
    phone.get_by_role("button", name="Continue").click()
    for link in phone.locator("[role=alert] li a").all():
        assert link.evaluate("link => getComputedStyle(link).display") == "block"
        field = (link.get_attribute("href") or "")[1:]
        link.click()
        expect(phone.locator(f"label[for={field}]")).to_be_in_viewport(ratio=1)
        expect(phone.locator(f"#{field}")).to_be_in_viewport(ratio=1)


def test_at_400_percent_nothing_lies_over_what_has_focus(page: Page, step_url: str) -> None:
    page.set_viewport_size({"width": 320, "height": 200})
    page.goto(f"{step_url}?q=K1A0B1")
    page.locator(RADIOS).first.check()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(f"({SEES})(document.activeElement)"), page.evaluate("document.activeElement.outerHTML")


def test_a_search_on_a_phone_closes_the_keyboard(phone: Page) -> None:
    search_in_place(phone, "H2X 1Y4")
    expect(phone.locator("legend[data-heading]")).to_contain_text("H2X")
    expect(phone.locator("#d2po-q")).not_to_be_focused()


def test_waiting_for_a_position_is_said_and_ends(page: Page, step_url: str) -> None:
    page.add_init_script(SILENT)
    page.goto(step_url)
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("status")).to_contain_text("Finding where you are")
    assert page.evaluate("asked.timeout") == 10_000
    page.evaluate("failed()")
    expect(page.get_by_role("status")).to_contain_text("We could not get your location")


def test_a_lost_cookie_costs_nothing(listed: Page, context: BrowserContext) -> None:
    context.clear_cookies()
    search_in_place(listed, "Main Street, Moose Jaw, SK")
    expect(listed.locator("legend[data-heading]")).to_contain_text("Moose Jaw")
    listed.locator(RADIOS).first.check()
    listed.get_by_role("button", name="Deliver to this post office").click()
    expect(listed.locator("[name=phone]")).to_be_visible()


@pytest.mark.parametrize(("status", "said"), [(403, "cookies"), (500, "Try again in a moment")])
def test_a_refusal_does_not_blame_the_connection(listed: Page, status: int, said: str) -> None:
    listed.route("**/post-office/?*", lambda route: route.fulfill(status=status, body="No"))
    listed.route("**/post-office/", lambda route: route.fulfill(status=status, body="No"))
    search_in_place(listed, "Main Street, Moose Jaw, SK")
    expect(listed.get_by_role("status")).to_contain_text(said)
    expect(listed.get_by_role("status")).not_to_contain_text("connection")


def test_nothing_is_read_out_that_is_only_drawn(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A0B1")
    row = page.locator("[data-office]").first
    name = row.get_attribute("data-name")
    expect(row.locator("summary")).to_have_accessible_name(
        re.compile(rf"^(Open|Closed|Holiday).+ — Opening hours, {re.escape(name or '')}$")
    )


def test_while_a_list_is_loaded_the_old_one_is_as_readable_as_before(listed: Page) -> None:
    with Unanswered(listed, "**/post-office/?q=V6B*"):
        search_in_place(listed, "V6B 1A1")
        results = listed.locator("[data-results]")
        expect(results).to_have_attribute("aria-busy", "true")
        assert results.evaluate("element => getComputedStyle(element).opacity") == "1"
