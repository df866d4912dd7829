"""The packing slip that lies in a parcel: for whom, to which post office, and what is inside. It shows no price."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from deliver_to_po.labels.barcode import draw_code128
from deliver_to_po.labels.typeset import BOLD, draw_box, draw_rule, new_canvas, pdf_of
from deliver_to_po.labels.units import INCH, LETTER

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH_PT, HEIGHT_PT = LETTER
MARGIN_PT = 0.75 * INCH
INNER_PT = WIDTH_PT - 2 * MARGIN_PT
HALF_PT = INNER_PT / 2 - 12
ROW_PT = 22.0
_TOP_OF_ROWS_PT = HEIGHT_PT - 4.6 * INCH
ROWS_A_PAGE = int((_TOP_OF_ROWS_PT - MARGIN_PT) // ROW_PT)


class SlipWords(NamedTuple):
    """What is printed, in the words and the language of the caller.

    ``scanned`` is printed in bars as well. ``facts`` are short lines such as parcel, date and tracking number; ``rows``
    what is inside, quantity and name.
    """

    heading: str
    scanned: str
    facts: Sequence[str]
    sender: Sequence[str]
    recipient_heading: str
    recipient: str
    office_heading: str
    office: Sequence[str]
    contents_heading: str
    rows: Sequence[tuple[str, str]] = ()
    language: str = "en-CA"


def render_slips(slips: Sequence[SlipWords]) -> bytes:
    """Return a PDF with a letter page for each slip, more where its contents need it; the same words, same bytes."""
    canvas = new_canvas(LETTER, slips[0].language if slips else "en-CA")
    for slip in slips:
        rows = [slip.rows[start : start + ROWS_A_PAGE] for start in range(0, len(slip.rows), ROWS_A_PAGE)] or [()]
        for number, part in enumerate(rows, start=1):
            _draw_head(canvas, slip, f"{number} / {len(rows)}" if len(rows) > 1 else "")
            _draw_rows(canvas, slip, part)
            canvas.showPage()
    return pdf_of(canvas)


def _draw_head(canvas: "Canvas", slip: SlipWords, page: str) -> None:
    _draw_bars(canvas, slip.scanned)
    top = HEIGHT_PT - MARGIN_PT - 50
    right = MARGIN_PT + INNER_PT - HALF_PT
    draw_box(canvas, [slip.heading], (MARGIN_PT, top - 26, HALF_PT, 26), font=BOLD, largest=20)
    draw_box(canvas, [*slip.facts, page], (MARGIN_PT, top - 100, HALF_PT, 68), largest=10)
    draw_box(canvas, slip.sender, (right, top - 100, HALF_PT, 96), largest=9)
    draw_rule(canvas, MARGIN_PT, top - 110, INNER_PT)
    draw_box(canvas, [slip.recipient_heading], (MARGIN_PT, top - 128, HALF_PT, 12), font=BOLD, largest=8)
    draw_box(canvas, [slip.recipient], (MARGIN_PT, top - 176, HALF_PT, 46), largest=15)
    draw_box(canvas, [slip.office_heading], (right, top - 128, HALF_PT, 12), font=BOLD, largest=8)
    draw_box(canvas, slip.office, (right, top - 192, HALF_PT, 62), largest=11)
    draw_rule(canvas, MARGIN_PT, top - 200, INNER_PT)


def _draw_bars(canvas: "Canvas", text: str) -> None:
    """Draw a text in bars, as wide as the page for a long one; nothing if Code 128 has no bars for it."""
    from barcode.errors import BarcodeError

    with suppress(BarcodeError):
        draw_code128(canvas, text, MARGIN_PT, HEIGHT_PT - MARGIN_PT - 40, INNER_PT, 40)


def _draw_rows(canvas: "Canvas", slip: SlipWords, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    heading = (MARGIN_PT, _TOP_OF_ROWS_PT + 6, INNER_PT, 13.0)
    draw_box(canvas, [slip.contents_heading], heading, font=BOLD, largest=9)
    for number, (quantity, name) in enumerate(rows):
        y = _TOP_OF_ROWS_PT - (number + 1) * ROW_PT
        draw_box(canvas, [quantity], (MARGIN_PT, y, INNER_PT * 0.1, ROW_PT - 4), font=BOLD, largest=11)
        draw_box(canvas, [name], (MARGIN_PT + INNER_PT * 0.12, y, INNER_PT * 0.88, ROW_PT - 4), largest=11)
        draw_rule(canvas, MARGIN_PT, y - 1, INNER_PT, line_pt=0.3)
