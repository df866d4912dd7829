"""SPECIMEN on a label printer: 203 dots an inch, each black or white."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from reportlab.pdfgen.canvas import Canvas

from deliver_to_po.labels.specimen import (
    HEIGHT_PT,
    MARK_DEGREES,
    MARK_LENGTH_PT,
    MARK_MIDDLE,
    WIDTH_PT,
    SpecimenWords,
    render_specimen,
)
from deliver_to_po.labels.specimen_manifest import render_manifest
from deliver_to_po.labels.typeset import BOLD, text_width
from deliver_to_po.labels.word_across import draw_mark
from tests.labels.test_specimen import WORDS
from tests.labels.test_specimen_manifest import words as manifest_words

DOTS_PER_POINT = 203 / 72
LONGEST = "W" * 44
FULL = WORDS._replace(sender=(LONGEST,) * 5, office=(LONGEST,) * 5, recipient=LONGEST)


def printed(pdf: bytes, threshold: int = 128) -> Image.Image:
    """Return the first page as a label printer prints it: white is 255, black is 0."""
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS_PER_POINT).to_pil().convert("L")
    return page.point(lambda level: 255 if level >= threshold else 0)


def mark_alone() -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH_PT, HEIGHT_PT))
    draw_mark(canvas, WORDS.mark, MARK_MIDDLE, degrees=MARK_DEGREES, size=62.0, length=MARK_LENGTH_PT)
    canvas.save()
    return buffer.getvalue()


def added_by_the_mark(words: SpecimenWords, threshold: int = 128) -> Image.Image:
    """Return the dots that are black only because of the mark, black on white."""
    with_mark, without = (printed(render_specimen(one), threshold) for one in (words, words._replace(mark="")))
    return ImageChops.invert(ImageChops.subtract(without, with_mark))


def dots_by_letter(image: Image.Image) -> list[int]:
    """Return how many black dots each letter of the mark has, after turning the word level."""
    middle = (MARK_MIDDLE[0] * DOTS_PER_POINT, (HEIGHT_PT - MARK_MIDDLE[1]) * DOTS_PER_POINT)
    level = image.rotate(-MARK_DEGREES, center=middle, fillcolor=255)
    widths = [text_width(letter, BOLD, 62.0) for letter in WORDS.mark]
    scale = MARK_LENGTH_PT / sum(widths) * DOTS_PER_POINT
    left, counts = middle[0] - MARK_LENGTH_PT * DOTS_PER_POINT / 2, []
    for width in widths:
        right = left + width * scale
        letter = level.crop((round(left), round(middle[1] - 80), round(right), round(middle[1] + 80)))
        counts.append(letter.histogram()[0])
        left = right
    return counts


@pytest.mark.parametrize("threshold", [64, 128, 192])
def test_every_letter_of_the_mark_keeps_most_of_its_outline(threshold: int) -> None:
    whole = dots_by_letter(printed(mark_alone(), threshold))
    kept = dots_by_letter(added_by_the_mark(WORDS, threshold))
    assert min(whole) > 400
    # The black band with the heading covers half of one letter.
    assert all(left > 0.4 * all_of_it for left, all_of_it in zip(kept, whole, strict=True))


def test_the_mark_is_there_on_the_fullest_label_too() -> None:
    whole, kept = (sum(dots_by_letter(image)) for image in (printed(mark_alone()), added_by_the_mark(FULL)))
    assert kept > 0.4 * whole


def test_the_mark_touches_neither_the_recipients_name_nor_the_bars() -> None:
    height = (HEIGHT_PT - 187) * DOTS_PER_POINT
    added = added_by_the_mark(WORDS)
    assert added.crop((0, round(height), added.width, added.height)).getextrema() == (255, 255)


@pytest.mark.parametrize("words", [WORDS, FULL, WORDS._replace(tracking_pin="EE001438583CA")])
def test_the_bars_read_as_the_tracking_number_in_black_and_white(words: SpecimenWords) -> None:
    assert [code.text for code in zxingcpp.read_barcodes(printed(render_specimen(words)))] == [words.tracking_pin]


def test_a_manifest_in_black_and_white_keeps_the_mark_and_its_number() -> None:
    words = manifest_words(3)
    with_mark, without = (printed(render_manifest(one)) for one in (words, words._replace(mark="")))
    assert ImageChops.subtract(without, with_mark).histogram()[255] > 4000
    assert [code.text for code in zxingcpp.read_barcodes(with_mark)] == [words.number]
