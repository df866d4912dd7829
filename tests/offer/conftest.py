"""What tests of offers share: an adapter that a test can set, and what there is to look at."""

from typing import Any

import pytest

from deliver_to_po.adapter import OrderAdapter, Service, order_adapter
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offer import rates
from tests.factories import PARCEL, SENDER


class Says(OrderAdapter[Any]):
    """An adapter that says what a test sets, about whatever it is asked; what is not set is the class's own."""

    given: dict[str, Any]


def answer(name: str) -> Any:
    def asked(self: Says, *about: Any) -> Any:
        if name not in self.given:
            return getattr(OrderAdapter, name)(self, *about)
        given = self.given[name]
        return given(*about) if callable(given) else given

    return asked


for question in (
    "parcels",
    "ship_from",
    "options",
    "service",
    "services",
    "shipping_system",
    "mailable",
    "handling_days",
    "price",
):
    setattr(Says, question, answer(question))


@pytest.fixture
def shop_says(change_settings: Any) -> Any:
    """Return a function that sets what the adapter says of every cart; at first one parcel that goes everywhere."""
    change_settings(ORDER_ADAPTER=f"{__name__}.Says")
    Says.given = {"parcels": [PARCEL], "ship_from": SENDER, "services": [Service.EXPEDITED_PARCEL, Service.XPRESSPOST]}

    def say(**answers: Any) -> None:
        Says.given.update(answers)

    assert type(order_adapter()) is Says
    return say


@pytest.fixture
def rate_calls(emulator: EmulatorServer) -> Any:
    """Return a function that says how often Canada Post was asked for prices."""
    return lambda: emulator.calls.get("rates", 0)


@pytest.fixture
def asked_in_background(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return for each price that is asked of Canada Post whether that is work in the background."""
    asked: list[bool] = []

    def noted(*, background: bool, **how: Any) -> Any:
        asked.append(background)
        return canada_post(background=background, **how)

    monkeypatch.setattr(rates, "canada_post", noted)
    return asked
