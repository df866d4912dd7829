"""The day's end in a browser: what only Canada Post has is named, and one button after the other settles it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from deliver_to_po.adapter import order_adapter
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Comparison, Shipment
from tests.admin.conftest import deliver_to
from tests.browser.axe import violations_in_content
from tests.browser.conftest import PHONE, WIDE, fits, picture
from tests.factories import PARCEL, make_shipment

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY_END = "/admin/deliver_to_po/manifest/day-end/?again=1"
WORDS = {
    "en": ("Void the second label", "The label is voided.", "Leave it to the other shop", "we have 2"),
    "fr": ("Annuler la seconde étiquette", "L’étiquette est annulée.", "Le laisser à l’autre boutique", "avons 2"),
}


@pytest.mark.parametrize(("language", "size"), [("en", WIDE), ("fr", PHONE)])
def test_a_clerk_settles_what_differs(
    admin_page: Any,
    emulator: EmulatorServer,
    change_settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    size: Any,
) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": "tilleul"})
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: [PARCEL])
    monkeypatch.setattr(type(order_adapter()), "is_paid", lambda self, order: None)
    made = [make_shipment(deliver_to(emulator), group="tilleul-2026-11-26", api="portal") for _ in range(2)]
    for shipment in made:
        hand_off(shipment.pk, now=True)
    now = timezone.now()
    Shipment.objects.update(printed_at=now, made_at=now - timedelta(hours=1))
    pin = Shipment.objects.get(pk=made[0].pk).tracking_pin
    double, foreign = emulator.another_like(pin), emulator.another_like(pin, "S-77")
    voids, voided, leaves, same = WORDS[language]
    with admin_page(DAY_END, language, size) as page:
        assert fits(page)
        assert violations_in_content(page) == []
        picture(page, f"day-end-differs-{language}")
        page.locator(".d2po-stays tr", has_text=double.pin).get_by_role("link", name=voids).click()
        assert violations_in_content(page) == []
        picture(page, f"day-end-void-{language}")
        page.locator("[name=note]").fill("Looked at it")
        page.locator("input.default").click()
        expect(page.locator(".messagelist")).to_contain_text(voided)
        page.locator(".d2po-stays tr", has_text=foreign.pin).get_by_role("link", name=leaves).click()
        page.locator("[name=note]").fill("Looked at it")
        page.locator("input.default").click()
        expect(page.locator(".d2po-same")).to_contain_text(same)
        picture(page, f"day-end-same-{language}")
    assert not Comparison.objects.filter(differing__gt=0).exists()
