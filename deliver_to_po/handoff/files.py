"""Files of the private storage: written under a name that their row holds before, readable for the shop alone."""

from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from pypdf import PdfReader


def write_file(storage: Storage, name: str, content: bytes) -> str:
    """Write a file under a name that is nobody else's, and return the name that it got."""
    written = storage.save(name, ContentFile(content))
    if isinstance(storage, FileSystemStorage):
        # For the shop's own user only.
        Path(storage.path(written)).chmod(0o600)
    return written


def is_pdf(content: bytes) -> bool:
    """Say whether it is a PDF with pages that can be read."""
    try:
        pages = PdfReader(BytesIO(content)).pages
        return len(pages) > 0 and all(page.mediabox.width > 0 and page.get_contents() is not None for page in pages)
    except Exception:
        # pypdf raises whatever comes up in a broken file.
        return False
