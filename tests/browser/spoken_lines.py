"""Writes into ``spoken/`` what a screen reader says of the step and of an order; the suite does not run it.

It is read, not compared. The screen reader is a program of npm that speaks no sound:

    npm install --prefix READER @guidepup/virtual-screen-reader@0.33
    SCREEN_READER=READER python -m pytest tests/browser/spoken_lines.py
"""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.models import Tracking
from tests.browser.buying import BUYER, fill, go_on, go_to_the_step, open_filter, search, submit
from tests.factories import make_delivery, make_paid_order, make_shipment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READER = Path(os.environ.get("SCREEN_READER", ""), "node_modules/@guidepup/virtual-screen-reader")
MODULE = READER / "lib/esm/index.browser.js"
SPOKEN = Path(__file__).with_name("spoken")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("America/Toronto"))
MOST_LINES = 500
ROWS = 2
FEWER_ROWS = f"document.querySelectorAll('[data-office]').forEach((row, at) => at >= {ROWS} && row.remove())"
WALK = """async ([module, most]) => {
    const { virtual } = await import(URL.createObjectURL(new Blob([module], { type: "text/javascript" })));
    await virtual.start({ container: document.querySelector("main") });
    const said = [await virtual.lastSpokenPhrase()];
    while (said.length < most && said.at(-1) !== "end of main") {
        await virtual.next();
        said.push(await virtual.lastSpokenPhrase());
    }
    await virtual.stop();
    return said;
}"""


def spoken(page: Page, what: str) -> str:
    """Return all lines of a page, under a heading."""
    lines: list[str] = page.evaluate(WALK, [MODULE.read_text(encoding="utf-8"), MOST_LINES])
    return f"# {what}\n\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_write_what_is_said(shop: str, browser: Browser, time_machine: Any, two_services: None, language: str) -> None:
    time_machine.move_to(NOON)
    context = browser.new_context(locale=language, bypass_csp=True)
    page = context.new_page()
    go_to_the_step(page, shop)
    search(page, "K1A 0B1")
    expect(page.locator(".d2po-head [data-told] strong").first).to_contain_text("$")
    page.evaluate(FEWER_ROWS)
    texts = [spoken(page, f"The list; of ten post offices {ROWS}")]
    page.goto(f"{shop}{reverse('deliver_to_po:choose')}?q=K1A+0B1&via=K2B+7K0")
    expect(page.locator("[data-pick-up] strong")).to_have_count(20)
    page.evaluate(FEWER_ROWS)
    open_filter(page)
    texts.append(spoken(page, "On the way to a second place, with the filter open"))
    page.locator("input[name=office_id]").first.check()
    go_on(page)
    page.goto(f"{shop}{reverse('deliver_to_po:recipient')}")
    fill(page, {**BUYER, "phone": "12"}, "QC")
    submit(page)
    expect(page.get_by_role("alert")).to_be_visible()
    texts.append(spoken(page, "Who picks up, with a wrong phone number"))
    delivery = make_delivery(order=make_paid_order(), live=True)
    shipment = make_shipment(delivery, state=ShipmentState.DONE, tracking_pin="7023210039414604", shipment_id="1")
    Tracking.objects.create(shipment=shipment, state=ParcelState.READY, ready_on=date(2026, 11, 24))
    order: Any = delivery.order
    page.goto(shop + order.get_absolute_url())
    texts.append(spoken(page, "An order whose parcel is ready").replace(order.number, "T1001"))
    context.close()
    SPOKEN.mkdir(exist_ok=True)
    SPOKEN.joinpath(f"{language}.txt").write_text("\n".join(texts), encoding="utf-8")
