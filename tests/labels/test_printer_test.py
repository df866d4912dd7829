"""The printer's test page: its rulers are as long as they say, its frame is near the edge, its bars can be read."""

import re
from collections import defaultdict

import pytest
from reportlab.lib.pagesizes import LETTER

from deliver_to_po.labels.printer_test import PrinterTestWords, render_test_page
from deliver_to_po.labels.sheet import LABEL
from tests.labels.reading import crossing, drawn_on, place_of, scanned, upright_lines_of

WORDS = PrinterTestWords("Printer test", ["Print at full size."], "centimetres", "inches", "D2PO-TEST-0123456789")
SIZES = pytest.mark.parametrize("size", [LABEL, LETTER], ids=["label", "letter"])


def ruler(size: tuple[float, float], unit: str) -> list[tuple[float, float]]:
    """Return place and length of each tick of a ruler, the upper one being that of centimetres."""
    rulers = defaultdict(list)
    for x, low, length in upright_lines_of(render_test_page(WORDS, size)):
        rulers[low].append((x, length))
    highest_first = [rulers[low] for low in sorted(rulers, reverse=True)]
    return highest_first[["centimetres", "inches"].index(unit)]


@SIZES
@pytest.mark.parametrize(("unit", "points", "parts"), [("centimetres", 72 / 2.54, 10), ("inches", 72, 8)])
def test_a_ruler_is_as_long_as_it_says(size: tuple[float, float], unit: str, points: float, parts: int) -> None:
    ticks = ruler(size, unit)
    longest = max(length for _x, length in ticks)
    whole = [x for x, length in ticks if length == longest]
    between = [length for _x, length in ticks[1:parts]]
    assert [place for place, length in enumerate(between, 1) if length > min(between)] == [parts / 2]
    assert len(ticks) == parts * (len(whole) - 1) + 1
    assert [x - whole[0] for x in whole] == pytest.approx([number * points for number in range(len(whole))], abs=0.01)
    # A figure stands in the middle below its line.
    zero, _bottom = place_of(render_test_page(WORDS, size), "0")
    assert zero < whole[0]
    # As many as fit between the margins.
    assert len(whole) - 1 == int((size[0] - 0.8 * 72) // points)


@SIZES
def test_the_frame_lies_an_eighth_of_an_inch_from_every_edge(size: tuple[float, float]) -> None:
    assert f".7 n 9 9 {size[0] - 18:g} {size[1] - 18:g} re S" in drawn_on(render_test_page(WORDS, size))


def test_all_of_it_stands_in_its_place() -> None:
    drawn = drawn_on(render_test_page(WORDS._replace(language="fr-CA"), LABEL))
    assert [each for each in drawn if not re.search(r": \d$|^\.5 n (\S+) \S+ m \1", each)] == [
        "Printer test by django-deliver-to-po in fr-CA",
        "page of 288 x 432",
        ".7 n 9 9 270 414 re S",
        "28.8 386.64 Bold 18: Printer test",
        "28.8 356 Roman 10: Print at full size.",
        "28.8 251.2 Roman 7: centimetres",
        ".5 n 28.8 238.2 m 255.5717 238.2 l S",
        "28.8 206.2 Roman 7: inches",
        ".5 n 28.8 193.2 m 244.8 193.2 l S",
        "58 bars, 38.77403 103.2 54 to 247.2312 103.2 54",
        "62.0127 88.16 Bold 12: D2PO-TEST-0123456789",
    ]
    assert {each for each in drawn if each.endswith(": 0")} == {
        "26.57319 229.2 Roman 7: 0",
        "26.57319 184.2 Roman 7: 0",
    }


@SIZES
def test_long_texts_do_not_touch_each_other(size: tuple[float, float]) -> None:
    long = "Wolfeschlegelsteinhausen" * 3
    assert crossing(render_test_page(WORDS._replace(heading=long, lines=[long] * 6), size), margin=20) == []


@SIZES
def test_the_bars_read_as_the_figures_below_them(size: tuple[float, float]) -> None:
    assert scanned(render_test_page(WORDS, size)) == [WORDS.scanned]
