"""The specimen label: everything a Deliver to Post Office label says, marked so that nobody mails it.

Canada Post's own layout and symbology are not public and need its approval, so this is a layout of our own, without its
logo, and SPECIMEN is written across it.
"""

from typing import TYPE_CHECKING, NamedTuple

from deliver_to_po.labels.barcode import draw_code128
from deliver_to_po.labels.typeset import BOLD, draw_box, draw_rule, new_canvas, pdf_of
from deliver_to_po.labels.units import INCH, LETTER
from deliver_to_po.labels.word_across import draw_mark

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH_PT = 4 * INCH
HEIGHT_PT = 6 * INCH
MARGIN_PT = 0.18 * INCH
INNER_PT = WIDTH_PT - 2 * MARGIN_PT

# The mark lies across the sender and the office, and leaves the recipient's name and the bars free.
MARK_MIDDLE = (WIDTH_PT / 2, 281.0)
MARK_DEGREES = 31.0
MARK_LENGTH_PT = 272.0

DELIVER_TO_POST_OFFICE = "Deliver to Post Office / Livrer au bureau de poste"


class SpecimenWords(NamedTuple):
    """What is printed, in the words and the language of the caller.

    ``office`` is the block that the parcel travels to, ``recipient`` who picks it up there. ``tracking_pin`` is printed
    in figures and in bars. ``facts`` are short lines beside the service, such as date and weight.
    """

    sender: tuple[str, ...]
    office: tuple[str, ...]
    recipient: str
    service: str
    tracking_pin: str
    reference: str = ""
    facts: tuple[str, ...] = ()
    sender_heading: str = "From / Expéditeur"
    office_heading: str = DELIVER_TO_POST_OFFICE
    recipient_heading: str = "To be picked up by / Sera ramassé par"
    pin_heading: str = "Tracking number / Numéro de repérage"
    reference_heading: str = "Reference / Référence"
    mark: str = "SPECIMEN"
    warning: str = "Test label, not valid for mailing / Étiquette d’essai, non valide pour l’envoi"
    language: str = "en-CA"


def group_digits(pin: str) -> str:
    """Return a tracking number as people read it aloud: ``7023 2100 3941 4604``; other numbers unchanged."""
    return " ".join(pin[start : start + 4] for start in range(0, 16, 4)) if len(pin) == 16 else pin


def render_specimen(words: SpecimenWords, *, letter: bool = False) -> bytes:
    """Return a PDF of 4 by 6 inches, or with ``letter`` the same at the top of a letter page.

    The same words give the same bytes. Long texts wrap and shrink, none is cut.
    """
    width, height = LETTER if letter else (WIDTH_PT, HEIGHT_PT)
    canvas = new_canvas((width, height), words.language, words.mark)
    if letter:
        canvas.translate((width - WIDTH_PT) / 2, height - HEIGHT_PT - 0.5 * INCH)
    draw_mark(canvas, words.mark, MARK_MIDDLE, degrees=MARK_DEGREES, size=62.0, length=MARK_LENGTH_PT)
    _draw_head(canvas, words)
    _draw_addressee(canvas, words)
    _draw_tracking(canvas, words)
    return pdf_of(canvas)


def _draw_head(canvas: "Canvas", words: SpecimenWords) -> None:
    draw_box(canvas, [words.service], (MARGIN_PT, 378, INNER_PT * 0.58, 40), font=BOLD, largest=17)
    facts = (MARGIN_PT + INNER_PT * 0.62, 378.0, INNER_PT * 0.38, 40.0)
    draw_box(canvas, words.facts, facts, largest=8)
    draw_rule(canvas, MARGIN_PT, 374, INNER_PT)
    draw_box(canvas, [words.sender_heading], (MARGIN_PT, 359, INNER_PT, 10), font=BOLD, largest=6.5)
    draw_box(canvas, words.sender, (MARGIN_PT, 303, INNER_PT, 56), largest=8.5)
    draw_rule(canvas, MARGIN_PT, 300, INNER_PT)


def _draw_addressee(canvas: "Canvas", words: SpecimenWords) -> None:
    canvas.rect(MARGIN_PT, 274, INNER_PT, 20, stroke=0, fill=1)
    canvas.setFillGray(1)
    heading = (MARGIN_PT + 4, 276.0, INNER_PT - 8, 15.0)
    draw_box(canvas, [words.office_heading], heading, font=BOLD, largest=10, centred=True)
    canvas.setFillGray(0)
    draw_box(canvas, words.office, (MARGIN_PT, 200, INNER_PT, 70), font=BOLD, largest=12)
    draw_box(canvas, [words.recipient_heading], (MARGIN_PT, 187, INNER_PT, 10), font=BOLD, largest=6.5)
    draw_box(canvas, [words.recipient], (MARGIN_PT, 155, INNER_PT, 31), largest=13)
    draw_rule(canvas, MARGIN_PT, 151, INNER_PT)


def _draw_tracking(canvas: "Canvas", words: SpecimenWords) -> None:
    draw_box(canvas, [words.pin_heading], (MARGIN_PT, 137, INNER_PT, 10), font=BOLD, largest=6.5)
    draw_code128(canvas, words.tracking_pin, MARGIN_PT, 80, INNER_PT, 54)
    figures = (MARGIN_PT, 62.0, INNER_PT, 16.0)
    draw_box(canvas, [group_digits(words.tracking_pin)], figures, font=BOLD, largest=13, centred=True)
    draw_rule(canvas, MARGIN_PT, 56, INNER_PT)
    if words.reference:
        reference = f"{words.reference_heading} : {words.reference}"
        draw_box(canvas, [reference], (MARGIN_PT, 30, INNER_PT, 24), largest=8.5)
    draw_box(canvas, [words.warning], (MARGIN_PT, 12, INNER_PT, 16), font=BOLD, largest=7)
