"""The pages that are written from the code are what the code would write now."""

import re
import runpy
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from deliver_to_po import adapter, shop, signals
from scripts.check_texts import CHECKS

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "write_tables.py"))
PAGES: tuple[Path, ...] = SCRIPT["PAGES"]
REFERENCE: Path = SCRIPT["REFERENCE"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_that_is_written_from_the_code_is_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert SCRIPT["filled"](text) == text, "run python -m scripts.write_tables"


def test_everything_that_can_be_written_has_its_place() -> None:
    places = [place[2] for page in PAGES for place in SCRIPT["PLACE"].finditer(page.read_text(encoding="utf-8"))]
    assert sorted(places) == sorted(SCRIPT["contents"]())


def test_the_page_of_calls_lists_every_value_that_they_answer_with() -> None:
    """The functions are read by ``automodule``, which leaves the values out; rows have a table."""
    page = (REFERENCE / "calls.md").read_text(encoding="utf-8")
    values = [name for name in shop.__all__ if isinstance(getattr(shop, name), type)]
    told = [*re.findall(r"^\.\. autoclass:: (\w+)$", page, re.MULTILINE), *re.findall(r"the model\s`(\w+)`", page)]
    assert sorted(told) == values
    assert re.findall(r":exclude-members: (.+)$", page, re.MULTILINE) == [", ".join(values)]


@pytest.mark.parametrize(("page", "door"), [("errors.md", signals), ("adapter.md", adapter)])
def test_a_page_tells_every_name_of_its_door(page: str, door: ModuleType) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert [name for name in door.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_the_page_of_checks_has_a_text_for_each_check_that_the_code_makes() -> None:
    page = (REFERENCE / "checks.md").read_text(encoding="utf-8")
    numbers = set(
        re.findall(r"\b(?:error|warning)\(\s*(\d+),", "".join(file.read_text() for file in CHECKS.glob("*.py")))
    )
    told = re.findall(r"^- `deliver_to_po\.[EW](\d+)`: \S", page, re.MULTILINE)
    assert sorted(told) == sorted(f"{int(number):03}" for number in numbers)


def test_no_number_of_a_check_means_two_things() -> None:
    meant = defaultdict(set)
    for file in CHECKS.glob("*.py"):
        for kind, number in re.findall(r"\b(error|warning)\(\s*(\d+),", file.read_text(encoding="utf-8")):
            meant[number].add((file.name, kind))
    assert {number: where for number, where in meant.items() if len(where) > 1} == {}
