"""A call of a shop's own code refuses what is of the wrong kind by the argument's name."""

from inspect import signature
from typing import Any

import pytest
from django.http import HttpRequest

from deliver_to_po.core.arguments import checked
from deliver_to_po.models import Delivery, Shipment
from tests.factories import build_order


def called(order: Any, note: str = "", *, delivery: Any = None, shipment: Any = None, request: Any = None) -> str:
    """Say something."""
    return note


call = checked(called, "shop_call")

GIVEN: dict[str, Any] = {
    "delivery": Delivery(),
    "shipment": Shipment(),
    "request": HttpRequest(),
}


def test_what_is_right_is_called_under_its_own_name() -> None:
    assert call(build_order(), "so", **GIVEN) == "so"
    assert (call.__name__, call.__doc__) == ("called", "Say something.")
    assert list(signature(call).parameters) == ["order", "note", "delivery", "shipment", "request"]


@pytest.mark.parametrize("argument", ["order", "delivery", "shipment", "request"])
@pytest.mark.parametrize(("wrong", "kind"), [(None, "None"), ("x", "str"), (7, "int")])
def test_what_is_wrong_is_named(argument: str, wrong: Any, kind: str) -> None:
    given = {"order": build_order(), **GIVEN, argument: wrong}
    with pytest.raises(TypeError, match=rf"^shop_call\(\): {argument} must be .*, not {kind}$"):
        call(**given)


def test_the_row_of_another_model_is_wrong_too() -> None:
    with pytest.raises(TypeError, match=r"order must be a row of .*Order, not Delivery"):
        call(Delivery(), **GIVEN)
