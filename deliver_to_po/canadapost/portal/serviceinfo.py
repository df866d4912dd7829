"""Planned outages. Nobody has seen their JSON yet: likely names are tried, and odd rows are left out."""

from collections.abc import Mapping, Sequence
from typing import Any

from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.types import Outage

STARTS = ("fromDatetime", "fromDateTime", "from")
ENDS = ("toDatetime", "toDateTime", "to")
TEXTS = ("messageText", "text", "message")


def read_outages(operation: str, body: Any) -> list[Outage]:
    """Return the outages that have a text, a start and an end: a bare array, or an object that holds one.

    An empty answer means none. Raises Unreadable if there is no list at all.
    """
    rows = fields.find_rows(operation, body, lambda row: any(key in row for key in STARTS), "messages")
    found = [_outage(row) for row in rows if isinstance(row, Mapping)]
    return [outage for outage in found if outage is not None]


def _outage(row: Mapping[str, Any]) -> Outage | None:
    starts_at, ends_at = fields.moment(_first(row, STARTS)), fields.moment(_first(row, ENDS))
    text = fields.text(_first(row, TEXTS))
    return Outage(text, starts_at, ends_at) if starts_at and ends_at and text else None


def _first(row: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)
