"""What counts as a PDF: its pages can be read, and opening it takes at most as much memory as a label may."""

import tracemalloc
import zlib
from base64 import a85encode
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject, StreamObject

from deliver_to_po.labels import pdf_pages
from deliver_to_po.labels.pdf_pages import is_pdf, pages_of, text_of
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen

LABEL = render_specimen(SpecimenWords(("Shop",), ("Office",), "Ann", "Expedited Parcel", "7023210039414604"))
MEGABYTE = b"0 0 m 1 1 l S\n\n\n" * 65_536


def packed(content: bytes) -> StreamObject:
    stream = StreamObject()
    stream.set_data(zlib.compress(content, 9))
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    return stream


def pdf(*pages: int, parts: int = 1, blank: int = 0) -> bytes:
    """Return a PDF whose pages say so many megabytes each, in ``parts`` that are one and the same stream."""
    writer, written = PdfWriter(), BytesIO()
    for _page in range(blank):
        writer.add_blank_page(width=288, height=432)
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


@pytest.mark.parametrize(
    "bomb",
    [pdf(60), pdf(*[10] * 6), pdf(1, parts=60), pdf(0, parts=25_100)],
    ids=["one", "many", "parts", "nothing, again and again"],
)
def test_what_unpacks_to_far_more_than_a_label_is_no_pdf(bomb: bytes) -> None:
    assert len(bomb) < 200_000
    assert not is_pdf(bomb)


def zeros_as_lzw(at_least: int) -> bytes:
    """Return so many zeros, packed: each code stands for one more of them than the last, as long as there are codes."""
    bits, size, run, code = ["100000000", "000000000"], 1, 1, 258
    while size < at_least:
        if code == 4094:
            bits += [f"{256:012b}", "000000000"]
            run, code = 1, 258
        else:
            bits.append(f"{code:0{max(9, (code + 1).bit_length())}b}")
            run, code = run + 1, code + 1
        size += run
    text = "".join(bits)
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8))


def test_a_gigabyte_that_is_packed_as_lzw_is_not_unpacked_to_its_end() -> None:
    assert is_pdf(drawn_with(zeros_as_lzw(1_000_000), "/LZWDecode"))
    bomb = drawn_with(zeros_as_lzw(1_000_000_000), "/LZWDecode")
    assert len(bomb) < 750_000
    tracemalloc.start()
    try:
        assert not is_pdf(bomb)
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", [None, NullObject()], ids=["left out", "null"])
def test_a_blank_page_beside_a_label_is_left_out(content: NullObject | None) -> None:
    """Some programs end a PDF with one. A page needs no content (PDF 32000-1, table 30), and would cost a label."""
    writer, written = PdfWriter(BytesIO(LABEL)), BytesIO()
    blank = writer.add_blank_page(width=288, height=432)
    if content is not None:
        blank[NameObject("/Contents")] = content
    writer.write(written)
    [look] = pages_of(written.getvalue())
    assert "Expedited Parcel" in look.page.extract_text()


def test_a_pdf_with_more_pages_than_any_manifest_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_pdf(pdf(1, 1))
    monkeypatch.setattr(pdf_pages, "MOST_PAGES", 1)
    assert not is_pdf(pdf(1, 1))


@pytest.mark.parametrize("wrong", [b"", b"%PDF-1.7 and no more", LABEL[:400], pdf(), pdf(blank=2)])
def test_what_has_no_page_that_can_be_read_is_no_pdf(wrong: bytes) -> None:
    assert not is_pdf(wrong)


def drawn_with(data: bytes, *filters: str, picture: bytes = b"") -> bytes:
    """Return a PDF with a page whose content is ``data`` as it is packed, beside a picture in a form."""
    writer, written = PdfWriter(), BytesIO()
    page = writer.add_blank_page(width=288, height=432)
    page[NameObject("/Contents")] = writer._add_object(stream_of(data, *filters))
    inner, form = stream_of(picture or zlib.compress(b"dots"), "/FlateDecode"), stream_of(b"/I Do")
    form[NameObject("/Resources")] = DictionaryObject({NameObject("/I"): writer._add_object(inner)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/F"): writer._add_object(form)})
    writer.write(written)
    return written.getvalue()


def stream_of(data: bytes, *filters: str) -> StreamObject:
    stream = StreamObject()
    stream._data = data
    if filters:
        stream[NameObject("/Filter")] = ArrayObject(map(NameObject, filters))
    return stream


SAID = zlib.compress(b"BT (7023210039414604) Tj ET " + bytes(range(256)) * 9)
DAMAGED = {
    "a bit": SAID[:60] + bytes([SAID[60] ^ 1]) + SAID[61:],
    "its checksum": SAID[:-1] + bytes([SAID[-1] ^ 1]),
    "cut off": SAID[:-20],
    "its head": b"?" + SAID[1:],
    "all but its head": SAID[:2],
    "nothing": b"",
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("where", ["content", "in ASCII", "picture"])
def test_what_is_damaged_is_no_pdf(data: bytes, where: str) -> None:
    """pypdf draws what it can of a damaged stream, and says nothing."""
    assert is_pdf(drawn_with(SAID, "/FlateDecode"))
    assert is_pdf(drawn_with(a85encode(SAID) + b"~>", "/ASCII85Decode", "/FlateDecode"))
    assert not is_pdf(
        drawn_with(data, "/FlateDecode")
        if where == "content"
        else drawn_with(a85encode(data) + b"~>", "/ASCII85Decode", "/FlateDecode")
        if where == "in ASCII"
        else drawn_with(SAID, "/FlateDecode", picture=data or b"x")
    )


@pytest.mark.parametrize(
    "pdf",
    [
        drawn_with(SAID[:-4], "/FlateDecode"),
        drawn_with(SAID + b"\r\n", "/FlateDecode"),
        drawn_with(b"0 0 9 9 re f"),
        drawn_with(b"30203020392039207265>", "/ASCIIHexDecode"),
        drawn_with(SAID, "/Fl"),
    ],
    ids=["no checksum", "a line's end", "not packed", "in figures", "short name"],
)
def test_what_other_programs_write_is_read(pdf: bytes) -> None:
    assert is_pdf(pdf)


def test_pictures_are_not_unpacked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    large = drawn_with(SAID, "/FlateDecode", picture=zlib.compress(bytes(3_000_000)))
    assert is_pdf(large)
    monkeypatch.setattr(pdf_pages, "MOST_BYTES_BESIDE", 2_000_000)
    assert not is_pdf(large)


def test_the_letters_of_a_label_are_read_and_not_those_of_a_book() -> None:
    assert "7023 2100 3941 4604" in text_of(LABEL)
    assert text_of(pdf(2)) == text_of(b"") == ""
