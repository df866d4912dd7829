"""A storage of labels that is as slow as one across a network, and whose disk is full now and then."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

# When a file of this name lies among the signs, the next label does not fit on the disk.
FULL = "full"


class SlowFile(ContentFile[bytes]):
    """Hands out its bytes in two halves and takes its time after each; the disk may be full after the first."""

    def __init__(self, content: bytes, pause_seconds: float, *, fits: bool) -> None:
        super().__init__(content)
        self._bytes, self._pause_seconds, self._fits = content, pause_seconds, fits

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the halves; raises OSError instead of the second where the disk is full."""
        half = len(self._bytes) // 2
        yield self._bytes[:half]
        time.sleep(self._pause_seconds)
        if not self._fits:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield self._bytes[half:]
        time.sleep(self._pause_seconds)


class SlowStorage(FileSystemStorage):
    """Writing a label takes ``latency_seconds``, deleting one half of that.

    While it is at work, a file named by the process lies in ``signs``: so the harness knows which kills hit it.
    """

    def __init__(self, *, location: str, signs: str, latency_seconds: float) -> None:
        super().__init__(location=location)
        self._signs = Path(signs)
        self._pause_seconds = latency_seconds / 2

    def _save(self, name: str, content: File[Any]) -> str:
        slow = SlowFile(content.read(), self._pause_seconds, fits=not self._disk_is_full())
        with self._at_work():
            return super()._save(name, slow)  # type: ignore[misc, no-any-return]

    def delete(self, name: str) -> None:
        """Delete what lies under ``name``, if anything does."""
        if self.exists(name):
            with self._at_work():
                time.sleep(self._pause_seconds)
                super().delete(name)

    def _disk_is_full(self) -> bool:
        """Take the sign that says so, if it is there."""
        try:
            (self._signs / FULL).unlink()
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        sign = self._signs / str(os.getpid())
        sign.touch()
        try:
            yield
        finally:
            sign.unlink(missing_ok=True)
