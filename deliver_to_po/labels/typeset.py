"""Setting words in a box: embedded fonts with every French letter, wrapped and shrunk until all of it fits."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import chain, groupby
from threading import Lock
from typing import TYPE_CHECKING, Literal, TypeAlias
from unicodedata import category, combining, normalize

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

REGULAR = "Vera"
BOLD = "VeraBd"

# Bitstream Vera (in reportlab) has all of French and English; DejaVu Sans Mono (in python-barcode) has the letters of
# most other alphabets that a recipient's name may hold.
FALLBACK = "DejaVuSansMono"

# How letters are painted (PDF 32000-1, 9.3.6).
PaintMode: TypeAlias = Literal[0, 2]
FILL: PaintMode = 0
FILL_AND_STROKE: PaintMode = 2

LEADING = 1.18
SMALLEST_PT = 2.0
STEP_PT = 0.25

# reportlab reads the letters of a font at one place for all threads: two at once get none of them, or another's.
_FONTS = Lock()


def new_canvas(size: tuple[float, float], language: str, title: str = "") -> "Canvas":
    """Return an empty page of ``size`` in points; what draws is loaded by the first one."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas("", pagesize=size, invariant=1, lang=language)
    canvas.setTitle(title)
    canvas.setAuthor("django-deliver-to-po")
    return canvas


def pdf_of(canvas: "Canvas") -> bytes:
    """Return what is drawn as a PDF; the last page is finished by it."""
    with _FONTS:
        pdf: bytes = canvas.getpdfdata()  # type: ignore[no-untyped-call]  # the stubs do not say
    return pdf


@cache
def register_fonts() -> None:
    """Make the fonts known to reportlab; they are embedded as subsets."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _FONTS, as_file(files("barcode") / "fonts" / f"{FALLBACK}.ttf") as path:
        if FALLBACK not in pdfmetrics.getRegisteredFontNames():
            for name, file in ((REGULAR, f"{REGULAR}.ttf"), (BOLD, f"{BOLD}.ttf"), (FALLBACK, str(path))):
                pdfmetrics.registerFont(TTFont(name, file))


def text_width(text: str, font: str, size: float) -> float:
    """Return the width of ``text`` in points."""
    return sum(_width(run, name, size) for name, run in _runs(text, font) if not _are_marks(run))


def _width(text: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font, size))


def draw_text(
    canvas: "Canvas", text: str, x: float, y: float, font: str, size: float, *, mode: PaintMode = FILL
) -> None:
    """Draw one line with its baseline at ``y``; a mark, as in x̱, has the middle of the letter before it."""
    letter = 0.0
    for name, run in _runs(text, font):
        canvas.setFont(name, size)
        if _are_marks(run):
            for mark in run:
                canvas.drawString(x - (letter + _width(mark, name, size)) / 2, y, mark, mode=mode)
            continue
        canvas.drawString(x, y, run, mode=mode)
        x += _width(run, name, size)
        letter = _width(run[-1:], name, size)


def draw_rule(canvas: "Canvas", x: float, y: float, width: float, *, line_pt: float = 0.8) -> None:
    """Draw a level line from (x, y) to the right."""
    canvas.setLineWidth(line_pt)
    canvas.line(x, y, x + width, y)


def draw_box(
    canvas: "Canvas",
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    font: str = REGULAR,
    largest: float = 10.0,
    centred: bool = False,
) -> None:
    """Draw ``lines`` from the top of ``box`` (x, y, width, height in points), never beyond it."""
    x, y, width, height = box
    size, set_lines = fit(lines, width, height, font, largest)
    for row, line in enumerate(set_lines):
        indent = (width - text_width(line, font, size)) / 2 if centred else 0.0
        draw_text(canvas, line, x + indent, y + height - size * (0.92 + row * LEADING), font, size)


def fit(lines: Sequence[str], width: float, height: float, font: str, largest: float) -> tuple[float, list[str]]:
    """Return the largest type size up to ``largest`` at which ``lines``, wrapped, fit, and the wrapped lines.

    Wrapping costs less than shrinking below three quarters; a word too long for a line is broken, nothing is cut.
    """
    wanted = [line.strip() for line in lines if line.strip()]
    size = largest
    while size > largest * 0.75 and not _fits(wanted, width, height, font, size):
        size -= STEP_PT
    if not _fits(wanted, width, height, font, size):
        size = largest
        while size > SMALLEST_PT and _height(_wrap(wanted, width, font, size), size) > height:
            size -= STEP_PT
    return size, list(_wrap(wanted, width, font, size))


def wrap(text: str, width: float, font: str, size: float) -> list[str]:
    """Return the lines of ``text`` at that size, none wider than ``width`` points; nothing is cut."""
    return list(_wrap([text.strip()], width, font, size))


def _fits(lines: Sequence[str], width: float, height: float, font: str, size: float) -> bool:
    return _height(lines, size) <= height and all(text_width(line, font, size) <= width for line in lines)


def _height(lines: Sequence[str] | Iterator[str], size: float) -> float:
    count = len(list(lines))
    return size * (count * LEADING + 0.05) if count else 0.0


def _wrap(lines: Sequence[str], width: float, font: str, size: float) -> Iterator[str]:
    for line in lines:
        current = ""
        for word in chain.from_iterable(_break(whole, width, font, size) for whole in _words(line)):
            longer = f"{current} {word}" if current else word
            if current and text_width(longer, font, size) > width:
                yield current
                current = word
            else:
                current = longer
        yield current


def _words(line: str) -> Iterator[str]:
    """Yield what may stand on lines of its own: a space that does not break holds « and its word together.

    The second of two spaces is one too, as before a postal code.
    """
    return filter(None, re.split(r"[ \t\r\n]+", line.replace("  ", " \N{NO-BREAK SPACE}")))


def _break(word: str, width: float, font: str, size: float) -> Iterator[str]:
    piece = ""
    for character in word:
        if piece and text_width(piece + character, font, size) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _runs(text: str, font: str) -> Iterator[tuple[str, str]]:
    register_fonts()
    letters = (_drawn(font, character) for character in normalize("NFC", text))
    for (name, _marks), run in groupby(letters, lambda drawn: (drawn[0], _are_marks(drawn[1]))):
        yield name, "".join(character for _font, character in run)


def _are_marks(run: str) -> bool:
    return any(map(combining, run))


@cache
def _drawn(font: str, character: str) -> tuple[str, str]:
    """Return in which font a letter is drawn, and as which: without its last accent where no font has it.

    What nobody is to see, such as the place where a word may be divided, is not drawn.
    """
    if category(character) in ("Cc", "Cf"):
        return font, ""
    for name in (font, FALLBACK):
        if _has(name, character):
            return name, character
    plainer = normalize("NFC", normalize("NFD", character)[:-1])
    return _drawn(font, plainer) if plainer else (FALLBACK, character)


def _has(font: str, character: str) -> bool:
    from reportlab.pdfbase import pdfmetrics

    face = pdfmetrics.getFont(font).face  # type: ignore[attr-defined]  # the stubs forget TTFont's
    # Vera names letters that it does not have, such as Đ: their glyph is the empty box.
    return bool(face.charToGlyph.get(ord(character)))
