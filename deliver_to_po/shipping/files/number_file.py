"""Reads files in which tracking numbers come back: EST's own export, a spreadsheet's CSV, a pasted column or two."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.shipping.files.table_file import (
    LONGEST_CELL,
    MOST_ROWS,
    Rows,
    UnreadableFile,
    bounded,
    is_rounded,
    plain,
    read_text,
    rows_of,
    written_number,
)

# What the columns are called, without accents, case, spaces and signs.
PARCEL_NAMES = (
    # In EST's export the shop's id stands beside EST's own, which is called "Order ID".
    *(
        "importedorderid",
        "parcelreference",
        "orderid",
        "ordernumber",
        "orderno",
        "order",
        "reference",
        "reference1",
        "customerreference",
    ),
    *("referenceducolis", "numerodecommande", "nodecommande", "commande", "idcommande"),
    *("referenceduclient", "referenceclient", "numerodereference", "nodereference"),
)
NUMBER_NAMES = (
    *("trackingnumber", "tracking", "pin", "trackingpin", "itemnumber", "trackingid", "productidentifier"),
    "barcodeid",
    *("numerodereperage", "numerodesuivi", "nodereperage", "nodesuivi", "nip", "niparticle"),
    *("nipdereperage", "numerodarticle", "nodarticle", "codeabarres"),
)
# EST's export has no headings: its columns are told by their places, counted from 0.
EST_PARCEL, EST_NUMBER = 30, 16
MEANT_AS_NUMBER = re.compile("[0-9]{16}|[A-Z]{2}[0-9]{9}[A-Z]{2}")


class NumberRow(NamedTuple):
    """One line of a file: which parcel, and its tracking number, both as they were written.

    ``problem`` says why the line cannot be read, ``""`` if it can.
    """

    line: int
    parcel: str
    number: str
    problem: str = ""


def read_numbers(content: bytes, columns: Mapping[str, Any]) -> list[NumberRow]:
    """Return the lines of a file; ``columns`` are a system's OPTIONS. Raises UnreadableFile.

    Columns are found by their headings, in English or French, or where there are none by the tracking numbers in them.
    """
    lines = _parcels_of_est(rows_of(read_text(content)))
    parcel, number, has_heading = _columns(lines, columns) if lines else (0, 0, False)
    rows = bounded(lines[1:] if has_heading else lines, MOST_ROWS)
    return [_row(line, cells, parcel, number) for line, cells in rows]


def _parcels_of_est(lines: Rows) -> Rows:
    """Return the lines with parcels of EST's export, without its manifests and markers; another file as it is."""
    blocks: list[Rows] = [[]]
    for line in lines:
        if _is_marker(line[1]):
            blocks.append([])
        else:
            blocks[-1].append(line)
    return [line for block in blocks if _is_of_est(block) for line in block] or lines


def _is_marker(cells: Sequence[str]) -> bool:
    written = [cell for cell in cells if cell]
    return len(written) <= 2 and all(re.fullmatch("[0-9]", cell) for cell in written)


def _is_of_est(lines: Rows) -> bool:
    """Say whether any line has a tracking number, be it a rounded one, where EST's export has it."""
    numbers = (cells[EST_NUMBER] for _line, cells in lines if len(cells) > EST_PARCEL)
    return any(is_tracking_number(written_number(number)) or is_rounded(number) for number in numbers)


def _columns(lines: Rows, columns: Mapping[str, Any]) -> tuple[int, int, bool]:
    """Return which column names the parcel and which holds its number, and whether the first line is a heading."""
    _line, first = lines[0]
    headings = [plain(cell) for cell in first]
    parcel = _place(headings, columns.get("PARCEL_COLUMN"), PARCEL_NAMES)
    number = _place(headings, columns.get("NUMBER_COLUMN"), NUMBER_NAMES)
    if parcel is not None and number is not None and parcel != number:
        return parcel, number, not any(is_tracking_number(written_number(cell)) for cell in first)
    # A mistyped number in the first line is that line's problem, not the file's.
    for is_number in (is_tracking_number, MEANT_AS_NUMBER.fullmatch):
        numbered = [place for place, cell in enumerate(first) if is_number(written_number(cell))]
        if len(numbered) == 1 and len(first) == 2:
            return 1 - numbered[0], numbered[0], False
    if _is_of_est(lines):
        return EST_PARCEL if parcel is None else parcel, EST_NUMBER if number is None else number, False
    shown = ", ".join(cell[:40] for cell in first[:12]) or "–"
    raise UnreadableFile(
        _(
            "Its columns are not known: one must be called “Order ID”, in an export of EST “Imported Order ID”, with "
            "the parcels’ references, and one “Tracking number”. There is: %(columns)s."
        )
        % {"columns": shown}
    )


def _place(headings: Sequence[str], wanted: Any, names: Sequence[str]) -> int | None:
    """Return where a column is: the one that the shop names, by heading or counted from 1, else a usual name."""
    if isinstance(wanted, int):
        return wanted - 1 if 0 < wanted <= len(headings) else None
    wished = [plain(wanted)] if isinstance(wanted, str) and wanted else [plain(name) for name in names]
    return next((headings.index(name) for name in wished if name in headings), None)


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
    if is_rounded(row.number):
        yield _("The spreadsheet has rounded the tracking number: format that column as text, and save the file again.")
