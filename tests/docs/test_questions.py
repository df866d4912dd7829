"""What people ask has its answer on the page that the table names, and the way of a shop's developer stays short."""

import re
from pathlib import Path

import pytest

from tests.docs.questions import QUESTIONS, Question

ROOT = Path(__file__).resolve().parents[2]
DOCS, README = ROOT / "docs", ROOT / "README.md"
# The first line of the landing page, from left to right, after README.
WAY_OF_A_DEVELOPER = 10_000
# Every page save the records of decisions, and README.
ALL_OF_IT = 45_000


def text_of(page: str) -> str:
    """Return the source of a page of the documentation."""
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def test_there_are_thirty_questions() -> None:
    assert len({question.asks for question in QUESTIONS}) == 30


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asks)
def test_the_answer_stands_on_the_page(question: Question) -> None:
    assert [page for page in question.pages if question.answer in text_of(page)]


def test_the_whole_way_of_a_developer_is_short() -> None:
    part = text_of("index").partition("## You build a shop\n")[2].partition("\n\n|")[0]
    pages = re.findall(r"\]\(([\w/-]+)\.md\)", part)
    assert len(pages) == 7
    words = sum(len(text.split()) for text in (README.read_text("utf-8"), *map(text_of, pages)))
    assert words <= WAY_OF_A_DEVELOPER


def test_all_of_it_is_short() -> None:
    pages = [page for page in DOCS.rglob("*.md") if not {"decisions", "_build"} & set(page.parts)]
    assert len(pages) > 30
    assert sum(len(page.read_text("utf-8").split()) for page in (README, *pages)) <= ALL_OF_IT
