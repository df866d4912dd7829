"""Code 128 bars: encoded by python-barcode, drawn as filled rectangles."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

# ISO/IEC 15417: ten modules of white on each side.
QUIET_MODULES = 10

# 0.02 in (1.44 pt) is four dots of a 203 dpi thermal printer: wide enough for every scanner.
WIDEST_MODULE_PT = 1.44


def code128_modules(text: str) -> str:
    """Return the bars of ``text`` as a row of ``1`` (bar) and ``0`` (space), check symbol included, without quiet zone.

    Raises barcode.errors.IllegalCharacterError for a character that Code 128 does not have.
    """
    from barcode.codex import Code128

    modules: str = Code128(text).build()[0]
    return modules


def draw_code128(canvas: "Canvas", text: str, x: float, y: float, width: float, height: float) -> float:
    modules = code128_modules(text)
    module = min(WIDEST_MODULE_PT, width / (len(modules) + 2 * QUIET_MODULES))
    left = x + (width - module * len(modules)) / 2
    for start, length in _bars(modules):
        canvas.rect(left + start * module, y, length * module, height, stroke=0, fill=1)
    return module


def _bars(modules: str) -> Iterator[tuple[int, int]]:
    place = 0
    for bit, run in groupby(modules):
        length = sum(1 for _ in run)
        if bit == "1":
            yield place, length
        place += length
