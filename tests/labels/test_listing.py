"""A list on paper: every row once, whole, in order, and never a heading alone at the foot of a page."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject
from pypdfium2 import PdfDocument
from reportlab.lib.pagesizes import LETTER

from deliver_to_po.labels.listing import ListWords, Section, render_list
from deliver_to_po.labels.sheet import LABEL
from tests.labels.reading import crossing, drawn_on, place_of, texts_of


def listed(count: int, *, ticked: bool = False, size: tuple[float, float] = LETTER) -> bytes:
    rows = [[f"A-{number:03}", f"thing {number:03}"] for number in range(count)]
    return render_list(ListWords("Pick list", ["today"], [Section("To fetch", rows, (0.3, 0.7), ticked)], size))


@pytest.mark.parametrize(("size", "above"), [(LETTER, 42), (LABEL, 19)], ids=["letter", "label"])
def test_every_row_of_a_long_list_is_on_one_of_its_pages_in_order(size: tuple[float, float], above: float) -> None:
    pages = texts_of(listed(150, size=size))
    assert len(pages) > 2
    assert re.findall(r"A-(\d+)", " ".join(pages)) == [f"{number:03}" for number in range(150)]
    # The lowest stands above the page's number.
    assert place_of(listed(150, size=size), re.findall(r"A-\d+", pages[0])[-1])[1] > above


def test_each_page_has_its_number_at_its_foot() -> None:
    pages = texts_of(listed(150))
    assert [page.endswith(f" {number}") for number, page in enumerate(pages, start=1)] == [True] * len(pages)


def test_the_pages_of_a_long_list_are_full() -> None:
    counts = [page.count("thing") for page in texts_of(listed(300))]
    # The first has the headings as well.
    assert counts[0] >= counts[1] - 5
    assert set(counts[1:-1]) == {counts[1]}
    assert counts[1] == 49


def test_a_heading_is_never_alone_at_the_foot_of_a_page() -> None:
    for rows_before in range(30, 50):
        rows = [[f"row {number}"] for number in range(rows_before)]
        sections = [Section("First", rows, (1.0,)), Section("Second", [["what follows"]], (1.0,))]
        for page in texts_of(render_list(ListWords("List", [], sections))):
            assert ("Second" in page) == ("what follows" in page)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        (
            LETTER,
            [
                "Pick list by django-deliver-to-po in en-CA",
                "page of 612 x 792",
                "43.2 734.36 Bold 15.2: Pick list",
                "43.2 717.279 Roman 9.5: today",
                "43.2 692.3653 Bold 10.925: To fetch",
                ".7 n 43.2 675.65 9.5 9.5 re S",
                "64.1 677.55 Roman 9.5: A-000",
                "215.51 677.55 Roman 9.5: thing 000",
                ".7 n 43.2 661.59 9.5 9.5 re S",
                "64.1 663.49 Roman 9.5: A-001",
                "215.51 663.49 Roman 9.5: thing 001",
                "564.3464 34.56 Roman 7: 1",
            ],
        ),
        (
            LABEL,
            [
                "Pick list by django-deliver-to-po in en-CA",
                "page of 288 x 432",
                "14.4 406.96 Bold 11.2: Pick list",
                "14.4 394.374 Roman 7: today",
                "14.4 376.0165 Bold 8.05: To fetch",
                "14.4 365.1 Roman 7: A-000",
                "92.16 365.1 Roman 7: thing 000",
                "14.4 354.74 Roman 7: A-001",
                "92.16 354.74 Roman 7: thing 001",
                "269.1464 11.52 Roman 7: 1",
            ],
        ),
    ],
    ids=["letter", "label"],
)
def test_all_of_it_stands_in_its_place(size: tuple[float, float], drawn: list[str]) -> None:
    assert drawn_on(listed(2, ticked=size == LETTER, size=size)) == drawn


def test_a_text_too_long_for_its_column_is_wrapped_and_the_next_row_is_below_it() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    rows = [["a", words], ["b", "next row"], [words, words]]
    pdf = render_list(ListWords(words.upper(), [words], [Section(words.title(), rows, (0.5, 0.5))]))
    [page] = texts_of(pdf)
    assert words in page
    assert crossing(pdf, margin=30) == []
    assert place_of(pdf, "next row")[1] < place_of(pdf, "word59")[1]


def test_a_row_that_is_longer_than_a_page_goes_on_with_the_next_and_has_one_box() -> None:
    """Such as one of the pick list, of a thing that hundreds have ordered."""
    orders = ", ".join(f"ORD-{100_000 + number} (1)" for number in range(500))
    rows = [["500 ×", "Syrup", orders], ["1 ×", "Soap", "ORD-1 (1)"]]
    pdf = render_list(ListWords("Pick list", [], [Section("To fetch", rows, (0.1, 0.5, 0.4), ticked=True)]))
    # Only what lies on the paper is taken.
    shown = " ".join(
        " ".join(page.get_textpage().get_text_bounded(*page.get_bbox()).split()) for page in PdfDocument(pdf)
    )
    assert re.findall(r"ORD-(1\d{5}) ", shown) == [f"{100_000 + number}" for number in range(500)]
    assert shown.index("ORD-100499") < shown.index("1 × Soap")
    contents = [page["/Contents"].get_object() for page in PdfReader(BytesIO(pdf)).pages]
    assert sum(content.get_data().count(b" re ") for content in contents if isinstance(content, StreamObject)) == 2


def test_a_list_of_nothing_is_one_page_with_its_heading() -> None:
    assert texts_of(render_list(ListWords("Pick list", [], []))) == ["Pick list 1"]
