"""Places suggested while somebody types: from the local table, by keyboard, mouse and thumb, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Locator, Page, ViewportSize, expect

from deliver_to_po.canadapost.types import NearAddress
from deliver_to_po.offices.typed.query import written
from tests.browser.buying import search_in_place
from tests.browser.conftest import PHONE, WIDE, fits
from tests.offices.prefixes import prefixes_with_their_largest_places

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = ViewportSize(width=320, height=640)
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:"


def options(page: Page) -> Locator:
    return page.locator("#d2po-suggestions[role=listbox]:not([hidden]) [role=option]")


def type_in(page: Page, text: str) -> Locator:
    """Type a text once the field suggests; return the field."""
    field = page.locator("#d2po-q")
    field.fill("")
    field.focus()
    expect(field).to_have_role("combobox")
    field.press_sequentially(text)
    return field


@pytest.fixture
def step(page: Page, step_url: str) -> Page:
    page.goto(step_url)
    return page


def test_arrows_move_and_enter_takes_a_suggestion_and_searches_at_once(step: Page) -> None:
    field = type_in(step, "moose")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert "aria-activedescendant" not in (field.evaluate("field => field.getAttributeNames()"))
    field.press("ArrowDown")
    expect(options(step).first).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(options(step).nth(1)).to_have_attribute("aria-selected", "true")
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("Moose Jaw, SK")
    expect(step.locator("legend[data-heading]")).to_contain_text("Moose Jaw, SK")
    expect(options(step)).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("how", ["Enter", "the button"])
def test_what_is_typed_is_searched_unless_a_suggestion_is_taken(step: Page, how: str) -> None:
    field = type_in(step, "windsor")
    expect(options(step).first).to_have_text("Windsor, ON")
    if how == "Enter":
        field.press("Enter")
    else:
        step.get_by_role("button", name="Search").click()
    expect(step.locator("[data-problem]")).to_contain_text("more than one Windsor")
    expect(field).to_have_value("windsor")
    expect(options(step)).to_have_count(0)


def test_escape_closes_and_keeps_what_was_typed(step: Page) -> None:
    field = type_in(step, "moose")
    expect(options(step).first).to_be_visible()
    field.press("Escape")
    expect(options(step)).to_have_count(0)
    expect(field).to_have_value("moose")
    field.press_sequentially(" j")
    expect(options(step)).to_have_text(["Moose Jaw, SK"])


def test_tab_goes_on_and_takes_nothing(step: Page) -> None:
    field = type_in(step, "moose")
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).not_to_be_focused()
    expect(field).to_have_value("moose")
    expect(options(step)).to_have_count(0)


def test_how_many_there_are_is_announced_politely_and_once(step: Page) -> None:
    field = type_in(step, "victoria")
    expect(options(step)).to_have_count(6)
    told = step.locator("d2po-suggest [aria-live=polite]")
    expect(told).to_have_text("Suggested places: 6")
    told.evaluate("told => { window.said = told.firstChild; }")
    field.press_sequentially(" ")
    assert step.evaluate("said.isConnected")
    type_in(step, "k1a")
    expect(told).to_have_text("")
    expect(options(step)).to_have_count(0)


def test_a_press_takes_a_suggestion(step: Page) -> None:
    type_in(step, "moose jaw")
    options(step).first.click()
    expect(step.locator("legend[data-heading]")).to_contain_text("Moose Jaw, SK")


def test_suggestions_stand_before_a_filter_that_was_left_open(page: Page, step_url: str) -> None:
    page.goto(f"{step_url}?q=K1A+0B1")
    page.locator(".d2po-filter > summary").click()
    field = type_in(page, "victoria")
    options(page).last.click(timeout=3_000)
    expect(field).not_to_have_value("victoria")


FOUND = {
    "en-CA": {
        "trois riv": "Trois-Rivières, QC",
        "st j": "St. John's, NL",
        "Edmo": "Edmonton, AB",
        "Sher": "Sherbrooke, QC",
        "Saint-Je": "Saint-Jean-sur-Richelieu, QC",
        "quebec city": "Québec, QC",
        "victoria": "Victoria, BC",
        "moose jaw sk": "Moose Jaw, SK",
        "BELŒI": "Beloeil, QC",
        "Délı̨nę": "Deline, NT",
        "Sḵwx̱wú7": "Squamish, BC",
    },
    "fr-CA": {
        "TROIS-RIV": "Trois-Rivières (Québec)",
        "Saint-Jean": "Saint-Jean-sur-Richelieu (Québec)",
        "Mont-Tre": "Mont-Tremblant (Québec)",
        "Chicou": "Chicoutimi (Québec)",
        "Îles-de-la-M": "Cap-aux-Meules (Québec)",
    },
}


@pytest.mark.parametrize("language", FOUND)
def test_names_in_either_language_are_found_without_their_accents(
    visit: Callable[..., Any], step_url: str, language: str
) -> None:
    with visit(language, javascript=True) as page:
        page.goto(step_url)
        for typed, first in FOUND[language].items():
            type_in(page, typed)
            expect(options(page).first).to_have_text(first)


def test_options_fit_the_screen_and_a_thumb(visit: Callable[..., Any], step_url: str) -> None:
    with visit("fr-CA", javascript=True) as page:
        for size in (NARROW, PHONE, WIDE):
            page.set_viewport_size(size)
            page.goto(step_url)
            type_in(page, "saint-j")
            heights = [box["height"] for option in options(page).all() if (box := option.bounding_box())]
            assert len(heights) == 6
            assert min(heights) >= 44
            assert fits(page)


def test_nothing_is_loaded_before_the_field_has_focus_and_nothing_is_asked_while_typing(
    page: Page, step_url: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(step_url)
    assert not any("places" in url or "combobox" in url for url in asked)
    type_in(page, "moose")
    expect(options(page).first).to_be_visible()
    known = list(asked)
    assert sum("places" in url for url in known) == sum("combobox" in url for url in known) == 1
    type_in(page, "toronto")
    expect(options(page).first).to_have_text("Toronto, ON")
    assert asked == known


def test_it_works_under_a_strict_policy(page: Page, step_url: str) -> None:
    def with_policy(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.route("**/post-office/", with_policy)
    page.goto(step_url)
    type_in(page, "moose jaw")
    expect(options(page)).to_have_text(["Moose Jaw, SK"])
    assert [text for text in said if "Content Security Policy" in text] == []


def test_without_the_table_the_field_is_a_plain_field(step: Page) -> None:
    step.route("**/places*.json", lambda route: route.abort())
    step.locator("#d2po-q").focus()
    expect(step.locator("d2po-suggest")).to_have_count(0)
    search_in_place(step, "Moose Jaw")
    expect(step.locator("legend[data-heading]")).to_contain_text("Moose Jaw, SK")


def test_the_province_of_the_list_weighs(page: Page, step_url: str) -> None:
    for near, first in (("B3H 1A1", "Windsor, NS"), ("M5V 1A1", "Windsor, ON")):
        page.goto(f"{step_url}?q={near}")
        type_in(page, "windsor")
        expect(options(page).first).to_have_text(first)


SHOWN_FIRST = """async ([texts, language, own]) => {
  const { dataset } = document.querySelector("d2po-suggest");
  const { placesIn, suggestions } = await import(dataset.script);
  const places = placesIn(await (await fetch(dataset.places)).json(), language, own);
  return texts.map((text) => suggestions(places, text).slice(0, 3));
}"""


@pytest.mark.parametrize(("language", "own"), [("en", ""), ("fr", "QC")])
def test_the_largest_place_of_every_beginning_is_among_the_first_three(step: Page, language: str, own: str) -> None:
    texts, largest = zip(*prefixes_with_their_largest_places(), strict=True)
    with translation.override(language):
        wanted = [{written(NearAddress(place.province, place.name)) for place in places} for places in largest]
    found = step.evaluate(SHOWN_FIRST, [texts, language, own])
    assert len(found) > 10_000
    assert [text for text, first, any_of in zip(texts, found, wanted, strict=True) if not any_of & set(first)] == []
