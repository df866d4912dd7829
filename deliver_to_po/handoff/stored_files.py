"""Files of the private storage: written under a name that their row holds before, readable for the shop alone."""

from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage


def what_failed(error: Exception) -> str:
    """Return what may be told of what a storage raised: the words of this machine, else its kind."""
    return getattr(error, "strerror", None) or type(error).__name__


def write_file(storage: Storage, name: str, content: bytes) -> str:
    """Write a file under a name that is nobody else's, and return the name that it got."""
    written = storage.save(name, ContentFile(content))
    if isinstance(storage, FileSystemStorage):
        # For the shop's own user only.
        Path(storage.path(written)).chmod(0o600)
    return written
