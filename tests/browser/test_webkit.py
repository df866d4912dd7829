"""The whole way in WebKit, Safari's engine: Debian's driver and small browser, on a screen that nobody sees."""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from deliver_to_po.models import Delivery
from example_shop.models import Order
from tests.browser.buying import BUYER
from tests.other_browsers import NO_WEBKIT, find_webkit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(find_webkit() is None, reason=NO_WEBKIT),
    pytest.mark.filterwarnings("default::DeprecationWarning"),
]

LAST = "main form[method=post] button"
SECONDS = 20


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run a screen for the browser; the server picks a number that is free and tells it."""
    told, tells = os.pipe()
    command = ["Xvfb", "-displayfd", str(tells), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[tells], stderr=subprocess.DEVNULL) as server:
        os.close(tells)
        with os.fdopen(told) as answer:
            monkeypatch.setenv("DISPLAY", f":{answer.readline().strip()}")
        yield
        server.terminate()


@pytest.fixture
def page(screen: None) -> Iterator[webdriver.WebKitGTK]:
    """Return WebKit's small browser."""
    driver, browser = find_webkit() or ("", "")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = browser
    options.add_argument("--automation")
    with webdriver.WebKitGTK(options, webdriver.WebKitGTKService(driver)) as started:
        yield started


class Buyer:
    """Somebody with a blanket in the cart; what is not there yet is waited for."""

    def __init__(self, page: webdriver.WebKitGTK, shop: str) -> None:
        self.page = page
        self.wait = WebDriverWait(page, SECONDS, ignored_exceptions=(WebDriverException, IndexError))
        page.get(f"{shop}/product/wool-blanket/")
        self.on("form.buy button", lambda button: button.click())
        # The product's page has a link to the basket, too, before anything lies there.
        self.wait.until(lambda _: page.current_url.endswith("/basket/"))

    def on(self, css: str, act: Callable[[Any], object], at: int = 0) -> None:
        self.wait.until(lambda _: (act(self.page.find_elements("css selector", css)[at]), True)[1])

    def fill(self, css: str, text: str) -> None:
        self.on(css, lambda field: (field.clear(), field.send_keys(text)))


def test_the_checkout_on_one_page_sells(page: webdriver.WebKitGTK, shop: str) -> None:
    buyer = Buyer(page, shop)
    on = buyer.on
    on("a[href*=basket]", lambda link: link.click())
    on("a[href*=one-page]", lambda link: link.click())
    for name, value in BUYER.items():
        buyer.fill(f"[data-contact] [name={name}]", value)
    on("[data-contact] [name=province]", lambda field: Select(field).select_by_value("QC"))
    on("[value=post_office]", lambda choice: choice.click())
    on("[data-suggestion]", lambda button: button.click())
    on("[name=buy]", lambda button: button.click())
    buyer.wait.until(lambda _: "/order/" in page.current_url)
    assert Delivery.objects.get(current_order=Order.objects.get()).recipient_name == BUYER["name"]


def test_an_office_is_chosen_on_the_map_and_ordered_to(page: webdriver.WebKitGTK, shop: str) -> None:
    buyer = Buyer(page, shop)
    on, fill, wait = buyer.on, buyer.fill, buyer.wait
    on("a[href*=checkout]", lambda link: link.click())
    for name, value in BUYER.items():
        fill(f"main [name={name}]", value)
    on("main [name=province]", lambda field: Select(field).select_by_value("QC"))
    on(LAST, lambda button: button.click(), -1)
    on("[value=post_office]", lambda choice: choice.click())
    on(LAST, lambda button: button.click(), -1)
    fill("#d2po-q", "J8X 2K4" + Keys.ENTER)
    legend = "return document.querySelector('legend[data-heading]').textContent"
    wait.until(lambda _: "J8X" in str(page.execute_script(legend)))
    on("[data-filter] summary", lambda summary: summary.click())
    fill("#d2po-via", "K1P 5M7" + Keys.ENTER)
    wait.until(lambda _: "K1P" in str(page.execute_script(legend)))
    assert "via=" in page.current_url
    on("button[data-view=map]", lambda button: button.click())
    on(".d2po-pin", lambda pin: pin.send_keys(Keys.ENTER), 1)
    wait.until(lambda _: page.execute_script("return document.querySelectorAll('[data-office] input')[1].checked"))
    office_id = page.find_elements("css selector", "[data-office] input")[1].get_attribute("value")
    on("[data-card] .d2po-button", lambda button: button.click())
    on("form:has([name=seen]) button", lambda button: button.click(), -1)
    wait.until(lambda _: "/order/" in page.current_url)
    order = Order.objects.get()
    assert order.token in page.current_url
    assert Delivery.objects.get(current_order=order).office_id == office_id
