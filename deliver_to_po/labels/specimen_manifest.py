"""The specimen manifest: a plain list of what was handed over, marked so that nobody takes it for Canada Post's own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from deliver_to_po.labels.barcode import draw_code128
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.labels.typeset import BOLD, REGULAR, draw_box, draw_rule, new_canvas, pdf_of
from deliver_to_po.labels.units import INCH, LETTER
from deliver_to_po.labels.word_across import draw_mark

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH_PT, HEIGHT_PT = LETTER
MARGIN_PT = 0.75 * INCH
INNER_PT = WIDTH_PT - 2 * MARGIN_PT
ROW_PT = 18.0
ROWS_A_PAGE = 28
# Where each column begins and how wide it is, as parts of the width.
_COLUMNS = ((0.0, 0.34), (0.36, 0.16), (0.54, 0.28), (0.84, 0.16))
# What fits across the page.
MARK_LENGTH_PT = 640.0
_TOP_OF_ROWS_PT = HEIGHT_PT - 2.6 * INCH


class ManifestRow(NamedTuple):
    """One parcel, in the words of the caller."""

    tracking_pin: str
    service: str
    reference: str
    weight: str


class ManifestWords(NamedTuple):
    """What is printed. ``number`` is printed in figures and in bars; ``facts`` are short lines such as the date."""

    number: str
    sender: tuple[str, ...]
    rows: tuple[ManifestRow, ...]
    facts: tuple[str, ...] = ()
    heading: str = "Manifest / Manifeste"
    columns: tuple[str, str, str, str] = (
        "Tracking number / Numéro de repérage",
        "Service",
        "Reference / Référence",
        "Weight / Poids",
    )
    mark: str = "SPECIMEN"
    language: str = "en-CA"


def render_manifest(words: ManifestWords) -> bytes:
    """Return a PDF of as many letter pages as the parcels need; the same words give the same bytes."""
    canvas = new_canvas(LETTER, words.language, f"{words.mark} {words.number}")
    pages = [words.rows[start : start + ROWS_A_PAGE] for start in range(0, len(words.rows), ROWS_A_PAGE)] or [()]
    for place, rows in enumerate(pages, start=1):
        draw_mark(canvas, words.mark, (WIDTH_PT / 2, HEIGHT_PT / 2), degrees=50, size=96.0, length=MARK_LENGTH_PT)
        _draw_head(canvas, words, f"{place} / {len(pages)}")
        _draw_rows(canvas, words.columns, rows)
        canvas.showPage()
    return pdf_of(canvas)


def _draw_head(canvas: "Canvas", words: ManifestWords, page: str) -> None:
    top = HEIGHT_PT - MARGIN_PT
    heading = (MARGIN_PT, top - 24, INNER_PT * 0.6, 22.0)
    draw_box(canvas, [f"{words.heading} {words.number}"], heading, font=BOLD, largest=15)
    draw_box(canvas, words.sender, (MARGIN_PT, top - 96, INNER_PT * 0.55, 66), largest=10)
    draw_box(canvas, (*words.facts, page), (MARGIN_PT + INNER_PT * 0.6, top - 96, INNER_PT * 0.4, 36), largest=9)
    draw_code128(canvas, words.number, MARGIN_PT + INNER_PT * 0.6, top - 54, INNER_PT * 0.4, 44)


def _draw_rows(canvas: "Canvas", columns: Sequence[str], rows: Sequence[ManifestRow]) -> None:
    _draw_row(canvas, columns, _TOP_OF_ROWS_PT, bold=True)
    draw_rule(canvas, MARGIN_PT, _TOP_OF_ROWS_PT - 3, INNER_PT)
    for place, row in enumerate(rows, start=1):
        texts = (group_digits(row.tracking_pin), row.service, row.reference, row.weight)
        _draw_row(canvas, texts, _TOP_OF_ROWS_PT - place * ROW_PT, bold=False)


def _draw_row(canvas: "Canvas", texts: Sequence[str], y: float, *, bold: bool) -> None:
    for text, (start, width) in zip(texts, _COLUMNS, strict=True):
        box = (MARGIN_PT + start * INNER_PT, y, width * INNER_PT, ROW_PT - 4)
        draw_box(canvas, [text], box, font=BOLD if bold else REGULAR, largest=7 if bold else 9)
