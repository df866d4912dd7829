"""A real server, a real browser, and Canada Post's emulator behind them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from io import StringIO
from typing import Any, Literal

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route, ViewportSize

from deliver_to_po.adapter import Rate, Service, order_adapter
from deliver_to_po.emulator.server import EmulatorServer

Scheme = Literal["light", "dark"]
# A folder for pictures of the pages, for somebody to look at.
PICTURES = os.environ.get("PICTURES", "")
PHONE = ViewportSize(width=390, height=844)
WIDE = ViewportSize(width=1280, height=800)
Visit = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def _every_test_is_beside_playwright(database_beside_playwright: None) -> None:
    """Let all tests here use the database."""


@pytest.fixture
def step_url(live_server: Any, emulator: EmulatorServer, change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of the step on a running shop that lists four offices at a time, and mails an empty basket."""
    monkeypatch.setattr(type(order_adapter()), "mailable", lambda _self, _cart: "")
    change_settings(BASE_TEMPLATE="deliver_to_po/base.html", OFFICES_PER_PAGE=4)
    return f"{live_server.url}/post-office/"


@pytest.fixture
def shop(live_server: Any, emulator: EmulatorServer, change_settings: Any) -> str:
    """Return the address of a running shop with goods in it."""
    change_settings(BASE_TEMPLATE="shop/base.html")
    call_command("seed", stdout=StringIO())
    return str(live_server.url)


@pytest.fixture
def two_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop charge Canada Post's prices, by two services."""

    def price(self: Any, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        return None if rate is None else rate.due - rate.taxes

    adapter = type(order_adapter())
    monkeypatch.setattr(adapter, "keeps_prices", True)
    monkeypatch.setattr(adapter, "services", lambda self, cart: (Service.EXPEDITED_PARCEL, Service.XPRESSPOST))
    monkeypatch.setattr(adapter, "price", price)


@pytest.fixture
def visit(browser: Browser) -> Visit:
    """Return a context manager that opens a page in a language, with or without JavaScript, and minds the console."""

    @contextmanager
    def opened(language: str, *, javascript: bool, size: ViewportSize = PHONE) -> Iterator[Page]:
        context = browser.new_context(viewport=size, locale=language, java_script_enabled=javascript)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if _is_error(message) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        context.close()
        assert said == []

    return opened


def _is_error(message: ConsoleMessage) -> bool:
    """Say whether something is wrong; that Django's admin names no icon, for which browsers then ask, is not."""
    return message.type == "error" and not message.location["url"].endswith("/favicon.ico")


@pytest.fixture
def admin_page(live_server: Any, browser: Browser, admin_client: Client) -> Any:
    """Return a context manager that opens a page of the admin for a clerk who may everything."""

    @contextmanager
    def opened(path: str, language: str, size: ViewportSize, scheme: Scheme = "light") -> Iterator[Page]:
        permissions = ["clipboard-read", "clipboard-write"]
        context = browser.new_context(viewport=size, locale=language, color_scheme=scheme, permissions=permissions)
        session = admin_client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        yield page
        context.close()

    return opened


def log_in(page: Page, url: str) -> None:
    """Open a page of the admin as the user “clerk”."""
    page.goto(url)
    fill_in_login(page, "clerk")


def fill_in_login(page: Page, name: str) -> None:
    """Fill in the login's form of the admin and send it."""
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill("secret")
    page.locator("[type=submit]").click()


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page where somebody has asked for pictures."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


class Unanswered:
    """Requests that get no answer until this is over; what still waits then would come up in a later test."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.routes: list[Route] = []
        page.route(pattern, self._keep)

    def _keep(self, route: Route) -> None:
        self.routes.append(route)

    def __enter__(self) -> list[Route]:
        return self.routes

    def __exit__(self, *_: object) -> None:
        while self.routes:
            # The page may have given up before.
            with suppress(Error):
                self.routes.pop().abort()


def fits(page: Page) -> bool:
    """Say whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
