"""Files of the private storage: written under a name that their row holds before, readable for the shop alone."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject

# More than any label or manifest has. What a page says in words and lines takes some kilobytes; pictures lie beside it.
MOST_PAGES = 1_000
MOST_BYTES_UNPACKED = 50_000_000


def write_file(storage: Storage, name: str, content: bytes) -> str:
    """Write a file under a name that is nobody else's, and return the name that it got."""
    written = storage.save(name, ContentFile(content))
    if isinstance(storage, FileSystemStorage):
        # For the shop's own user only.
        Path(storage.path(written)).chmod(0o600)
    return written


def is_pdf(content: bytes) -> bool:
    """Say whether it is a PDF with pages that can be read; one that is packed to burst when it is opened is none."""
    try:
        pages = PdfReader(BytesIO(content)).pages
        return 0 < len(pages) <= MOST_PAGES and _can_be_read(pages)
    except Exception:
        # pypdf raises whatever comes up in a broken file.
        return False


def _can_be_read(pages: Iterable[PageObject]) -> bool:
    """Unpack what the pages say, and stop where that grows beyond MOST_BYTES_UNPACKED: pypdf keeps all of it."""
    left = MOST_BYTES_UNPACKED
    seen: set[int] = set()
    for page in pages:
        contents = page["/Contents"].get_object()
        if page.mediabox.width <= 0:
            return False
        if id(contents) in seen:
            continue
        seen.add(id(contents))
        parts: list[Any] = list(contents) if isinstance(contents, ArrayObject) else [contents]
        for part in parts:
            left -= len(part.get_object().get_data())
            if left < 0:
                return False
    return True
