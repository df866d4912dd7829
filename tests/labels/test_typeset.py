"""Words in a box: wrapped where a person would, and nowhere else."""

from deliver_to_po.labels.typeset import REGULAR, wrap

NBSP = "\u00a0"


def test_what_does_not_break_stays_on_one_line() -> None:
    text = f"sans «{NBSP}ajuster à la page{NBSP}»{NBSP}; oui"
    lines = wrap(text, 60, REGULAR, 8)
    assert len(lines) > 1
    assert not [line for line in lines if line.endswith("«") or line.startswith(("»", ";"))]
    assert " ".join(lines) == text


def test_other_spaces_are_where_lines_end() -> None:
    assert wrap("  one \t two\n three ", 25, REGULAR, 8) == ["one", "two", "three"]


def test_a_word_that_is_wider_than_the_box_is_broken_and_not_cut() -> None:
    assert "".join(wrap("x" * 40, 30, REGULAR, 8)) == "x" * 40
