"""Searching for places, by location and by what is open; and what stays out of the address bar."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import violations
from tests.browser.buying import open_filter, search_in_place
from tests.browser.conftest import Unanswered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_address_is_searched_in_place_and_its_number_stays_out_of_the_address_bar(page: Page, step_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(step_url)
    page.evaluate("window.sameDocument = true")
    search_in_place(page, "4321 Main Street, Moose Jaw, SK")
    expect(page.locator("legend[data-heading]")).to_contain_text("Main Street, Moose Jaw, SK")
    assert page.evaluate("window.sameDocument") is True
    assert "q=Main+Street%2C+Moose+Jaw%2C+SK" in page.url
    assert not any("4321" in url for url in asked)
    expect(page.locator("#d2po-q")).to_have_value("Main Street, Moose Jaw, SK")
    search_in_place(page, "K1A 0B1")
    expect(page.locator("legend[data-heading]")).to_contain_text("K1A")
    page.go_back()
    expect(page.locator("legend[data-heading]")).to_contain_text("Moose Jaw")


def test_the_box_says_how_a_short_name_was_read_but_keeps_what_is_typed_meanwhile(page: Page, step_url: str) -> None:
    page.goto(step_url)
    search_in_place(page, "Hull")
    expect(page.locator("#d2po-q")).to_have_value("Hull, QC")
    with Unanswered(page, "**/post-office/?q=H2X*") as waiting:
        search_in_place(page, "H2X1Y4")
        expect(page.get_by_role("status")).to_have_text("Searching…")
        page.locator("#d2po-q").fill("Mo")
        waiting.pop().continue_()
        expect(page.locator("legend[data-heading]")).to_contain_text("H2X")
    expect(page.locator("#d2po-q")).to_have_value("Mo")


def test_a_question_is_announced_and_answered_by_a_link(page: Page, step_url: str) -> None:
    page.goto(step_url)
    search_in_place(page, "K1A OB1")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("alert").get_by_role("link", name="K1A 0B1").click()
    expect(page.locator("legend[data-heading]")).to_contain_text("K1A\N{NO-BREAK SPACE}0B1")


def test_the_device_s_location_is_sent_rounded(page: Page, context: BrowserContext, step_url: str) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 45.4215296, "longitude": -75.6971931})
    page.goto(step_url)
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("legend[data-heading]")).to_contain_text("near your location")
    assert page.url.endswith("?lat=45.422&lon=-75.697")


def test_a_location_outside_canada_keeps_the_list_and_what_was_searched_and_may_be_tried_again(
    page: Page, context: BrowserContext, step_url: str
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 40.7128, "longitude": -74.006})
    page.goto(f"{step_url}?q=K1A0B1")
    page.locator("input[name=office_id]").nth(1).check()
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("status")).to_contain_text("Canada")
    expect(page.locator("[data-office]")).to_have_count(4)
    expect(page.locator("input[name=office_id]").nth(1)).to_be_checked()
    expect(page.locator("#d2po-q")).to_have_value("K1A0B1")
    assert page.url.endswith("?q=K1A0B1")
    context.set_geolocation({"latitude": 45.4215296, "longitude": -75.6971931})
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("legend[data-heading]")).to_contain_text("near your location")


def test_on_paper_there_is_the_list_and_nothing_to_press(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A0B1")
    page.emulate_media(media="print")
    expect(page.locator("[data-office]").first).to_be_visible()
    expect(page.locator("#d2po-q")).to_be_hidden()
    expect(page.locator("d2po-step button:visible:not([aria-hidden])")).to_have_count(0)


def test_a_location_that_is_refused_is_said(page: Page, context: BrowserContext, step_url: str) -> None:
    context.clear_permissions()
    page.goto(step_url)
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("status")).to_contain_text("We could not get your location")


def test_a_filter_works_at_once_and_is_in_the_address(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A0B1")
    open_filter(page)
    page.get_by_label("Service in French").check()
    expect(page.locator("[data-results] [name=filter]")).to_have_value("french")
    assert "filter=french" in page.url
    expect(page.get_by_label("Service in French")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_offices_on_the_way_to_a_second_place_come_with_the_smallest_detour_first(
    visit: Any, step_url: str, javascript: bool
) -> None:
    with visit("en", javascript=javascript) as page:
        page.goto(f"{step_url}?q=H2X1Y4")
        open_filter(page)
        page.get_by_label("On your way to work").fill("5000 Sherbrooke Street West, Montréal")
        page.get_by_label("On your way to work").press("Enter")
        expect(page.locator(".d2po-distance").first).to_have_text("On your way")
        expect(page.locator(".d2po-results > form")).to_contain_text("as the crow flies")
        expect(page.locator("[data-filter] summary")).to_have_text("Filter (1)")
        expect(page.get_by_label("On your way to work")).not_to_be_visible()
        # Neither a house number nor a suggestion: nobody knows where on the way the buyer is.
        assert "5000" not in page.url
        assert "via=" in page.url
        expect(page.locator("[data-suggestion]")).to_have_count(0)
        page.locator("input[name=office_id]").nth(1).check()
        open_filter(page)
        page.get_by_label("Service in French").check()
        if javascript:
            assert violations(page) == []
        else:
            page.get_by_role("button", name="Show", exact=True).click()
        expect(page.locator("[data-filter] summary")).to_have_text("Filter (2)")
        page.go_back()
        expect(page.locator("[data-filter] summary")).to_have_text("Filter (1)")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_second_place_that_is_wrong_keeps_the_list_and_its_message_leads_to_the_field(
    visit: Any, step_url: str, javascript: bool
) -> None:
    with visit("fr", javascript=javascript) as page:
        page.goto(f"{step_url}?q=H2X1Y4")
        open_filter(page)
        page.locator("#d2po-via").fill("90210")
        page.locator("[data-show]").click()
        expect(page.get_by_role("alert")).to_contain_text("90210\N{NO-BREAK SPACE}: Nous ne trouvons pas")
        expect(page.locator("[data-office]")).to_have_count(4)
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.locator("#d2po-via")).to_be_visible()
        expect(page.locator("#d2po-via")).to_have_value("90210")
        expect(page.locator("#d2po-via")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#d2po-via")).to_have_accessible_description(re.compile("90210"))
