"""Scripts of two releases never meet in a browser, however long it keeps a file."""

import re
from pathlib import Path

from deliver_to_po import __version__

STATIC = Path("deliver_to_po/static/deliver_to_po")


def test_a_script_that_imports_another_one_names_the_release() -> None:
    scripts = {script.name: script.read_text(encoding="utf-8") for script in STATIC.glob("*.js")}
    imported = {name: re.findall(r'^import .* from "(.+)";$', text, re.MULTILINE) for name, text in scripts.items()}
    assert {name: files for name, files in imported.items() if files} == {"step.js": [f"./list.js?{__version__}"]}
