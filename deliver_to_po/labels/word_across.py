"""The word across a page that says what the paper is not, such as SPECIMEN."""

from typing import TYPE_CHECKING

from deliver_to_po.labels.typeset import BOLD, FILL_AND_STROKE, draw_text, text_width

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

# A label printer has 203 dots an inch, each black or white, and turns grey into white: only the outline of the letters
# is left there. It is two to three dots wide: enough to be read, and thin enough to read the words over it.
OUTLINE_PT = 0.9
INNER_GREY = 0.88


def draw_mark(
    canvas: "Canvas", mark: str, middle: tuple[float, float], *, degrees: float, size: float, length: float
) -> None:
    """Draw ``mark`` slanting upward through ``middle``, no longer than ``length`` points; nothing for an empty mark.

    Draw the other words after it, so that they lie over it.
    """
    size *= min(1.0, length / max(1.0, text_width(mark, BOLD, size)))
    canvas.saveState()
    canvas.setFillGray(INNER_GREY)
    canvas.setStrokeGray(0)
    canvas.setLineWidth(OUTLINE_PT)
    canvas.translate(*middle)
    canvas.rotate(degrees)
    draw_text(canvas, mark, -text_width(mark, BOLD, size) / 2, -size * 0.36, BOLD, size, mode=FILL_AND_STROKE)
    canvas.restoreState()
