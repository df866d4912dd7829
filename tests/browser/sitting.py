"""Forty orders of the example shop, and a clerk whose every press is counted, by mouse or by keyboard alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from playwright.sync_api import Browser, Locator, Page, Route, expect

from deliver_to_po import shop
from deliver_to_po.adapter import Parcel
from deliver_to_po.canadapost.types import Service
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.management.commands.d2po_clerks import NAME
from deliver_to_po.models import Delivery
from example_shop.adapter import ShopAdapter
from example_shop.basket import Basket
from example_shop.models import DeliveryMethod, Order, Product
from example_shop.orders import Choice, pay, place_order
from example_shop.packing import pack
from example_shop.prices import Totals
from example_shop.purchase import Item, Purchase
from tests.browser.conftest import WIDE, fill_in_login, fits, picture
from tests.factories import make_draft

LIST = "/admin/deliver_to_po/delivery/"
# Farther than any control of the desk's pages is from their top.
MOST_TABS = 150
# What the shop's own rule of packing lets a person look at first.
SUSPECTED = "suspected@example.com"


class PackingShop(ShopAdapter):
    """The example shop: each product has a box of its own, shelf by shelf, and some orders are looked at first."""

    def parcels(self, order: Order | Basket) -> list[Parcel]:
        lines = order.lines() if isinstance(order, Basket) else order.lines.select_related("product")
        return [pack([line]) for line in lines]

    def packing_order(self, order: Order) -> str:
        """Return the shelf of the order's first product."""
        line = order.lines.select_related("product").first()
        return f"shelf {line.product.position}" if line else ""

    def hold_reason(self, order: Order) -> str:
        """Hold what somebody must look at."""
        return "Is the buyer known?" if order.email == SUSPECTED else ""


def buy(emulator: EmulatorServer, number: int, *slugs: str, **contact: str) -> Order:
    """Return a paid order with one of each product, to the post office that comes next, made by the shop's own code."""
    french, quick = number % 2 == 1, number % 3 == 0
    language = "fr" if french else "en"
    products = [Product.objects.get(slug=slug) for slug in slugs]
    totals = Totals(sum((one.price for one in products), Decimal(0)), Decimal(0), "", Decimal("9.95"), ())
    buyer = {
        "name": f"Zoé Côté {number}" if french else f"Ann Buyer {number}",
        "email": f"buyer{number}@example.com",
        "phone": "514 555-0199",
        "address_line_1": f"{number + 1}, rue Saint-Denis",
        "city": "Montréal",
        "province": "QC",
        "postal_code": "H2X1Y4",
        **contact,
    }
    items = tuple(Item(one.pk, 1, one.price) for one in products)
    purchase = Purchase(items, buyer, DeliveryMethod.POST_OFFICE, language, totals)
    offices = emulator.world.offices(d2po_only=True)
    office = offices[number % 20]
    draft = make_draft(
        service=Service.XPRESSPOST if quick else Service.EXPEDITED_PARCEL,
        language=language,
        office_id=office.office_id,
        office_name=office.name,
        office_location=office.location,
        office_address=office.street,
        office_city=office.city,
        office_province=office.province,
        office_postal_code=office.postal_code,
        office_latitude=office.latitude,
        office_longitude=office.longitude,
        recipient_name=buyer["name"],
    )
    order = place_order(f"checkout-{number}", purchase, Choice(str(draft.pk), fingerprint(draft)))
    pay(order, "https://shop.example.com/orders/1/")
    return order


def good_orders(emulator: EmulatorServer, count: int) -> list[Order]:
    """Return orders that nothing is wrong with: one or two parcels, both services and languages, some covered."""
    slugs = list(Product.objects.filter(position__lte=8).values_list("slug", flat=True))
    orders = []
    for number in range(count):
        bought = [slugs[number % len(slugs)]]
        if number % 5 == 0:
            bought.append(slugs[(number + 1) % len(slugs)])
        if number % 7 == 3:
            # Dear enough for coverage and a signature.
            bought = ["kitchen-knives"]
        orders.append(buy(emulator, number, *bought))
    return orders


def delivery_of(order: Order) -> Delivery:
    delivery = shop.delivery_of(order)
    assert delivery is not None
    return delivery


class Clerk:
    """Somebody at the desk.

    ``presses`` counts every link, button, box and radio button that they press. Typing into a field is no press, nor is
    a key that only moves the focus: those are counted as ``steps``.
    """

    def __init__(self, page: Page, url: str, name: str, *, keyboard: bool, language: str) -> None:
        self.page, self.url, self.name = page, url, name
        self.keyboard, self.language = keyboard, language
        self.presses = self.steps = 0
        self.files: list[bytes] = []
        self._looks = 0
        page.context.route(re.compile(r"/(print|pick-list|slips)/|/deliver_to_po/delivery/\?"), self._keep_files)

    def _keep_files(self, route: Route) -> None:
        response = route.fetch(max_redirects=0)
        if response.headers.get("content-type") == "application/pdf":
            self.files.append(response.body())
        route.fulfill(response=response)

    def open_desk(self) -> None:
        """Open the list of deliveries, logging in where that is asked."""
        self.page.goto(f"{self.url}{LIST}")
        if self.page.locator("[name=username]").count():
            self.log_in()

    def log_in(self) -> None:
        """Fill in the login's form, which is no work of the desk's, and go on to where it leads."""
        fill_in_login(self.page, self.name)

    def press(self, control: Locator) -> None:
        """Press one control, and wait for the page that it leads to, if to any."""
        kind = control.evaluate("control => control.type || control.localName")
        if kind in ("radio", "checkbox", "summary"):
            self._press(control, "Enter" if kind == "summary" else "Space")
            return
        with self.page.expect_navigation(wait_until="load"):
            self._press(control, "Enter")

    def press_for_a_file(self, control: Locator) -> bytes:
        """Press what opens a file in a tab of its own, close that, and return the file."""
        with self.page.context.expect_page() as opened:
            self._press(control, "Enter")
        opened.value.wait_for_url(lambda url: url != "about:blank", wait_until="commit")
        opened.value.close()
        return self.files.pop()

    def _press(self, control: Locator, key: str) -> None:
        self.presses += 1
        if self.keyboard:
            self._reach(control)
            self.page.keyboard.press(key)
        else:
            control.click()

    def type(self, field: Locator, text: str) -> None:
        """Type into a field in the place of what stands there."""
        if not self.keyboard:
            field.fill(text)
            return
        self._reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def _reach(self, control: Locator) -> None:
        """Move the focus to a control by Tab, and among radio buttons by the arrows."""
        expect(control).to_be_visible()
        radio = control.get_attribute("type") == "radio"
        for _ in range(MOST_TABS):
            if control.evaluate("wanted => wanted === document.activeElement"):
                return
            in_group = radio and control.evaluate("wanted => wanted.name === document.activeElement.name")
            self.steps += 1
            self.page.keyboard.press("ArrowDown" if in_group else "Tab")
        raise AssertionError(f"the keyboard does not reach {control}")

    @contextmanager
    def at_most(self, most: int, counted: dict[str, int], name: str) -> Iterator[None]:
        """Count the presses of what is done inside, which are ``most`` at most; the number is kept in ``counted``."""
        before = self.presses
        yield
        counted[name] = self.presses - before
        assert counted[name] <= most, f"{name}: {counted[name]} presses, {most} at most"

    def look(self, name: str) -> None:
        """See that nothing is wider than the screen, and keep a picture where somebody has asked for pictures."""
        assert fits(self.page), name
        self._looks += 1
        picture(self.page, f"{self.language}-{self.name}-{self._looks:02}-{name}")


@contextmanager
def at_the_desk(
    browser: Browser, url: str, name: str, *, keyboard: bool = False, language: str = "en"
) -> Iterator[Clerk]:
    """Let somebody of the group that ``d2po_clerks`` makes, and of no other, sit down at the desk, in a new browser."""
    call_command("d2po_clerks", verbosity=0)
    user = User.objects.create_user(name, password="secret", is_staff=True)
    user.groups.add(Group.objects.get(name=NAME))
    context = browser.new_context(viewport=WIDE, locale=f"{language}-CA")
    clerk = Clerk(context.new_page(), url, name, keyboard=keyboard, language=language)
    clerk.open_desk()
    yield clerk
    context.close()
