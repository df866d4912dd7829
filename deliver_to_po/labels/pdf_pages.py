"""Reading a PDF: its pages whole, and of a size that a printer can take, or not at all."""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.filters import ASCII85Decode
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, RectangleObject, StreamObject

from deliver_to_po.labels.broken import BrokenPdf
from deliver_to_po.labels.pdf_stream import Corners

# More than any label or manifest has. What a page says in words and lines takes some kilobytes, and pypdf keeps it.
MOST_PAGES = 1_000
# The longest side of a page that Acrobat shows.
LONGEST_PT = 14_400
MOST_BYTES_UNPACKED = 50_000_000
# As so many each one counts at least: the same one that says nothing can be drawn a million times on each page.
FEWEST_BYTES = 2_000
# Pictures and fonts are unpacked to be checked and are not kept: a letter page in colour at 600 dpi has 100 MB.
MOST_BYTES_BESIDE = 500_000_000
# What of a file is read to find numbers in it: a label says less in a thousandth of it.
MOST_BYTES_OF_TEXT = 1_000_000
FLATE = ("/FlateDecode", "/Fl")
ASCII_85 = ("/ASCII85Decode", "/A85")
# Kinds of pictures, which nothing here can unpack.
PICTURES = ("/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode")
CHUNK = 1 << 20


class Look:
    """How a page is looked at: what of it is shown, and which way up."""

    def __init__(self, page: PageObject):
        self.page = page
        media, crop = _corners(page.mediabox), _corners(page.cropbox)
        left, bottom = map(max, media[:2], crop[:2])
        right, top = map(min, media[2:], crop[2:])
        if not (0 < right - left <= LONGEST_PT and 0 < top - bottom <= LONGEST_PT):
            raise BrokenPdf("no size, or none of a page")
        self.corners: Corners = (left, bottom, right, top)
        self.turns = (page.rotation // 90) % 4

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in points as it is shown."""
        left, bottom, right, top = self.corners
        return (top - bottom, right - left) if self.turns % 2 else (right - left, top - bottom)


def _corners(box: RectangleObject) -> Corners:
    """Return left, bottom, right and top of a box, whichever two corners tell it."""
    (left, right), (bottom, top) = sorted(map(float, box[::2])), sorted(map(float, box[1::2]))
    return left, bottom, right, top


def pages_of(content: bytes) -> list[Look]:
    """Return the pages of a PDF, without blank ones, which would cost a label each.

    Raises BrokenPdf when none is left, when one cannot be read or has no size, when something that is drawn on one is
    damaged or cut off, and when it is packed to burst as it is opened.
    """
    try:
        pages = PdfReader(BytesIO(content)).pages
        found = [
            Look(page) for page in pages[:MOST_PAGES] if not isinstance(page.get("/Contents", NullObject()), NullObject)
        ]
        if not found or len(pages) > MOST_PAGES:
            raise BrokenPdf("no pages, or too many")
        _unpack(look.page for look in found)
    except BrokenPdf:
        raise
    except Exception as error:
        # pypdf raises whatever comes up in a broken file.
        raise BrokenPdf(type(error).__name__) from error
    return found


def is_pdf(content: bytes) -> bool:
    """Say whether ``pages_of`` can read it."""
    try:
        return bool(pages_of(content))
    except BrokenPdf:
        return False


def text_of(content: bytes) -> str:
    """Return what a PDF's pages say in letters; ``""`` if that cannot be told, or is far more than on a label."""
    try:
        pages = [look.page for look in pages_of(content)]
        if sum(_size(part, MOST_BYTES_OF_TEXT) for page in pages for part in _parts(page)) > MOST_BYTES_OF_TEXT:
            return ""
        return "\n".join(page.extract_text() for page in pages)
    except Exception:
        # As above.
        return ""


def _unpack(pages: Iterable[PageObject]) -> None:
    """Unpack whatever the pages are drawn with, and stop where that grows beyond what is above."""
    left, left_beside = MOST_BYTES_UNPACKED, MOST_BYTES_BESIDE
    seen: set[int] = set()
    for page in pages:
        for part in _parts(page):
            left -= max(_size(part, left), FEWEST_BYTES)
        for stream in _beside(page, seen):
            left_beside -= _size(stream, left_beside)


def _parts(page: PageObject) -> list[StreamObject]:
    contents: Any = page["/Contents"].get_object()
    return [part.get_object() for part in (contents if isinstance(contents, ArrayObject) else [contents])]


def _beside(page: PageObject, seen: set[int]) -> Iterator[StreamObject]:
    """Yield the streams of pictures, fonts and forms that a page uses, each once."""
    waiting: list[Any] = [page.get("/Resources")]
    while waiting:
        found = waiting.pop()
        found = None if found is None else found.get_object()
        if id(found) in seen:
            continue
        if isinstance(found, StreamObject):
            yield found
        if isinstance(found, DictionaryObject | ArrayObject):
            seen.add(id(found))
            waiting += found.values() if isinstance(found, DictionaryObject) else found


def _size(stream: StreamObject, most: int) -> int:
    """Return how many bytes a stream unpacks to; raises BrokenPdf where they are more than ``most``, or damaged."""
    names: Any = stream.get("/Filter", ArrayObject()).get_object()
    filters = list(names) if isinstance(names, ArrayObject) else [names]
    data = stream._data
    if filters and filters[0] in ASCII_85:
        data, filters = ASCII85Decode.decode(data), filters[1:]
    if filters and filters[0] in FLATE:
        return _inflated(data, most)
    size = len(data if any(name in PICTURES for name in filters) else stream.get_data())
    if size > most:
        raise BrokenPdf("too much")
    return size


def _inflated(data: bytes, most: int) -> int:
    """Return how many bytes a Flate stream unpacks to. pypdf itself passes over what is damaged.

    A checksum that is wrong is damage; one that is missing is the habit of some program.
    """
    if len(data) < 2 or int.from_bytes(data[:2], "big") % 31:
        raise BrokenPdf("no Flate")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size, checksum, waiting = 0, 1, data[2:]
    while not unpacker.eof:
        chunk = unpacker.decompress(waiting, CHUNK)
        waiting = unpacker.unconsumed_tail
        if not chunk and not waiting and not unpacker.eof:
            raise BrokenPdf("cut off")
        size, checksum = size + len(chunk), zlib.adler32(chunk, checksum)
        if size > most:
            raise BrokenPdf("too much")
    told = unpacker.unused_data[:4]
    if len(told) == 4 and int.from_bytes(told, "big") != checksum:
        raise BrokenPdf("checksum")
    return size
