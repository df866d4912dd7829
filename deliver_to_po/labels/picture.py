"""A label as a picture: how the first page of its PDF looks on a label printer.

The page is drawn by a program of its own, this file, for which the web server waits only so long: two threads may not
use what draws PDFs at once, and a broken file may keep it busy for ever, or end it.
"""

import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

# A label printer's.
DOTS_PER_INCH = 203
# Labels are a tenth of that, and legal paper is the longest that anybody prints them on.
LARGEST_BYTES = 4_000_000
LONGEST_SIDE_POINTS = 14.5 * 72
SECONDS = 10.0
# Several times what a page of LONGEST_SIDE_POINTS takes. A small file may unpack to more than the machine has.
MOST_MEMORY_BYTES = 1_000_000_000


class NoPicture(Exception):
    """No picture can be made of it: it is no PDF, too large, or took too long."""


def can_be_drawn() -> bool:
    """Say whether the library is there that draws PDFs: the extra ``pictures``."""
    return find_spec("pypdfium2") is not None


def picture_of(pdf: bytes, *, seconds: float = SECONDS) -> bytes:
    """Return the first page of a PDF as PNG, DOTS_PER_INCH and in grey; raises NoPicture, after ``seconds`` at most."""
    if len(pdf) > LARGEST_BYTES:
        raise NoPicture
    # Without the folder of this file among those where modules are looked for: it has a "barcode", as libraries have.
    command = [_python(), "-P", __file__]
    try:
        drawn = subprocess.run(command, input=pdf, capture_output=True, timeout=seconds, check=False)
    except (subprocess.TimeoutExpired, OSError):
        raise NoPicture from None
    if drawn.returncode or not drawn.stdout.startswith(b"\x89PNG"):
        raise NoPicture
    return drawn.stdout


def _python() -> str:
    """Return Python's own program; a server that has it built in is called otherwise."""
    if Path(sys.executable).name.startswith("python"):
        return sys.executable
    return str(Path(sys.exec_prefix) / "bin" / "python3")


def draw(pdf: bytes) -> bytes:
    """Return the first page as PNG; raises NoPicture, and whatever the library raises."""
    from pypdfium2 import PdfDocument

    page = PdfDocument(pdf)[0]
    if max(page.get_size()) > LONGEST_SIDE_POINTS:
        raise NoPicture
    written = BytesIO()
    image = page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil()
    image.save(written, "PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return written.getvalue()


def _bound_memory() -> None:
    """Let this program have no more than MOST_MEMORY_BYTES, where the system can see to it: it ends then."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


if __name__ == "__main__":
    _bound_memory()
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(LARGEST_BYTES)))
