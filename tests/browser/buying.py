"""What a buyer does in the example shop, and who buys for whom."""

import re

from playwright.sync_api import Locator, Page, expect

BUYER = {
    "name": "Zoé Côté-Lévesque",
    "email": "zoe@example.com",
    "phone": "514 555-0199",
    "address_line_1": "1234, rue Saint-Denis",
    "city": "Montréal",
    "postal_code": "h2x-1y4",
}
RECIPIENT = {
    "name": "Théo Gagnon",
    "email": "theo@example.com",
    "phone": "613 555-0123",
    "address_line_1": "12, chemin du Lac",
    "city": "Gatineau",
    "postal_code": "j8x2k4",
}


def fill(page: Page | Locator, values: dict[str, str], province: str) -> None:
    """Fill the fields that ``values`` names in a page's content or in a part of it, and the province."""
    part = page if isinstance(page, Locator) else page.locator("main")
    for name, value in values.items():
        part.locator(f"[name={name}]").fill(value)
    part.locator("[name=province]").select_option(province)


def submit(page: Page) -> None:
    """Press the button that goes on."""
    page.locator("main form[method=post]").last.locator("button:visible").last.click()


def search(page: Page, typed: str) -> None:
    """Search for a postal code, and wait for its list.

    The list of before stays until then, and a browser that does not have the module yet loses what is chosen in it.
    """
    page.locator("#d2po-q").fill(typed)
    page.locator("form[role=search] button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"q={typed[:3]}", re.IGNORECASE))


def search_in_place(page: Page, typed: str) -> None:
    """Type a place and press Enter, as somebody does whose page has its script; before, the form goes by itself."""
    page.locator("#d2po-q").fill(typed)
    page.locator("d2po-step").first.evaluate(
        "async (step) => { while (!step.searching) await new Promise(requestAnimationFrame) }"
    )
    page.locator("#d2po-q").press("Enter")


def go_on(page: Page) -> None:
    """Press the one button of the list: that of the office that is chosen, else of the one that is suggested."""
    page.locator("[data-office] button:visible").click()


def open_filter(page: Page) -> None:
    """Show what offices may be filtered by."""
    page.locator("[data-filter] summary").click()


def put_into_basket(page: Page, shop: str, product: str = "") -> None:
    """Put a product, the first unless one is named, into the basket; a page that is left too early takes it along."""
    page.goto(f"{shop}/product/{product}/" if product else f"{shop}/")
    if not product:
        page.locator("main li a").first.click()
    page.locator("form.buy button").click()
    page.wait_for_url("**/basket/")


def go_to_the_methods(page: Page, shop: str, *products: str) -> None:
    """Put goods into the cart and go through the shop's checkout until it asks how to deliver."""
    for product in products or ("",):
        put_into_basket(page, shop, product)
    page.goto(f"{shop}/checkout/")
    fill(page, BUYER, "QC")
    submit(page)
    expect(page.locator("main [value=home]")).to_be_visible()


def go_to_the_step(page: Page, shop: str) -> None:
    """Go on until offices are searched."""
    go_to_the_methods(page, shop)
    page.locator("[value=post_office]").check()
    submit(page)
    expect(page.locator("#d2po-q")).to_be_visible()


def fill_one_page(page: Page, shop: str) -> None:
    """Put goods into the cart, and fill in the checkout on one page until post offices near the buyer are listed."""
    put_into_basket(page, shop)
    page.goto(f"{shop}/basket/")
    page.locator("a[href$='/one-page/']").click()
    fill(page.locator("[data-contact]"), BUYER, "QC")
    page.locator("[value=post_office]").check()
    # The buyer picks up, so one press is enough.
    expect(page.locator("[data-office] button:visible")).to_be_visible()
