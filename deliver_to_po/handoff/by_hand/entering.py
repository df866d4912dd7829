"""Entering what a person or a file says of parcels that are shipped by hand: their tracking numbers, row by row."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from time import monotonic
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.utils import timezone

from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.core.choices.states import MAY_GET_A_LABEL, NUMBER_AWAITED
from deliver_to_po.core.database_errors import described
from deliver_to_po.handoff.by_hand.report import Reported, report_made
from deliver_to_po.handoff.by_hand.report_many import report_numbers
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Made
from deliver_to_po.shipping.files.number_file import NumberRow, read_numbers
from deliver_to_po.shipping.files.parcel_fields import parcel_reference
from deliver_to_po.shipping.files.table_file import written_number
from deliver_to_po.shipping.registry import shipping_system

log = logging.getLogger(__name__)

# A file that comes again later than this no longer knows its parcels.
KNOWN_FOR = timedelta(days=90)
# Tracking numbers that are kept in one transaction.
AT_ONCE = 200
# What a file may name: what has no number yet, and what has.
IN_FILES = (*NUMBER_AWAITED, *MAY_GET_A_LABEL)


class Entered(StrEnum):
    """The result of one tracking number; save for TAKEN nothing was changed."""

    TAKEN = "taken"
    SAME_AGAIN = "same again"
    NO_NUMBER = "no number"
    WRONG_NUMBER = "wrong number"
    NUMBER_TWICE = "number twice"
    PARCEL_TWICE = "parcel twice"
    UNKNOWN_PARCEL = "unknown parcel"
    SEVERAL_PARCELS = "several parcels"
    OTHER_NUMBER = "other number"
    NUMBER_OF_ANOTHER = "number of another"
    NOT_AWAITED = "not awaited"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    LATER = "later"


OF_REPORTS: Mapping[Reported, Entered] = {
    Reported.TAKEN: Entered.TAKEN,
    Reported.SAME_AGAIN: Entered.SAME_AGAIN,
    Reported.ERASED: Entered.TAKEN,
    Reported.ALREADY_OTHER: Entered.OTHER_NUMBER,
    Reported.TRACKING_NUMBER_TAKEN: Entered.NUMBER_OF_ANOTHER,
    Reported.NUMBER_REFUSED: Entered.WRONG_NUMBER,
}


class Line(NamedTuple):
    """The result of one line of a file; ``problem`` are the words about one that cannot be read."""

    line: int
    parcel: str
    number: str
    entered: Entered
    problem: str = ""
    shipment_pk: int | None = None


def enter_number(shipment_pk: int, typed: str, *, user: Any = None) -> Entered:
    """Keep a tracking number that a person typed or scanned for a parcel, and return the result.

    The same number again changes nothing. Raises Shipment.DoesNotExist.
    """
    number = written_number(typed)
    if not number:
        return Entered.NO_NUMBER
    if not is_tracking_number(number):
        return Entered.WRONG_NUMBER
    came_of_it = report_made(shipment_pk, Made(shipment_id=number, tracking_number=number), user=user)
    return OF_REPORTS.get(came_of_it, Entered.NOT_AWAITED)


def enter_file(alias: str, content: bytes, *, user: Any = None, seconds: float = 20.0) -> list[Line]:
    """Save the tracking numbers of a file for the parcels of a system, each line by itself; return the result of each.

    What is not reached within ``seconds`` is LATER: the same file again does the rest. Raises UnreadableFile for a file
    that cannot be read at all, and ImproperlyConfigured.
    """
    deadline = monotonic() + seconds
    rows = read_numbers(content, shipping_system(alias).options)
    known = _Known.of(alias, rows)
    twice = _Twice.in_rows(rows)
    lines = [_line(row, known, twice) for row in rows]
    turns = [place for place, line in enumerate(lines) if line.entered == Entered.LATER]
    for start in range(0, len(turns), AT_ONCE):
        if monotonic() >= deadline:
            break
        part = turns[start : start + AT_ONCE]
        pairs = [(lines[place].shipment_pk or 0, lines[place].number) for place in part]
        for place, entered in zip(part, _entered(alias, pairs, user, deadline), strict=True):
            lines[place] = lines[place]._replace(entered=entered)
    return lines


def _entered(alias: str, pairs: Sequence[tuple[int, str]], user: Any, deadline: float) -> Iterator[Entered]:
    """Keep a number for each shipment, and yield the result of each: together as far as they let it, else in turn."""
    # If a parcel comes twice, its first number counts.
    numbers = {pk: written_number(number) for pk, number in reversed(pairs)}
    done = report_numbers(alias, numbers, user=user)
    for pk, number in pairs:
        if pk in done:
            done.remove(pk)
            yield Entered.TAKEN
        else:
            yield _entered_by_itself(pk, number, user) if monotonic() < deadline else Entered.LATER


def _entered_by_itself(pk: int, number: str, user: Any) -> Entered:
    try:
        return enter_number(pk, number, user=user)
    except (DatabaseError, Shipment.DoesNotExist) as error:
        # It concerns one line: the others are saved anyway, and the file may come again.
        log.error("Tracking number of shipment %s: %s", pk, described(error))
        return Entered.FAILED


@dataclass(frozen=True)
class _Known:
    """The parcels of which a file speaks: each by its own reference, and by its order's if that is of one parcel only.

    What has the very number of the file is known too, so that a file that comes again costs no time for it.
    """

    own: dict[str, int] = field(default_factory=dict)
    orders: dict[str, list[int]] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, alias: str, rows: Iterable[NumberRow]) -> "_Known":
        known, spoken_of = cls(), {_folded(row.parcel) for row in rows}
        parcels = Shipment.objects.filter(system=alias, state__in=IN_FILES, created_at__gte=timezone.now() - KNOWN_FOR)
        names = ("pk", "request_id", "delivery__reference", "delivery__live", "shipment_id", "tracking_pin")
        for pk, request_id, reference, live, shipment_id, number in parcels.values_list(*names).iterator():
            own, order = _folded(parcel_reference(reference, request_id, live=live)), _folded(reference)
            if own in spoken_of:
                known.own[own] = pk
            if order in spoken_of:
                known.orders.setdefault(order, []).append(pk)
            if shipment_id == number and (own in spoken_of or order in spoken_of):
                known.numbers[pk] = number
        return known

    def find(self, parcel: str) -> int | Entered:
        name = _folded(parcel)
        if (own := self.own.get(name)) is not None:
            return own
        several = self.orders.get(name, [])
        if not several:
            return Entered.UNKNOWN_PARCEL
        return several[0] if len(several) == 1 else Entered.SEVERAL_PARCELS


class _Twice(NamedTuple):
    """Numbers that a file gives to several parcels, and parcels that it gives several numbers: nobody knows which."""

    numbers: frozenset[str]
    parcels: frozenset[str]

    @classmethod
    def in_rows(cls, rows: Iterable[NumberRow]) -> "_Twice":
        pairs = {(_folded(row.parcel), written_number(row.number)) for row in rows if not row.problem and row.number}
        numbers = Counter(number for _parcel, number in pairs)
        parcels = Counter(parcel for parcel, _number in pairs)
        return cls(
            frozenset(number for number, count in numbers.items() if count > 1),
            frozenset(parcel for parcel, count in parcels.items() if count > 1),
        )


def _line(row: NumberRow, known: _Known, twice: _Twice) -> Line:
    """Return what can be said of a line without changing anything: LATER for a number that is to be kept."""
    entered, pk = (Entered.UNREADABLE, None) if row.problem else _foreseen(row, known, twice)
    return Line(row.line, row.parcel, row.number, entered, row.problem, pk)


def _foreseen(row: NumberRow, known: _Known, twice: _Twice) -> tuple[Entered, int | None]:
    number = written_number(row.number)
    found = known.find(row.parcel)
    if isinstance(found, Entered):
        return found, None
    if not number:
        return Entered.NO_NUMBER, found
    if not is_tracking_number(number):
        return Entered.WRONG_NUMBER, found
    if number in twice.numbers:
        return Entered.NUMBER_TWICE, found
    if _folded(row.parcel) in twice.parcels:
        return Entered.PARCEL_TWICE, found
    if known.numbers.get(found) == number:
        return Entered.SAME_AGAIN, found
    return Entered.LATER, found


def _folded(text: str) -> str:
    return text.strip().casefold()


def counted(lines: Sequence[Line]) -> Counter[Entered]:
    return Counter(line.entered for line in lines)
