"""The pages that are written from the code are what the code would write now."""

import runpy
from pathlib import Path

import pytest

from deliver_to_po.adapter import OrderAdapter

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
