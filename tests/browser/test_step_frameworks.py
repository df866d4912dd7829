"""Under the style sheets that shops are built on, the step looks like itself and fits a narrow screen."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from deliver_to_po.offices.finder import fetch_office, find
from deliver_to_po.offices.query import parse
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


def lay(page: Page, name: str) -> None:
    """Let the page of a shop link a framework's style sheet before anything of the step."""
    css = gzip.decompress((FOLDER / f"{name}.css.gz").read_bytes()).decode() if name else ""

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
    page.locator("[data-view=map]").click()
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
    assert min(len(boxes) for boxes in bare) > 20
    found = {}
    for name in NAMES:
        page.context.clear_cookies()
        lay(page, name)
        page.goto(step_url)
        assert page.evaluate("document.styleSheets[0].cssRules.length") > RULES
        for number, (before, after) in enumerate(zip(bare, pages(page, step_url), strict=True)):
            if different := moved(before, after):
                found[name, number] = different[:6]
    assert found == {}


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
    expect(page.locator("label[for=d2po-q]").first).to_have_css("color", text)


def test_every_framework_s_licence_lies_beside_it() -> None:
    assert sorted(path.name.removesuffix(".LICENSE.txt") for path in FOLDER.glob("*.LICENSE.txt")) == NAMES
    assert len(NAMES) == 4
