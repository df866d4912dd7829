"""What an adapter lacks, or has written so that it cannot be asked, is named with what to write."""

from typing import Any

import pytest

from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.core import conf
from deliver_to_po.operations.checks import adapter
from deliver_to_po.operations.checks.messages import EXAMPLE_ADAPTER
from tests.operations.checks.told import Row, d2po, ids, words

pytestmark = pytest.mark.order_model
WRONG = [
    Row(adapter.check_order_adapter, {"ORDER_ADAPTER": None}, "E020", ("ORDER_ADAPTER", EXAMPLE_ADAPTER)),
    Row(adapter.check_order_adapter, {"ORDER_ADAPTER": OrderAdapter}, "E020", ("no dotted path", EXAMPLE_ADAPTER)),
    Row(
        adapter.check_order_adapter,
        {"ORDER_ADAPTER": "shop.nowhere.A"},
        "E021",
        ("“shop.nowhere.A”", "No module named"),
    ),
    Row(adapter.check_order_adapter, {"ORDER_ADAPTER": ".shop.A"}, "E021", ("“.shop.A”", "relative import")),
    Row(adapter.check_order_adapter, {"ORDER_ADAPTER": ".A"}, "E021", ("“.A”", "Empty module name")),
    Row(adapter.check_order_adapter, {"ORDER_ADAPTER": "datetime.date"}, "E022", ("“datetime.date”", "OrderAdapter")),
]


class HalfAnAdapter(OrderAdapter[Any]):
    """An adapter whose author stopped in the middle."""

    def goes_to_post_office(self, order: Any) -> bool:
        return True


class AdapterThatSearchesTooMuch(OrderAdapter[Any]):
    """An adapter that names what its order does not have."""

    search_fields = ("pk", "nope", "^pk")


class AdapterThatAnswersOtherwise(HalfAnAdapter):
    """An adapter with methods that nobody can ask, beside such as are only written otherwise."""

    search_fields = None  # type: ignore[assignment]
    is_paid = True  # type: ignore[assignment]

    def __init__(self, shop: str) -> None:
        """Ask for what nobody gives."""

    def keeps_prices(self) -> bool:  # type: ignore[override]
        return True

    async def mailable(self, cart: Any) -> str:  # type: ignore[override]
        return ""

    def parcels(self) -> Any:  # type: ignore[override]
        return []

    def price(self, *asked: Any) -> Any:
        return None

    @staticmethod
    def reference(order: Any) -> str:
        return str(order.pk)

    def next_url(self, request: Any, then: str = "/review/") -> str:
        return then


class AdapterThatIsMisspelled(OrderAdapter[Any]):
    """An adapter with names that are nearly ours, of which it writes one itself too."""

    def is_payed(self, order: Any) -> bool:
        return False

    def hold_reasons(self, order: Any) -> str:
        return "fraud"

    def carrier(self, order: Any) -> str:
        return "est"

    def parcels(self, order: Any) -> Any:
        return [self.parcel(order)]

    def parcel(self, order: Any) -> Any:
        return order


class AdapterThatKeepsPrices(HalfAnAdapter):
    """An adapter that does not say of what."""

    keeps_prices = True


class AdapterThatForgotAComma(OrderAdapter[Any]):
    """An adapter whose search_fields are no tuple."""

    search_fields = "number"


def test_each_method_that_the_adapter_must_have_is_named() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.HalfAnAdapter"):
        messages = adapter.check_order_adapter()
    assert ids(messages) == ["E023"] * 4
    for message, method in zip(messages, ("parcels", "ship_from", "next_url", "home_delivery_url"), strict=True):
        assert f"HalfAnAdapter.{method}() is not implemented" in message.msg
        assert "Return " in str(message.hint)


def test_what_the_order_cannot_be_searched_by_is_named() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.AdapterThatSearchesTooMuch"):
        found = [message for message in adapter.check_order_adapter() if message.id == "deliver_to_po.E024"]
    assert [message.msg.rpartition("by ")[2] for message in found] == ["“nope”.", "“^pk”."]
    assert conf.order_model() in words(found[0])


def test_a_misspelled_method_is_named_with_the_one_that_was_meant() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.AdapterThatIsMisspelled"):
        told = [words(message) for message in adapter.check_order_adapter() if ids([message]) == ["W027"]]
    assert len(told) == 2
    assert "hold_reasons: the app never asks for this. Did you mean “hold_reason”?" in told[0]
    assert "is_payed: the app never asks for this. Did you mean “is_paid”?" in told[1]


def test_search_fields_without_a_comma_are_named() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.AdapterThatForgotAComma"):
        assert ids(adapter.check_order_adapter()) == [*["E023"] * 5, "E025"]


def test_prices_that_are_kept_of_no_cart_are_warned_of() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.AdapterThatKeepsPrices"):
        (message,) = [message for message in adapter.check_order_adapter() if message.id == "deliver_to_po.W028"]
    assert "Write cart(request)" in words(message)


def test_what_cannot_be_called_as_it_is_asked_is_named_with_what_to_write() -> None:
    path = f"{__name__}.AdapterThatAnswersOtherwise"
    with d2po(ORDER_ADAPTER=path):
        found = {str(message.msg): message.hint for message in adapter.check_order_adapter()}
    assert (
        found[f"{path}.parcels cannot be called as it is asked."] == "Write it as a method: def parcels(self, order)."
    )
    assert f"{path}.is_paid cannot be called as it is asked." in found
    assert f"{path}.mailable cannot be called as it is asked." in found
    assert found[f"{path}.__init__ cannot be called as it is asked."] == "Write it as a method: def __init__(self)."
    assert f"{path}.search_fields is no tuple of strings." in found
    assert f"{path}.keeps_prices is neither True nor False." in found
    assert len([told for told in found if "cannot be called" in told]) == 4
