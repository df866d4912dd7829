"""What counts as a PDF: its pages can be read, and opening it takes no more memory than a label may."""

import zlib
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, StreamObject

from deliver_to_po.handoff import files
from deliver_to_po.handoff.files import is_pdf
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen

LABEL = render_specimen(SpecimenWords(("Shop",), ("Office",), "Ann", "Expedited Parcel", "7023210039414604"))
MEGABYTE = b"0 0 m 1 1 l S\n\n\n" * 65_536


def packed(content: bytes) -> StreamObject:
    stream = StreamObject()
    stream.set_data(zlib.compress(content, 9))
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    return stream


def pdf(*pages: int, parts: int = 1) -> bytes:
    """Return a PDF whose pages say so many megabytes each, in ``parts`` that are one and the same stream."""
    writer, written = PdfWriter(), BytesIO()
    for megabytes in pages:
        page = writer.add_blank_page(width=288, height=432)
        stream = writer._add_object(packed(MEGABYTE * megabytes))
        page[NameObject("/Contents")] = ArrayObject([stream] * parts) if parts > 1 else stream
    writer.write(written)
    return written.getvalue()


def test_a_label_is_a_pdf_and_so_is_one_of_several_large_pages() -> None:
    assert is_pdf(LABEL)
    assert is_pdf(pdf(5, 5, 5))
    assert is_pdf(pdf(1, parts=3))


@pytest.mark.parametrize("bomb", [pdf(60), pdf(*[10] * 6), pdf(1, parts=60)], ids=["one", "many", "parts"])
def test_what_unpacks_to_far_more_than_a_label_is_no_pdf(bomb: bytes) -> None:
    assert len(bomb) < 200_000
    assert not is_pdf(bomb)


def test_a_pdf_with_more_pages_than_any_manifest_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_pdf(pdf(1, 1))
    monkeypatch.setattr(files, "MOST_PAGES", 1)
    assert not is_pdf(pdf(1, 1))


@pytest.mark.parametrize("wrong", [b"", b"%PDF-1.7 and no more", LABEL[:400], pdf()])
def test_what_has_no_page_that_can_be_read_is_no_pdf(wrong: bytes) -> None:
    assert not is_pdf(wrong)
