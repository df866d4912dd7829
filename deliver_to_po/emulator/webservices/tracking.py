"""The web services' tracking, in the first version's shape: only its schema is public.

Other variants of the emulator answer in another namespace, with an unknown element: a good client reads both.
"""

from functools import partial
from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.parcel_history import histories_named, history_of
from deliver_to_po.emulator.refusals import Problem, Refused
from deliver_to_po.emulator.webservices.xml_answers import as_xml, element

NAMESPACE = "http://www.canadapost.ca/ws/track"
LATER_NAMESPACE = "http://www.canadapost.ca/ws/track-v2"
MEDIA_TYPE = "application/vnd.cpc.track-v2+xml"
BY_REFERENCE = ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo")


def tracking_by_reference(call: Call) -> Response:
    """Answer where the parcels that carry a reference were last seen; 004 while none has a history."""
    only_here = {"deliveryOptionCompletedInd": "", "signatoryName": ""}
    found = [told.summary(call, each) | only_here for each in histories_named(call, BY_REFERENCE)]
    return _answer(call, "tracking-summary", found)


def tracking_details(call: Call, pin: str) -> Response:
    """Answer every event, newest first; 004 while there is no history."""
    found, customer = history_of(call, pin), call.world.config.customer_number
    if found is None:
        raise Refused(Problem("004", "No Pin History"), status=404)
    said = told.history(call, found)
    said |= {
        "activeExists": "1",
        "archiveExists": "0",
        "mailedByCustomerNumber": customer,
        "mailedOnBehalfOfCustomerNumber": customer,
        "originalPin": "",
        "deliveryOptions": {},
        "significantEvents": [event | {"signatoryName": ""} for event in said["significantEvents"]],
    }
    return _answer(call, "tracking-detail", said)


def _answer(call: Call, name: str, what: Any) -> Response:
    if call.world.config.variant == "array":
        return as_xml(element(NAMESPACE, name, what), MEDIA_TYPE)
    root = element(LATER_NAMESPACE, name, what)
    root.append(element(LATER_NAMESPACE, "something-new", "1"))
    return as_xml(root, MEDIA_TYPE)


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE, limit="tracking")
OPERATIONS = (
    _operation("tracking_details", "GET", "/vis/track/pin/<pin>/detail", tracking_details),
    _operation("tracking_by_reference", "GET", "/vis/track/ref/summary", tracking_by_reference),
)
