"""The letter with which a recipient lets somebody else pick a parcel up: a page to print, fill in and sign."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from deliver_to_po.labels.typeset import BOLD, LEADING, REGULAR, draw_rule, draw_text, new_canvas, pdf_of, wrap
from deliver_to_po.labels.units import INCH, LETTER

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH_PT, HEIGHT_PT = LETTER
MARGIN_PT = INCH
INNER_PT = WIDTH_PT - 2 * MARGIN_PT
TEXT_PT, HEADING_PT, NOTE_PT = 11.0, 18.0, 9.0
# Room to write by hand.
BLANK_PT = 46.0


class LetterWords(NamedTuple):
    """What is printed, in the words and the language of the caller: from whom, to whom, and what is to be written in.

    ``sender`` and ``facts`` are the lines of two addresses. Each of ``blanks`` stands below a line to write on.
    """

    heading: str
    sender: Sequence[str]
    facts: Sequence[str]
    body: Sequence[str]
    blanks: Sequence[str]
    notes: Sequence[str]
    language: str = "en-CA"


def render_letter(words: LetterWords) -> bytes:
    """Return a PDF of one letter page, read from top to bottom; the same words give the same bytes."""
    canvas = new_canvas(LETTER, words.language, words.heading)
    y = HEIGHT_PT - MARGIN_PT
    y = _paragraphs(canvas, [words.heading], y, BOLD, HEADING_PT) - 14
    y = _paragraphs(canvas, words.sender, y, REGULAR, TEXT_PT) - 14
    y = _paragraphs(canvas, words.facts, y, REGULAR, TEXT_PT) - 20
    for paragraph in words.body:
        y = _paragraphs(canvas, [paragraph], y, REGULAR, TEXT_PT) - 8
    for blank in words.blanks:
        y -= BLANK_PT
        draw_rule(canvas, MARGIN_PT, y, INNER_PT * 0.75, line_pt=0.7)
        y = _paragraphs(canvas, [blank], y - 3, REGULAR, NOTE_PT)
    y -= 24
    for note in words.notes:
        y = _paragraphs(canvas, [note], y, REGULAR, NOTE_PT) - 4
    return pdf_of(canvas)


def _paragraphs(canvas: "Canvas", texts: Sequence[str], y: float, font: str, size: float) -> float:
    """Draw texts below ``y``, each on lines of its own, and return where the last ends. Empty ones are left out."""
    for text in filter(None, texts):
        for line in wrap(text, INNER_PT, font, size):
            y -= size * LEADING
            draw_text(canvas, line, MARGIN_PT, y, font, size)
    return y
