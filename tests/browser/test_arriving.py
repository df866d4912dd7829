"""The step opens with an answer: from the page of methods to the review in two presses, with JavaScript and without."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator import quotes
from deliver_to_po.emulator.prices import cost
from deliver_to_po.models import Delivery
from deliver_to_po.offer import offers
from deliver_to_po.offer.rates import fetch_rates
from deliver_to_po.offices.finder import find
from tests.browser.axe import violations
from tests.browser.buying import BUYER, go_on, go_to_the_methods, go_to_the_step, search_in_place, submit
from tests.browser.conftest import Visit, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUTTON = {"en": "Deliver to this post office", "fr": "Livrer à ce bureau de poste"}
HOME = {"en": "Our own courier", "fr": "Notre messager"}
THERE = {"en": "Deliver there", "fr": "Livrer à ce bureau"}


@pytest.mark.parametrize(("language", "javascript"), [("en", False), ("fr", True)])
def test_a_guest_whose_details_are_known_goes_from_the_methods_to_the_review_in_two_presses(
    visit: Visit, shop: str, language: str, javascript: bool
) -> None:
    with visit(language, javascript=javascript) as page:
        go_to_the_methods(page, shop)
        page.locator("[value=another]").click()  # The first press: "Choose another", on the page of methods.
        button = page.get_by_role("button", name=BUTTON[language])
        name = page.locator(".d2po-office:has(.d2po-suggested)").get_attribute("data-name") or "no name"
        expect(button).to_have_accessible_description(re.compile(re.escape(name)))
        expect(button).to_be_in_viewport()
        expect(page.locator("input[name=office_id]:checked")).to_have_count(0)
        expect(page.locator(".d2po-who")).to_contain_text(BUYER["name"])
        button.click()  # The second press: the button in the office's row.
        expect(page).to_have_url(f"{shop}/checkout/review/")
        expect(page.locator("main")).to_contain_text(name)
    draft = Delivery.objects.get()
    assert (draft.recipient_name, draft.recipient_postal_code) == (BUYER["name"], "H2X1Y4")


@pytest.mark.parametrize(("language", "javascript"), [pytest.param("en", True, marks=pytest.mark.smoke), ("fr", False)])
def test_one_press_on_the_page_of_methods_leads_to_the_review_of_the_nearest(
    visit: Visit, shop: str, two_services: None, language: str, javascript: bool
) -> None:
    find(NearPostalCode("H2X1Y4"), "fr" if language == "fr" else "en")  # Somebody else has searched there.
    with visit(language, javascript=javascript) as page:
        go_to_the_methods(page, shop)
        entry = page.locator(".d2po-nearest")
        name = entry.locator(".d2po-name").inner_text()
        expect(entry).to_contain_text(BUYER["name"])
        if javascript:
            expect(entry).to_contain_text("$")
            expect(entry.locator(".d2po-when summary")).to_be_visible()
        assert fits(page)
        assert not javascript or violations(page) == []
        # Enter takes no post office: it is the shop's own button.
        page.locator("[value=home]").press("Enter")
        expect(page.locator("main")).to_contain_text(HOME[language])
        page.go_back()
        entry.get_by_role("button", name=THERE[language]).click()
        expect(page).to_have_url(f"{shop}/checkout/review/")
        expect(page.locator("main")).to_contain_text(name)
        expect(page.locator("main")).to_contain_text(BUYER["name"])
    assert Delivery.objects.get().recipient_name == BUYER["name"]


def test_what_is_open_and_what_has_the_focus_stays_so_when_price_and_day_come(
    visit: Visit, shop: str, two_services: None
) -> None:
    find(NearPostalCode("H2X1Y4"), "en")
    with visit("en", javascript=True) as page:
        asked: list[Route] = []
        # Playwright sets attributes of what it calls.
        page.route("**/nearest/?*", lambda route: asked.append(route))  # noqa: PLW0108
        go_to_the_methods(page, shop)
        entry = page.locator(".d2po-nearest")
        entry.locator("details.d2po-told summary").click()
        entry.locator("[value=another]").focus()
        asked[0].continue_()
        expect(entry).to_contain_text("$")
        expect(entry.locator("details.d2po-told")).to_have_attribute("open", "")
        expect(entry.locator("[value=another]")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_office_that_is_marked_is_taken_and_the_suggested_button_gives_way(
    visit: Visit, shop: str, javascript: bool
) -> None:
    with visit("en", javascript=javascript) as page:
        go_to_the_step(page, shop)
        second = page.locator("input[name=office_id]").nth(1)
        second.check()
        expect(page.locator("[data-suggestion]")).to_be_hidden()
        submit(page)
        expect(page).to_have_url(f"{shop}/checkout/review/")
    assert Delivery.objects.count() == 1


def test_change_before_an_office_is_marked_takes_none(visit: Visit, shop: str) -> None:
    with visit("en", javascript=False) as page:
        go_to_the_step(page, shop)
        page.locator("[name=change]").click()
        who = page.locator(".d2po-who")
        expect(who).to_have_text("On the next page, you will say who will pick it up.")
        # Nothing else tells a screen reader that the press did something.
        expect(who).to_be_focused()
        page.locator("[data-suggestion]").click()
        expect(page.locator("main [name=name]")).to_have_value(BUYER["name"])


def test_day_and_price_are_filled_in_after_the_page_and_follow_office_and_service(
    visit: Visit, shop: str, two_services: None
) -> None:
    with visit("en", javascript=True) as page:
        go_to_the_step(page, shop)
        told = page.locator(".d2po-head [data-told]")
        expect(told.locator("[data-service='DOM.EP'] strong")).to_contain_text("$")
        expect(told.locator("[data-service='DOM.XP']")).to_be_hidden()
        page.locator("[data-how] > summary").click()
        page.get_by_label("Xpresspost").check()
        express = told.locator("[data-service='DOM.XP']")
        expect(express).to_be_visible()
        expect(told.locator("[data-service='DOM.EP']")).to_be_hidden()
        office = page.locator("input[name=office_id]").nth(1).get_attribute("value") or "none"
        page.locator("input[name=office_id]").nth(1).check()
        # The price to the buyer's own postal code is a price from; then there is the one to this office.
        expect(express.locator("strong")).to_contain_text("$")
        expect(express).not_to_contain_text("from $")
        said = express.inner_text()
        go_on(page)
        expect(page).to_have_url(f"{shop}/checkout/review/")
    draft = Delivery.objects.get()
    assert (draft.office_id, draft.service) == (office, "DOM.XP")
    assert f"${draft.price}" in said


def test_a_pin_s_card_tells_day_and_price_of_the_office_that_is_pressed(
    page: Page, shop: str, two_services: None
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    go_to_the_step(page, shop)
    page.get_by_role("button", name="Map").click()
    page.locator(".d2po-pin").nth(2).press("Enter")
    told = page.locator(".d2po-head [data-told] [data-service='DOM.EP'] strong")
    expect(told).not_to_contain_text("from $")
    expect(page.locator("[data-card] [data-told] [data-service='DOM.EP'] strong")).to_have_text(told.inner_text())


def test_each_row_has_its_price_and_speaks_of_it_only_where_it_is_another(
    page: Page, shop: str, two_services: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = find(NearPostalCode("H2X1Y4"), "en").offices[2]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pick-up/" in request.url else None)
    monkeypatch.setattr(
        quotes, "cost", lambda *about: replace(cost(*about), base=Decimal(99 if about[3] == dearer.postal_code else 10))
    )
    go_to_the_step(page, shop)
    told = page.locator(".d2po-head [data-told] [data-service='DOM.EP'] strong")
    expect(told).to_contain_text("$")
    rows = page.locator("[data-pick-up] [data-service='DOM.EP']")
    expect(rows).to_have_count(10)
    expect(rows.filter(visible=True)).to_have_count(1)
    own = page.locator(f"[data-pick-up='{dearer.office_id}'] [data-service='DOM.EP'] strong")
    expect(own).to_be_visible()
    assert "$" in own.inner_text() != told.inner_text()
    # Two requests of the page for all of them: the office that is suggested does not wait for the others.
    assert [url.count("office=") for url in asked] == [1, 9]
    # It stands above the list once that office is chosen, and all the others speak.
    said = own.inner_text()
    page.locator(f"#d2po-office-{dearer.office_id}").check()
    expect(rows.filter(visible=True)).to_have_count(9)
    expect(page.locator(".d2po-bar [role=status]")).to_contain_text(said)
    assert len(asked) == 2


def test_prices_that_do_not_come_in_time_are_asked_for_again_as_long_as_some_come(
    page: Page, shop: str, two_services: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pick-up/" in request.url else None)
    # Canada Post answers three questions, then none.
    answers = [True] * 3
    monkeypatch.setattr(
        offers, "fetch_rates", lambda *about, **how: fetch_rates(*about, **how) if answers and answers.pop() else None
    )
    go_to_the_step(page, shop)
    rows = page.locator("[data-pick-up] [data-service='DOM.EP']")
    expect(rows).to_have_count(3)
    with page.expect_response("**/pick-up/*"):
        page.locator("input[name=office_id]").nth(8).check()
    assert [url.count("office=") for url in asked][:3] == [1, 9, 7]


# What scripts ask without saying how long they wait.
ENDLESS = """() => {
    const ask = fetch;
    window.fetch = (url, options) => { if (!options?.signal) document.title = "endless"; return ask(url, options); };
}"""


def test_no_script_waits_for_ever(page: Page, shop: str, two_services: None) -> None:
    page.add_init_script(f"({ENDLESS})()")
    go_to_the_methods(page, shop)
    expect(page.locator(".d2po-nearest")).to_contain_text("$")
    assert page.title() != "endless"
    page.locator("[value=another]").click()
    expect(page.locator("[data-pick-up] strong")).to_have_count(20)
    expect(page.locator("[data-office] details")).to_have_count(10)
    search_in_place(page, "K1A 0B1")
    expect(page.locator("legend[data-heading]")).to_contain_text("K1A")
    assert page.title() != "endless"


# How far what is in sight moves by itself, as browsers count it.
SHIFTS = """() => {
    window.moved = 0;
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.moved += value; })
        .observe({ type: "layout-shift", buffered: true });
}"""


# Whole offices above the fold, and whether the map is there too.
FOLD = [({"width": 360, "height": 640}, 1), ({"width": 390, "height": 844}, 3), ({"width": 1280, "height": 800}, 4)]
SEEN = """() => [...document.querySelectorAll("[data-office], [data-office] button, [data-map-frame]")]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().bottom <= innerHeight)
    .map((element) => element.matches("[data-office]") ? "office" : element.matches("button") ? "button" : "map")"""


@pytest.mark.parametrize(("size", "offices"), FOLD, ids=["small phone", "phone", "desk"])
def test_offices_and_the_one_button_are_above_the_fold_and_nothing_moves_when_all_has_come(
    visit: Visit, shop: str, two_services: None, change_settings: Any, size: Any, offices: int
) -> None:
    change_settings(MAP_OPEN_AT_START=True)
    desk = size["width"] > 1000
    # French has the longer words.
    with visit("fr", javascript=True, size=size) as page:
        page.route("**/tiles/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
        page.add_init_script(f"({SHIFTS})()")
        go_to_the_step(page, shop)
        expect(page.locator(".d2po-head [data-told] strong").first).to_contain_text("$")
        expect(page.locator("[data-office] details")).to_have_count(10)
        expect(page.locator(".d2po-pin")).to_have_count(10 if desk else 0)
        seen = page.evaluate(SEEN)
        assert page.evaluate("moved") <= 0.02
        assert page.evaluate("scrollY") == 0
        assert fits(page)
    assert seen.count("office") >= offices
    assert (seen.count("button"), seen.count("map")) == (1, int(desk))
