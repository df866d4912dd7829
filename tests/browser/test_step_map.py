"""The map: opened on request, in step with the list, usable by keyboard, and never in the list's way."""

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from tests.browser.buying import search_in_place
from tests.browser.conftest import PHONE, Unanswered, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What docs/how-to/theming.md asks of a shop's policy; the tiles' host is the test settings'.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; img-src 'self' data: http://127.0.0.1:9"
)
PIN = ".d2po-pin"
CARD = "[data-card]"


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
    page.get_by_role("button", name="Map", exact=True).click()
    expect(page.locator(PIN)).to_have_count(4)


def test_nothing_of_the_map_is_fetched_before_it_is_opened(page: Page, step_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.get_by_role("button", name="Map", exact=True)).to_be_visible()
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
    search_in_place(mapped, "V6B 1A1")
    expect(mapped.locator(PIN).first).not_to_have_attribute("aria-label", before or "")
    expect(mapped.locator(PIN)).to_have_count(4)
    mapped.locator("[data-more]").click()
    expect(mapped.locator(PIN)).to_have_count(8)


def test_the_map_closes_again_and_the_focus_stays_on_the_switch(mapped: Page) -> None:
    expect(mapped.get_by_role("button", name="Map", exact=True)).to_be_hidden()
    mapped.get_by_role("button", name="List", exact=True).press("Enter")
    expect(mapped.locator("#d2po-map")).to_be_hidden()
    expect(mapped.locator("[data-office]").first).to_be_visible()
    expect(mapped.get_by_role("button", name="Map", exact=True)).to_be_focused()


def test_without_javascript_no_room_is_kept_for_the_map(
    browser: Browser, step_url: str, change_settings: Callable[..., None]
) -> None:
    change_settings(MAP_OPEN_AT_START=True)
    widths = {}
    for javascript in (True, False):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
        page = context.new_page()
        page.goto(f"{step_url}?q=K1A0B1")
        widths[javascript] = box(page, "[data-results]")["width"]
        assert box(page, "[data-results]")["y"] < 400
        context.close()
    assert widths[False] > 1.3 * widths[True]


def test_a_map_that_cannot_be_loaded_leaves_the_list_and_may_be_tried_again(listed: Page) -> None:
    listed.route("**/leaflet/leaflet.js", lambda route: route.abort())
    listed.get_by_role("button", name="Map", exact=True).click()
    expect(listed.get_by_role("status")).to_contain_text("You can choose from the list without it")
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
    search_in_place(page, "K1A 0B1")
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
    expect(page.locator("[data-card]")).to_be_visible()
    search_in_place(page, "Moose Jaw, SK")
    expect(page.locator("legend[data-heading]")).to_contain_text("Moose Jaw")
    page.locator("[data-office] summary").first.click()
    expect(page.locator(".d2po-hours").first).to_be_visible()
    assert complaints == []


@pytest.fixture
def phone(browser: Browser, step_url: str) -> Iterator[Page]:
    """Return a page with four offices on a phone, its map in sight."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.locator("[data-office]").first).to_be_visible()
    page.get_by_role("button", name="Map", exact=True).tap()
    expect(page.locator(PIN)).to_have_count(4)
    yield page
    context.close()


def box(page: Page, selector: str) -> Any:
    """Return where an element is, in pixels from the window's corner."""
    return page.locator(selector).bounding_box()


def test_on_a_phone_map_and_list_are_two_views_and_the_map_is_as_high_as_the_screen(phone: Page) -> None:
    expect(phone.locator("[data-results]")).to_be_hidden()
    assert box(phone, "[data-map-frame]")["height"] > 0.8 * PHONE["height"]
    # With search and switch above it.
    for part in ("[data-map-frame]", "#d2po-q", "button[data-view=list]"):
        expect(phone.locator(part)).to_be_in_viewport(ratio=0.99)
    phone.get_by_role("button", name="List", exact=True).tap()
    expect(phone.locator("#d2po-map")).to_be_hidden()
    expect(phone.locator("[data-office]").first).to_be_visible()


def test_on_a_phone_count_filter_and_switch_are_one_line(phone: Page) -> None:
    parts = (".d2po-count", "[data-filter] summary", "button[data-view=list]")
    middles = [at["y"] + at["height"] / 2 for at in (box(phone, part) for part in parts)]
    assert max(middles) - min(middles) < 2
    assert fits(phone)


def test_a_pressed_pin_shows_a_sheet_that_does_not_cover_it_and_sends_its_office(phone: Page) -> None:
    for number in range(4):
        phone.locator(PIN).nth(number).dispatch_event("click")
        expect(phone.locator(f"{CARD} .d2po-name")).to_contain_text(f"{number + 1}")
        expect(phone.locator(f"{PIN}[aria-pressed=true]")).to_have_count(1)
        # A pan takes a moment.
        expect(phone.locator(".leaflet-pan-anim")).to_have_count(0)
        pin = box(phone, f"{PIN}[aria-pressed=true]")
        assert pin["y"] + pin["height"] <= box(phone, CARD)["y"]
    row = phone.locator("[data-office]").nth(3)
    for part in (".d2po-distance", ".d2po-opening"):
        assert phone.locator(f"{CARD} {part}").text_content() == row.locator(part).text_content()
    name = row.get_attribute("data-name") or ""
    phone.locator(CARD).get_by_role("button", name="Deliver to this post office").tap()
    expect(phone.locator(".d2po-choice strong")).to_have_text(name)


def test_escape_closes_the_card_and_goes_back_to_its_pin(mapped: Page) -> None:
    mapped.locator(PIN).first.focus()
    mapped.keyboard.press("Enter")
    close = mapped.get_by_role("button", name="Close")
    close.focus()
    mapped.keyboard.press("Escape")
    expect(mapped.locator(CARD)).to_be_hidden()
    expect(mapped.locator(PIN).first).to_be_focused()


def test_row_and_pin_light_up_together(mapped: Page) -> None:
    lit = mapped.locator("[data-lit]")
    for element in (mapped.locator("[data-office]").nth(1), mapped.locator(PIN).nth(2)):
        element.hover()
        expect(lit).to_have_count(2)
    mapped.mouse.move(0, 0)
    mapped.locator("input[name=office_id]").nth(3).focus()
    expect(mapped.locator(PIN).nth(3)).to_have_attribute("data-lit", "")
    expect(mapped.locator("[data-office]").nth(3)).to_have_attribute("data-lit", "")


def test_pins_in_one_place_stand_apart(listed: Page) -> None:
    listed.evaluate("""document.querySelectorAll("[data-office]").forEach((row, at) => {
        row.dataset.position = `45.42${at},-75.69`.replace(/[01],/, "0,");
    })""")
    map_open_at_start(listed)
    places = [pin.bounding_box() for pin in listed.locator(PIN).all()]
    for one, other in combinations([(at["x"], at["y"]) for at in places if at], 2):
        assert math.dist(one, other) >= 34


def test_the_place_that_was_searched_has_a_mark(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?lat=45.421&lon=-75.697")
    map_open_at_start(page)
    expect(page.get_by_role("img", name="Where you searched")).to_be_visible()
    point = page.evaluate("""import(document.querySelector("[data-map]").dataset.module).then(({ placeOf }) => placeOf(
        [...document.querySelectorAll("[data-office]")].map(({ dataset: { position, km } }) =>
            ({ position: position.split(",").map(Number), km: Number(km) }))))""")
    assert point == pytest.approx([45.421, -75.697], abs=0.001)


def test_offices_along_a_road_that_fit_a_place_on_either_side_give_no_mark(mapped: Page) -> None:
    # From 46.045, -74.985. A place as far south of the road fits as well.
    road = [((46.0, -74.9), 8.25), ((46.003, -75.1), 10.03), ((46.0, -74.7), 22.57), ((46.0, -75.3), 24.83)]
    offices = [{"position": position, "km": km} for position, km in road]
    found = """(offices) => import(document.querySelector("[data-map]").dataset.module)
        .then(({ placeOf }) => [placeOf(offices), placeOf([...offices, { position: [45.9, -75], km: 16.16 }])])"""
    on_either_side, with_another_office = mapped.evaluate(found, offices)
    assert on_either_side is None
    assert with_another_office == pytest.approx([46.045, -74.985], abs=0.001)


def test_distances_that_fit_no_place_give_no_mark(listed: Page) -> None:
    listed.evaluate("""document.querySelectorAll("[data-office]").forEach((row) => { row.dataset.km = "9"; })""")
    map_open_at_start(listed)
    expect(listed.locator(".d2po-place-mark")).to_have_count(0)


def test_after_a_drag_the_area_may_be_searched(mapped: Page) -> None:
    search = mapped.get_by_role("button", name="Search this area")
    expect(search).to_be_hidden()
    canvas = box(mapped, "#d2po-map")
    mapped.mouse.move(canvas["x"] + 300, canvas["y"] + 300)
    mapped.mouse.down()
    mapped.mouse.move(canvas["x"] + 100, canvas["y"] + 100, steps=4)
    mapped.mouse.up()
    search.click()
    expect(mapped.locator("legend[data-heading]")).to_contain_text("near the middle of the map")
    expect(mapped.locator(PIN)).to_have_count(4)
    expect(search).to_be_hidden()
    expect(mapped.locator("#d2po-q")).to_have_value("")


def test_after_the_arrow_keys_the_area_may_be_searched(mapped: Page) -> None:
    search = mapped.get_by_role("button", name="Search this area")
    mapped.locator("#d2po-map").press("Tab")
    expect(search).to_be_hidden()
    mapped.locator("#d2po-map").press("ArrowRight")
    search.press("Enter")
    expect(mapped.locator("legend[data-heading]")).to_contain_text("near the middle of the map")
    expect(search).to_be_hidden()


def test_pictures_that_do_not_come_are_said(mapped: Page) -> None:
    expect(mapped.locator("[data-map-status]")).to_contain_text("We cannot load the map background")


def test_pictures_that_are_slow_are_said(page: Page, step_url: str) -> None:
    with Unanswered(page, "**/tiles/**"):
        page.clock.install()
        page.goto(f"{step_url}?q=K1A0B1")
        map_open_at_start(page)
        page.clock.run_for(5_000)
        expect(page.locator("[data-map-status]")).to_contain_text("is loading slowly")


def test_on_a_phone_a_list_without_pins_shows_the_list(phone: Page) -> None:
    search_in_place(phone, "90210")
    expect(phone.get_by_role("alert")).to_contain_text("cannot find this place")
