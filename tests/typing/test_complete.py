"""No name of a door, no call's answer and no question to the adapter is left out here."""

import ast
from collections.abc import Iterator
from inspect import isfunction
from pathlib import Path
from typing import TypeVar

import pytest

from deliver_to_po import adapter, shipping, shop, signals
from deliver_to_po.adapter import OrderAdapter

HERE = Path(__file__).parent
DOORS = {"calls": shop, "adapter": adapter, "shipping_system": shipping, "happenings": signals}
Node = TypeVar("Node", bound=ast.AST)


def nodes_of(module: str, kind: type[Node]) -> Iterator[Node]:
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, kind))


@pytest.mark.parametrize("module", DOORS)
def test_whatever_a_door_names_is_used_as_a_shop_would(module: str) -> None:
    used = {node.id for node in nodes_of(module, ast.Name)} | {node.attr for node in nodes_of(module, ast.Attribute)}
    assert set(DOORS[module].__all__) - used == set()


def test_each_call_says_what_it_returns() -> None:
    told = [call.args[0] for call in nodes_of("calls", ast.Call) if ast.unparse(call.func) == "assert_type"]
    answers = {ast.unparse(call.func).removeprefix("shop.") for call in told if isinstance(call, ast.Call)}
    calls = {name: call for name, call in vars(shop).items() if name in shop.__all__ and isfunction(call)}
    assert answers == {name for name, call in calls.items() if call.__annotations__["return"]}


def test_the_adapter_answers_every_question() -> None:
    asked = {name for name, value in vars(OrderAdapter).items() if isfunction(value)}
    assert {method.name for method in nodes_of("adapter", ast.FunctionDef)} == asked
