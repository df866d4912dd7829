"""Parcels that have their labels at the emulator, in a group of the day."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from tests.admin.conftest import Clerk, deliver_to
from tests.factories import PARCEL, make_shipment

GROUP = "main-street-2026-11-24"
PAGE = "admin:deliver_to_po_day_end"
MAY = ("transmit_manifest", "view_manifest", "view_delivery")
Labelled = Callable[..., Shipment]


@pytest.fixture
def client(clerk: Clerk) -> Client:
    """Return the browser of a clerk that may end the day."""
    return clerk(*MAY)


@pytest.fixture
def labelled(emulator: EmulatorServer, change_settings: Any, shop_says: Any) -> Labelled:
    """Return a function that makes a shipment at the emulator, with its label, which is printed."""
    change_settings(CANADA_POST={"GROUP_PREFIX": "main-street"})
    shop_says("parcels", [PARCEL])
    shop_says("is_paid", None)

    def make(group: str = GROUP) -> Shipment:
        shipment = make_shipment(deliver_to(emulator), group=group, api="portal")
        hand_off(shipment.pk, now=True)
        Shipment.objects.filter(pk=shipment.pk).update(printed_at=timezone.now())
        shipment.refresh_from_db()
        assert shipment.state == ShipmentState.LABELLED
        return shipment

    return make


def page(client: Client, name: str, language: str = "en", **data: Any) -> str:
    """Open a page, or send it ``data``, and return what it says then."""
    with translation.override(language):
        url = reverse(name)
    answer = client.post(url, data, follow=True) if data else client.get(url, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()
