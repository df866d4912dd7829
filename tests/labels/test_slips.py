"""Packing slips: everything that is inside, once; the office whole; and bars wherever the order's name has some."""

import re

import pytest

from deliver_to_po.labels.slips import ROWS_A_PAGE, SlipWords, render_slips
from tests.labels.reading import scanned, texts_of

SLIP = SlipWords(
    heading="Packing slip",
    scanned="ORDER-1001",
    facts=["Order ORDER-1001", "2026-11-25"],
    sender=["Example Shop", "1 Example St"],
    recipient_heading="For",
    recipient="Marie-Ève Côté",
    office_heading="To be picked up at",
    office=["Comptoir du Coin", "3080, av. Carling", "Ottawa ON  K2B 7K0"],
    contents_heading="What is inside",
)


def with_rows(count: int) -> SlipWords:
    return SLIP._replace(rows=[(f"{number + 1} ×", f"thing {number:03}") for number in range(count)])


@pytest.mark.parametrize("count", [0, 1, ROWS_A_PAGE, ROWS_A_PAGE + 1, 3 * ROWS_A_PAGE])
def test_everything_that_is_inside_is_listed_once_in_order(count: int) -> None:
    pages = texts_of(render_slips([with_rows(count)]))
    assert len(pages) == max(1, -(-count // ROWS_A_PAGE))
    listed = re.findall(r"(\d+) × thing (\d+)", " ".join(pages))
    assert listed == [(f"{number + 1}", f"{number:03}") for number in range(count)]


def test_each_page_of_a_long_slip_says_which_it_is_and_for_whom() -> None:
    pages = texts_of(render_slips([with_rows(ROWS_A_PAGE + 1)]))
    for number, page in enumerate(pages, start=1):
        assert f"{number} / 2" in page
        assert "Marie-Ève Côté" in page
    assert " / " not in texts_of(render_slips([with_rows(1)]))[0]


def test_all_that_was_given_is_printed() -> None:
    [page] = texts_of(render_slips([SLIP]))
    given = [SLIP.heading, *SLIP.facts, *SLIP.sender, SLIP.recipient_heading, SLIP.recipient, SLIP.office_heading]
    assert [text for text in [*given, *SLIP.office] if " ".join(text.split()) not in page] == []


def test_each_slip_has_a_page_of_its_own() -> None:
    pages = texts_of(render_slips([SLIP._replace(recipient=name) for name in ("Ann", "Bob")]))
    assert [("Ann" in page, "Bob" in page) for page in pages] == [(True, False), (False, True)]


def test_the_bars_read_as_the_order() -> None:
    assert scanned(render_slips([SLIP])) == ["ORDER-1001"]


def test_the_bars_of_the_longest_reference_are_read_by_a_scanner_too() -> None:
    """Such as an order's UUID, as long as Canada Post takes a reference."""
    longest = "a3f8c2d1-4b5e-4f6a-8b7c-9d0e1f2a3b4"
    assert scanned(render_slips([SLIP._replace(scanned=longest)])) == [longest]


def test_an_order_for_which_there_are_no_bars_has_a_slip_without_them() -> None:
    pdf = render_slips([SLIP._replace(scanned="commande n° 7 – été")])
    assert scanned(pdf) == []
    assert "Marie-Ève Côté" in texts_of(pdf)[0]
