"""Labels on sheets: where they lie, that scanners read them, and what is done with a broken one."""

import gc
import tracemalloc
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas

from deliver_to_po.labels.barcode import draw_code128
from deliver_to_po.labels.broken import BrokenPdf
from deliver_to_po.labels.sheet import FOUR, LABEL, ONE, TWO, Layout, Sheets
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen

# What most label printers print, and the least that an office printer does.
DPI = 203


def label(number: int, *, letter: bool = False) -> bytes:
    words = SpecimenWords(
        sender=("Example Shop", "1 Example St", "Ottawa ON  K1A 0B1"),
        office=("Comptoir du Coin", "3080, av. Carling", "Ottawa ON  K2B 7K0"),
        recipient="Marie-Ève Côté",
        service="Expedited Parcel",
        tracking_pin=pin(number),
    )
    return render_specimen(words, letter=letter)


def pin(number: int) -> str:
    return f"70232100{number:08}"


def turned(content: bytes, degrees: int, *, drawn_so: bool = False) -> bytes:
    """Return a PDF whose pages are shown turned, as a landscape label is made by some systems; or are drawn turned."""
    writer = PdfWriter(clone_from=BytesIO(content))
    for page in writer.pages:
        page.rotate(degrees)
        if drawn_so:
            page.transfer_rotation_to_content()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def imposed(labels: list[bytes], layout: Layout, **how: Any) -> bytes:
    out = BytesIO()
    sheets = Sheets(out, layout, **how)
    for content in labels:
        sheets.add(content)
    sheets.close()
    return out.getvalue()


def scanned(pdf: bytes) -> list[list[tuple[str, float, float]]]:
    """Return what a scanner reads on each page printed at DPI, and where, in parts of the page from the top left."""
    pages = []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=DPI / 72).to_pil().convert("L").point(lambda grey: 255 if grey > 127 else 0)
        found = []
        for code in zxingcpp.read_barcodes(picture):
            place = code.position.top_left
            found.append((code.text, place.x / picture.width, place.y / picture.height))
        pages.append(found)
    return pages


def read(pdf: bytes) -> list[set[str]]:
    return [{text for text, _x, _y in page} for page in scanned(pdf)]


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    return [(float(page.mediabox.width), float(page.mediabox.height)) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize(
    ("layout", "pages", "size"),
    [
        (ONE, [1, 1, 1, 1, 1], LABEL),
        (TWO, [2, 2, 1], (LETTER[1], LETTER[0])),
        (FOUR, [4, 1], LETTER),
        (FOUR, [4], LETTER),
    ],
    ids=["one", "two", "four", "a full sheet"],
)
def test_every_label_is_read_by_a_scanner_on_the_page_where_it_belongs(
    layout: Layout, pages: list[int], size: tuple[float, float]
) -> None:
    pdf = imposed([label(number) for number in range(sum(pages))], layout)
    numbers = iter(range(5))
    assert read(pdf) == [{pin(next(numbers)) for _ in range(count)} for count in pages]
    assert sizes(pdf) == [size] * len(pages)


def test_the_first_sheet_is_filled_from_the_start_position_row_by_row() -> None:
    first, second = scanned(imposed([label(number) for number in range(3)], FOUR, start=3))
    places = {text: (x > 0.5, y > 0.5) for text, x, y in first}
    assert places == {pin(0): (False, True), pin(1): (True, True)}
    assert [(text, x > 0.5, y > 0.5) for text, x, y in second] == [(pin(2), False, False)]


@pytest.mark.parametrize("start", [0, 5])
def test_a_place_that_a_sheet_does_not_have_is_refused(start: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        Sheets(BytesIO(), FOUR, start=start)


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("layout", [ONE, TWO, FOUR], ids=["one", "two", "four"])
def test_a_label_that_is_turned_is_read_as_well(layout: Layout, degrees: int) -> None:
    assert read(imposed([turned(label(7), degrees)], layout)) == [{pin(7)}]


def picture(pdf: bytes, scale: float = 1) -> Image.Image:
    """Return the first page as people see it, in grey."""
    drawn: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil().convert("L")
    return drawn


def assert_same_picture(found: Image.Image, wanted: Image.Image) -> None:
    """Compare two pictures; the edges of letters may be a little lighter or darker."""
    assert found.size == wanted.size
    assert ImageStat.Stat(ImageChops.difference(found, wanted)).mean[0] < 8, (
        "the wrong way up differs by 60, a shift of two dots by 40"
    )


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_label_on_a_page_of_its_own_is_the_way_up_that_it_was_made(degrees: int) -> None:
    made = turned(label(7), degrees)
    assert_same_picture(picture(imposed([made], ONE)), picture(made))


@pytest.mark.parametrize("drawn_so", [False, True], ids=["shown", "drawn"])
@pytest.mark.parametrize(("degrees", "becomes"), [(0, 0), (90, 180), (180, 180), (270, 0)])
def test_a_label_that_lies_is_stood_up_at_its_full_size_in_the_middle_of_its_half(
    degrees: int, becomes: int, drawn_so: bool
) -> None:
    sheet = picture(imposed([turned(label(7), degrees, drawn_so=drawn_so)], TWO))
    assert_same_picture(sheet.crop((63, 90, 63 + 288, 90 + 432)), picture(label(7)).rotate(becomes))


@pytest.mark.parametrize(("degrees", "becomes"), [(0, 0), (90, 180), (180, 180), (270, 0)])
def test_four_labels_on_a_sheet_are_seven_eighths_of_their_size_whichever_way_they_were_turned(
    degrees: int, becomes: int
) -> None:
    sheet = picture(imposed([turned(label(7), degrees)], FOUR))
    assert_same_picture(sheet.crop((36, 18, 36 + 252, 18 + 378)), picture(label(7), 7 / 8).rotate(becomes))


@pytest.mark.parametrize("layout", [ONE, TWO, FOUR], ids=["one", "two", "four"])
def test_what_is_cut_off_a_page_is_not_printed_and_the_rest_lies_where_a_label_does(layout: Layout) -> None:
    receipt = BytesIO()
    canvas = Canvas(receipt, pagesize=LETTER)
    draw_code128(canvas, "LABEL", 162, 500, *LABEL[:1], 54)
    draw_code128(canvas, "RECEIPT", 162, 100, *LABEL[:1], 54)
    canvas.save()
    writer = PdfWriter(clone_from=receipt)
    writer.pages[0].cropbox = RectangleObject((162, 324, 162 + LABEL[0], 324 + LABEL[1]))
    cut = BytesIO()
    writer.write(cut)
    sheet = imposed([cut.getvalue()], layout)
    assert read(sheet) == [{"LABEL"}]
    if layout == ONE:
        assert_same_picture(picture(sheet), picture(cut.getvalue()))


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(4.3, 6.5, True), (6.5, 4.3, True), (4.5, 6.5, False), (4.3, 6.7, False), (6.7, 4.5, False)],
)
def test_a_label_a_little_larger_than_others_shares_a_sheet_and_a_larger_one_does_not(
    width: float, height: float, fits: bool
) -> None:
    drawn = BytesIO()
    canvas = Canvas(drawn, pagesize=(width * inch, height * inch))
    canvas.rect(9, 9, 9, 9)
    canvas.save()
    assert Sheets(BytesIO(), FOUR).add(drawn.getvalue()) is fits


def test_a_label_of_two_pages_of_which_one_is_too_large_has_not_found_its_place() -> None:
    writer = PdfWriter()
    for letter in (True, False):
        writer.append(BytesIO(label(1, letter=letter)))
    both = BytesIO()
    writer.write(both)
    assert not Sheets(BytesIO(), FOUR).add(both.getvalue())


def test_a_label_as_large_as_a_letter_page_has_a_page_of_its_own() -> None:
    out = BytesIO()
    sheets = Sheets(out, FOUR)
    assert [sheets.add(content) for content in (label(1), label(2, letter=True), label(3))] == [True, False, True]
    sheets.close()
    assert sorted(map(sorted, read(out.getvalue()))) == [[pin(1), pin(3)], [pin(2)]]


def test_the_cover_sheet_is_the_first_page_though_it_is_made_last() -> None:
    out = BytesIO()
    sheets = Sheets(out, ONE)
    sheets.add(label(1))
    sheets.cover(label(99, letter=True))
    sheets.close()
    assert read(out.getvalue()) == [{pin(99)}, {pin(1)}]


@pytest.mark.parametrize(
    "broken", [b"", b"%PDF-1.4 nothing", label(2)[:9000], label(2).replace(b"/Contents", b"/Nothing!")]
)
def test_a_broken_label_is_refused_and_the_others_go_on(broken: bytes) -> None:
    out = BytesIO()
    sheets = Sheets(out, FOUR)
    sheets.add(label(1))
    with pytest.raises(BrokenPdf):
        sheets.add(broken)
    sheets.add(label(3))
    sheets.close()
    assert read(out.getvalue()) == [{pin(1), pin(3)}]


def test_the_label_is_copied_and_not_drawn_anew() -> None:
    """The letters stay letters in their own fonts, so that a printer of any resolution draws them itself."""
    page = PdfReader(BytesIO(imposed([label(1)], FOUR))).pages[0]
    assert "Marie-Ève Côté" in page.extract_text()
    assert not page.images


def test_a_strict_reader_finds_no_fault() -> None:
    pdf = imposed([label(number) for number in range(6)], FOUR, start=2)
    reader = PdfReader(BytesIO(pdf), strict=True)
    assert [len(page["/Resources"]["/XObject"]) for page in reader.pages] == [3, 3]  # type: ignore[index]


def test_what_all_labels_have_alike_is_written_once() -> None:
    one, many = (len(imposed([label(number) for number in range(count)], ONE)) for count in (1, 30))
    assert many < one * 6


def test_what_is_written_once_leaves_no_numbers_of_nothing() -> None:
    assert imposed([label(1), label(2), label(1)], ONE).count(b"65535 f") == 1


class Nowhere:
    """A file that keeps nothing, as a disk does for the memory."""

    def write(self, data: bytes) -> int:
        return len(data)


def test_nothing_of_a_label_is_kept_in_memory_once_it_is_written() -> None:
    labels = [label(number) for number in range(8)]
    sheets = Sheets(Nowhere(), FOUR)  # type: ignore[arg-type]
    kept = []
    tracemalloc.start()
    for count in (8, 10):
        for number in range(count):
            sheets.add(labels[number % 8])
        gc.collect()
        kept.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert kept[1] - kept[0] < 20_000, "a label has more than 40,000 bytes"


def test_a_large_file_of_a_label_goes_at_once_and_does_not_wait_for_the_collector() -> None:
    gc.disable()
    tracemalloc.start()
    try:
        Sheets(Nowhere(), ONE).add(label(1) + b"\n" * 500_000)  # type: ignore[arg-type]
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert kept < 500_000
