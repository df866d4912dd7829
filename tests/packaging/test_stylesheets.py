"""Style sheets that a browser can read to their end."""

from itertools import accumulate
from pathlib import Path

import pytest

SHEETS = sorted(Path("deliver_to_po/static/deliver_to_po").glob("*.css"))
STEPS = {"{": 1, "}": -1}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_rule_is_closed_where_the_next_one_begins(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    depths = list(accumulate(STEPS.get(character, 0) for character in css))
    # A rule inside a media query is the deepest that is written here, in a layer where there is one.
    assert (min(depths), depths[-1]) == (0, 0)
    assert max(depths) <= 2 + css.count("@layer d2po {")
