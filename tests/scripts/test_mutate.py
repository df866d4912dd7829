"""The breaker of code: what it finds to break, and that it tells noticed from not noticed."""

from pathlib import Path

import pytest

from scripts import mutate
from scripts.mutate import Mutator, difference, try_out

SOURCE = """\
from deliver_to_po.choices import DeliveryState as D
def few(rows: 'not touched', limit) -> 'not touched':
    if limit < 3 and (not rows):
        raise ValueError
    log.error('not touched', 7)
    rows.filter(pk=1, state=D.HELD)
    return rows
"""


def test_it_breaks_one_thing_at_a_time() -> None:
    found = list(Mutator(Path("x.py"), SOURCE, {"DeliveryState": ["HELD", "PLACED"]}).mutants())
    assert sorted(mutant.what for mutant in found) == [
        "1 → 2",
        "3 → 4",
        "D.HELD → PLACED",
        "LtE in limit < 3",
        "and, or swapped in limit < 3 and (not rows)",
        "filter() without pk",
        "filter() without state",
        "not (limit < 3 and (not rows))",
        "without line 4: raise ValueError",
        "without line 6: rows.filter(pk=1, state=D.HELD)",
        "without line 7: return rows",
        "without not rows",
    ]
    assert len({mutant.source for mutant in found}) == len(found)
    [dropped] = [mutant.source for mutant in found if mutant.what == "filter() without state"]
    assert "rows.filter(pk=1)\n" in dropped


def test_the_rest_of_a_chained_comparison_stays() -> None:
    sources = {mutant.source for mutant in Mutator(Path("x.py"), "found = 1 < x <= y\n", {}).mutants()}
    assert "found = 1 <= x <= y" in sources


@pytest.mark.slow
def test_it_says_which_changes_no_test_notices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "code_.py").write_text("def larger(a, b):\n    return a if a > b else b\nUNUSED = 1\n")
    (root / "test_code.py").write_text(
        "from code_ import larger\ndef test_it():\n    assert (larger(1, 2), larger(2, 1)) == (2, 2)\n"
    )
    monkeypatch.setattr(mutate, "ROOT", root)
    monkeypatch.setattr(mutate, "COPIED", ("code_.py", "test_code.py"))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:django -p no:playwright")
    path = Path("code_.py")
    mutants = sorted(Mutator(path, (root / path).read_text(), {}).mutants(), key=lambda mutant: mutant.what)
    assert try_out(mutants, 9, ["test_code.py"], 60) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "4 of 9 mutants tried, 2 noticed"
    assert [line.split("  ")[-1] for line in out.splitlines() if "SURVIVED" in line] == ["1 → 2", "GtE in a > b"]
    assert difference(mutants[0]).split("\n")[-1].strip() == "+UNUSED = 2"
