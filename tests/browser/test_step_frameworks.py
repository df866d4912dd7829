"""Under the style sheets that shops are built on, the step looks like itself and fits a narrow screen."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from deliver_to_po.offices.finder import fetch_office, find
from deliver_to_po.offices.typed.query import parse
from tests.browser.conftest import fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(__file__).with_name("frameworks")
NAMES = sorted(path.name.removesuffix(".css.gz") for path in FOLDER.glob("*.css.gz"))
# The shop's fonts do come in; here they are the same everywhere, so that boxes can be compared.
SHOP = 'html { font-size: 16px; } body { margin: 0; font: 16px/1.5 "DejaVu Sans", sans-serif; } main { padding: 16px; }'
# Boxes of everything in sight, by what they are: x, y, width and height in pixels from the step's corner.
BOXES = """() => {
    const step = document.querySelector("d2po-step");
    const { x, y } = step.getBoundingClientRect();
    return [...step.querySelectorAll("h1, p, a, label, input, button, fieldset, legend, li, summary, th, td")]
        .filter((element) => element.checkVisibility() && !element.closest("[data-map-canvas], .d2po-over"))
        .map((element) => {
            const box = element.getBoundingClientRect();
            return [element.tagName + "." + element.className + "#" + element.id,
                [box.x - x, box.y - y, box.width, box.height].map(Math.round)];
        });
}"""
TOLERANCE = 2
# A style sheet that is really there has more: Tailwind's preflight is the smallest.
RULES = 20


# What other style sheets do to the step: Bootstrap 3 and Milligram (root, headings), Materialize (fields, and radio
# buttons of its own beside those that it hides), Water and Foundation (rows), Pico (what has the role of a button, open
# details); and what shops do by hand.
ELSEWHERE = """
html { font-size: 62.5% !important; }
main { display: flex; flex-direction: column; align-items: center; }
li::before { content: "•"; }
input[type=text]:not(.plain), input[type=tel]:not(.plain), input[type=email]:not(.plain) {
    box-sizing: content-box; height: 3rem; margin: 0 0 8px;
}
details[open] > summary:not([role]):not(:focus) { color: #8891a4; }
h1, h2 { letter-spacing: -.1rem; }
[type=radio]:not(:checked), [type=radio]:checked, [type=checkbox]:not(:checked), [type=checkbox]:checked {
    position: absolute; opacity: 0; pointer-events: none;
}
[type=radio]:not(:checked) + span, [type=radio]:checked + span { position: relative; padding-left: 35px; }
[type=radio] + span::before { content: ""; display: inline-block; width: 16px; height: 16px; border: 2px solid; }
table tbody tr:nth-child(odd) { background: #161f27; }
[role=button] { padding: 12px 16px; }
"""
# How is shown what they hide, stripe, fade, squeeze or push aside.
SHOWN = """() => {
    const step = document.querySelector("d2po-step");
    const ways = ["opacity", "pointerEvents", "color", "backgroundColor", "letterSpacing", "paddingTop", "paddingLeft"];
    const touched = "input[type=radio], input[type=checkbox], tr, h1, h2, summary, .leaflet-bar a, .d2po-pin";
    return [...step.querySelectorAll(touched)]
        .map((element) => [element.className || element.tagName, ...ways.map((way) => getComputedStyle(element)[way])]);
}"""


def sheet(name: str) -> str:
    """Return a framework's style sheet by its name."""
    return gzip.decompress((FOLDER / f"{name}.css.gz").read_bytes()).decode()


def lay(page: Page, css: str) -> None:
    """Let the page of a shop link a style sheet before anything of the step."""

    def answer(route: Route) -> None:
        # A redirect is the browser's to follow, or the cookie that comes with it is lost.
        page_of_shop = route.fetch(max_redirects=0)
        if page_of_shop.status in range(300, 400):
            return route.fulfill(response=page_of_shop)
        head = f"<style>{css}</style><style>{SHOP}</style></head>"
        body = page_of_shop.text().replace("</head>", head, 1).replace('class="d2po-page"', "")
        return route.fulfill(response=page_of_shop, body=body)

    page.unroute("**/post-office/**")
    page.route("**/post-office/**", answer)


def pages(page: Page, step_url: str) -> list[list[Any]]:
    """Return the boxes of the list with everything in it, of the map's view, and of the recipient's form."""
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.locator("[data-locate]")).to_be_visible()
    page.locator("[data-office] summary").first.click()
    expect(page.locator("[data-office] table").first).to_be_visible()
    page.locator("input[name=office_id]").nth(1).check()
    seen = [page.evaluate(BOXES)]
    assert fits(page)
    page.locator("button[data-view=map]").click()
    expect(page.locator("[data-card]")).to_be_visible()
    seen.append(page.evaluate(BOXES))
    assert fits(page)
    page.locator("[data-card] [type=submit]").click()
    expect(page.locator("main [name=phone]")).to_be_visible()
    # What a redirect leads to passes ``answer`` by.
    page.reload()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main [name=phone]")).to_be_visible()
    seen.append(page.evaluate(BOXES))
    assert fits(page)
    return seen


def moved(bare: list[Any], laid: list[Any]) -> list[Any]:
    """Return the elements whose boxes differ, with both boxes."""
    assert [name for name, _ in bare] == [name for name, _ in laid]
    return [
        (name, before, after)
        for (name, before), (_, after) in zip(bare, laid, strict=True)
        if any(abs(one - other) > TOLERANCE for one, other in zip(before, after, strict=True))
    ]


def test_the_step_has_the_same_boxes_under_every_framework(page: Page, step_url: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for office in find(parse("K1A0B1"), "en").offices:
        fetch_office(office.office_id, "en")
    lay(page, "")
    bare = pages(page, step_url)
    assert min(len(boxes) for boxes in bare) > 12
    found = {}
    for name in NAMES:
        page.context.clear_cookies()
        lay(page, sheet(name))
        page.goto(step_url)
        # The first is that of the page around the step.
        assert page.evaluate("document.styleSheets[1].cssRules.length") > RULES
        for number, (before, after) in enumerate(zip(bare, pages(page, step_url), strict=True)):
            if different := moved(before, after):
                found[name, number] = different[:6]
    assert found == {}


def test_the_step_looks_the_same_under_what_other_style_sheets_do(page: Page, step_url: str) -> None:
    for office in find(parse("K1A0B1"), "en").offices:
        fetch_office(office.office_id, "en")
    seen = []
    for css in ("", ELSEWHERE):
        page.context.clear_cookies()
        page.set_viewport_size({"width": 1280, "height": 800})
        lay(page, css)
        page.goto(f"{step_url}?q=K1A0B1")
        page.locator("[data-office] summary").first.click()
        page.locator("button[data-view=map]").click()
        expect(page.locator(".d2po-pin")).to_have_count(4)
        shown = page.evaluate(SHOWN)
        page.set_viewport_size({"width": 320, "height": 700})
        seen.append((shown, pages(page, step_url)))
    (bare, boxes), (laid, laid_boxes) = seen
    assert len(bare) > 12
    assert laid == bare
    assert [moved(*both) for both in zip(boxes, laid_boxes, strict=True)] == [[], [], []]


@pytest.mark.parametrize(
    ("declared", "background", "scheme"),
    [
        ("normal", "#15181d", "dark"),
        ("normal", "#fff", "normal"),
        ("normal", "transparent", "normal"),
        ("normal", "linear-gradient(#000, #111)", "normal"),
        ("light", "#15181d", "light"),
    ],
)
def test_on_a_dark_page_that_does_not_say_so_the_step_is_dark(
    page: Page, step_url: str, declared: str, background: str, scheme: str
) -> None:
    def answer(route: Route) -> None:
        page_of_shop = route.fetch()
        shop = f"html {{ color-scheme: {declared} !important; }} body {{ background: {background}; }}"
        body = page_of_shop.text().replace("</head>", f"<style>{shop}</style></head>", 1)
        route.fulfill(response=page_of_shop, body=body.replace('class="d2po-page"', ""))

    page.route("**/post-office/**", answer)
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.locator("[data-locate]")).to_be_visible()
    expect(page.locator("d2po-step")).to_have_css("color-scheme", scheme)
    text = "rgb(232, 236, 242)" if scheme == "dark" else "rgb(28, 36, 48)"
    expect(page.locator(".d2po-name").first).to_have_css("color", text)


def test_every_framework_s_licence_lies_beside_it() -> None:
    assert sorted(path.name.removesuffix(".LICENSE.txt") for path in FOLDER.glob("*.LICENSE.txt")) == NAMES
    assert len(NAMES) == 4


def test_open_hours_fit_a_phone_in_french_and_a_screen_half_as_wide(browser: Browser, step_url: str) -> None:
    for office in find(parse("K1A0B1"), "fr").offices:
        fetch_office(office.office_id, "fr")
    context = browser.new_context(viewport={"width": 320, "height": 700}, locale="fr-CA")
    page = context.new_page()
    page.goto(f"{step_url}?q=K1A0B1")
    page.locator("[data-office] summary").first.click()
    expect(page.locator("[data-office] table").first).to_be_visible()
    assert fits(page)
    page.set_viewport_size({"width": 200, "height": 700})
    assert fits(page)
    context.close()


def test_the_card_s_cross_is_seen_in_forced_colours(browser: Browser, step_url: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, forced_colors="active")
    page = context.new_page()
    page.goto(f"{step_url}?q=K1A0B1")
    page.locator("button[data-view=map]").click()
    page.locator(".d2po-pin").first.click()
    expect(page.locator("[data-card-close]")).to_be_visible()
    # A background becomes that of the page there; a border is seen.
    line = page.locator("[data-card-close]").evaluate("cross => getComputedStyle(cross, '::before').borderTopWidth")
    assert line == "2px"
    context.close()
