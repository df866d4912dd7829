"""Takes the pictures of README and documentation: starts the demo, buys something, photographs each page."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.chromium import find_chromium, launch_arguments

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1180, height=820)
COLOURS = 128
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
            yield next(line.split()[-1] for line in running.stdout or () if "Shop " in line).rstrip("/")
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
    page.locator("main form[method=post]").last.locator("button").last.click()
    page.wait_for_load_state("networkidle")


def buy(page: Page, shop: str, language: str, size: str) -> None:
    """Buy something for a post office, and photograph step and confirmation."""
    page.goto(f"{shop}/product/wool-blanket/")
    page.locator("form.buy button").click()
    page.goto(f"{shop}/checkout/")
    for name, value in BUYER.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=province]").select_option("ON")
    submit(page)
    page.locator("[value='DOM.EP']").check()
    submit(page)
    page.locator("form[role=search] button[type=submit]").click()
    page.locator("input[name=office_id]").first.wait_for()
    page.wait_for_timeout(HOURS_MS)
    if size == "desk":
        page.locator("[data-map-button]").click()
        page.locator(".leaflet-tile-loaded").first.wait_for()
    page.locator("input[name=office_id]").nth(1).check()
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(TILES_FADE_MS)
    page.wait_for_load_state("networkidle")
    keep(page.screenshot(), f"choose-{language}-{size}")
    submit(page)
    keep(page.screenshot(full_page=True), f"recipient-{language}-{size}")
    submit(page)
    submit(page)
    keep(page.screenshot(full_page=True), f"confirmation-{language}-{size}")


def desk(page: Page, shop: str) -> None:
    """Photograph the merchant's page of the newest delivery, and its label."""
    page.goto(f"{shop}/admin/")
    page.locator("[name=username]").fill("merchant")
    page.locator("[name=password]").fill("demo")
    page.locator("input[type=submit]").click()
    page.goto(f"{shop}/admin/deliver_to_po/delivery/?q=")
    page.locator("#result_list tbody th a").first.click()
    keep(page.screenshot(full_page=True), "admin-delivery")
    label = page.request.get(page.locator('a[href*="/label/"]').first.evaluate("link => link.href"))
    picture = BytesIO()
    pypdfium2.PdfDocument(label.body())[0].render(scale=1.6).to_pil().save(picture, "PNG")
    keep(picture.getvalue(), "label")


def main() -> None:
    """Take them all."""
    with demo() as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_arguments())
        for language, locale in (("fr", "fr-CA"), ("en", "en-CA")):
            for size, viewport in (("phone", PHONE), ("desk", DESK)):
                context = browser.new_context(viewport=viewport, locale=locale)
                buy(context.new_page(), shop, language, size)
                context.close()
        desk(browser.new_context(viewport=DESK, locale="en-CA").new_page(), shop)
        browser.close()
    print(f"The pictures are in {PICTURES.relative_to(ROOT)}: look at them")


if __name__ == "__main__":
    main()
