"""While Canada Post is down, a buyer still chooses an office and orders; the label follows when it is back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.core.configured import make_anew
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Office
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.typed.query import parse
from example_shop.models import Order
from tests.browser.buying import RECIPIENT, fill, go_to_the_step, search, submit
from tests.browser.conftest import Visit
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DEADLINE_SECONDS = 0.8
# What a page may cost beside its question to Canada Post, on a machine that is busy with other tests; whoever waits for
# the answer waits far longer.
PAGE_SECONDS, FAULT_SECONDS = 20.0, 90.0


@pytest.fixture
def down(emulator: EmulatorServer, change_settings: Any) -> Callable[[str], None]:
    """Return a function that takes Canada Post down, nine hours after it was last asked."""

    def take_down(fault: str) -> None:
        change_settings(SEARCH_TIMEOUT_SECONDS=DEADLINE_SECONDS)
        for language in ("en", "fr"):
            find(parse("J8X 2K4"), language)
        Office.objects.update(offered_at=timezone.now() - timedelta(hours=9))
        cache.clear()
        emulator.faults.add("*", fault, count=None, seconds=FAULT_SECONDS)

    return take_down


@contextmanager
def _within_the_deadline() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < DEADLINE_SECONDS + PAGE_SECONDS


def _buy(page: Page, shop: str, says: str) -> str:
    """Buy for somebody else, each page in time; return the chosen office's id."""
    go_to_the_step(page, shop)
    with _within_the_deadline():
        search(page, "J8X 2K4")
        expect(page.locator("[data-rung=directory]")).to_contain_text(says)
    second = page.locator("input[name=office_id]").nth(1)
    second.check()
    office_id = second.get_attribute("value") or ""
    with _within_the_deadline():
        page.locator("[name=change]").click()
        expect(page.locator("main [name=phone]")).to_be_visible()
    fill(page, RECIPIENT, "QC")
    with _within_the_deadline():
        submit(page)
        expect(page.locator("main")).to_contain_text(RECIPIENT["name"])
    with _within_the_deadline():
        submit(page)
        expect(page).to_have_url(f"{shop}/order/{Order.objects.get().token}/")
    return office_id


def _assert_label_follows(office_id: str, emulator: EmulatorServer) -> None:
    """Ask that the flagged delivery waits, and gets its label from Canada Post as soon as that answers."""
    delivery = Delivery.objects.get(current_order=Order.objects.get())
    assert (delivery.office_id, delivery.reason) == (office_id, Reason.OFFICE_NOT_CHECKED)
    assert emulator.shipments == []
    emulator.faults.clear()
    # As after a while: the breaker, which lost connections have opened, is closed again.
    make_anew()
    hand_off_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.RELEASED, Reason.NONE)
    [made] = emulator.shipments
    assert delivery.shipments.get().tracking_pin == made.pin
    assert delivery.shipments.get().label


@pytest.mark.parametrize(
    ("javascript", "fault", "language", "says"),
    [(False, "drip", "en-CA", "Canada Post"), (True, "delay", "fr-CA", "Postes Canada")],
)
def test_an_office_is_chosen_and_the_order_placed(
    visit: Visit,
    shop: str,
    emulator: EmulatorServer,
    down: Callable[[str], None],
    javascript: bool,
    fault: str,
    language: str,
    says: str,
) -> None:
    down(fault)
    with visit(language, javascript=javascript) as page:
        office_id = _buy(page, shop, says)
    _assert_label_follows(office_id, emulator)
