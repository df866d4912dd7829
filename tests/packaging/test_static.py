"""Static files: scripts of two releases never meet in a browser, and style sheets are read to their end."""

import re
from itertools import accumulate
from pathlib import Path

import pytest

from deliver_to_po import __version__

STATIC = Path("deliver_to_po/static/deliver_to_po")
SHEETS = sorted(STATIC.glob("*.css"))
STEPS = {"{": 1, "}": -1}


def test_a_script_that_imports_another_one_names_the_release() -> None:
    scripts = {script.name: script.read_text(encoding="utf-8") for script in STATIC.glob("*.js")}
    imported = {name: re.findall(r'^import .* from "(.+)";$', text, re.MULTILINE) for name, text in scripts.items()}
    assert {name: files for name, files in imported.items() if files} == {"step.js": [f"./list.js?{__version__}"]}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_rule_is_closed_where_the_next_one_begins(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    depths = list(accumulate(STEPS.get(character, 0) for character in css))
    # A rule inside a media query is the deepest that is written here, in a layer where there is one.
    assert (min(depths), depths[-1]) == (0, 0)
    assert max(depths) <= 2 + css.count("@layer d2po {")
