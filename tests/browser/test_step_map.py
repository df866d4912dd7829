"""The map: opened on request, in step with the list, usable by keyboard, and never in the list's way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

POLICY = "default-src 'self'; img-src 'self' data: http://127.0.0.1:9; object-src 'none'; base-uri 'none'"
PIN = ".d2po-pin"


@pytest.fixture
def listed(page: Page, step_url: str) -> Page:
    """Return a wide page that lists four offices."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{step_url}?q=K1A0B1")
    return page


@pytest.fixture
def mapped(listed: Page) -> Page:
    """Return the same page with its map open."""
    map_open_at_start(listed)
    return listed


def map_open_at_start(page: Page) -> None:
    """Press the button and wait for the pins."""
    page.get_by_role("button", name="Show the map").click()
    expect(page.locator(PIN)).to_have_count(4)


def test_nothing_of_the_map_is_fetched_before_it_is_opened(page: Page, step_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.get_by_role("button", name="Show the map")).to_be_visible()
    assert not [url for url in asked if "leaflet" in url or "/tiles/" in url]
    map_open_at_start(page)
    assert [url for url in asked if url.startswith("http://127.0.0.1:9/tiles/")]


def test_every_office_has_a_pin_with_its_number_and_name(mapped: Page) -> None:
    names = [
        f"{row.get_attribute('data-number')}. {row.get_attribute('data-name')}"
        for row in mapped.locator("[data-office]").all()
    ]
    assert [pin.get_attribute("aria-label") for pin in mapped.locator(PIN).all()] == names
    expect(mapped.get_by_role("region", name="Map of the post offices in the list")).to_be_visible()


def test_a_pin_chooses_its_office_and_an_office_presses_its_pin(mapped: Page) -> None:
    mapped.locator(PIN).nth(2).click()
    expect(mapped.locator("input[name=office_id]").nth(2)).to_be_checked()
    expect(mapped.locator(PIN).nth(2)).to_have_attribute("aria-pressed", "true")
    mapped.locator("[data-office] label").first.click()
    expect(mapped.locator(PIN).first).to_have_attribute("aria-pressed", "true")
    expect(mapped.locator(f"{PIN}[aria-pressed=true]")).to_have_count(1)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_pins_are_one_tab_stop_and_arrows_go_from_pin_to_pin(mapped: Page, key: str) -> None:
    pins = mapped.locator(PIN)
    assert [pin.get_attribute("tabindex") for pin in pins.all()] == ["0", "-1", "-1", "-1"]
    pins.first.focus()
    scrolled = mapped.evaluate("scrollY")
    moves = {"ArrowRight": 1, "ArrowDown": 2, "End": 3, "ArrowUp": 2, "ArrowLeft": 1, "Home": 0}
    for pressed, at in moves.items():
        mapped.keyboard.press(pressed)
        expect(pins.nth(at)).to_be_focused()
    mapped.keyboard.press("ArrowLeft")
    expect(pins.nth(3)).to_be_focused()
    mapped.keyboard.press("ArrowRight")
    expect(pins.nth(0)).to_be_focused()
    mapped.keyboard.press("ArrowRight")
    mapped.keyboard.press(key)
    expect(mapped.locator("input[name=office_id]").nth(1)).to_be_checked()
    assert mapped.evaluate("scrollY") == scrolled
    assert [pin.get_attribute("tabindex") for pin in pins.all()] == ["-1", "0", "-1", "-1"]


def test_the_pins_follow_a_new_search(mapped: Page) -> None:
    before = mapped.locator(PIN).first.get_attribute("aria-label")
    mapped.locator("#d2po-q").fill("V6B 1A1")
    mapped.locator("#d2po-q").press("Enter")
    expect(mapped.locator(PIN).first).not_to_have_attribute("aria-label", before or "")
    expect(mapped.locator(PIN)).to_have_count(4)
    mapped.locator("[data-more]").click()
    expect(mapped.locator(PIN)).to_have_count(8)


def test_the_map_closes_again_and_says_so(mapped: Page) -> None:
    button = mapped.get_by_role("button", name="Hide the map")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(mapped.locator("#d2po-map")).to_be_hidden()
    expect(mapped.get_by_role("button", name="Show the map")).to_have_attribute("aria-expanded", "false")


def test_a_map_that_cannot_be_loaded_leaves_the_list_and_may_be_tried_again(listed: Page) -> None:
    listed.route("**/leaflet/leaflet.js", lambda route: route.abort())
    listed.get_by_role("button", name="Show the map").click()
    expect(listed.get_by_role("status")).to_contain_text("you can go on without the map")
    expect(listed.locator("[data-office]")).to_have_count(4)
    listed.unroute("**/leaflet/leaflet.js")
    map_open_at_start(listed)


@pytest.mark.parametrize("opened", [False, True])
def test_the_shop_may_have_the_map_open_at_once(
    page: Page, step_url: str, change_settings: Callable[..., None], opened: bool
) -> None:
    change_settings(MAP_OPEN_AT_START=opened)
    page.goto(step_url)
    expect(page.locator("#d2po-map")).to_be_hidden()
    page.locator("#d2po-q").fill("K1A 0B1")
    page.locator("#d2po-q").press("Enter")
    expect(page.locator("[data-office]")).to_have_count(4)
    expect(page.locator(PIN)).to_have_count(4 if opened else 0)


def test_a_strict_content_security_policy_is_kept(page: Page, step_url: str) -> None:
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def add_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    page.on("console", note)
    page.route("**/post-office/?*", add_policy)
    page.goto(f"{step_url}?q=K1A0B1")
    map_open_at_start(page)
    page.locator(PIN).nth(1).click()
    expect(page.locator("input[name=office_id]").nth(1)).to_be_checked()
    assert complaints == []
