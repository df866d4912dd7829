"""Packing slips: everything that is inside, once; the office whole; and bars wherever the order's name has some."""

import re

import pytest

from deliver_to_po.labels.slips import ROWS_A_PAGE, SlipWords, render_slips
from tests.labels.reading import crossing, drawn_on, scanned, texts_of

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

DRAWN = """\
None by django-deliver-to-po in fr-CA
page of 612 x 792
37 bars, 209.52 698 40 to 399.6 698 40
54 669.6 Bold 20: Packing slip
54 646.8 Roman 10: Order ORDER-1001
54 635 Roman 10: 2026-11-25
318 675.72 Roman 9: Example Shop
318 665.1 Roman 9: 1 Example St
.8 n 54 578 m 558 578 l S
54 564.64 Bold 8: For
54 544.2 Roman 15: Marie-?ve C?t?
318 564.64 Bold 8: To be picked up at
318 547.88 Roman 11: Comptoir du Coin
318 534.9 Roman 11: 3080, av. Carling
318 521.92 Roman 11: Ottawa ON  K2B 7K0
.8 n 54 488 m 558 488 l S
54 471.52 Bold 9: What is inside
54 446.68 Bold 11: 1 ?
114.48 446.68 Roman 11: thing 000
.3 n 54 437.8 m 558 437.8 l S
54 424.68 Bold 11: 2 ?
114.48 424.68 Roman 11: thing 001
.3 n 54 415.8 m 558 415.8 l S"""


def with_rows(count: int) -> SlipWords:
    return SLIP._replace(rows=[(f"{number + 1} ×", f"thing {number:03}") for number in range(count)])


@pytest.mark.parametrize("count", [0, 1, ROWS_A_PAGE, ROWS_A_PAGE + 1, 3 * ROWS_A_PAGE])
def test_everything_that_is_inside_is_listed_once_in_order(count: int) -> None:
    pages = texts_of(render_slips([with_rows(count)]))
    assert len(pages) == max(1, -(-count // ROWS_A_PAGE))
    assert ("What is inside" in pages[0]) == bool(count)
    listed = re.findall(r"(\d+) × thing (\d+)", " ".join(pages))
    assert listed == [(f"{number + 1}", f"{number:03}") for number in range(count)]


def test_each_page_of_a_long_slip_says_which_it_is_and_for_whom() -> None:
    pages = texts_of(render_slips([with_rows(ROWS_A_PAGE + 1)]))
    for number, page in enumerate(pages, start=1):
        assert f"{number} / 2" in page
        assert "Marie-Ève Côté" in page
    assert " / " not in texts_of(render_slips([with_rows(1)]))[0]


def test_all_that_was_given_stands_in_its_place() -> None:
    assert drawn_on(render_slips([with_rows(2)._replace(language="fr-CA")])) == DRAWN.splitlines()


def test_long_texts_do_not_touch_each_other() -> None:
    long = "Wolfeschlegelsteinhausen" * 3
    heads = {"heading": long, "recipient_heading": long, "office_heading": long, "contents_heading": long}
    slip = SLIP._replace(**heads, recipient=long, rows=[("1234567890 ×", long * 2)] * 2)
    slip = slip._replace(facts=[long] * 4, sender=[long] * 5, office=[long] * 5)
    assert crossing(render_slips([slip]), margin=50) == []


def test_each_slip_has_a_page_of_its_own() -> None:
    pages = texts_of(render_slips([SLIP._replace(recipient=name) for name in ("Ann", "Bob")]))
    assert [("Ann" in page, "Bob" in page) for page in pages] == [(True, False), (False, True)]


def test_the_bars_of_the_longest_reference_are_read_by_a_scanner_too() -> None:
    """Such as an order's UUID, as long as Canada Post takes a reference."""
    longest = "a3f8c2d1-4b5e-4f6a-8b7c-9d0e1f2a3b4"
    assert scanned(render_slips([SLIP._replace(scanned=longest)])) == [longest]


def test_an_order_for_which_there_are_no_bars_has_a_slip_without_them() -> None:
    pdf = render_slips([SLIP._replace(scanned="commande n° 7 – été")])
    assert scanned(pdf) == []
    assert "Marie-Ève Côté" in texts_of(pdf)[0]
