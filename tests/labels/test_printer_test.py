"""The printer's test page: its rulers are as long as they say, its frame is near the edge, its bars can be read."""

from collections import defaultdict

import pytest
from reportlab.lib.pagesizes import LETTER

from deliver_to_po.labels.printer_test import PrinterTestWords, render_test_page
from deliver_to_po.labels.sheet import LABEL
from tests.labels.reading import commands_of, place_of, scanned, texts_of, upright_lines_of

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
    assert len(ticks) == parts * (len(whole) - 1) + 1
    assert [x - whole[0] for x in whole] == pytest.approx([number * points for number in range(len(whole))], abs=0.01)
    # A figure stands in the middle below its line.
    zero, _bottom = place_of(render_test_page(WORDS, size), "0")
    assert zero < whole[0]
    # As many as fit between the margins.
    assert len(whole) - 1 == int((size[0] - 0.8 * 72) // points)


@SIZES
def test_the_frame_lies_an_eighth_of_an_inch_from_every_edge(size: tuple[float, float]) -> None:
    assert f"9 9 {size[0] - 18:g} {size[1] - 18:g} re" in commands_of(render_test_page(WORDS, size))


@SIZES
def test_the_bars_read_as_the_figures_below_them(size: tuple[float, float]) -> None:
    pdf = render_test_page(WORDS, size)
    assert scanned(pdf) == [WORDS.scanned]
    [page] = texts_of(pdf)
    assert all(text in page for text in (WORDS.heading, *WORDS.lines, WORDS.centimetres, WORDS.inches, WORDS.scanned))
