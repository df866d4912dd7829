"""The pages that are written from the code are what the code would write now."""

import re
import runpy
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from deliver_to_po import adapter, shop, signals
from deliver_to_po.adapter import OrderAdapter
from scripts.check_texts import CHECKS

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "write_tables.py"))
PAGES: tuple[Path, ...] = SCRIPT["PAGES"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_that_is_written_from_the_code_is_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert SCRIPT["filled"](text) == text, "run python -m scripts.write_tables"


def test_everything_that_can_be_written_has_its_place() -> None:
    places = [place[2] for page in PAGES for place in SCRIPT["PLACE"].finditer(page.read_text(encoding="utf-8"))]
    assert sorted(places) == sorted(SCRIPT["contents"]())


def test_the_adapters_page_tells_everything_that_a_shop_may_answer() -> None:
    page = PAGES[1].read_text(encoding="utf-8")
    for name in vars(OrderAdapter):
        if not name.startswith("_"):
            assert f"## `{name}" in page


@pytest.mark.parametrize("door", [shop, signals], ids=lambda door: door.__name__)
def test_the_shops_page_tells_every_name_of_a_door(door: ModuleType) -> None:
    page = PAGES[3].read_text(encoding="utf-8")
    assert [name for name in door.__all__ if f"`{name}`" not in page] == []


def test_the_adapters_page_tells_every_type_that_its_module_gives() -> None:
    page = PAGES[1].read_text(encoding="utf-8")
    assert [name for name in adapter.__all__ if f"`{name}`" not in page and name != "OrderAdapter"] == []


def test_the_shops_page_has_a_text_for_each_check_that_the_code_makes() -> None:
    page = PAGES[3].read_text(encoding="utf-8")
    numbers = set(
        re.findall(r"\b(?:error|warning)\(\s*(\d+),", "".join(file.read_text() for file in CHECKS.glob("*.py")))
    )
    told = re.findall(r"^\| `deliver_to_po\.[EW](\d+)` \| \S", page, re.MULTILINE)
    assert sorted(told) == sorted(f"{int(number):03}" for number in numbers)


def test_no_number_of_a_check_means_two_things() -> None:
    meant = defaultdict(set)
    for file in CHECKS.glob("*.py"):
        for kind, number in re.findall(r"\b(error|warning)\(\s*(\d+),", file.read_text(encoding="utf-8")):
            meant[number].add((file.name, kind))
    assert {number: where for number, where in meant.items() if len(where) > 1} == {}
