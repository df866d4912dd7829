"""A plain list on as many pages as it needs: the cover sheet of printed labels, the pick list."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from deliver_to_po.labels.typeset import BOLD, LEADING, REGULAR, draw_text, new_canvas, pdf_of, text_width, wrap
from deliver_to_po.labels.units import INCH, LETTER

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

# Type is smaller on paper that is narrower than this.
WIDE_PT = 6 * INCH
# How high small type is, as a part of the other.
SMALL = 0.8


class Section(NamedTuple):
    """Rows below a heading. ``widths`` are the columns' parts of the page's width.

    ``ticked`` draws a box to tick, ``small`` is for rows of many columns.
    """

    heading: str
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    ticked: bool = False
    small: bool = False


class ListWords(NamedTuple):
    """What is printed, in the words and the language of the caller; ``facts`` are lines below the heading."""

    heading: str
    facts: Sequence[str]
    sections: Sequence[Section]
    size: tuple[float, float] = LETTER
    language: str = "en-CA"


class _Line(NamedTuple):
    """Wrapped texts beside each other: where each begins, and its lines."""

    type_pt: float
    bold: bool = False
    ticked: bool = False
    above_pt: float = 0.0
    #: Keeps a heading on the page of what follows it.
    with_next: bool = False
    texts: Sequence[tuple[float, Sequence[str]]] = ()

    @property
    def rows(self) -> int:
        return max((len(text) for _left, text in self.texts), default=0)

    @property
    def height(self) -> float:
        return self.above_pt + self.rows * self.type_pt * LEADING + self.type_pt * 0.3


def render_list(words: ListWords) -> bytes:
    """Return a PDF; the same words give the same bytes. Long texts wrap, none is cut."""
    canvas = new_canvas(words.size, words.language, words.heading)
    type_pt, margin = (9.5, 0.6 * INCH) if words.size[0] >= WIDE_PT else (7.0, 0.2 * INCH)
    pages = _pages(_lines(words, type_pt, words.size[0] - 2 * margin), words.size[1] - 2 * margin - 1.5 * type_pt)
    for number, page in enumerate(pages, start=1):
        y = words.size[1] - margin
        for line in page:
            _draw(canvas, line, margin, y)
            y -= line.height
        foot = str(number)
        draw_text(canvas, foot, words.size[0] - margin - text_width(foot, REGULAR, 7), margin * 0.8, REGULAR, 7)
        canvas.showPage()
    return pdf_of(canvas)


def _lines(words: ListWords, type_pt: float, width: float) -> Iterator[_Line]:
    yield _filled(_Line(type_pt * 1.6, bold=True), [words.heading], [1.0], width)
    for fact in words.facts:
        yield _filled(_Line(type_pt), [fact], [1.0], width)
    for section in words.sections:
        heading = _Line(type_pt * 1.15, bold=True, above_pt=type_pt, with_next=True)
        yield _filled(heading, [section.heading], [1.0], width)
        line = _Line(type_pt * SMALL if section.small else type_pt, ticked=section.ticked)
        for row in section.rows:
            yield _filled(line, row, section.widths, width)


def _filled(line: _Line, texts: Sequence[str], widths: Sequence[float], width: float) -> _Line:
    indent = 2.2 * line.type_pt if line.ticked else 0.0
    within = width - indent
    columns = []
    left = indent
    for text, part in zip(texts, widths, strict=True):
        wrapped = wrap(text, part * within - line.type_pt * 0.6, BOLD if line.bold else REGULAR, line.type_pt)
        columns.append((left, wrapped))
        left += part * within
    return line._replace(texts=columns)


def _parts(line: _Line, height: float) -> Iterator[_Line]:
    """Yield a line in parts of at most half a page, such as one of a thing that hundreds have ordered."""
    most = int(height / 2 / (line.type_pt * LEADING))
    for start in range(0, line.rows, most):
        texts = [(left, text[start : start + most]) for left, text in line.texts]
        yield line._replace(texts=texts, ticked=line.ticked and not start)


def _pages(lines: Iterable[_Line], height: float) -> Iterator[list[_Line]]:
    page: list[_Line] = []
    used = 0.0
    ahead = chain.from_iterable(_parts(line, height) for line in lines)
    for line in ahead:
        together = [line]
        if line.with_next:
            together += [following for following in [next(ahead, None)] if following]
        needed = sum(each.height for each in together)
        if page and used + needed > height:
            yield page
            page, used = [], 0.0
        page += together
        used += needed
    yield page


def _draw(canvas: "Canvas", line: _Line, left: float, top: float) -> None:
    top -= line.above_pt
    if line.ticked:
        canvas.setLineWidth(0.7)
        canvas.rect(left, top - line.type_pt * 1.15, line.type_pt, line.type_pt)
    font = BOLD if line.bold else REGULAR
    placed = chain.from_iterable(((start, row, text) for row, text in enumerate(texts)) for start, texts in line.texts)
    for start, row, text in placed:
        draw_text(canvas, text, left + start, top - line.type_pt * (0.95 + row * LEADING), font, line.type_pt)
