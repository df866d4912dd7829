"""The test page of a printer: rulers that show whether it prints at full size, and bars to scan."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from deliver_to_po.labels.barcode import draw_code128
from deliver_to_po.labels.typeset import BOLD, REGULAR, draw_box, draw_rule, draw_text, new_canvas, pdf_of, text_width
from deliver_to_po.labels.units import CM, INCH

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

# How far from the edge the frame lies: where its line is missing, the printer cuts off more than that.
FRAME_PT = 0.125 * INCH
SCALE_PT = 7.0
LONGEST_TICK_PT = 9.0


class PrinterTestWords(NamedTuple):
    """What is printed, in the words of the caller; ``scanned`` is printed in bars and in figures below them."""

    heading: str
    lines: Sequence[str]
    centimetres: str
    inches: str
    scanned: str
    language: str = "en-CA"


def render_test_page(words: PrinterTestWords, size: tuple[float, float]) -> bytes:
    """Return a PDF of one page of ``size`` in points; the same words give the same bytes."""
    canvas = new_canvas(size, words.language, words.heading)
    width, height = size
    canvas.setLineWidth(0.7)
    canvas.rect(FRAME_PT, FRAME_PT, width - 2 * FRAME_PT, height - 2 * FRAME_PT)
    left, top, inner = 0.4 * INCH, height - 0.4 * INCH, width - 0.8 * INCH
    draw_box(canvas, [words.heading], (left, top - 30, inner, 30), font=BOLD, largest=18)
    draw_box(canvas, words.lines, (left, top - 130, inner, 92), largest=10)
    _ruler(canvas, words.centimetres, left, top - 165, inner, CM, parts=10)
    _ruler(canvas, words.inches, left, top - 210, inner, INCH, parts=8)
    draw_code128(canvas, words.scanned, left, top - 300, inner, 54)
    figures = (left, top - 320, inner, 16.0)
    draw_box(canvas, [words.scanned], figures, font=BOLD, largest=12, centred=True)
    return pdf_of(canvas)


def _ruler(canvas: "Canvas", unit: str, x: float, y: float, width: float, unit_pt: float, *, parts: int) -> None:
    """Draw a ruler as long as whole units fit, each in ``parts``, with figures below and its unit above."""
    units = int(width // unit_pt)
    draw_text(canvas, unit, x, y + LONGEST_TICK_PT + 4, REGULAR, SCALE_PT)
    draw_rule(canvas, x, y, units * unit_pt, line_pt=0.5)
    for tick in range(units * parts + 1):
        part = tick % parts
        length = LONGEST_TICK_PT * (1.0 if part == 0 else 0.7 if part * 2 == parts else 0.4)
        at = x + tick * unit_pt / parts
        canvas.line(at, y, at, y + length)
        if part == 0:
            figure = str(tick // parts)
            draw_text(canvas, figure, at - text_width(figure, REGULAR, SCALE_PT) / 2, y - 9, REGULAR, SCALE_PT)
