"""Where a parcel is: event codes as numbers, local dates as they are written."""

from collections.abc import Mapping
from typing import Any

from deliver_to_po.canadapost.errors import CanadaPostError, Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.portal.answers import LISTS_OF_MESSAGES, read_messages
from deliver_to_po.canadapost.reading import error_inside
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent

EVENTS = "significantEvents"
# At least one of these is in every answer with details.
OF_DETAILS = ("pin", "activeExists", "archiveExists", EVENTS)
OF_ERRORS = (*LISTS_OF_MESSAGES, "httpCode")


def read_pins(operation: str, body: Any, reference: str) -> list[str]:
    """Return the tracking numbers of the parcels that carry a reference.

    Raises Unreadable, and where only errors stand in the place of summaries what the first of them means.
    """
    rows, problems = _summaries(operation, body)
    pins = [
        fields.pin(row.get("pin"))
        for row in rows
        if reference.casefold() in {fields.text(row.get(name)).casefold() for name in ("customerRef1", "customerRef2")}
    ]
    found = list(dict.fromkeys(filter(None, pins)))
    if problems and not found:
        raise problems[0]
    return found


def _summaries(operation: str, body: Any) -> tuple[list[Mapping[str, Any]], list[CanadaPostError]]:
    """Return the summaries of an answer, and what the errors beside them mean; raises what one in their place means."""
    problems: list[CanadaPostError] = []

    def read(operation: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if problem := _error_in(operation, row):
            problems.append(problem)
            return None
        return row

    if isinstance(body, Mapping) and (problem := _error_in(operation, body)):
        raise problem
    return list(fields.each(operation, body, "summaries", read)), problems


def _error_in(operation: str, row: Mapping[str, Any]) -> CanadaPostError | None:
    return error_inside(operation, read_messages([row])) if any(row.get(key) for key in OF_ERRORS) else None


def read_details(operation: str, body: Any, pin: str) -> TrackingDetails:
    """Return every event that has a date, newest first, as Canada Post lists them; none where it lists none.

    Raises Unreadable, and where an error stands in the place of the details what that error means.
    """
    if isinstance(body, list) and len(body) == 1 and isinstance(body[0], Mapping) and EVENTS in body[0]:
        body = body[0]
    if isinstance(body, list):
        # "No history" may come in the shape of a summary.
        rows, problems = _summaries(operation, body)
        if any(row.get("eventDescription") or row.get("eventDateTime") for row in rows):
            raise Unreadable(operation, why="summaries in place of details")
        if problems:
            raise problems[0]
        return TrackingDetails(pin)
    row = fields.mapping(operation, body, "details")
    # A JSON number has no zeros at its start, and not every number has a right check digit.
    if fields.text(row.get("pin")).lstrip("0") not in ("", pin.lstrip("0")):
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
        expected_delivery=fields.told(fields.day, operation, row, "changedExpectedDate")
        or fields.told(fields.day, operation, row, "expectedDeliveryDate"),
        return_pin=fields.text(row.get("returnPin")),
    )


def _event(operation: str, row: Mapping[str, Any]) -> TrackingEvent:
    day = fields.day(operation, row, "eventDate")
    if day is None:
        raise Unreadable(operation, why="an event without a date")
    return TrackingEvent(
        code=fields.told(fields.integer, operation, row, "eventIdentifier"),
        date=day,
        time=fields.text(row.get("eventTime"))[:8],
        description=fields.text(row.get("eventDescription")),
        office_id=fields.text(row.get("eventRetailLocationId")),
        office_name=fields.text(row.get("eventRetailName")),
    )
