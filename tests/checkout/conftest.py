"""What tests of the step share: offices that a buyer was shown, and other people's deliveries that must not change."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from deliver_to_po.offices.finder import find
from tests.factories import RECIPIENT, make_delivery, make_draft
from tests.shop.conftest import shop_says

__all__ = ["shop_says"]

STRANGER = dataclasses.replace(RECIPIENT, name="Otto Other", phone="902-555-0142", email="otto@example.com")


@pytest.fixture(autouse=True)
def _empty_basket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop mail what is in these visitors' baskets, which is nothing."""
    monkeypatch.setattr(type(order_adapter()), "mailable", lambda _self, _cart: "")


@pytest.fixture
def offered(emulator: EmulatorServer) -> list[str]:
    """Return the ids of offices that a buyer has just been shown."""
    return [office.office_id for office in find(NearPostalCode("K1A0B1"), "en").offices]


@pytest.fixture
def bystanders(db: None) -> Iterator[None]:
    """Keep another buyer's open draft and placed delivery; both must stand unchanged at the end of the test."""
    office = {"office_id": "0000000021", "office_name": "Elsewhere", "office_check": OfficeCheck.NOT_ASKED}
    made = [make_draft(recipient=STRANGER, **office), make_delivery(recipient=STRANGER, **office)]
    ids = [delivery.pk for delivery in made]
    before = _rows(ids)
    yield
    assert _rows(ids) == before


def _rows(ids: list[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in Delivery.objects.filter(pk__in=ids).order_by("pk").values()]
