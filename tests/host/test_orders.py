"""Orders are found by the fields that the adapter names, whatever these can hold."""

import uuid
from collections.abc import Sequence

import pytest

from deliver_to_po.adapter import order_adapter
from deliver_to_po.host.orders import deliveries_of_orders
from deliver_to_po.models import Delivery
from tests.factories import make_delivery

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def found(text: str) -> Sequence[Delivery]:
    return [delivery for rows in deliveries_of_orders(text) for delivery in rows]


@pytest.mark.parametrize("field", ["pk", "pk__iexact", "no_such"])
@pytest.mark.parametrize(
    "text", ["Tremblay", "marie@example.com", "1" * 23, "-" + "9" * 30, "²", str(uuid.UUID(int=1))]
)
def test_what_a_field_cannot_hold_is_no_order(monkeypatch: pytest.MonkeyPatch, field: str, text: str) -> None:
    make_delivery()
    monkeypatch.setattr(type(order_adapter()), "search_fields", (field,))
    assert found(text) == []


def test_an_order_is_found_by_its_key_and_by_whichever_field_holds_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_delivery()
    make_delivery()
    order = delivery.order
    order.number = "Zoé-2026"
    order.save()
    # Which may leave out what is marked as deleted.
    monkeypatch.setattr(type(order)._meta, "base_manager", type(order).objects.none())
    monkeypatch.setattr(type(order_adapter()), "search_fields", ("pk", "number"))
    assert found(str(order.pk)) == [delivery]
    assert found("Zoé-2026") == [delivery]
