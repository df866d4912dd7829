"""The pages with figures, for everybody to use: an invoice compared, and a day summed up and printed."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect
from pypdf import PdfReader

from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.canadapost.types import Service
from deliver_to_po.core.choices import DeliveryState, HandoffStep, ManifestState, Outcome, ShipmentState
from deliver_to_po.models import Attempt, Manifest
from tests.browser.axe import violations_in_content
from tests.browser.conftest import PHONE, WIDE, Scheme, fits, picture
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES: list[tuple[str, ViewportSize, Scheme]] = [
    ("en-CA", PHONE, "dark"),
    ("fr-CA", WIDE, "light"),
]
COMPARED = {"en-CA": "Billed for 2.4 kg", "fr-CA": "Facturé pour 2,4\N{NO-BREAK SPACE}kg"}


def number(sequence: int) -> str:
    return tracking_number("7023210", sequence)


@pytest.fixture
def parcels() -> None:
    """Make parcels of today, of both services and in every state that counts, and orders that wait."""
    now = timezone.now()
    manifest = Manifest.objects.create(state=ManifestState.TRANSMITTED, live=True, transmitted_at=now, parcels=5)
    for sequence in range(1, 8):
        service = Service.XPRESSPOST if sequence > 5 else Service.EXPEDITED_PARCEL
        shipment = make_shipment(
            make_delivery(live=True, reference=f"ORD-{1040 + sequence}"),
            state=ShipmentState.VOIDED if sequence == 4 else ShipmentState.DONE,
            tracking_pin=number(sequence),
            price=Decimal("16.27") if sequence > 5 else Decimal("11.30"),
            service=service,
            made_at=now,
            transmitted_at=None if sequence == 4 else now,
            manifest=None if sequence == 4 else manifest,
        )
        if sequence == 4:
            Attempt.objects.create(
                shipment=shipment, step=HandoffStep.VOID, outcome=Outcome.VOIDED, request_id=shipment.request_id
            )
    for _order in range(3):
        make_delivery(live=True, state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    make_delivery(live=True, state=DeliveryState.HELD)


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    """Return the details of an invoice that agrees with some parcels and not with others."""
    lines = [
        "Article;Numéro de repérage;Poids (kg);Avant taxes;Total",
        f"Colis;{number(1)};1,25;10,00;11,30",
        f"Colis;{number(2)};2,4;14,00;15,82",
        f"Colis;{number(3)};1,25;10,00;11,30",
        f"Colis;{number(3)};1,25;10,00;11,30",
        f"Colis;{number(4)};1,25;10,00;11,30",
        f"Colis;{number(6)};1,25;14,40;16,27",
        f"Colis;{number(90)};0,5;9,00;10,17",
        "Colis;7,02321E+15;1,25;10,00;11,30",
        "Ramassage;;;4,00;4,52",
    ]
    path = tmp_path / "facture.csv"
    path.write_text("\n".join(lines), encoding="cp1252")
    return path


@pytest.mark.parametrize(("language", "size", "scheme"), SIZES)
def test_an_invoice_is_compared_by_a_clerk(
    admin_page: Any, parcels: None, invoice: Path, language: str, size: ViewportSize, scheme: Scheme
) -> None:
    page: Page
    with admin_page(reverse("admin:deliver_to_po_invoice"), language, size, scheme) as page:
        assert violations_in_content(page) == []
        assert fits(page)
        picture(page, f"invoice-form-{language}-{size['width']}-{scheme}")
        page.locator("#d2po-file").set_input_files(invoice)
        page.locator(".d2po-send button").click()
        expect(page.locator("#d2po-other_amount")).to_contain_text(COMPARED[language])
        for name in ("twice", "taken_back", "unknown", "unread", "not_billed", "same"):
            expect(page.locator(f"#d2po-{name}")).to_be_attached()
        page.evaluate("document.querySelectorAll('details.d2po-found').forEach(each => each.open = true)")
        assert violations_in_content(page) == []
        assert fits(page)
        picture(page, f"invoice-{language}-{size['width']}-{scheme}")
        with page.expect_download() as saved:
            page.locator(".d2po-columns button[value=csv]").click()
        assert saved.value.suggested_filename.startswith(("invoice-", "facture-")[language == "fr-CA"])


def test_a_column_is_chosen_by_keyboard_alone(admin_page: Any, parcels: None) -> None:
    page: Page
    with admin_page(reverse("admin:deliver_to_po_invoice"), "en-CA", WIDE) as page:
        page.locator("#d2po-lines").fill(f"Tracking number,Wert A,Wert B\n{number(1)},1.25,11.30\n")
        page.keyboard.press("Tab")
        page.locator(".d2po-send button").press("Enter")
        expect(page.locator(".d2po-columns .errornote:visible")).to_be_visible()
        assert violations_in_content(page) == []
        page.locator("#d2po-amount").focus()
        page.keyboard.type("Wert B")
        page.locator(".d2po-columns button").first.press("Enter")
        expect(page.locator("#d2po-same")).to_be_attached()


def test_a_day_is_printed_on_one_page_without_what_is_pressed(admin_page: Any, parcels: None) -> None:
    page: Page
    with admin_page(reverse("admin:deliver_to_po_day"), "en-CA", WIDE, "dark") as page:
        paper = PdfReader(BytesIO(page.pdf(format="Letter")))
        [text] = [sheet.extract_text() for sheet in paper.pages]
        assert "Orders placed" in text
        assert "On hold" in text
        assert "Show" not in text
        assert "Django administration" not in text
        page.emulate_media(media="print")
        picture(page, "day-printed")
