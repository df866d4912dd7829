"""Where a parcel is: event codes as numbers, local dates as they are written."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from deliver_to_po.canadapost.errors import CanadaPostError, Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.portal.answers import LISTS_OF_MESSAGES, read_messages
from deliver_to_po.canadapost.reading import error_inside
from deliver_to_po.canadapost.rules import check_pin
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent, TrackingSummary

EVENTS = "significantEvents"
REFERENCES_PATH = "/tracking/v1/refs/summaries"
# The collection's own address has these names, and the table beside it those.
BY_REFERENCE = (
    ("customer-number", "reference-number", "mailing-date-from", "mailing-date-to"),
    ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo"),
)
# At least one of these is in every answer with details.
OF_DETAILS = ("pin", "activeExists", "archiveExists", EVENTS)
OF_ERRORS = (*LISTS_OF_MESSAGES, "httpCode")


def pin_path(operation: str, pin: str, part: str) -> str:
    """Return the path of a parcel's ``summaries`` or ``details``; raises InvalidRequest."""
    check_pin(operation, pin)
    return f"/tracking/v1/pins/{quote(pin, safe='')}/{part}"


def read_summary(operation: str, body: Any, pin: str) -> TrackingSummary:
    """Return the newest summary of ``pin``; none is "not seen".

    Raises Unreadable, and where an error stands in the place of a summary what that error means.
    """
    problems: list[CanadaPostError] = []

    def read(operation: str, row: Mapping[str, Any]) -> TrackingSummary | None:
        if fields.text(row.get("pin")) not in ("", pin):
            return None
        if problem := _error_in(operation, row):
            problems.append(problem)
            return None
        return _summary(operation, row, pin)

    if isinstance(body, Mapping) and (problem := _error_in(operation, body)):
        raise problem
    found = next((summary for summary in fields.each(operation, body, "summaries", read) if summary.seen), None)
    if found is None and problems:
        raise problems[0]
    return found or TrackingSummary(pin, seen=False)


def read_pins(operation: str, body: Any, reference: str) -> list[str]:
    """Return the tracking numbers of the parcels that carry a reference; raises as ``read_summary`` does."""
    problems: list[CanadaPostError] = []

    def read(operation: str, row: Mapping[str, Any]) -> str | None:
        if problem := _error_in(operation, row):
            problems.append(problem)
            return None
        named = {fields.text(row.get(name)).casefold() for name in ("customerRef1", "customerRef2")}
        return fields.text(row.get("pin")) if reference.casefold() in named else None

    if isinstance(body, Mapping) and (problem := _error_in(operation, body)):
        raise problem
    found = [pin for pin in fields.each(operation, body, "summaries", read) if pin]
    if problems and not found:
        raise problems[0]
    return list(dict.fromkeys(found))


def _error_in(operation: str, row: Mapping[str, Any]) -> CanadaPostError | None:
    return error_inside(operation, read_messages([row])) if any(row.get(key) for key in OF_ERRORS) else None


def _summary(operation: str, row: Mapping[str, Any], pin: str) -> TrackingSummary:
    description = fields.text(row.get("eventDescription"))
    if not (description or fields.text(row.get("eventDateTime"))):
        return TrackingSummary(pin, seen=False)
    return TrackingSummary(
        pin,
        seen=True,
        service_name=fields.text(row.get("serviceName")),
        description=description,
        expected_delivery=fields.day(operation, row, "expectedDeliveryDate"),
        delivered_on=fields.day(operation, row, "actualDeliveryDate"),
    )


def read_details(operation: str, body: Any, pin: str) -> TrackingDetails:
    """Return every event that has a date, newest first, as Canada Post lists them; none where it lists none.

    Raises Unreadable, and where an error stands in the place of the details what that error means.
    """
    if isinstance(body, list) and len(body) == 1 and isinstance(body[0], Mapping) and EVENTS in body[0]:
        body = body[0]
    if isinstance(body, list):
        # "No history" may come in the shape of a summary.
        if read_summary(operation, body, pin).seen:
            raise Unreadable(operation, why="summaries in place of details")
        return TrackingDetails(pin)
    row = fields.mapping(operation, body, "details")
    if fields.text(row.get("pin")) not in ("", pin):
        raise Unreadable(operation, why="the events of another parcel")
    if problem := _error_in(operation, row):
        raise problem
    if not any(key in row for key in OF_DETAILS):
        raise Unreadable(operation, why="no details")
    if row.get("activeExists") is False and row.get("archiveExists") is False:
        return TrackingDetails(pin)
    events = row.get(EVENTS)
    return TrackingDetails(
        pin,
        events=() if events is None else tuple(fields.each(operation, events, "events", _event)),
        expected_delivery=fields.day(operation, row, "changedExpectedDate")
        or fields.day(operation, row, "expectedDeliveryDate"),
        return_pin=fields.text(row.get("returnPin")),
    )


def _event(operation: str, row: Mapping[str, Any]) -> TrackingEvent:
    day = fields.day(operation, row, "eventDate")
    if day is None:
        raise Unreadable(operation, why="an event without a date")
    return TrackingEvent(
        code=fields.integer(operation, row, "eventIdentifier"),
        date=day,
        time=fields.text(row.get("eventTime"))[:8],
        description=fields.text(row.get("eventDescription")),
        site=fields.text(row.get("eventSite")),
        province=fields.text(row.get("eventProvince")),
        office_id=fields.text(row.get("eventRetailLocationId")),
        office_name=fields.text(row.get("eventRetailName")),
    )
