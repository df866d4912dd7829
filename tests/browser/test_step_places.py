"""Searching for places, by location and by what is open; and what stays out of the address bar."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def search(page: Page, text: str) -> None:
    """Type a place and press Enter."""
    page.locator("#d2po-q").fill(text)
    page.locator("#d2po-q").press("Enter")


def test_an_address_is_searched_in_place_and_its_number_stays_out_of_the_address_bar(page: Page, step_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(step_url)
    page.evaluate("window.sameDocument = true")
    search(page, "4321 Main Street, Moose Jaw, SK")
    expect(page.locator("legend[data-heading]")).to_contain_text("Main Street, Moose Jaw, SK")
    assert page.evaluate("window.sameDocument") is True
    assert "q=Main+Street%2C+Moose+Jaw%2C+SK" in page.url
    assert not any("4321" in url for url in asked)
    search(page, "K1A 0B1")
    expect(page.locator("legend[data-heading]")).to_contain_text("K1A")
    page.go_back()
    expect(page.locator("legend[data-heading]")).to_contain_text("Moose Jaw")


def test_a_question_is_announced_and_answered_by_a_link(page: Page, step_url: str) -> None:
    page.goto(step_url)
    search(page, "Windsor")
    expect(page.get_by_role("alert")).to_contain_text("more than one Windsor")
    page.get_by_role("link", name="Windsor, QC").click()
    expect(page.locator("legend[data-heading]")).to_contain_text("Windsor, QC")


def test_the_device_s_location_is_sent_rounded(page: Page, context: BrowserContext, step_url: str) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 45.4215296, "longitude": -75.6971931})
    page.goto(step_url)
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("legend[data-heading]")).to_contain_text("near your location")
    assert page.url.endswith("?lat=45.422&lon=-75.697")


def test_a_location_that_is_refused_is_said(page: Page, context: BrowserContext, step_url: str) -> None:
    context.clear_permissions()
    page.goto(step_url)
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("status")).to_contain_text("We could not get your location")


def test_a_filter_works_at_once_and_is_in_the_address(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A0B1")
    page.get_by_label("Service in French").check()
    expect(page.locator("[data-results] [name=filter]")).to_have_value("french")
    assert "filter=french" in page.url
    expect(page.get_by_label("Service in French")).to_be_focused()


def test_without_javascript_filters_and_places_work(browser: object, step_url: str) -> None:
    page: Page = browser.new_page(java_script_enabled=False)  # type: ignore[attr-defined]
    page.goto(step_url)
    page.locator("#d2po-q").fill("4321 Main Street, Moose Jaw, SK")
    page.get_by_label("Service in French").check()
    page.get_by_role("button", name="Search").click()
    assert page.url.endswith("?q=Main+Street%2C+Moose+Jaw%2C+SK&show=4&filter=french#d2po-results")
    expect(page.locator("[data-heading]")).to_be_in_viewport()
    expect(page.get_by_label("Service in French")).to_be_checked()
    expect(page.get_by_role("button", name="Use my location")).to_have_count(0)
    page.close()
