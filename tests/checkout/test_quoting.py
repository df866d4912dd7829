"""Prices that a visitor makes us ask for are counted like their searches, and only where Canada Post is asked."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from deliver_to_po import shop
from deliver_to_po.checkout import quoting
from deliver_to_po.checkout.recipients import recipient
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offer import tasks
from deliver_to_po.shop import PriceKind
from tests.checkout.priced import CART, PricedAdapter, saying
from tests.factories import TYPED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def says(change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let drafts keep prices; return a function that sets what the shop says."""
    change_settings(ORDER_ADAPTER="tests.checkout.priced.PricedAdapter")
    return saying(PricedAdapter, monkeypatch)


@pytest.mark.parametrize("allowed", [1, 2])
def test_a_visitor_makes_us_ask_for_prices_as_often_as_for_offices(
    allowed: int, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=allowed)
    request = RequestFactory().get("/")
    places = ("H2X1Y4", "B3H4R2", "V6B1A1")
    found = [shop.fetch_offers(request, CART, near) for near in (places[0], *places)]
    priced = [offers[0].price_kind == PriceKind.FRESH for offers in found]
    assert priced == [True, True, allowed > 1, False]
    assert emulator.calls["rates"] == allowed


@pytest.mark.parametrize(("keeps_prices", "fault"), [(True, ""), (True, "500"), (False, "")])
def test_choosing_an_office_asks_its_price_where_prices_are_kept_and_goes_on_without_an_answer(
    keeps_prices: bool, fault: str, says: Any, client: Client, offered: list[str], emulator: EmulatorServer
) -> None:
    says(keeps_prices=keeps_prices)
    if fault:
        emulator.faults.add("rates", fault, count=None)
    answer = client.post(reverse("deliver_to_po:choose"), {"office_id": offered[0], "q": "K1A 0B1"})
    assert answer["location"].startswith(reverse("deliver_to_po:recipient"))
    assert ("rates" in emulator.calls) is keeps_prices


def test_where_a_worker_runs_it_asks_and_the_buyer_does_not_wait_before_the_review(
    client: Client, offered: list[str], emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    def send(task: Any, keys: list[str]) -> bool:
        sent.append(keys)
        return True

    for module in (quoting, tasks, recipient):
        monkeypatch.setattr(module, "works_in_background", lambda: True)
    monkeypatch.setattr(tasks, "send_after_commit", send)
    client.post(reverse("deliver_to_po:choose"), {"office_id": offered[0], "q": "K1A 0B1"})
    assert len(sent) == 1
    assert "rates" not in emulator.calls
    # It has not come to it, or keeps what it was told in a cache of its own.
    client.post(reverse("deliver_to_po:recipient"), TYPED)
    assert emulator.calls["rates"] == 1
