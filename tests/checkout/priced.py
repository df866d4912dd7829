"""A shop that keeps prices, for tests: what a test sets on it is what it says."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.adapter import OrderAdapter, Rate, Sender, Service
from tests.factories import PARCEL, SENDER

CART = object()


class PricedAdapter(OrderAdapter[Any]):
    """A shop that asks Canada Post's price, and more or less than that."""

    keeps_prices = True
    offered: Any = (Service.EXPEDITED_PARCEL, Service.XPRESSPOST)
    forbids = ""
    fallback: Decimal | None = Decimal("9.95")
    more = Decimal(0)

    def cart(self, request: Any) -> Any:
        return CART

    def parcels(self, order: Any) -> Any:
        return [PARCEL]

    def ship_from(self, order: Any) -> Sender:
        return SENDER

    def services(self, cart: Any) -> Any:
        return self.offered

    def mailable(self, order: Any) -> str:
        return self.forbids

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        return self.fallback if rate is None else rate.due - rate.taxes + self.more


def saying(adapter: type[PricedAdapter], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets what an adapter says."""

    def set_(**answers: Any) -> None:
        for name, value in answers.items():
            monkeypatch.setattr(adapter, name, value)

    return set_
