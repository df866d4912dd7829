"""The portal's tracking: every event of a parcel, and the parcels that carry a reference."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.json_answers import as_json
from deliver_to_po.emulator.parcel_history import histories_named, history_of
from deliver_to_po.emulator.refusals import Refused

BY_REFERENCE = (
    ("customer-number", "reference-number", "mailing-date-from", "mailing-date-to"),
    ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo"),
)


def tracking_details(call: Call, pin: str) -> Response:
    """Answer every event, newest first; both ``…Exists`` are false while there is no history."""
    found = history_of(call, pin)
    if found is None:
        return as_json({"pin": pin, "activeExists": False, "archiveExists": False, "significantEvents": []})
    return as_json(told.history(call, found))


def tracking_by_reference(call: Call) -> Response:
    """Answer where the parcels that carry a reference were last seen; an error stands in the place of a summary."""
    try:
        return as_json([told.summary(call, found) for found in histories_named(call, *BY_REFERENCE)])
    except Refused as refused:
        [problem] = refused.problems
        return as_json([{"error": {"code": problem.code, "descEn": problem.message, "descFr": ""}}])


OPERATIONS = (
    Operation("tracking_details", "GET", "/tracking/v1/pins/<pin>/details", tracking_details, limit="tracking"),
    Operation("tracking_by_reference", "GET", "/tracking/v1/refs/summaries", tracking_by_reference, limit="tracking"),
)
