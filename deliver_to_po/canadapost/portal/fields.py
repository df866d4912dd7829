"""Reads the fields of a JSON answer strictly: each function returns its type or raises Unreadable. Writes bodies."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.canadapost.reading import read_each
from deliver_to_po.canadapost.resources import JSON
from deliver_to_po.canadapost.types import Link

T = TypeVar("T")

LONGEST_TEXT = 2000
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
# Far above any price, weight or length of a parcel.
LARGEST_NUMBER = Decimal(10) ** 9
# Decimal takes more than that, such as "1_0" for 10.
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([Ee][+-]?[0-9]{1,3})?")
MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,80}(; ?[a-z]{1,20}=[A-Za-z0-9.-]{1,40})?")


def as_json(body: Any) -> Any:
    """Return a body with its decimals as JSON writes numbers."""
    if isinstance(body, dict):
        return {key: as_json(value) for key, value in body.items()}
    if isinstance(body, list):
        return [as_json(value) for value in body]
    return float(body) if isinstance(body, Decimal) else body


def text(value: object) -> str:
    """Return a value as text on one line; ids may come as numbers. Lists and objects give no text."""
    if isinstance(value, str):
        written = value[:LONGEST_TEXT]
    elif value is None or isinstance(value, dict | list):
        return ""
    else:
        # JSON writes True in small letters.
        written = str(value)[:LONGEST_TEXT].lower()
    if not written.isprintable():
        written = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", written)
    return " ".join(written.split())


def pin(value: object) -> str:
    """Return a tracking number; one that came as a JSON number gets back the zeros that its 16 digits begin with."""
    written = text(value)
    filled = written.zfill(16)
    return filled if type(value) is int and is_tracking_number(filled) else written


def mapping(operation: str, value: Any, what: str) -> Mapping[str, Any]:
    """Return an object; raises Unreadable, naming ``what`` it should have been."""
    if not isinstance(value, Mapping):
        raise Unreadable(operation, why=f"no {what}")
    return value


def rows(operation: str, value: Any, what: str) -> Sequence[Mapping[str, Any]]:
    """Return a list of objects; raises Unreadable, naming ``what`` they should have been."""
    if not isinstance(value, list):
        raise Unreadable(operation, why=f"no list of {what}")
    return [mapping(operation, row, what) for row in value]


def each(operation: str, value: Any, what: str, read: Callable[[str, Mapping[str, Any]], T | None]) -> Iterator[T]:
    """Return what ``read`` returns for each object of a list, as ``read_each`` yields it; raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable(operation, why=f"no list of {what}")
    return read_each(value, lambda row: read(operation, mapping(operation, row, what)))


def find_rows(operation: str, body: Any, is_row: Callable[[Mapping[str, Any]], bool], what: str) -> Sequence[Any]:
    """Return the list of rows in an answer that nobody has seen: itself, within objects, or its only row alone.

    An empty object holds none. Where other lists stand beside it, such as links, it is the one with rows. Raises
    Unreadable where there is no single list.
    """
    for _ in range(3):
        if isinstance(body, list):
            return body
        if not isinstance(body, Mapping):
            break
        if is_row(body):
            return [body]
        lists = [value for value in body.values() if isinstance(value, list)]
        if len(lists) > 1:
            lists = [one for one in lists if any(isinstance(row, Mapping) and is_row(row) for row in one)]
        inner = [value for value in body.values() if isinstance(value, Mapping)]
        body = lists[0] if len(lists) == 1 else inner[0] if len(inner) == 1 else [] if not body else None
    raise Unreadable(operation, why=f"no list of {what}")


def optional_rows(operation: str, value: Any, what: str) -> Sequence[Mapping[str, Any]]:
    """Return a list of objects, empty where there is none; raises Unreadable for anything else."""
    return [] if value is None else rows(operation, value, what)


def required_text(operation: str, row: Mapping[str, Any], key: str) -> str:
    found = text(row.get(key))
    if not found:
        raise Unreadable(operation, why=f"no {key}")
    return found


def decimal(operation: str, row: Mapping[str, Any], key: str) -> Decimal | None:
    """Return a number that may be missing, also one written as text; raises Unreadable."""
    value = row.get(key)
    if value is None or value == "":
        return None
    written = text(value)
    if not isinstance(value, bool) and NUMBER.fullmatch(written):
        number = Decimal(written)
        # abs() would round to the context's precision, and may overflow.
        if number.copy_abs() < LARGEST_NUMBER and number.adjusted() > -20:
            return number
    raise Unreadable(operation, why=f"{key} is no number")


def required_decimal(operation: str, row: Mapping[str, Any], key: str) -> Decimal:
    number = decimal(operation, row, key)
    if number is None:
        raise Unreadable(operation, why=f"no {key}")
    return number


def integer(operation: str, row: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number that may be missing; ``0174`` is 174. Raises Unreadable."""
    written = text(row.get(key))
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", written):
        raise Unreadable(operation, why=f"{key} is no whole number")
    return int(written)


def boolean(value: object) -> bool | None:
    """Return True or False, also written as text or as XML writes it, or None."""
    return TRUTHS.get(text(value).lower())


def day(operation: str, row: Mapping[str, Any], key: str) -> date | None:
    """Return a date that may be missing: its first ten characters, never converted. Raises Unreadable."""
    written = text(row.get(key))
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        raise Unreadable(operation, why=f"{key} is no date") from None


def told(
    read: Callable[[str, Mapping[str, Any], str], T | None], operation: str, row: Mapping[str, Any], key: str
) -> T | None:
    """Return what ``read`` reads, None if it cannot be read: for what the rest of an answer is right without."""
    try:
        return read(operation, row, key)
    except Unreadable:
        return None


def moment(value: object) -> datetime | None:
    """Return an aware time, or None if it cannot be read; a time without a zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(text(value)[:40])
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware if aware.utcoffset() is not None else None
    except ValueError:
        return None


def link(operation: str, row: Mapping[str, Any]) -> Link:
    href = row.get("href")
    if not isinstance(href, str) or not href or not href.isprintable():
        raise Unreadable(operation, why="a link without an address")
    media_type = text(row.get("mediaType"))
    return Link(
        rel=text(row.get("rel")),
        href=href,
        # It becomes a header of the next call.
        media_type=media_type if MEDIA_TYPE.fullmatch(media_type) else JSON,
    )


def links(operation: str, value: Any) -> tuple[Link, ...]:
    """Return the links of an answer, none where there are none; raises Unreadable."""
    return () if value is None else tuple(each(operation, value, "links", link))
