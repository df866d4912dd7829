"""A label's picture: drawn at a printer's resolution, its bars readable; what cannot be drawn is said in time."""

import sys
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, RectangleObject, StreamObject

from deliver_to_po.labels import picture
from deliver_to_po.labels.picture import NoPicture, picture_of
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen

PIN = "7023210039414604"
LABEL = render_specimen(SpecimenWords(("Shop",), ("Office",), "Ann", "Expedited Parcel", PIN, reference="A-1"))


def blank(*sizes: tuple[float, float]) -> bytes:
    writer, written = PdfWriter(), BytesIO()
    for width, height in sizes:
        writer.add_blank_page(width=width, height=height)
    writer.write(written)
    return written.getvalue()


def has_none(pdf: bytes, **how: Any) -> bool:
    with pytest.raises(NoPicture):
        picture_of(pdf, **how)
    return True


def test_the_bars_of_a_picture_are_read_at_a_label_printers_resolution() -> None:
    image = Image.open(BytesIO(picture_of(LABEL)))
    assert (image.format, image.mode, image.size) == ("PNG", "L", (812, 1218))
    assert [round(dots) for dots in image.info["dpi"]] == [203, 203]
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [PIN]


def test_of_several_pages_the_first_is_drawn() -> None:
    assert Image.open(BytesIO(picture_of(blank((144, 72), (612, 792))))).size == (406, 203)


@pytest.mark.parametrize("wrong", [b"", b"%PDF-1.7 and no more", LABEL[:400], b"\x00" * 100_000])
def test_what_is_no_pdf_has_no_picture(wrong: bytes) -> None:
    assert has_none(wrong)


def test_a_poster_has_no_picture() -> None:
    assert has_none(blank((picture.LONGEST_SIDE_POINTS + 1, 72)))


def test_a_file_that_no_label_is_as_large_as_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "LARGEST_BYTES", len(LABEL) - 1)
    assert has_none(LABEL)


def test_a_picture_that_takes_too_long_is_given_up() -> None:
    assert has_none(LABEL, seconds=0.001)


@pytest.mark.slow
def test_a_small_file_that_unpacks_to_more_than_the_machine_has_ends_the_program_that_draws_it() -> None:
    # Each form paints the next one ten times.
    writer, written, form = PdfWriter(), BytesIO(), None
    for _depth in range(20):
        outer = StreamObject()
        outer.set_data(b"/I Do " * 10 if form else b"0 0 m 9 9 l S")
        resources = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/I"): form})} if form else {}
        )
        outer.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
        outer.update({NameObject("/BBox"): RectangleObject((0, 0, 9, 9)), NameObject("/Resources"): resources})
        form = writer._add_object(outer)
    page, content = writer.add_blank_page(width=288, height=432), StreamObject()
    content.set_data(b"/I Do")
    page[NameObject("/Contents")] = writer._add_object(content)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/I"): form})}
    )
    writer.write(written)
    assert len(written.getvalue()) < 10_000
    began = monotonic()
    assert has_none(written.getvalue(), seconds=60)
    assert monotonic() - began < 60


def test_where_no_program_can_be_started_there_is_no_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(picture, "_python", lambda: str(tmp_path / "no-python"))
    assert has_none(LABEL)


def test_a_server_that_has_python_built_in_finds_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/uwsgi")
    assert picture_of(LABEL).startswith(b"\x89PNG")


def test_without_the_library_nobody_is_offered_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    assert picture.can_be_drawn()
    monkeypatch.setattr(picture, "find_spec", lambda _name: None)
    assert not picture.can_be_drawn()
