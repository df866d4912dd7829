"""The page of privacy requests in a browser: whoever asks is answered from a phone too."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields
from tests.browser.axe import violations_in_content
from tests.browser.conftest import PHONE, WIDE, Scheme, fits, picture
from tests.factories import RECIPIENT, make_delivery, make_draft, make_shipment
from tests.privacy.test_answering import OTTO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES: list[tuple[str, ViewportSize, Scheme]] = [
    ("en-CA", WIDE, "light"),
    ("fr-CA", PHONE, "dark"),
]
DONE = {"en-CA": "2 deliveries are erased.", "fr-CA": "2 livraisons sont effacées."}


@pytest.mark.parametrize(("language", "size", "scheme"), SIZES)
def test_somebody_is_found_saved_and_erased(admin_page: Any, language: str, size: ViewportSize, scheme: Scheme) -> None:
    theirs = make_delivery(reference="M-10241", recipient=OTTO, live=True)
    make_shipment(theirs, state=ShipmentState.LABELLED)
    corrected = make_delivery(reference="M-10242", recipient=RECIPIENT, live=True)
    make_shipment(corrected, state=ShipmentState.VOIDED, **recipient_fields(OTTO))
    make_draft(recipient=OTTO)
    page: Page
    with admin_page(reverse("admin:deliver_to_po_privacy"), language, size, scheme) as page:
        assert violations_in_content(page) == []
        assert fits(page)
        page.locator("#id_email").fill(OTTO.email)
        page.locator("#id_email").press("Enter")
        expect(page.locator("article")).to_have_count(3)
        assert violations_in_content(page) == []
        assert fits(page)
        picture(page, f"privacy-{language}-{size['width']}-{scheme}")
        assert "otto" not in page.url
        with page.expect_download() as saved:
            page.locator("button[value=export]").click()
        assert saved.value.suggested_filename.startswith("privacy-")
        page.locator("#d2po-sure").check()
        page.locator("button[value=erase]").click()
        expect(page.locator(".messagelist")).to_contain_text(DONE[language])
    assert not Delivery.objects.filter(recipient_name=OTTO.name).exists()
