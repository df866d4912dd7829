"""Reads files in which tracking numbers come back: EST's own export, a spreadsheet's CSV, a pasted column or two."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deliver_to_po.canadapost.identifiers import is_tracking_number

LARGEST_BYTES = 10_000_000
MOST_ROWS = 100_000
LONGEST_CELL = 200
DELIMITERS = ",;\t|"
# What begins with these is a spreadsheet or an archive, not text.
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What the columns are called, without accents, case, spaces and signs.
PARCEL_NAMES = (
    *("parcelreference", "orderid", "ordernumber", "orderno", "order", "reference", "reference1", "customerreference"),
    *("referenceducolis", "numerodecommande", "nodecommande", "commande", "idcommande"),
)
NUMBER_NAMES = (
    *("trackingnumber", "tracking", "pin", "trackingpin", "itemnumber", "trackingid", "productidentifier"),
    *("numerodereperage", "numerodesuivi", "nip", "niparticle"),
)


class UnreadableFile(Exception):
    """The file as a whole cannot be read; its text says why and what to do, in the active language."""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One line of a file: which parcel, and its tracking number, both as they were written.

    ``problem`` says why the line cannot be read, ``""`` where it can.
    """

    line: int
    parcel: str
    number: str
    problem: str = ""


def read_numbers(content: bytes, columns: Mapping[str, Any]) -> list[NumberRow]:
    """Return the lines of a file; ``columns`` are a system's OPTIONS. Raises UnreadableFile.

    Columns are found by their headings, in English or French, or where there are none by the tracking numbers in them.
    """
    lines = _lines(_text(content))
    if not lines:
        raise UnreadableFile(_("There is nothing in it: the file needs a line for each parcel."))
    parcel, number, has_heading = _columns(lines, columns)
    rows = lines[1:] if has_heading else lines
    if not rows:
        raise UnreadableFile(_("There is only a heading in it: the file needs a line for each parcel."))
    if len(rows) > MOST_ROWS:
        raise UnreadableFile(
            _("It has more than %(most)d lines: export a shorter time, or divide it.") % {"most": MOST_ROWS}
        )
    return [_row(line, cells, parcel, number) for line, cells in rows]


def written_number(text: str) -> str:
    """Return a tracking number as it was typed or scanned, without spaces and hyphens, in capitals."""
    return re.sub(r"[\s\-.]", "", text[:LONGEST_CELL]).upper()


def _text(content: bytes) -> str:
    """Return the file's text, whatever of the usual encodings it is in."""
    if len(content) > LARGEST_BYTES:
        most = LARGEST_BYTES // 1_000_000
        raise UnreadableFile(_("It is larger than %(most)d MB: export a shorter time, or divide it.") % {"most": most})
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


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UnreadableFile(_("Its letters cannot be read. Save it as CSV in UTF-8, and choose that file."))
    return text


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Return the lines that hold something, each with its number, counted as an editor does."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(found) > MOST_ROWS + 1:
                break
    except csv.Error:
        words = {"line": reader.line_num}
        raise UnreadableFile(
            _("It cannot be read from line %(line)d on: a quotation mark may be missing.") % words
        ) from None
    return found


def _columns(lines: Sequence[tuple[int, list[str]]], columns: Mapping[str, Any]) -> tuple[int, int, bool]:
    """Return which column names the parcel and which holds its number, and whether the first line is a heading."""
    _line, first = lines[0]
    headings = [_plain(cell) for cell in first]
    parcel = _place(headings, columns.get("PARCEL_COLUMN"), PARCEL_NAMES)
    number = _place(headings, columns.get("NUMBER_COLUMN"), NUMBER_NAMES)
    if parcel is not None and number is not None and parcel != number:
        return parcel, number, not any(is_tracking_number(written_number(cell)) for cell in first)
    numbered = [place for place, cell in enumerate(first) if is_tracking_number(written_number(cell))]
    if len(numbered) == 1 and len(first) == 2:
        return 1 - numbered[0], numbered[0], False
    shown = ", ".join(cell[:40] for cell in first[:12]) or "–"
    raise UnreadableFile(
        _(
            "Its columns are not known: one must be called “Order ID”, with the parcels’ references, and one "
            "“Tracking number”. There is: %(columns)s."
        )
        % {"columns": shown}
    )


def _place(headings: Sequence[str], wanted: Any, names: Sequence[str]) -> int | None:
    """Return where a column is: the one that the shop names, by heading or counted from 1, else a usual name."""
    if isinstance(wanted, int):
        return wanted - 1 if 0 < wanted <= len(headings) else None
    wished = [_plain(wanted)] if isinstance(wanted, str) and wanted else [_plain(name) for name in names]
    return next((headings.index(name) for name in wished if name in headings), None)


def _plain(heading: str) -> str:
    letters = unicodedata.normalize("NFKD", heading[:LONGEST_CELL]).casefold()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def _row(line: int, cells: Sequence[str], parcel: int, number: int) -> NumberRow:
    if max(parcel, number) >= len(cells):
        words = {"count": len(cells)}
        return NumberRow(line, "", "", _("The line has too few columns: %(count)d.") % words)
    read = NumberRow(line, cells[parcel][:LONGEST_CELL], cells[number][:LONGEST_CELL])
    for problem in _problems(read):
        return NumberRow(line, read.parcel, read.number, problem)
    return read


def _problems(row: NumberRow) -> Iterator[str]:
    if row.parcel.startswith(("=", "@")) or row.number.startswith(("=", "@")):
        yield _("This is a formula, not a text: save the file with what the cells show.")
    if not row.parcel:
        yield _("The line names no parcel.")
    if re.fullmatch(r"[0-9][.,][0-9]+E\+?[0-9]+", row.number, re.IGNORECASE):
        yield _("The spreadsheet has rounded the tracking number: format that column as text, and save the file again.")
