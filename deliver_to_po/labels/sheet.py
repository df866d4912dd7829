"""Labels on sheets: PDFs as the carrier made them, one on a page or several on a letter page, never redrawn.

A label is moved, turned and, four on a sheet, made smaller; nothing of it is decoded into dots.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from deliver_to_po.labels.units import INCH, LETTER

if TYPE_CHECKING:
    from deliver_to_po.labels.pdf_pages import Look
    from deliver_to_po.labels.pdf_stream import Corners

LABEL = (4 * INCH, 6 * INCH)
# A label that is larger, such as one on a letter page with a receipt, would be unreadable in a part of a sheet.
LARGEST = (4.4 * INCH, 6.6 * INCH)
# No office printer prints nearer to the edge.
MARGIN_PT = 0.25 * INCH


class Layout(NamedTuple):
    """How labels lie on a page: columns and rows on ``size`` in points; without a size each has a page of its own."""

    columns: int = 1
    rows: int = 1
    size: tuple[float, float] | None = None

    @property
    def places(self) -> int:
        return self.columns * self.rows


ONE = Layout()
#: Two at their full size beside each other on a letter page that lies on its side.
TWO = Layout(2, 1, (LETTER[1], LETTER[0]))
#: Four on a letter page, each at 87.5 %.
FOUR = Layout(2, 2, LETTER)


class _Painted(NamedTuple):
    """A form and where it lies."""

    number: int
    matrix: tuple[float, float, float, float, float, float]


class Sheets:
    """Lays labels on the pages of one PDF, which is written to ``out`` as it grows.

    ``start`` is the place, from 1, of the first label on the first page: sheets of labels that are used in part are fed
    in again.
    """

    def __init__(self, out: BinaryIO, layout: Layout, *, start: int = 1):
        if not 1 <= start <= layout.places:
            raise ValueError(f"a page has the places 1 to {layout.places}")
        from deliver_to_po.labels.pdf_stream import PdfStream

        self._pdf = PdfStream(out)
        self._layout = layout
        self._place = start - 1
        self._on_page: list[_Painted] = []

    def add(self, label: bytes) -> bool:
        """Add all pages of a label; say whether each has found its place on a sheet.

        A page that is too large for a cell gets a page for itself. Raises BrokenPdf; no page shows anything of it then.
        """
        from pypdf import PdfReader

        from deliver_to_po.labels.pdf_pages import pages_of

        found = pages_of(label)
        numbers = [self._pdf.add_form(look.page, look.corners) for look in found]
        fits = [self._lay(number, look) for number, look in zip(numbers, found, strict=True)]
        for look in found:
            # pypdf's objects refer to each other: the label would stay in memory until they happen to be collected.
            if isinstance(look.page.pdf, PdfReader):
                look.page.pdf.stream.close()
        return all(fits)

    def cover(self, content: bytes) -> None:
        """Add the pages of a PDF before all labels."""
        from deliver_to_po.labels.pdf_pages import pages_of

        for look in pages_of(content):
            self._alone(self._pdf.add_form(look.page, look.corners), look, first=True)

    def close(self) -> None:
        self._finish_page()
        self._pdf.close()

    def _lay(self, number: int, look: "Look") -> bool:
        size = self._layout.size
        if size is None or not _fits_a_label(look):
            self._alone(number, look)
            return size is None
        self._on_page.append(_Painted(number, _matrix(look, self._cell(size))))
        self._place += 1
        if self._place == self._layout.places:
            self._finish_page()
        return True

    def _cell(self, size: tuple[float, float]) -> "Corners":
        """Return left, bottom, width and height of the next place; they are filled row by row."""
        row, column = divmod(self._place, self._layout.columns)
        width = (size[0] - 2 * MARGIN_PT) / self._layout.columns
        height = (size[1] - 2 * MARGIN_PT) / self._layout.rows
        return MARGIN_PT + column * width, MARGIN_PT + (self._layout.rows - 1 - row) * height, width, height

    def _finish_page(self) -> None:
        if self._on_page and self._layout.size is not None:
            self._paint(self._layout.size, self._on_page)
            self._place = 0
        self._on_page = []

    def _alone(self, number: int, look: "Look", *, first: bool = False) -> None:
        width, height = look.size
        self._paint(look.size, [_Painted(number, _matrix(look, (0.0, 0.0, width, height)))], first=first)

    def _paint(self, size: tuple[float, float], painted: list[_Painted], *, first: bool = False) -> None:
        content = "\n".join(_commands(painted)).encode()
        forms = [(f"L{place}", one.number) for place, one in enumerate(painted)]
        self._pdf.add_page(size, content, forms, first=first)


def _fits_a_label(look: "Look") -> bool:
    """Say whether a page is about as large as a label, whichever way up."""
    (short, long), (most_short, most_long) = sorted(look.size), LARGEST
    return short <= most_short and long <= most_long


# Cosine and sine of so many quarter turns clockwise.
_TURNED = ((1, 0), (0, -1), (-1, 0), (0, 1))


def _matrix(look: "Look", cell: "Corners") -> tuple[float, float, float, float, float, float]:
    """Return the matrix that puts a page in the middle of a cell, as large as fits and never larger than it is.

    A page that lies on its side is turned if the cell is upright.
    """
    left, bottom, width, height = cell
    across, up = look.size
    turns = look.turns
    if (across > up) != (width > height) and across != up:
        turns, across, up = (turns + 1) % 4, up, across
    scale = min(1.0, width / across, height / up)
    cosine, sine = (scale * part for part in _TURNED[turns])
    x = (look.corners[0] + look.corners[2]) / 2
    y = (look.corners[1] + look.corners[3]) / 2
    middle = (left + width / 2, bottom + height / 2)
    return (
        cosine,
        sine,
        -sine,
        cosine,
        middle[0] - (cosine * x - sine * y),
        middle[1] - (sine * x + cosine * y),
    )


def _commands(painted: list[_Painted]) -> Iterator[str]:
    for place, one in enumerate(painted):
        yield f"q {' '.join(f'{number:.4f}' for number in one.matrix)} cm /L{place} Do Q"
