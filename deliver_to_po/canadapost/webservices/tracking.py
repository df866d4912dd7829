"""Tracking by the XML API. Only an older schema is public, so elements are read by local name in any namespace."""

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.reading import error_inside, make_message, read_each
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read

MEDIA_TYPE = "application/vnd.cpc.track-v2+xml"
REFERENCE_PATH = "/vis/track/ref/summary"


def details_path(pin: str) -> str:
    return f"/vis/track/pin/{pin}/detail"


def read_pins(operation: str, answer: Answer, reference: str) -> list[str]:
    """Return the tracking numbers of the parcels that carry a reference; raises Unreadable, and what an error means."""
    root = read(operation, answer, "tracking-summary", "pin-summary")
    rows = [root] if xml.local_name(root) == "pin-summary" else list(xml.children(root, "pin-summary"))
    pins = []
    for row in rows:
        _check_no_error(operation, row)
        named = {xml.text(row, name).casefold() for name in ("customer-ref-1", "customer-ref-2")}
        if reference.casefold() in named:
            pins.append(xml.text(row, "pin"))
    return list(dict.fromkeys(filter(None, pins)))


def _check_no_error(operation: str, row: xml.Element) -> None:
    """Raise what an error means that stands inside a summary or in place of the events."""
    if (inside := xml.child(row, "error")) is not None:
        text = xml.text(inside, "description") or xml.text(inside, "desc-en")
        raise error_inside(operation, [make_message(xml.text(inside, "code"), text)])


def read_details(operation: str, answer: Answer, pin: str) -> TrackingDetails:
    """Return every event that has a date, newest first, as Canada Post lists them; raises Unreadable."""
    root = read(operation, answer, "tracking-detail")
    if xml.text(root, "pin") not in ("", pin):
        raise Unreadable(operation, status=answer.status, why="the events of another parcel")
    _check_no_error(operation, root)
    rows = xml.children(xml.child(root, "significant-events"), "occurrence")
    changed, expected = (xml.text(root, name) for name in ("changed-expected-date", "expected-delivery-date"))
    return TrackingDetails(
        pin=pin,
        events=tuple(read_each(rows, lambda row: _event(operation, row))),
        expected_delivery=xml.day(changed) or xml.day(expected),
        return_pin=xml.text(root, "return-pin"),
    )


def _event(operation: str, row: xml.Element) -> TrackingEvent:
    written, on = xml.text(row, "event-identifier"), xml.day(xml.text(row, "event-date"))
    code = xml.integer(written)
    if on is None or (written and code is None):
        raise Unreadable(operation, why="an event without a date, or with a number that is none")
    return TrackingEvent(
        code=code,
        date=on,
        time=xml.text(row, "event-time"),
        description=xml.text(row, "event-description"),
        office_id=xml.text(row, "event-retail-location-id"),
        office_name=xml.text(row, "event-retail-name"),
    )
