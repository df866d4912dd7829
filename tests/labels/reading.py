"""What is on the pages of a PDF, for tests: its texts, its straight lines, and what a scanner reads."""

import re
from io import BytesIO

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


def upright_lines_of(pdf: bytes) -> list[tuple[float, float, float]]:
    """Return each upright line of the first page: how far from the left, from where and how long."""
    lines = re.findall(r"n ([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l S", commands_of(pdf))
    places = [tuple(map(float, line)) for line in lines]
    return [(x, low, high - low) for x, low, other_x, high in places if x == other_x]


def scanned(pdf: bytes) -> list[str]:
    """Return what a scanner reads on the first page, printed by a label printer."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]
