"""Takes the pictures of README and documentation: starts the demo, buys something, photographs each page."""

import gzip
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

from tests.chromium import find_chromium, launch_arguments

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1180, height=820)
COLOURS = 128
# The step alone, out of the demo's page; and the designs in which it is shown: framework, what the page says of itself,
# how it begins, and whether the device is dark.
STEP = re.compile(r'<link rel="stylesheet"[^>]*deliver_to_po/.* data-step></script>', re.DOTALL)
FRAMEWORKS = ROOT / "tests" / "browser" / "frameworks"
BARE = '<!doctype html><html lang="en"{html}><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
OWN_PAGE = '<meta name="color-scheme" content="light dark"><body class="d2po-page">'
SHOP_PAGE = "<style>body { margin: 0; } main { padding: 16px; }</style><body>"
DESIGNS = (
    ("", "", OWN_PAGE, False),
    ("", "", OWN_PAGE, True),
    ("pico", ' data-theme="light"', SHOP_PAGE, False),
    ("bootstrap", ' data-bs-theme="dark"', SHOP_PAGE, False),
)
DESIGN, GAP_PX = ViewportSize(width=340, height=860), 12
# Long enough for hours to arrive, and for tiles to be drawn in full.
HOURS_MS, TILES_FADE_MS = 4000, 700
BUYER = {
    "name": "Marie-Ève Côté",
    "email": "marie@example.com",
    "phone": "613 555-0199",
    "address_line_1": "23, rue du Jardin",
    "city": "Ottawa",
    "postal_code": "K1A 0B1",
}


@contextmanager
def demo() -> Iterator[str]:
    """Run the demo with data of its own and give the shop's address."""
    with tempfile.TemporaryDirectory() as folder:
        running = subprocess.Popen(
            [sys.executable, "-u", "-m", "example_shop.demo", "--port", "8700", "--emulator-port", "8750"],
            cwd=ROOT,
            env={**os.environ, "SHOP_DATA": folder},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield next(line.split()[1] for line in running.stdout or () if "Shop " in line).rstrip("/")
        finally:
            running.terminate()
            running.wait(timeout=30)


def keep(png: bytes, name: str) -> None:
    """Write a picture with few colours, so that the repository stays small."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    image = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS)
    image.save(PICTURES / f"{name}.png", optimize=True)


def submit(page: Page) -> None:
    """Press the button that goes on."""
    page.locator("main form[method=post]").last.locator("button:visible").last.click()
    page.wait_for_load_state("networkidle")


def buy(page: Page, shop: str, language: str, size: str) -> None:
    """Buy something for a post office, and photograph step and confirmation."""
    page.goto(f"{shop}/product/wool-blanket/")
    page.locator("form.buy button").click()
    page.wait_for_url("**/basket/")
    page.goto(f"{shop}/checkout/")
    for name, value in BUYER.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=province]").select_option("ON")
    submit(page)
    if size == "phone":
        page.locator(".d2po-nearest .d2po-when summary").wait_for()
        keep(page.screenshot(), f"methods-{language}-phone")
    page.locator("[value=post_office]").check()
    submit(page)
    page.locator("input[name=office_id]").first.wait_for()
    page.wait_for_timeout(HOURS_MS)
    if size == "phone":
        keep(page.screenshot(), f"arrive-{language}-phone")
    if size == "phone":
        suggestions(page, f"suggestions-{language}-phone")
    if size == "phone":
        page.locator("button[data-view=map]").click()
    page.locator(".leaflet-tile-loaded").first.wait_for()
    page.locator(".d2po-pin").nth(1).press("Enter")
    page.wait_for_timeout(TILES_FADE_MS)
    page.wait_for_load_state("networkidle")
    keep(page.screenshot(), f"choose-{language}-{size}")
    page.locator("[name=change]").click()
    page.locator("main [name=phone]").wait_for()
    if size == "phone" or language == "en":
        keep(page.screenshot(full_page=True), f"recipient-{language}-{size}")
    submit(page)
    submit(page)
    if size == "phone":
        keep(page.screenshot(full_page=True), f"confirmation-{language}-{size}")


def suggestions(page: Page, name: str) -> None:
    """Photograph the places that are suggested while somebody types, and leave the field as it was."""
    field = page.locator("#d2po-q")
    before = field.input_value()
    field.focus()
    page.locator("#d2po-q[role=combobox]").wait_for()
    field.fill("")
    field.press_sequentially("Sher")
    page.locator("[role=option]").first.wait_for()
    keep(page.screenshot(), name)
    field.press("Escape")
    field.fill(before)


def four_designs(browser: Browser, shop: str) -> None:
    """Photograph the same list on the app's own page, light and dark, and under two style sheets; side by side."""
    pictures = [Image.open(BytesIO(one_design(browser, shop, *design))) for design in DESIGNS]
    width, height = DESIGN["width"] + GAP_PX, DESIGN["height"]
    together = Image.new("RGB", (width * len(pictures) - GAP_PX, height), "white")
    for number, picture in enumerate(pictures):
        together.paste(picture, (number * width, 0))
    png = BytesIO()
    together.save(png, "PNG")
    keep(png.getvalue(), "step-in-four-designs")


def one_design(browser: Browser, shop: str, framework: str, html: str, opening: str, dark: bool) -> bytes:
    """Return a picture of the list in one design, the first office chosen."""
    css = gzip.decompress((FRAMEWORKS / f"{framework}.css.gz").read_bytes()).decode() if framework else ""

    def lay(route: Route) -> None:
        answer = route.fetch()
        step = "".join(found.group() for found in STEP.finditer(answer.text()))
        head = f"{BARE.format(html=html)}<title>Step</title><style>{css}</style>{opening}"
        # Without the shop's policy, which allows no style of another page.
        route.fulfill(body=f"{head}<main>{step}</main>", content_type="text/html; charset=utf-8")

    context = browser.new_context(
        viewport=DESIGN, locale="en-CA", color_scheme="dark" if dark else "light", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{shop}/product/wool-blanket/")
    page.locator("form.buy button").click()
    page.wait_for_url("**/basket/")
    page.route("**/post-office/?q=*", lay)
    page.goto(f"{shop}/post-office/?q=K1A0B1")
    page.locator("input[name=office_id]").first.check()
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)
    picture = page.screenshot()
    context.close()
    return picture


def desk(page: Page, shop: str) -> None:
    """Photograph the merchant's page of the newest delivery."""
    page.goto(f"{shop}/admin/")
    page.locator("[name=username]").fill("merchant")
    page.locator("[name=password]").fill("demo")
    page.locator("input[type=submit]").click()
    page.goto(f"{shop}/admin/deliver_to_po/delivery/?q=")
    page.locator("#result_list .field-reference_shown a").first.click()
    keep(page.screenshot(full_page=True), "admin-delivery")


def main() -> None:
    """Take them all."""
    with demo() as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_arguments())
        for language, locale in (("fr", "fr-CA"), ("en", "en-CA")):
            for size, viewport in (("phone", PHONE), ("desk", DESK)):
                context = browser.new_context(viewport=viewport, locale=locale)
                buy(context.new_page(), shop, language, size)
                context.close()
        four_designs(browser, shop)
        desk(browser.new_context(viewport=DESK, locale="en-CA").new_page(), shop)
        browser.close()
    print(f"The pictures are in {PICTURES.relative_to(ROOT)}: look at them")


if __name__ == "__main__":
    main()
