"""Where a parcel is: event codes as numbers, local dates as they are written."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.rules import check_pin
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent, TrackingSummary

NO_HISTORY = 4
EVENTS = "significantEvents"


def pin_path(operation: str, pin: str, part: str) -> str:
    """Return the path of a parcel's ``summaries`` or ``details``; raises InvalidRequest."""
    check_pin(operation, pin)
    return f"/tracking/v1/pins/{quote(pin, safe='')}/{part}"


def read_summary(operation: str, body: Any, pin: str) -> TrackingSummary:
    """Return the newest summary of ``pin``; none, or an error such as "no history" (004), is "not seen".

    Raises Unreadable.
    """

    def read(operation: str, row: Mapping[str, Any]) -> TrackingSummary | None:
        return _summary(operation, row, pin) if fields.text(row.get("pin")) in ("", pin) else None

    found = fields.each(operation, body, "summaries", read)
    return next((summary for summary in found if summary.seen), TrackingSummary(pin, seen=False))


def _summary(operation: str, row: Mapping[str, Any], pin: str) -> TrackingSummary:
    description = fields.text(row.get("eventDescription"))
    if row.get("error") or not (description or fields.text(row.get("eventDateTime"))):
        return TrackingSummary(pin, seen=False)
    return TrackingSummary(
        pin,
        seen=True,
        service_name=fields.text(row.get("serviceName")),
        description=description,
        expected_delivery=fields.day(operation, row, "expectedDeliveryDate"),
        delivered_on=fields.day(operation, row, "actualDeliveryDate"),
    )


def _no_history(operation: str, row: Mapping[str, Any]) -> bool:
    if not row.get("error"):
        return False
    error = fields.mapping(operation, row["error"], "error")
    if fields.text(error.get("code")).lstrip("0") != str(NO_HISTORY):
        raise Unreadable(operation, why="an error in place of the events")
    return True


def read_details(operation: str, body: Any, pin: str) -> TrackingDetails:
    """Return every event that has a number and a date, newest first, as Canada Post lists them; raises Unreadable."""
    if isinstance(body, list) and len(body) == 1 and isinstance(body[0], Mapping) and EVENTS in body[0]:
        body = body[0]
    if isinstance(body, list):
        # "No history" may come in the shape of a summary.
        return TrackingDetails(pin) if not read_summary(operation, body, pin).seen else _unreadable(operation)
    row = fields.mapping(operation, body, "details")
    if fields.text(row.get("pin")) not in ("", pin):
        raise Unreadable(operation, why="the events of another parcel")
    if _no_history(operation, row) or (row.get("activeExists") is False and row.get("archiveExists") is False):
        return TrackingDetails(pin)
    return TrackingDetails(
        pin,
        events=tuple(fields.each(operation, row.get(EVENTS), "events", _event)),
        expected_delivery=fields.day(operation, row, "changedExpectedDate")
        or fields.day(operation, row, "expectedDeliveryDate"),
    )


def _unreadable(operation: str) -> TrackingDetails:
    raise Unreadable(operation, why="summaries in place of details")


def _event(operation: str, row: Mapping[str, Any]) -> TrackingEvent:
    code = fields.integer(operation, row, "eventIdentifier")
    day = fields.day(operation, row, "eventDate")
    if code is None or day is None:
        raise Unreadable(operation, why="an event without number or date")
    return TrackingEvent(
        code=code,
        date=day,
        time=fields.text(row.get("eventTime"))[:8],
        description=fields.text(row.get("eventDescription")),
        site=fields.text(row.get("eventSite")),
        province=fields.text(row.get("eventProvince")),
        office_id=fields.text(row.get("eventRetailLocationId")),
        office_name=fields.text(row.get("eventRetailName")),
    )
