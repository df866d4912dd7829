"""While one request is answered the shop is asked each question once, and a slow shop is slow once."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest

from deliver_to_po.adapter import OrderAdapter, Rate, RecipientSuggestion, Sender, Service
from deliver_to_po.host import asking, once
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from tests.factories import PARCEL, SENDER

EP, XP = Service.EXPEDITED_PARCEL, Service.XPRESSPOST
RATE = Rate(EP, "Expedited Parcel", Decimal(10), Decimal("11.30"), Decimal("1.30"))
OF_BUYER = "cart", "last_delivery", "recipient", "postal_code"


class Asked(OrderAdapter[Any]):
    """A shop that counts what it is asked, and takes its time."""

    times: Counter[str]
    clock: float
    takes: float

    def _asked(self, question: str) -> None:
        Asked.times[question] += 1
        Asked.clock += Asked.takes

    def cart(self, request: HttpRequest) -> object:
        self._asked("cart")
        return object()

    def last_delivery(self, request: HttpRequest) -> Delivery | None:
        self._asked("last_delivery")
        return None

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        self._asked("recipient")
        return RecipientSuggestion()

    def postal_code(self, request: HttpRequest) -> str:
        self._asked("postal_code")
        return ""

    def parcels(self, order: Any) -> Any:
        self._asked("parcels")
        return (one for one in [PARCEL])

    def ship_from(self, order: Any) -> Sender:
        self._asked("ship_from")
        return SENDER

    def options(self, order: Any) -> Any:
        self._asked("options")
        raise RuntimeError

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal:
        self._asked("price")
        return Decimal(1)


@pytest.fixture(autouse=True)
def _counted(change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop under test count, on a clock of its own."""
    change_settings(ORDER_ADAPTER=f"{__name__}.Asked", SEARCH_TIMEOUT_SECONDS=8)
    Asked.times, Asked.clock, Asked.takes = Counter(), 0.0, 0.0
    monkeypatch.setattr(once, "monotonic", lambda: Asked.clock)


def ask_of(cart: object) -> None:
    assert asking.parcels_of(cart) == (PARCEL,)
    asking.sender_of(cart)
    with pytest.raises(ShopError, match="options: RuntimeError"):
        asking.options_of(cart)


def test_each_question_about_a_cart_is_asked_once_an_error_too() -> None:
    with asked_once(), asked_once():
        for cart in (one := object(), other := object(), one, other):
            ask_of(cart)
        # Carts that are gone, each where the one before it lay.
        for _ in range(8):
            asking.parcels_of(object())
        request = HttpRequest()
        for question in OF_BUYER * 2:
            getattr(asking, f"{question}_of")(request)
    assert Asked.times == {"parcels": 10, "ship_from": 2, "options": 2} | dict.fromkeys(OF_BUYER, 1)


def test_in_the_next_request_it_is_asked_again_and_outside_of_any_each_time() -> None:
    cart = object()
    for _ in range(2):
        with asked_once():
            ask_of(cart)
    ask_of(cart)
    assert Asked.times["parcels"] == 3


def test_a_price_is_asked_for_once_for_each_service_and_rate() -> None:
    cart = object()
    with asked_once():
        for _ in range(11):
            for service in (EP, XP):
                for rate in (None, RATE, replace(RATE), replace(RATE, due=Decimal(12))):
                    asking.price_of(cart, service, rate)
    assert Asked.times == {"price": 6}


def test_a_list_goes_without_further_prices_once_the_shop_has_taken_too_long() -> None:
    cart, Asked.takes = object(), 3.5
    with asked_once(bounded=True):
        asking.price_of(cart, EP, None)
        asking.parcels_of(cart)
        asking.price_of(cart, XP, None)
        with pytest.raises(ShopError, match="too long"):
            asking.price_of(cart, XP, RATE)
        # What is known is told, and what a buyer cannot go on without is asked.
        assert asking.price_of(cart, EP, None) == 1
        asking.sender_of(cart)
    assert Asked.times == {"price": 2, "parcels": 1, "ship_from": 1}
    with asked_once():
        for service in (EP, XP, XP):
            asking.price_of(cart, service, None)
    assert Asked.times["price"] == 4
