"""The page of rooms: every path in it exists, and no room is missing from the table that says where a change goes."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "rooms.md").read_text(encoding="utf-8")
CHANGES = PAGE.partition("## Where a change goes")[2].partition("\n## ")[0]
PATHS = sorted(set(re.findall(r"`((?:deliver_to_po|tests|docs|scripts|example_shop)/[^`]*)`", PAGE)))


def test_each_path_on_the_page_exists() -> None:
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_each_room_that_people_change_is_named_there() -> None:
    rooms = {
        path.name for path in (ROOT / "deliver_to_po").iterdir() if path.is_dir() and not path.name.startswith("_")
    }
    named = {path.split("/")[1].removesuffix(".py") for path in PATHS if path.startswith("deliver_to_po/")}
    assert rooms - named <= {"contrib", "management", "testing"}
    assert CHANGES.count("\n|") > 30
