"""Prices that a visitor makes us ask for are counted like their searches, and only where Canada Post is asked."""

from typing import Any

import pytest
from django.test import RequestFactory

from deliver_to_po import shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.emulator.server import EmulatorServer
from tests.factories import PARCEL, SENDER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("allowed", [1, 2])
def test_a_visitor_makes_us_ask_for_prices_as_often_as_for_offices(
    allowed: int, emulator: EmulatorServer, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=allowed)
    adapter = type(order_adapter())
    monkeypatch.setattr(adapter, "parcels", lambda self, cart: [PARCEL])
    monkeypatch.setattr(adapter, "ship_from", lambda self, cart: SENDER)
    request = RequestFactory().get("/")
    places = ("H2X1Y4", "B3H4R2", "V6B1A1")
    found = [shop.fetch_offers(request, object(), near) for near in (places[0], *places)]
    priced = [offers[0].price is not None for offers in found]
    assert priced == [True, True, allowed > 1, False]
    assert emulator.calls["rates"] == allowed
