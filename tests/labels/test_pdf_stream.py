"""Pages of other PDFs as they are found: content in pieces, fonts of the whole document, see-through pictures."""

from contextlib import nullcontext
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    RectangleObject,
    StreamObject,
)

from deliver_to_po.labels.broken import BrokenPdf
from deliver_to_po.labels.pdf_pages import pages_of
from deliver_to_po.labels.pdf_stream import Corners, PdfStream
from deliver_to_po.labels.specimen import render_specimen
from tests.labels.reading import texts_of
from tests.labels.test_specimen import WORDS

SIZE = (100.0, 100.0)


def drawn(*pieces: bytes, **entries: Any) -> bytes:
    """Return a PDF with a page that is drawn by pieces of content, with some more entries."""
    writer, written = PdfWriter(), BytesIO()
    page = writer.add_blank_page(*SIZE)
    contents = ArrayObject()
    for piece in pieces:
        stream = StreamObject()
        stream.set_data(piece)
        contents.append(writer._add_object(stream))
    page[NameObject("/Contents")] = contents
    page.update({NameObject(f"/{name}"): value for name, value in entries.items()})
    writer.write(written)
    return written.getvalue()


def copied(pdf: bytes, shown: Corners | None = None) -> bytes:
    """Return a PDF with the page of another, or with the part of it that is ``shown``."""
    out = BytesIO()
    stream = PdfStream(out)
    [look] = pages_of(pdf)
    form = stream.add_form(look.page, shown or look.corners)
    stream.add_page(look.size, b"/L Do", [("L", form)])
    stream.close()
    return out.getvalue()


def grey(pdf: bytes, x: int, y: int) -> int:
    """Return how light the first page is at a place."""
    level: Any = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L").getpixel((x, y))
    return int(level)


def test_the_file_says_what_its_catalogue_and_its_pages_are() -> None:
    root: Any = PdfReader(BytesIO(copied(drawn(b"f"))), strict=True).trailer["/Root"]
    assert [entry["/Type"] for entry in (root, root["/Pages"], root["/Pages"]["/Kids"][0])] == [
        "/Catalog",
        "/Pages",
        "/Page",
    ]


def test_content_in_several_pieces_is_not_run_together() -> None:
    assert grey(copied(drawn(b"0 0 100 100 re", b"f")), 50, 50) == 0


def test_fonts_that_the_document_has_for_all_its_pages_come_along() -> None:
    writer = PdfWriter(clone_from=BytesIO(render_specimen(WORDS)))
    page = writer.pages[0]
    tree: Any = page["/Parent"].get_object()
    tree[NameObject("/Resources")] = page.pop("/Resources")
    moved = BytesIO()
    writer.write(moved)
    assert "Zoë Lefèvre-Nœl" in texts_of(copied(moved.getvalue()))[0]


def test_how_a_see_through_page_is_painted_comes_along() -> None:
    group = DictionaryObject({NameObject("/S"): NameObject("/Transparency")})
    page: Any = PdfReader(BytesIO(copied(drawn(b"0 0 9 9 re f", Group=group)))).pages[0]
    assert page["/Resources"]["/XObject"]["/L"]["/Group"]["/S"] == "/Transparency"


def test_what_a_page_draws_beyond_its_corners_is_not_shown() -> None:
    half = copied(drawn(b"0 0 100 100 re f"), (0, 0, 50, 100))
    assert (grey(half, 25, 50), grey(half, 75, 50)) == (0, 255)


@pytest.mark.parametrize(
    "odd",
    [
        {"CropBox": RectangleObject((0, 0, 0, 100))},
        {"Contents": DictionaryObject()},
        {"Contents": ArrayObject([NullObject()])},
        {"MediaBox": RectangleObject((0, 0, 288, 0))},
        {"MediaBox": RectangleObject((0, 0, 1e30, 432))},
        {"CropBox": ArrayObject([NumberObject(0), NumberObject(0), NumberObject(288)])},
        {"Rotate": NameObject("/x")},
    ],
)
def test_a_page_without_a_size_or_of_no_page_s_size_is_broken(odd: dict[str, Any]) -> None:
    with pytest.raises(BrokenPdf):
        pages_of(drawn(b"0 0 9 9 re f", **odd))


@pytest.mark.parametrize(
    "odd",
    [
        {"MediaBox": RectangleObject((100, 100, 0, 0))},
        {"MediaBox": RectangleObject((0, 100, 100, 0)), "CropBox": RectangleObject((100, 0, 0, 100))},
        {"CropBox": RectangleObject((-50, -50, 900, 900))},
    ],
    ids=["upside down", "other corners", "cropped beyond the page"],
)
def test_a_page_is_as_large_as_it_is_shown_whichever_corners_tell_it(odd: dict[str, Any]) -> None:
    """Two opposite corners tell a box, and a crop box counts within its page (PDF 32000-1, 7.9.5 and 14.11.2)."""
    [look] = pages_of(drawn(b"0 0 9 9 re f", **odd))
    assert (look.corners, look.size) == ((0.0, 0.0, *SIZE), SIZE)


def test_a_page_may_lie_on_the_other_side_of_where_its_places_are_counted_from() -> None:
    [look] = pages_of(drawn(b"0 0 9 9 re f", MediaBox=RectangleObject((-300, -200, -100, -50))))
    assert (look.corners, look.size) == ((-300.0, -200.0, -100.0, -50.0), (200.0, 150.0))


@pytest.mark.parametrize(("depth", "how"), [(50, nullcontext()), (70, pytest.raises(BrokenPdf, match="too deep"))])
def test_resources_that_lie_deeper_in_each_other_than_anybody_s_are_not_copied(depth: int, how: Any) -> None:
    inmost = nested = DictionaryObject()
    for _ in range(depth):
        nested = DictionaryObject({NameObject("/In"): nested})
    inmost[NameObject("/Last")] = NumberObject(7)
    with how:
        assert b"/Last 7" in copied(drawn(b"0 0 9 9 re f", Resources=nested))


def test_parts_of_a_page_that_refer_to_each_other_are_copied_once() -> None:
    writer, written = PdfWriter(), BytesIO()
    one, other = DictionaryObject(), DictionaryObject()
    one[NameObject("/Other")] = writer._add_object(other)
    other[NameObject("/One")] = writer._add_object(one)
    writer.add_page(PdfReader(BytesIO(drawn(b"0 0 100 100 re f"))).pages[0])
    writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/Properties"): other})
    writer.write(written)
    page: Any = PdfReader(BytesIO(copied(written.getvalue()))).pages[0]
    found = page["/Resources"]["/XObject"]["/L"]["/Resources"]["/Properties"]
    assert found["/One"]["/Other"]["/One"] is found["/One"]
