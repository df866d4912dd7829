"""What counts as stiff English, and where it is looked for."""

from pathlib import Path

import pytest

from scripts.check_english import findings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Read it anew.", 1),
        ("A label is taken back.", 1),
        ("It is not sent any more.", 1),
        ("No more than three are sent.", 0),
        ("It waits. One that was paid goes on.", 1),
        ("In the language of who asks.", 1),
        ("Who prints needs the permission.", 1),
        ("Who prints it?", 0),
        ("Of an erased delivery nothing is sent.", 1),
        ("Of course it is sent.", 0),
        ("It is sent all the same.", 1),
        ("Also when it is late: also when it is not.", 1),
    ],
)
def test_a_docstring_a_comment_and_a_page_are_judged_alike(tmp_path: Path, text: str, found: int) -> None:
    docstring, comment, page = (tmp_path / name for name in ("docstring.py", "comment.py", "page.md"))
    docstring.write_text(f'"""{text}"""\n')
    comment.write_text(f"# {text}\n")
    page.write_text(f"{text}\n")
    assert [len(list(findings(file))) for file in (docstring, comment, page)] == [found] * 3


def test_code_and_what_is_written_from_the_code_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('MESSAGE = "Read it anew."\n')
    (tmp_path / "page.md").write_text("```\nanew\n```\n<!-- from the code: x -->\nanew\n<!-- end -->\nAgain.\n")
    assert [line for file in sorted(tmp_path.iterdir()) for line in findings(file)] == []
