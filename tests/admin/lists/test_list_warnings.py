"""Each list of the desk says, above its rows, what buyers see just now."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.core.choices import Rung
from deliver_to_po.examination.troubles import SHOP, remember
from deliver_to_po.models import Pause
from deliver_to_po.offices.outage import note_outage, outage_is_over
from tests.admin.conftest import Clerk

pytestmark = pytest.mark.django_db


def test_every_list_says_what_buyers_see_just_now(clerk: Clerk) -> None:
    client = clerk("view_delivery", "view_office", "view_pause")
    pages = [reverse(f"admin:deliver_to_po_{name}_changelist") for name in ("delivery", "office", "pause")]
    outage_is_over()
    assert all("has not answered" not in client.get(page).content.decode() for page in pages)
    note_outage(Rung.DIRECTORY)
    for page in pages:
        assert "our own list, straight-line distances" in client.get(page).content.decode()
    outage_is_over()
    Pause.objects.create(reason_en="a", reason_fr="b", ends_at=timezone.now() + timedelta(days=1))
    page = client.get(pages[0]).content.decode()
    assert "Deliver to Post Office is paused until" in page
    assert "has not answered" not in page


def test_every_list_says_what_an_examination_found_until_it_is_mended(clerk: Clerk) -> None:
    page = reverse("admin:deliver_to_po_delivery_changelist")
    client = clerk("view_delivery")
    told = "A payment of another amount lets the parcel go (code: another_amount)."
    remember(SHOP, ["another_amount"])
    assert told in client.get(page).content.decode()
    remember(SHOP, [])
    assert told not in client.get(page).content.decode()
