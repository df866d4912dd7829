"""Reads the details of Canada Post's invoice: which columns have the tracking number, the amount and the weight.

Nobody who wrote this has seen such a file. So columns are found by what is in them and by usual headings in English and
French, and a clerk may say which they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.core import signing
from django.utils.translation import gettext as _

from deliver_to_po.admin.weights_and_money import LONGEST, UNITS, read_amount, read_weight, unit_in
from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.shipping.files.number_file import NUMBER_NAMES
from deliver_to_po.shipping.files.table_file import (
    DELIMITERS,
    Rows,
    TooManyColumns,
    UnreadableFile,
    bounded,
    is_rounded,
    plain,
    read_text,
    rows_of,
    written_number,
)

MOST_LINES = 50_000
# Lines by which it is found what the columns hold, and columns of figures that a clerk may choose from.
LOOKED_AT = 500
MOST_COLUMNS = 20
# A number and an amount on one line, as they are pasted: the amount may have a comma, whatever stands before it.
PAIR = re.compile(
    r"\s*((?:[0-9][ \-]?){15}[0-9]|[A-Za-z]{2} ?(?:[0-9] ?){9}[A-Za-z]{2})[\s,;|]+([-(]?\$?[0-9][^;|\t]*?)\s*"
)
# Another page carries what was read, signed and for a day, so that nothing of it is stored.
SALT, SECONDS = "deliver_to_po.invoice", 24 * 60 * 60
# Django's own limit of what a form may bring is 2.5 MB.
MOST_CARRIED = 2_000_000


class Taxes(StrEnum):
    """What a column of amounts is known to hold."""

    WITH = "with"
    WITHOUT = "without"
    ADDED = "without them, and the columns of taxes are added"
    NOT_KNOWN = "not known"


# Without accents, case, spaces and signs. The first that a file has counts.
AMOUNT_NAMES: Mapping[Taxes, Sequence[str]] = {
    Taxes.WITH: (
        *("totalwithtaxes", "amountwithtaxes", "totalamountdue", "amountdue", "totaldue", "totalamount", "totalcharge"),
        *("totalcharges", "totalprice", "total", "totalavectaxes", "montantavectaxes", "taxescomprises", "montantdu"),
        *("montanttotal", "totaldu", "prixtotal", "totalttc", "ttc"),
    ),
    Taxes.WITHOUT: (
        *("amountbeforetaxes", "amountbeforetax", "totalbeforetaxes", "totalbeforetax", "beforetaxes", "beforetax"),
        *("netamount", "netcharge", "netprice", "net", "subtotal", "pretaxamount", "pretax", "montantavanttaxes"),
        *("totalavanttaxes", "avanttaxes", "montantnet", "prixnet", "soustotal", "horstaxes", "montanthorstaxes", "ht"),
    ),
    Taxes.NOT_KNOWN: (
        *("amount", "billedamount", "amountbilled", "charge", "charges", "price", "cost", "billed", "extendedamount"),
        *("montant", "montantfacture", "prix", "frais", "cout", "facture"),
    ),
}
# If one column has all taxes, the others are parts of it.
ALL_TAXES = ("taxes", "tax", "totaltaxes", "totaltax", "taxtotal", "taxestotal", "taxamount", "totaldestaxes")
EACH_TAX = ("gst", "hst", "gsthst", "hstgst", "pst", "qst", "rst", "tps", "tvh", "tpstvh", "tvhtps", "tvp", "tvq")
WEIGHT_NAMES = (
    *("billedweight", "ratedweight", "chargeableweight", "billableweight", "totalweight", "weight", "actualweight"),
    *("poidsfacture", "poidstarife", "poidsfacturable", "poidstotal", "poids", "poidsreel"),
)


class Table(NamedTuple):
    """What an invoice's file has of figures: the tracking numbers first, then each column that may be an amount.

    ``headings`` are as they were written, ``""`` if there is none; ``places`` are where the columns stand in the
    file, counted from 1. Nobody's name or address is in it.
    """

    headings: list[str]
    places: list[int]
    rows: list[list[Any]]

    def carried(self) -> str:
        """Return it as signed text for a form; ``""`` when that would be too long for one."""
        text = signing.dumps([self.headings, self.places, self.rows], salt=SALT, compress=True)
        return text if len(text) <= MOST_CARRIED else ""

    @classmethod
    def from_carried(cls, text: str) -> "Table":
        """Return what a form brought back. Raises UnreadableFile for what is not ours or too old."""
        try:
            headings, places, rows = signing.loads(text, salt=SALT, max_age=SECONDS)
        except signing.BadSignature as problem:
            raise UnreadableFile(_("The page was open for too long. Choose the file again.")) from problem
        return cls(headings, places, rows)


class Columns(NamedTuple):
    """Which columns of a table are compared; ``weight`` is 0 for none, ``added`` are columns of taxes."""

    amount: int
    weight: int
    taxes: Taxes
    added: tuple[int, ...] = ()


class Charge(NamedTuple):
    """One line of an invoice; ``problem`` says why it cannot be read. ``weight_kg`` is None if none is known."""

    line: int
    number: str
    amount: Decimal
    weight_kg: Decimal | None = None
    problem: str = ""


def read_invoice(content: bytes) -> Table:
    """Return the figures of a file or of pasted lines. Raises UnreadableFile."""
    text = read_text(content)
    rows = bounded(_pairs(text) or _best_rows(text), MOST_LINES)
    place, start = _where_numbers_are(rows)
    headings = _headings(rows[:start], place)
    figures = _figures(rows[start:], headings, place)
    if not figures:
        raise UnreadableFile(_("There is no amount in it: the file needs a column with what each parcel was billed."))
    places = [place, *figures]
    lines = ((line, _in_place(cells, place, len(headings))) for line, cells in rows[start:])
    kept = [[line, *(_cell(cells, at) for at in places)] for line, cells in lines]
    return Table([headings.get(at, "")[:LONGEST] for at in places], [at + 1 for at in places], kept)


def known_columns(table: Table) -> Columns | None:
    """Return the columns that are known by their headings, or as the only ones; None when somebody must say.

    Prices are kept with taxes, so a column with taxes goes before one without.
    """
    headings = [_named(heading) for heading in table.headings]
    weight = _first_of(WEIGHT_NAMES, headings)
    for names in AMOUNT_NAMES.values():
        if amount := _first_of(names, headings):
            return _columns(table, amount, weight)
    left = [at for at in range(1, len(headings)) if at != weight and not _is_whole(table, at)]
    return Columns(left[0], weight, Taxes.NOT_KNOWN) if len(left) == 1 and not headings[left[0]] else None


def chosen_columns(table: Table, amount: str, weight: str) -> Columns | None:
    """Return the columns that a clerk chose by their places, None for none or such as are not there."""
    places = {str(at): at for at in range(1, len(table.headings))}
    if amount not in places:
        return None
    return _columns(table, places[amount], places.get(weight, 0))


def _columns(table: Table, amount: int, weight: int) -> Columns:
    """Return the columns, with those of the taxes if the amount is before taxes."""
    headings = [_named(heading) for heading in table.headings]
    taxes = next((taxes for taxes, names in AMOUNT_NAMES.items() if headings[amount] in names), Taxes.NOT_KNOWN)
    if taxes != Taxes.WITHOUT:
        return Columns(amount, weight, taxes)
    every = _first_of(ALL_TAXES, headings)
    added = (every,) if every else tuple(at for at, name in enumerate(headings) if at and name in EACH_TAX)
    return Columns(amount, weight, Taxes.ADDED if added else taxes, added)


def charges(table: Table, columns: Columns) -> list[Charge]:
    """Return the lines of an invoice, those that cannot be read among them, each with why."""
    heading = table.headings[columns.weight] if columns.weight else ""
    return [_charge(row, columns, heading) for row in table.rows]


def _charge(row: Sequence[Any], columns: Columns, heading: str) -> Charge:
    line, number = int(row[0]), written_number(_unquoted(row[1]))
    amount = read_amount(row[columns.amount + 1])
    taxes = sum((read_amount(row[at + 1]) or Decimal(0) for at in columns.added), Decimal(0))
    problem = _problem(row[1], number, amount)
    return Charge(line, number, (amount or Decimal(0)) + taxes, _kilograms(row, columns, heading), problem)


def _kilograms(row: Sequence[Any], columns: Columns, heading: str) -> Decimal | None:
    weight = read_weight(row[columns.weight + 1]) if columns.weight else None
    return weight.kilograms(unit_in(heading)) if weight and weight.figure >= 0 else None


def _problem(written: str, number: str, amount: Decimal | None) -> str:
    if is_rounded(written):
        return _(
            "The spreadsheet has rounded the tracking number: format that column as text, and save the file again."
        )
    if number and not is_tracking_number(number):
        return _("This is not a Canada Post tracking number.")
    if amount is None:
        return _("The line has no amount in this column, or it is not under its heading.")
    return ""


def _pairs(text: str) -> Rows:
    """Return the two columns of lines that each have a number and an amount; nothing if one line has not."""
    pairs: Rows = []
    for at, line in enumerate(text.splitlines()[: MOST_LINES + 2], 1):
        match = PAIR.fullmatch(line[:100])
        if match and read_amount(match[2]) is not None:
            pairs.append((at, [match[1], match[2]]))
        elif line.strip():
            return []
    return pairs


def _best_rows(text: str) -> Rows:
    """Return the rows by the delimiter that sets most tracking numbers apart; of equal ones, most cells."""
    start = "\n".join(text.splitlines()[:LOOKED_AT])

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            rows = rows_of(start, delimiter)
        except TooManyColumns:
            # It is told, unless another delimiter sets numbers apart.
            return 0, len(text)
        except UnreadableFile:
            return 0, 0
        return sum(any(map(_is_number, cells)) for _line, cells in rows), sum(len(cells) for _line, cells in rows)

    return rows_of(text, max(DELIMITERS, key=worth))


def _where_numbers_are(rows: Rows) -> tuple[int, int]:
    """Return the column that has the tracking numbers, and the first row that has one. Raises UnreadableFile."""
    found: dict[int, list[int]] = {}
    for at, (_line, cells) in enumerate(rows[:LOOKED_AT]):
        for place, cell in enumerate(cells):
            if _is_number(cell):
                found.setdefault(place, []).append(at)
    if not found:
        raise UnreadableFile(
            _(
                "There is no tracking number in it. Save the invoice’s details by item as CSV, with the tracking "
                "number of each, or paste lines with a tracking number and an amount."
            )
        )
    named = [place for place in found if _is_named(rows[: found[place][0]], place)]
    place = max(named or found, key=lambda place: len(found[place]))
    # A number with a wrong digit is no heading.
    return place, next(at for at, (_line, cells) in enumerate(rows) if _is_nearly_number(_cell(cells, place)))


def _is_named(before: Rows, place: int) -> bool:
    return any(_named(cells[place]) in NUMBER_NAMES for _line, cells in before if place < len(cells))


def _headings(before: Rows, place: int) -> dict[int, str]:
    """Return the headings by column: the last line before the figures that has a word above the numbers."""
    for _line, cells in reversed(before):
        if place < len(cells) and cells[place]:
            return dict(enumerate(cells))
    return {}


def _figures(rows: Rows, headings: Mapping[int, str], number: int) -> list[int]:
    """Return the columns of which at least half of what is in them are figures; those with usual headings first."""
    looked_at = [cells for _line, cells in rows[:LOOKED_AT]]
    widest = max(map(len, looked_at))
    found = [at for at in range(widest) if at != number and _is_of_figures([_cell(row, at) for row in looked_at])]
    usual = {*WEIGHT_NAMES, *ALL_TAXES, *EACH_TAX, *(name for names in AMOUNT_NAMES.values() for name in names)}
    return sorted(sorted(found, key=lambda at: _named(headings.get(at, "")) not in usual)[:MOST_COLUMNS])


def _is_of_figures(cells: Iterable[str]) -> bool:
    filled = [cell for cell in cells if cell]
    numbers = sum(not _is_number(cell) and _is_figure(cell) for cell in filled)
    return bool(filled) and numbers * 2 >= len(filled)


def _is_figure(cell: str) -> bool:
    return read_amount(cell) is not None or read_weight(cell) is not None


def _in_place(cells: list[str], number: int, width: int) -> list[str]:
    """Return a row; of one that has more cells than the headings the number alone, since its figures have slipped."""
    slipped = bool(width) and any(cells[width:])
    return [cell if at == number or not slipped else "" for at, cell in enumerate(cells)]


def _is_number(cell: str) -> bool:
    written = _unquoted(cell)
    return (is_rounded(written) and "E+15" in written.upper()) or is_tracking_number(written_number(written))


def _is_nearly_number(cell: str) -> bool:
    return _is_number(cell) or bool(re.fullmatch("[0-9]{12,}", written_number(_unquoted(cell))))


def _unquoted(cell: str) -> str:
    """Return what a spreadsheet was told to take as text: ``="7023…"`` and ``'7023…``."""
    return cell.removeprefix("=").strip("'\" ")


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at][:LONGEST] if at < len(cells) else ""


def _named(heading: str) -> str:
    """Return what a heading names, without the unit or the currency beside it."""
    return plain(re.sub(rf"\(.*?\)|\b({UNITS}|cad)\b", "", heading[:LONGEST], flags=re.IGNORECASE))


def _first_of(names: Iterable[str], headings: Sequence[str]) -> int:
    """Return where the first of some names stands, the column of the numbers left out; 0 for nowhere."""
    return next((headings.index(name, 1) for name in names if name in headings[1:]), 0)


def _is_whole(table: Table, at: int) -> bool:
    """Say whether a column has nothing but whole numbers, which are counts or references rather than amounts."""
    return all(str(row[at + 1]).isdecimal() for row in table.rows[:LOOKED_AT] if row[at + 1])
