"""Reads tables that people save as text or paste: whatever of the usual encodings and delimiters they have."""

import codecs
import csv
import io
import re
import unicodedata

from django.utils.translation import gettext as _

LARGEST_BYTES = 10_000_000
# Django refuses a form of more than 2.5 MB without a word (DATA_UPLOAD_MAX_MEMORY_SIZE); a character has up to 4 bytes.
MOST_PASTED = 600_000
MOST_ROWS = 100_000
LONGEST_CELL = 200
# More than any such table has; each of them is looked at in hundreds of lines.
MOST_CELLS = 300
DELIMITERS = ",;\t|"
# What begins with these is a spreadsheet or an archive, not text.
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Rows = list[tuple[int, list[str]]]


class UnreadableFile(Exception):
    """The file as a whole cannot be read; its text says why and what to do, in the active language."""


class TooManyColumns(UnreadableFile):
    """It has more than MOST_CELLS columns."""


def pasted(text: str) -> bytes:
    """Return pasted lines as a file. Raises UnreadableFile where a browser may have cut them at MOST_PASTED."""
    # A form sends two characters for the end of a line; its field has counted one.
    if len(text.replace("\r\n", "\n")) >= MOST_PASTED:
        raise UnreadableFile(
            _("What was pasted is too long and may have been cut. Save it as a file, and choose that.")
        )
    return text.encode()


def read_text(content: bytes) -> str:
    """Return the file's text. Raises UnreadableFile for one that is too large, or no text."""
    if len(content) > LARGEST_BYTES:
        most = LARGEST_BYTES // 1_000_000
        raise UnreadableFile(_("It is larger than %(most)d MB: export a shorter period, or split it.") % {"most": most})
    if content.startswith(NOT_TEXT):
        raise UnreadableFile(_("It is not a text file. Open it in its program, save it as CSV, and choose that file."))
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    if b"\0" in content[:200]:
        return _decoded(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        content.decode()
    except UnicodeDecodeError:
        return _decoded(content, "cp1252")
    return _decoded(content, "utf-8")


def rows_of(text: str, delimiter: str = "") -> Rows:
    """Return the lines that hold something, each with its number, counted as an editor does. Raises UnreadableFile.

    Without a ``delimiter`` it is the one that the first line with any has most of. No more than MOST_ROWS + 2 are read.
    """
    first = next((line for line in io.StringIO(text) if any(sign in line for sign in DELIMITERS)), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or max(DELIMITERS, key=first.count))
    found: Rows = []
    try:
        for cells in reader:
            # "sep=;" tells Excel the delimiter, and holds no parcel.
            if any(cell.strip() for cell in cells) and cells[0] != "sep=":
                found.append((reader.line_num, [cell.strip() for cell in _bounded(cells)]))
            if len(found) > MOST_ROWS + 1:
                break
    except csv.Error:
        words = {"line": reader.line_num}
        raise UnreadableFile(
            _("It cannot be read from line %(line)d on: a quotation mark may be missing.") % words
        ) from None
    return found


def bounded(rows: Rows, most: int) -> Rows:
    """Return the rows; raises UnreadableFile for none, and for more than ``most``."""
    if not rows:
        raise UnreadableFile(_("There is no parcel in it: the file needs a line for each one."))
    if len(rows) > most:
        raise UnreadableFile(
            _("It has more than %(most)d lines: export a shorter period, or split it.") % {"most": most}
        )
    return rows


def written_number(text: str) -> str:
    """Return a tracking number as it was typed or scanned, without spaces and hyphens, in capitals."""
    return re.sub(r"[\s\-.]", "", text[:LONGEST_CELL]).upper()


def is_rounded(text: str) -> bool:
    """Say whether a spreadsheet wrote a number as 7.02321E+15, so that its digits are lost."""
    return bool(re.fullmatch(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", text[:LONGEST_CELL], re.IGNORECASE))


def plain(heading: str) -> str:
    """Return a heading without accents, case, spaces and signs, so that it can be looked for; « N° » is "no"."""
    letters = unicodedata.normalize("NFKD", heading[:LONGEST_CELL].replace("°", "o")).casefold()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def _bounded(cells: list[str]) -> list[str]:
    """Return a line's cells; of more than MOST_CELLS those, where the others are empty. Else raises TooManyColumns."""
    if any(cell.strip() for cell in cells[MOST_CELLS:]):
        words = {"most": MOST_CELLS}
        raise TooManyColumns(
            _("It has more than %(most)d columns: save it with those that are needed, and choose that file.") % words
        )
    return cells[:MOST_CELLS]


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UnreadableFile(_("Its letters cannot be read. Save it as CSV in UTF-8, and choose that file."))
    return text
