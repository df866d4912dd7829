"""The ways to break one piece of code: each takes a node and yields what to replace, and with what."""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

Piece = ast.expr | ast.stmt
# What stands in the code, and what is to stand there.
Change = tuple[Piece, Piece]
Operator = Callable[[ast.AST], Iterator[Change]]
T = TypeVar("T")
N = TypeVar("N", bound=ast.AST)

# Calls of which no argument may be forgotten.
CALLS = (
    *("Q", "filter", "exclude", "get", "update", "create", "order_by", "select_for_update", "replace"),
    *("move", "move_delivery", "move_shipment", "put_off", "record", "NotYet", "DeliveryMove", "ShipmentMove"),
)
QUERIES = ("Q", "filter", "exclude")
COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SIGNS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


def _altered(node: N, **fields: Any) -> N:
    twin = copy.copy(node)
    for name, value in fields.items():
        setattr(twin, name, value)
    return twin


def _each_left_out(items: Sequence[T]) -> Iterator[list[T]]:
    for place in range(len(items)):
        yield [*items[:place], *items[place + 1 :]]


def _neighbours_swapped(items: Sequence[ast.expr | None]) -> Iterator[list[ast.expr | None]]:
    for place, (one, other) in enumerate(pairwise(items)):
        if one and other and _alike(one, other):
            yield [*items[:place], other, one, *items[place + 2 :]]


def _alike(one: ast.expr, other: ast.expr) -> bool:
    """Say whether one could be written for the other by mistake; a number for a row would be noticed at once."""
    names = ast.Name | ast.Attribute
    same_kind = type(one) is type(other) or (isinstance(one, names) and isinstance(other, names))
    return same_kind and ast.dump(one) != ast.dump(other)


def _name_of(call: ast.Call) -> str:
    """Return the last part of the name that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def dropped_arguments(node: ast.AST) -> Iterator[Change]:
    """A condition or a value that a query, a move or a copy forgets."""
    if isinstance(node, ast.Call) and _name_of(node) in CALLS:
        for keywords in _each_left_out(node.keywords):
            yield node, _altered(node, keywords=keywords)
        for args in _each_left_out(node.args) if _name_of(node) in QUERIES else ():
            yield node, _altered(node, args=args)


def swapped_arguments(node: ast.AST) -> Iterator[Change]:
    """Two arguments beside each other, each in the other's place, where that makes a difference."""
    if isinstance(node, ast.Call) and _name_of(node) not in ("min", "max"):
        for args in _neighbours_swapped(node.args):
            yield node, _altered(node, args=args)
        for values in _neighbours_swapped([keyword.value if keyword.arg else None for keyword in node.keywords]):
            pairs = zip(node.keywords, values, strict=True)
            yield node, _altered(node, keywords=[_altered(word, value=value or word.value) for word, value in pairs])


def dictionary_keys(node: ast.AST) -> Iterator[Change]:
    """An entry that is missing, or has the value of the next key."""
    if isinstance(node, ast.Dict):
        for entries in _each_left_out(list(zip(node.keys, node.values, strict=True))):
            yield node, ast.Dict([key for key, _ in entries], [value for _, value in entries])
        own = [value if key else None for key, value in zip(node.keys, node.values, strict=True)]
        for values in _neighbours_swapped(own):
            pairs = zip(values, node.values, strict=True)
            yield node, _altered(node, values=[value or old for value, old in pairs])


def dropped_with(node: ast.AST) -> Iterator[Change]:
    """A block without its transaction, lock or language. What has a name after ``as`` cannot be missed."""
    if isinstance(node, ast.With):
        for item in node.items:
            others = [other for other in node.items if other is not item]
            if item.optional_vars is None:
                yield node, _altered(node, items=others) if others else ast.If(ast.Constant(True), node.body, [])


def conditions(node: ast.AST) -> Iterator[Change]:
    """A test the other way round, or not asked."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield node.test, ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        for place, generator in enumerate(node.generators):
            for ifs in _each_left_out(generator.ifs):
                generators = [*node.generators]
                generators[place] = ast.comprehension(generator.target, generator.iter, ifs, generator.is_async)
                yield node, _altered(node, generators=generators)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node, node.operand


def signs(node: ast.AST) -> Iterator[Change]:
    """Another comparison, another sign, "and" for "or"."""
    if isinstance(node, ast.BoolOp):
        yield node, _altered(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield node, _altered(node, ops=[COMPARISONS[type(node.ops[0])](), *node.ops[1:]])
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        yield node, _altered(node, op=SIGNS[type(node.op)]())


def constants(node: ast.AST) -> Iterator[Change]:
    """True for False, and a number that is one more."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield node, ast.Constant(node.value + 1)


def dropped_statements(node: ast.AST) -> Iterator[Change]:
    """A line that is not run."""
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    others = ast.Return | ast.Raise | ast.AugAssign | ast.Continue | ast.Break
    if isinstance(node, ast.stmt) and (call or isinstance(node, others)):
        yield node, ast.Pass()


def other_members(members: Mapping[str, Sequence[str]]) -> Operator:
    """Return what takes another member of the same class of choices, such as another state."""

    def other_member(node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Attribute) and node.attr in (names := members.get(ast.unparse(node.value), ())):
            others = [name for name in names if name != node.attr]
            # Chosen by the line, so that it is the same each time.
            yield node, _altered(node, attr=others[node.lineno % len(others)])

    return other_member


OPERATORS: tuple[Operator, ...] = (
    dropped_arguments,
    swapped_arguments,
    dictionary_keys,
    dropped_with,
    conditions,
    signs,
    constants,
    dropped_statements,
)
