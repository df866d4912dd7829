"""The breaker of code: what each way to break it makes of a line."""

import ast

import pytest

from scripts.mutate import operators
from scripts.mutate.operators import Operator

OTHER_MEMBER = operators.other_members({"D": ["HELD", "PLACED"]})
BROKEN: list[tuple[Operator, str, set[str]]] = [
    (operators.dropped_arguments, "Q(state=HELD)", {"Q()"}),
    (operators.dropped_arguments, "Q(state=HELD, pk=1)", {"Q(pk=1)", "Q(state=HELD)"}),
    (operators.dropped_arguments, "rows.filter(Q(), pk=1)", {"rows.filter(pk=1)", "rows.filter(Q())"}),
    (operators.dropped_arguments, "move(row, 'ask', **more)", {"move(row, 'ask')"}),
    (operators.dropped_arguments, "print(row, sep='')", set()),
    (operators.swapped_arguments, "box(width, height)", {"box(height, width)"}),
    (operators.swapped_arguments, "box(a.width, b, c())", {"box(b, a.width, c())"}),
    (operators.swapped_arguments, "box(wide=w, high=h)", {"box(wide=h, high=w)"}),
    (operators.swapped_arguments, "box(width, 3)", set()),
    (operators.swapped_arguments, "box(side, side)", set()),
    (operators.swapped_arguments, "box(wide=w, **more)", set()),
    (operators.dictionary_keys, "{'a': 1, **more}", {"{**more}", "{'a': 1}"}),
    (operators.dictionary_keys, "{'a': x, 'b': y}", {"{'b': y}", "{'a': x}", "{'a': y, 'b': x}"}),
    (operators.dropped_with, "with atomic():\n    save()", {"if True:\n    save()"}),
    (
        operators.dropped_with,
        "with atomic(), lock:\n    save()",
        {"with lock:\n    save()", "with atomic():\n    save()"},
    ),
    (operators.dropped_with, "with atomic(), open() as f:\n    save()", {"with open() as f:\n    save()"}),
    (operators.conditions, "while a:\n    b()", {"not a"}),
    (operators.conditions, "a if b else c", {"not b"}),
    (operators.conditions, "[a for a in b if a if c]", {"[a for a in b if c]", "[a for a in b if a]"}),
    (operators.conditions, "not a", {"a"}),
    (operators.signs, "a and b", {"a or b"}),
    (operators.signs, "1 < x <= y", {"1 <= x <= y"}),
    (operators.signs, "a | b", {"a & b"}),
    (operators.constants, "True", {"False"}),
    (operators.constants, "3", {"4"}),
    (operators.constants, "'3'", set()),
    (operators.dropped_statements, "save()", {"pass"}),
    (operators.dropped_statements, "raise ValueError", {"pass"}),
    (operators.dropped_statements, "'a docstring'", set()),
    (OTHER_MEMBER, "D.HELD", {"D.PLACED"}),
]


@pytest.mark.parametrize(("operator", "source", "expected"), BROKEN)
def test_code_is_broken_like_this(operator: Operator, source: str, expected: set[str]) -> None:
    tree = ast.parse(source)
    made = {ast.unparse(new) for node in ast.walk(tree) for _, new in operator(node)}
    assert made == expected
    assert ast.dump(tree) == ast.dump(ast.parse(source)), "the code itself has changed"


def test_each_way_to_break_code_is_in_use() -> None:
    assert {operator for operator, *_ in BROKEN} == {*operators.OPERATORS, OTHER_MEMBER}
