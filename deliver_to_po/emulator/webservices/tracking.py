"""The web services' tracking, in the first version's shape: only its schema is public.

Other variants of the emulator answer in another namespace, with an unknown element: a good client reads both.
"""

from functools import partial

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import SERVICES
from deliver_to_po.emulator.parcel_history import ParcelHistory, histories_named, history_of
from deliver_to_po.emulator.refusals import Problem, Refused
from deliver_to_po.emulator.state import StoredEvent
from deliver_to_po.emulator.webservices.xml_answers import Maker, as_xml

NAMESPACE = "http://www.canadapost.ca/ws/track"
LATER_NAMESPACE = "http://www.canadapost.ca/ws/track-v2"
MEDIA_TYPE = "application/vnd.cpc.track-v2+xml"
BY_REFERENCE = ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo")


def tracking_by_reference(call: Call) -> Response:
    """Answer where the parcels that carry a reference were last seen; 004 while none has a history."""
    make, found = _maker(call), histories_named(call, BY_REFERENCE)
    return _answer(call, make("tracking-summary", *(_summary(call, make, each) for each in found)))


def _summary(call: Call, make: Maker, found: ParcelHistory) -> etree._Element:
    newest = found.events[0]
    values = {
        "pin": found.pin,
        "origin-postal-id": found.origin_postal_id,
        "destination-postal-id": found.destination_postal_id,
        "destination-province": found.destination_province,
        "service-name": call.text(SERVICES[found.service].name, SERVICES[found.service].name_fr),
        "mailed-on-date": found.mailed_on.isoformat(),
        "expected-delivery-date": found.expected_on.isoformat(),
        "actual-delivery-date": found.delivered_on.isoformat() if found.delivered_on else "",
        "delivery-option-completed-ind": "",
        "event-date-time": newest.at.strftime("%Y%m%d:%H%M%S"),
        "event-description": call.text(newest.english, newest.french),
        "attempted-date": "",
        "customer-ref-1": found.reference,
        "customer-ref-2": "",
        "return-pin": "",
        "event-type": found.event_type,
        "event-location": f"{newest.site},{newest.province}" if newest.site else "",
        "signatory-name": "",
    }
    return make("pin-summary", *_leaves(make, values))


def tracking_details(call: Call, pin: str) -> Response:
    """Answer every event, newest first; 004 while there is no history."""
    make, found, config = _maker(call), history_of(call, pin), call.world.config
    if found is None:
        raise Refused(Problem("004", "No Pin History"), status=404)
    service = SERVICES[found.service]
    values = {
        "pin": pin,
        "active-exists": "1",
        "archive-exists": "0",
        "changed-expected-date": "",
        "destination-postal-id": found.destination_postal_id,
        "expected-delivery-date": found.expected_on.isoformat(),
        "changed-expected-delivery-reason": "",
        "mailed-by-customer-number": config.customer_number,
        "mailed-on-behalf-of-customer-number": config.customer_number,
        "original-pin": "",
        "service-name": service.name,
        "service-name-2": service.name_fr,
        "customer-ref-1": found.reference,
        "customer-ref-2": "",
        "return-pin": "",
        "signature-image-exists": "false",
        "suppress-signature": "false",
    }
    events = (_event(call, make, event) for event in found.events)
    detail = make(
        "tracking-detail", *_leaves(make, values), make("delivery-options"), make("significant-events", *events)
    )
    return _answer(call, detail)


def _event(call: Call, make: Maker, event: StoredEvent) -> etree._Element:
    values = {
        "event-identifier": f"{event.code:04d}",
        "event-date": event.at.date().isoformat(),
        "event-time": event.at.time().isoformat(),
        "event-time-zone": event.zone,
        "event-description": call.text(event.english, event.french),
        "signatory-name": "",
        "event-site": event.site,
        "event-province": event.province,
        "event-retail-location-id": event.office_id.lstrip("0"),
        "event-retail-name": event.office_name,
    }
    return make("occurrence", *_leaves(make, values))


def _leaves(make: Maker, values: dict[str, str]) -> list[etree._Element]:
    return [make(name, value) for name, value in values.items()]


def _maker(call: Call) -> Maker:
    return Maker(NAMESPACE if call.world.config.variant == "array" else LATER_NAMESPACE)


def _answer(call: Call, root: etree._Element) -> Response:
    if call.world.config.variant != "array":
        root.append(Maker(LATER_NAMESPACE)("something-new", "1"))
    return as_xml(root, MEDIA_TYPE)


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE, limit="tracking")
OPERATIONS = (
    _operation("tracking_details", "GET", "/vis/track/pin/<pin>/detail", tracking_details),
    _operation("tracking_by_reference", "GET", "/vis/track/ref/summary", tracking_by_reference),
)
