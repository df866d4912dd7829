"""A PDF that is written page by page and never held whole: what was written of it is out of memory.

Pages come from other PDFs. Their streams are copied as they are, neither redrawn nor decoded; what several of them
hold alike, such as a logo or a font, is written once.
"""

import hashlib
from array import array
from collections.abc import Iterable
from io import BytesIO
from typing import BinaryIO

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    RectangleObject,
    StreamObject,
)

from deliver_to_po.labels.broken import BrokenPdf

# Deeper than resources of a page ever lie in each other.
DEEPEST = 60
Corners = tuple[float, float, float, float]


class PdfStream:
    """Writes a PDF to ``out``: ``add_page`` for each page, then ``close``. ``first`` puts a page before all others."""

    def __init__(self, out: BinaryIO):
        self._out = out
        self._place = 0
        # Offsets by object number: 8 bytes each. Number 1 is the tree of pages, number 2 the catalogue.
        self._offsets = array("Q", [0, 0, 0])
        self._pages = array("L")
        self._first_pages = array("L")
        self._written: dict[bytes, int] = {}
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add_page(
        self, size: tuple[float, float], content: bytes, forms: Iterable[tuple[str, int]] = (), *, first: bool = False
    ) -> None:
        """Add a page of ``size`` in points that runs ``content``, in which ``forms`` are known by their names."""
        stream = StreamObject()
        stream.set_data(content)
        xobjects = DictionaryObject({NameObject(f"/{name}"): _reference(number) for name, number in forms})
        page = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Page"),
                NameObject("/Parent"): _reference(1),
                NameObject("/MediaBox"): RectangleObject((0, 0, *size)),
                NameObject("/Resources"): DictionaryObject({NameObject("/XObject"): xobjects}),
                NameObject("/Contents"): _reference(self._add(stream)),
            }
        )
        (self._first_pages if first else self._pages).append(self._add(page))

    def add_form(self, page: PageObject, corners: Corners) -> int:
        """Add what a page shows within ``corners`` as a form to be painted, and return its number.

        Raises BrokenPdf; nothing that a page shows of it is in the file then.
        """
        try:
            form = _contents(page)
            form[NameObject("/Type")] = NameObject("/XObject")
            form[NameObject("/Subtype")] = NameObject("/Form")
            form[NameObject("/BBox")] = ArrayObject(map(FloatObject, corners))
            form[NameObject("/Resources")] = page.get("/Resources", DictionaryObject())
            if (group := page.get("/Group")) is not None:
                form[NameObject("/Group")] = group
            return self._copy(form, {}, 0)
        except BrokenPdf:
            raise
        except Exception as error:
            # pypdf raises whatever comes up in a broken file.
            raise BrokenPdf(type(error).__name__) from error

    def close(self) -> None:
        """Write what ends the file: the tree of pages, the catalogue, and where each object lies."""
        kids = ArrayObject(_reference(number) for number in (*self._first_pages, *self._pages))
        tree: dict[str, PdfObject] = {"/Type": NameObject("/Pages"), "/Kids": kids, "/Count": NumberObject(len(kids))}
        self._write_object(1, _named(tree))
        self._write_object(2, _named({"/Type": NameObject("/Catalog"), "/Pages": _reference(1)}))
        began = self._place
        self._write(f"xref\n0 {len(self._offsets)}\n0000000000 65535 f \n".encode())
        for offset in self._offsets[1:]:
            # What was begun for a page that turned out to be broken was never written.
            self._write(f"{offset:010} {'00000 n' if offset else '65535 f'} \n".encode())
        self._write(f"trailer\n<</Size {len(self._offsets)}/Root 2 0 R>>\nstartxref\n{began}\n%%EOF\n".encode())

    def _copy(self, found: PdfObject, numbers: dict[int, int], depth: int) -> int:
        """Write an object of another PDF with all that it refers to, and return its number."""
        known = numbers.get(id(found))
        if known is not None:
            return known
        early = numbers[id(found)] = self._new_number()
        copied = self._translated(found, numbers, depth)
        body = _body(copied)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        same = self._written.setdefault(digest, early)
        if same != early and early == len(self._offsets) - 1:
            # Nothing refers to this number yet, and none came after it.
            self._offsets.pop()
            numbers[id(found)] = same
            return same
        self._write_body(early, body)
        return early

    def _translated(self, found: PdfObject, numbers: dict[int, int], depth: int) -> PdfObject:
        """Return an object in which every reference to another one is a reference within this file."""
        if depth > DEEPEST:
            raise BrokenPdf("too deep")
        if isinstance(found, IndirectObject):
            if found.pdf is None:
                # Another page of the same PDF has it too.
                return found
            target = found.get_object()
            return NullObject() if target is None else _reference(self._copy(target, numbers, depth + 1))
        if isinstance(found, DictionaryObject):
            for name, value in list(found.items()):
                found[name] = self._translated(value, numbers, depth + 1)
        elif isinstance(found, ArrayObject):
            found[:] = [self._translated(value, numbers, depth + 1) for value in found]
        return found

    def _add(self, new: PdfObject) -> int:
        number = self._new_number()
        self._write_object(number, new)
        return number

    def _new_number(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _write_object(self, number: int, new: PdfObject) -> None:
        self._write_body(number, _body(new))

    def _write_body(self, number: int, body: bytes) -> None:
        self._offsets[number] = self._place
        self._write(b"%d 0 obj\n" % number)
        self._write(body)
        self._write(b"\nendobj\n")

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._place += len(data)


def _contents(page: PageObject) -> StreamObject:
    """Return a page's content as one stream, as it is compressed; of several, which must be joined, decoded."""
    contents = page["/Contents"].get_object()
    if isinstance(contents, ArrayObject):
        joined = StreamObject()
        joined.set_data(b"\n".join(part.get_object().get_data() for part in contents))
        return joined.flate_encode()
    if not isinstance(contents, StreamObject):
        raise BrokenPdf("no content")
    return contents


def _body(new: PdfObject) -> bytes:
    buffer = BytesIO()
    new.write_to_stream(buffer)
    return buffer.getvalue()


def _named(entries: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})


def _reference(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)
