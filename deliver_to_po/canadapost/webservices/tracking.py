"""Tracking by the XML API. Only an older schema is public, so elements are read by local name in any namespace."""

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.portal import tracking
from deliver_to_po.canadapost.types import TrackingDetails
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read

MEDIA_TYPE = "application/vnd.cpc.track-v2+xml"
REFERENCE_PATH = "/vis/track/ref/summary"


def details_path(pin: str) -> str:
    return f"/vis/track/pin/{pin}/detail"


def read_pins(operation: str, answer: Answer, reference: str) -> list[str]:
    """Return the tracking numbers of the parcels that carry a reference; raises Unreadable, and what an error means."""
    root = read(operation, answer, "tracking-summary", "pin-summary")
    rows = [xml.as_row(root)] if xml.local_name(root) == "pin-summary" else xml.rows(root, "pin-summary")
    return tracking.read_pins(operation, rows, reference)


def read_details(operation: str, answer: Answer, pin: str) -> TrackingDetails:
    """Return every event that has a date, newest first, as Canada Post lists them; raises Unreadable."""
    return tracking.read_details(operation, xml.as_row(read(operation, answer, "tracking-detail")), pin)
