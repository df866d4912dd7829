"""The breaker of code: which changes it finds in a module, and that it makes no other."""

import ast
from pathlib import Path

from scripts.mutate.__main__ import ROOT, mutants_in
from scripts.mutate.mutants import Mutant, members_of_choices, mutants_of

SOURCE = """\
from deliver_to_po.choices import DeliveryState as D
def few(rows: 'A | B', limit) -> 'A | B':
    if (limit - 3 if limit   # a comment
            else "é") < 2 and rows:
        log.error('not touched', 7)
    elif rows in cast(1, limit): return f"{ -limit }"
    with atomic(), \\
         lock:
        rows.filter(pk=1, state=D.HELD)
        save(
            "é",
            limit,
            rows,
        )
    match limit:
        case {1: D.PLACED}:
            pass
class Meta:
    constraints = [Q(pk=1)]
"""
MEMBERS = {"DeliveryState": ["HELD", "PLACED"]}


def found() -> list[Mutant]:
    return mutants_of(Path("x.py"), SOURCE, MEMBERS)


def test_every_change_is_seen_in_one_line() -> None:
    assert sorted(map(str, found())) == [
        "- case {1: D.PLACED}:  + case {1: D.HELD}:",
        "- case {1: D.PLACED}:  + case {2: D.PLACED}:",
        '- elif rows in cast(1, limit): return f"{ …  + elif rows not in cast(1, limit): return f"{ …',
        "- elif rows in cast(1, limit): return f'{-limit}'  + elif rows in cast(1, limit): pass",
        "- elif rows in cast(1, limit): return…  + elif not rows in cast(1, limit): return…",
        '- else "é") < 2 and rows:  + else "é") < 3 and rows:',
        "- if (limit - 3 if limit # a comment  + if (limit + 3 if limit # a comment",
        "- if (limit - 3 if limit # a comment  + if (limit - 3 if not limit # a comment",
        "- if (limit - 3 if limit # a comment  + if (limit - 4 if limit # a comment",
        "- if (limit - 3 if limit else 'é') < 2 and rows:  + if not ((limit - 3 if limit else 'é') < 2 and rows):",
        "- rows.filter(pk=1, state=D.HELD)  + pass",
        "- rows.filter(pk=1, state=D.HELD)  + rows.filter(pk=1)",
        "- rows.filter(pk=1, state=D.HELD)  + rows.filter(pk=1, state=D.PLACED)",
        "- rows.filter(pk=1, state=D.HELD)  + rows.filter(pk=2, state=D.HELD)",
        "- rows.filter(pk=1, state=D.HELD)  + rows.filter(state=D.HELD)",
        "- save('é', limit, rows)  + pass",
        "- save('é', limit, rows)  + save('é', rows, limit)",
        "- with atomic(), lock: rows.filter(pk=1, state=D.HE…  + with atomic(): rows.filter(pk=1, state=D.HE…",
        "- with atomic(), lock: rows.filter(pk=1, state=…  + with lock: rows.filter(pk=1, state=…",
        "- …it - 3 if limit else 'é') < 2 and rows:  + …it - 3 if limit else 'é') < 2 or rows:",
        "- …limit - 3 if limit else 'é') < 2 and rows:  + …limit - 3 if limit else 'é') <= 2 and rows:",
    ]


def test_each_mutant_is_another_program() -> None:
    programs = {ast.dump(ast.parse(mutant.broken_source())) for mutant in found()}
    assert len(programs) == len(found())
    assert ast.dump(ast.parse(SOURCE)) not in programs


def test_what_does_not_change_stays_as_it_was_written() -> None:
    [broken] = [mutant.broken_source() for mutant in found() if "limit + 3" in str(mutant)]
    assert broken == SOURCE.replace("limit - 3", "(limit + 3)")


def test_a_long_line_is_shown_where_it_changes() -> None:
    [mutant] = mutants_of(Path("x.py"), f"{'a' * 99} = 1 + {'b' * 99}\n", {})[1:]
    assert str(mutant) == f"- …{'a' * 27} = 1 + {'b' * 27}…  + …{'a' * 27} = 2 + {'b' * 27}…"


def test_members_of_choices_are_read_from_their_module() -> None:
    assert members_of_choices("class A(B):\n    C = 'c'\n    D: int\n    def e(self): ...\n") == {"A": ["C"]}


def test_states_of_the_package_are_swapped_for_others() -> None:
    moves = mutants_in(ROOT, Path("deliver_to_po", "models", "moves.py"))
    assert any(ast.unparse(mutant.old) == "D.DRAFT" for mutant in moves)


def test_what_decorates_a_function_runs_as_the_module_is_imported() -> None:
    source = "@cached(3)\ndef few(): return 1\n"
    where = {(mutant.in_function, tuple(mutant.lines)) for mutant in mutants_of(Path("x.py"), source, {})}
    assert where == {(False, (1,)), (True, (2,))}
