"""Searching in place: what JavaScript adds to the list of post offices, and what it must not take away."""

import pytest
from playwright.sync_api import Page, expect

from deliver_to_po.checkout import searching
from deliver_to_po.offices.finder import fetch_office
from tests.browser.buying import open_filter, search_in_place
from tests.browser.conftest import Unanswered, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = "K1A 0B1"
SECOND = "H2X 1Y4"


def heading(page: Page, text: str) -> None:
    """Wait until the list is headed by ``text``."""
    expect(page.locator("legend[data-heading]")).to_contain_text(text.replace(" ", "\N{NO-BREAK SPACE}"))


@pytest.fixture
def searched(page: Page, step_url: str) -> Page:
    """Return a page with the offices near FIRST, marked so that a reload would show."""
    page.goto(step_url)
    page.evaluate("window.sameDocument = true")
    search_in_place(page, FIRST)
    heading(page, FIRST)
    return page


def test_a_search_changes_the_list_without_a_reload_and_says_so(searched: Page) -> None:
    search_in_place(searched, SECOND)
    heading(searched, SECOND)
    assert searched.evaluate("window.sameDocument") is True
    assert "q=H2X+1Y4" in searched.url
    expect(searched.get_by_role("status")).to_contain_text("4 post offices near H2X")
    assert searched.evaluate("document.activeElement.id") == "d2po-q"


def test_while_its_script_is_on_the_way_the_form_goes_by_itself(page: Page, step_url: str) -> None:
    with Unanswered(page, "**/search*.js*"):
        page.goto(step_url)
        page.locator("#d2po-q").fill(FIRST)
        page.locator("#d2po-q").press("Enter")
        heading(page, FIRST)


def test_what_searches_is_asked_for_anew_once_the_connection_is_back(page: Page, step_url: str) -> None:
    page.route("**/search*.js*", lambda route: route.abort())
    page.goto(f"{step_url}?q=K1A0B1")
    open_filter(page)
    page.locator("[name=filter]").first.check()
    expect(page.get_by_role("status")).to_contain_text("got no answer")
    page.unroute("**/search*.js*")
    with page.expect_request("**/search*.js?*"):
        page.locator("[name=filter]").last.check()


def test_back_and_forward_go_through_the_searches(searched: Page) -> None:
    search_in_place(searched, SECOND)
    heading(searched, SECOND)
    searched.go_back()
    heading(searched, FIRST)
    expect(searched.locator("#d2po-q")).to_have_value(FIRST)
    searched.go_forward()
    heading(searched, SECOND)
    expect(searched.locator("#d2po-q")).to_have_value(SECOND)
    assert searched.evaluate("window.sameDocument") is True


def test_show_more_keeps_the_choice_and_focuses_the_first_new_office(searched: Page) -> None:
    radios = searched.locator("input[name=office_id]")
    radios.nth(1).check()
    searched.locator("[data-more]").click()
    expect(radios).to_have_count(8)
    expect(radios.nth(1)).to_be_checked()
    expect(radios.nth(4)).to_be_focused()


def test_a_wrong_postal_code_is_focused_and_put_right_again(searched: Page) -> None:
    search_in_place(searched, "90210")
    field = searched.locator("#d2po-q")
    expect(searched.get_by_role("alert")).to_contain_text("cannot find this place in Canada")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    search_in_place(searched, SECOND)
    heading(searched, SECOND)
    assert field.get_attribute("aria-invalid") is None
    expect(searched.get_by_role("alert")).to_have_count(0)


def test_no_house_number_gets_into_the_url_however_short_the_address(searched: Page) -> None:
    search_in_place(searched, "9 Elm St")
    expect(searched.locator("#d2po-problem")).to_contain_text("Add the city")
    assert "Elm" not in searched.url


def test_a_broken_connection_keeps_the_list_and_the_choice(searched: Page) -> None:
    searched.locator("input[name=office_id]").nth(2).check()
    searched.route("**/post-office/?*", lambda route: route.abort())
    search_in_place(searched, SECOND)
    expect(searched.get_by_role("status")).to_contain_text("got no answer")
    heading(searched, FIRST)
    expect(searched.locator("input[name=office_id]").nth(2)).to_be_checked()
    expect(searched.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")


def test_a_slow_search_is_announced_and_may_be_overtaken(searched: Page) -> None:
    with Unanswered(searched, "**/post-office/?q=V6B*") as held:
        search_in_place(searched, "V6B 1A1")
        expect(searched.get_by_role("status")).to_have_text("Searching…")
        expect(searched.locator("[data-results]")).to_have_attribute("aria-busy", "true")
        search_in_place(searched, SECOND)
        heading(searched, SECOND)
        assert len(held) == 1
    expect(searched.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")


def test_hours_open_in_place_before_those_of_all_have_come(page: Page, step_url: str) -> None:
    page.route("**/hours/?*office=*office=*", lambda route: route.abort())
    page.goto(f"{step_url}?q=K1A0B1")
    page.evaluate("window.sameDocument = true")
    row = page.locator("[data-office]").first
    row.locator("[data-hours-link]").click()
    expect(row.locator("details[open] .d2po-hours")).to_be_visible()
    expect(row.locator("summary")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True


def test_hours_that_nobody_knows_yet_are_asked_for_once_after_the_page(page: Page, step_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/hours/" in request.url else None)
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.locator("[data-office] details")).to_have_count(4)
    assert [url.count("office=") for url in asked] == [4]


def test_hours_appear_when_the_worker_has_fetched_them(
    page: Page, step_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(searching, "works_in_background", lambda: True)
    monkeypatch.setattr(searching, "ask_for_hours", lambda office_ids, language: told.extend(office_ids))
    page.goto(step_url)
    search_in_place(page, FIRST)
    heading(page, FIRST)
    page.locator("input[name=office_id]").nth(1).check()
    page.locator("input[name=office_id]").nth(1).focus()
    for office_id in told:
        fetch_office(office_id, "en")
    expect(page.locator("[data-office] details")).to_have_count(4)
    expect(page.locator("input[name=office_id]").nth(1)).to_be_checked()
    expect(page.locator("input[name=office_id]").nth(1)).to_be_focused()


def test_on_a_phone_results_are_in_sight_and_the_button_is_in_the_row_that_is_chosen(page: Page, step_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(step_url)
    page.locator("#d2po-q").fill("K1A 0B1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[data-office]").nth(1)).to_be_in_viewport(ratio=1)
    row = page.locator("[data-office]").nth(1)
    row.locator("label").click()
    expect(page.get_by_role("button", name="Deliver to this post office")).to_have_count(1)
    expect(row.get_by_role("button", name="Deliver to this post office")).to_be_in_viewport(ratio=1)
    assert fits(page)


@pytest.mark.parametrize("height", [480, 600])
def test_the_row_that_has_the_focus_is_wholly_in_sight(page: Page, step_url: str, height: int) -> None:
    page.set_viewport_size({"width": 390, "height": height})
    page.goto(f"{step_url}?q=K1A0B1&show=12")
    page.locator("input[name=office_id]").first.focus()
    for key in [*["ArrowDown"] * 6, *["ArrowUp"] * 4]:
        page.keyboard.press(key)
        expect(page.locator("[data-office]:has(input:focus)")).to_be_in_viewport(ratio=1)


def test_a_row_that_is_pressed_stays_where_it_is_while_another_folds_above_it(page: Page, step_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{step_url}?q=K1A0B1&show=12")
    page.locator("input[name=office_id]").nth(2).check()
    page.evaluate("scrollTo(0, document.querySelector('[data-number=\"3\"]').getBoundingClientRect().y + scrollY - 99)")
    pressed = page.locator("[data-office]").nth(4)
    place = "row => row.getBoundingClientRect().y"
    before = pressed.evaluate(place)
    pressed.locator("label").click()
    expect(pressed.get_by_role("button")).to_be_in_viewport(ratio=1)
    assert pressed.evaluate(place) == pytest.approx(before, abs=1)
