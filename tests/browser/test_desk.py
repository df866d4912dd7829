"""The desk's comforts: a scanner's Enter, a pasted column and copy buttons; the button alone sends."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment
from tests.browser.conftest import PHONE, WIDE, fits, picture
from tests.factories import make_shipment
from tests.handoff.parcels_by_hand import SYSTEMS, number, reference

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COPIED = {"en-CA": "copied", "fr-CA": "copié"}
KEPT = {"en-CA": "2 tracking numbers saved.", "fr-CA": "2 numéros de repérage enregistrés."}


@pytest.fixture
def parcels(change_settings: Any) -> list[Shipment]:
    """Return three parcels that lie on the desk, oldest first."""
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    options = [{"code": "SO", "amount": None}, {"code": "COV", "amount": "150.00"}]
    fields: dict[str, Any] = {"system": "desk", "state": ShipmentState.HANDED, "due_at": None, "options": options}
    return [make_shipment(**fields) for _parcel in range(3)]


def fields(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".d2po-number").all()]


@pytest.mark.parametrize(("language", "size"), [("en-CA", WIDE), ("fr-CA", PHONE)])
def test_a_scanner_and_a_pasted_column_fill_the_fields(
    admin_page: Any, parcels: list[Shipment], language: str, size: ViewportSize
) -> None:
    page: Page
    with admin_page(reverse("admin:deliver_to_po_by_hand"), language, size) as page:
        first, second, _third = page.locator(".d2po-number").all()
        first.focus()
        page.keyboard.type(number(1))
        page.keyboard.press("Enter")
        expect(second).to_be_focused()
        column = "\n".join([number(2), number(3), "too much", "", ""])
        page.evaluate("text => navigator.clipboard.writeText(text)", column)
        page.keyboard.press("Control+V")
        assert fields(page) == [number(1), number(2), number(3)]
        expect(page.locator("[data-d2po-numbers] .d2po-status")).to_have_text(re.compile("too much$"))
        for ticked in (3, 0):
            # A phone hides it with the heads.
            page.locator("[data-d2po-all]").dispatch_event("click")
            expect(page.locator("[name=parcel]:checked")).to_have_count(ticked)
        assert fits(page)
        picture(page, f"parcels-{language}-{size['width']}")
        assert not Shipment.objects.exclude(tracking_pin="").exists()
        page.locator(".d2po-number").nth(2).fill("")
        page.locator("button[value=numbers]").click()
        expect(page.locator(".messagelist")).to_contain_text(KEPT[language])
        lines = "\n".join([f"{reference(parcels[2])},{number(3)}", "nobody,7023210000000010", "x"])
        page.locator("#d2po-lines-desk").fill(f"Order ID,Tracking number\n{lines}")
        page.locator("button[value=import]").first.click()
        expect(page.locator(".d2po-parcels").first).to_contain_text("nobody")
        assert fits(page)
        picture(page, f"import-{language}-{size['width']}")
    assert sorted(Shipment.objects.values_list("tracking_pin", flat=True)) == [number(1), number(2), number(3)]


@pytest.mark.parametrize(("language", "size"), [("en-CA", WIDE), ("fr-CA", PHONE)])
def test_a_card_is_copied_field_by_field(
    admin_page: Any, parcels: list[Shipment], language: str, size: ViewportSize
) -> None:
    page: Page
    with admin_page(reverse("admin:deliver_to_po_card", args=[parcels[0].pk]), language, size) as page:
        button = page.locator("[data-d2po-copy]").first
        button.click()
        expect(page.locator(".d2po-status")).to_contain_text(COPIED[language])
        assert page.evaluate("navigator.clipboard.readText()") == parcels[0].office_id
        expect(button).to_be_focused()
        assert fits(page)
        picture(page, f"card-{language}-{size['width']}")
