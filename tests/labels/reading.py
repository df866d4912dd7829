"""What is on the pages of a PDF, for tests: its texts, its straight lines, and what a scanner reads."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
import zxingcpp
from pypdf import PdfReader


def texts_of(pdf: bytes) -> list[str]:
    """Return the text of each page, spaces and line ends alike."""
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf)]


def place_of(pdf: bytes, text: str) -> tuple[float, float]:
    """Return how far the first letter of a text on the first page is from the left and from the bottom, in points."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    found = page.search(text).get_next()
    assert found is not None, f"{text} is not there"
    left, bottom, _right, _top = page.get_charbox(found[0])
    return left, bottom


def commands_of(pdf: bytes) -> str:
    """Return what draws the first page."""
    contents = PdfReader(BytesIO(pdf)).pages[0].get_contents()
    assert contents is not None
    return contents.get_data().decode("latin-1")


# Left, bottom, right and top.
Box = tuple[float, float, float, float]
TEXT = re.compile(r"BT 1 0 0 1 (\S+) (\S+) Tm (?:2 Tr )?/(\S+) (\S+) Tf \S+ TL \((.*)\) Tj T\* (?:0 Tr )?ET")
# Operands and name of what sets the grey of areas, that of lines, and how wide a line is.
INK = re.compile(r"(\S+) ([gGw])")
BAR = re.compile(r"n (\S+) (\S+) (?:\d|\d?\.\d+) (\S+) re f\*?")


def drawn_on(pdf: bytes) -> list[str]:
    """Return what a PDF calls itself, and what is drawn on each page, in order and in points.

    A text is its place, face, size and first letters, each that is not ASCII as ``?``; a line or a box is how wide it
    is and PDF's own words (m, l, S; re, f; cm); of bars beside each other there are the first and the last.
    """
    reader = PdfReader(BytesIO(pdf))
    meta: Any = reader.metadata
    root: Any = reader.trailer["/Root"]
    found = [f"{meta.title} by {meta.author} in {root['/Lang']}"]
    for page in reader.pages:
        found.append(f"page of {page.mediabox.width:g} x {page.mediabox.height:g}")
        contents = page.get_contents()
        assert contents is not None
        resources: Any = page["/Resources"]
        faces = {name[1:]: font["/BaseFont"].rpartition("-")[2] for name, font in resources["/Font"].items()}
        found += _drawn(re.sub(r"\\\d{3}", "?", contents.get_data().decode("latin-1")), faces)
    return found


def _drawn(commands: str, faces: dict[str, str]) -> Iterator[str]:
    ink = {"g": "0", "G": "0", "w": "1"}
    kept: list[dict[str, str]] = []
    bars: list[str] = []
    # The first line is the same on every page of reportlab's.
    for line in commands.strip().splitlines()[1:]:
        if bar := BAR.fullmatch(line):
            bars.append(" ".join(bar.groups()))
            continue
        grey = "" if ink["g"] == ink["G"] == "0" else f" grey {ink['g']}, lines {ink['G']}"
        if bars:
            yield f"{len(bars)} bars, {bars[0]} to {bars[-1]}{grey}"
            bars = []
        if line == "q":
            kept.append({**ink})
        elif line == "Q":
            ink = kept.pop()
        elif new := INK.fullmatch(line):
            ink[new[2]] = new[1]
        elif text := TEXT.fullmatch(line):
            yield f"{text[1]} {text[2]} {faces[text[3]]} {text[4]}{grey}: {text[5][:30]}"
        else:
            yield f"{ink['w']} {line}{grey}"


def upright_lines_of(pdf: bytes) -> list[tuple[float, float, float]]:
    """Return each upright line of the first page: how far from the left, from where and how long."""
    lines = re.findall(r"n ([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l S", commands_of(pdf))
    places = [tuple(map(float, line)) for line in lines]
    return [(x, low, high - low) for x, low, other_x, high in places if x == other_x]


def scanned(pdf: bytes) -> list[str]:
    """Return what a scanner reads on the first page, printed by a label printer."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def crossing(pdf: bytes, margin: float) -> list[str]:
    """Return which texts of the first page touch each other, or stand nearer to an edge than ``margin`` points."""
    page = pypdfium2.PdfDocument(pdf)[0]
    letters = page.get_textpage()
    boxes = [letters.get_rect(number) for number in range(letters.count_rects())]
    width, height = page.get_size()
    within = (margin, margin, width - margin, height - margin)
    wrong = [one for one in boxes if _common(one, within) != one]
    for number, one in enumerate(boxes):
        common = (_common(one, other) for other in boxes[:number])
        wrong += [(x, y, to_x, to_y) for x, y, to_x, to_y in common if to_x - x > 0.1 and to_y - y > 0.1]
    return [letters.get_text_bounded(*box) for box in wrong]


def _common(one: Box, other: Box) -> Box:
    """Return the corners of what two boxes have in common; they are the wrong way round where that is nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
