"""The page of rooms: every path in it exists, and no room is missing."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "rooms.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:deliver_to_po|tests|docs|scripts|example_shop)/[^`]*)`", PAGE)))


def test_each_path_on_the_page_exists() -> None:
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_each_room_is_named_there() -> None:
    rooms = {
        path.name for path in (ROOT / "deliver_to_po").iterdir() if path.is_dir() and not path.name.startswith("_")
    }
    assert rooms - {"locale", "static", "templates"} == rooms & set(re.findall(r"^- `(\w+)`", PAGE, re.MULTILINE))
