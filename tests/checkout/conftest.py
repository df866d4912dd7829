"""What tests of the step share: a shop that mails an empty basket, and offices that a buyer was shown."""

import pytest

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices.finder import find


@pytest.fixture(autouse=True)
def _empty_basket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop mail what is in these visitors' baskets, which is nothing."""
    monkeypatch.setattr(type(order_adapter()), "mailable", lambda _self, _cart: "")


@pytest.fixture
def offered(emulator: EmulatorServer) -> list[str]:
    """Return the ids of offices that a buyer has just been shown."""
    return [office.office_id for office in find(NearPostalCode("K1A0B1"), "en").offices]
