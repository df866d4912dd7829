"""The portal's tracking: every event of a parcel, and the parcels that carry a reference."""

from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import SERVICES
from deliver_to_po.emulator.json_answers import as_json
from deliver_to_po.emulator.parcel_history import ParcelHistory, histories_named, history_of
from deliver_to_po.emulator.refusals import Refused
from deliver_to_po.emulator.state import StoredEvent

BY_REFERENCE = (
    ("customer-number", "reference-number", "mailing-date-from", "mailing-date-to"),
    ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo"),
)


def tracking_details(call: Call, pin: str) -> Response:
    """Answer every event, newest first; both ``…Exists`` are false while there is no history."""
    found = history_of(call, pin)
    if found is None:
        return as_json({"pin": pin, "activeExists": False, "archiveExists": False, "significantEvents": []})
    service = SERVICES[found.service]
    return as_json(
        {
            "pin": pin,
            "activeExists": True,
            "archiveExists": False,
            "changedExpectedDate": None,
            "expectedDeliveryDate": found.expected_on.isoformat(),
            "changedExpectedDeliveryReason": None,
            "destinationPostalId": found.destination_postal_id,
            "serviceName": service.name,
            "serviceName2": service.name_fr,
            "customerRef1": found.reference,
            "customerRef2": "",
            "returnPin": None,
            "signatureImageExists": False,
            "suppressSignature": False,
            "deliveryOptions": [],
            "significantEvents": [_event(call, event) for event in found.events],
        }
    )


def tracking_by_reference(call: Call) -> Response:
    """Answer where the parcels that carry a reference were last seen; an error stands in the place of a summary."""
    try:
        return as_json([_summary(call, found) for found in histories_named(call, *BY_REFERENCE)])
    except Refused as refused:
        [problem] = refused.problems
        return as_json([{"error": {"code": problem.code, "descEn": problem.message, "descFr": ""}}])


def _summary(call: Call, found: ParcelHistory) -> dict[str, Any]:
    newest = found.events[0]
    return {
        "pin": found.pin,
        "serviceName": call.text(SERVICES[found.service].name, SERVICES[found.service].name_fr),
        "mailedOnDate": found.mailed_on.isoformat(),
        "expectedDeliveryDate": found.expected_on.isoformat(),
        "actualDeliveryDate": found.delivered_on.isoformat() if found.delivered_on else None,
        "attemptedDate": None,
        "eventDateTime": newest.at.strftime("%Y%m%d:%H%M%S"),
        "eventDescription": call.text(newest.english, newest.french),
        "eventType": found.event_type,
        "eventLocation": f"{newest.site},{newest.province}" if newest.site else "",
        "destinationProvince": found.destination_province,
        "originPostalId": found.origin_postal_id,
        "destinationPostalId": found.destination_postal_id,
        "deliveryOptionCompletedInd": "2",
        "customerRef1": found.reference,
        "customerRef2": "",
        "returnPin": "",
    }


def _event(call: Call, event: StoredEvent) -> dict[str, Any]:
    return {
        "eventIdentifier": f"{event.code:04d}",
        "eventDate": event.at.date().isoformat(),
        "eventTime": event.at.time().isoformat(),
        "eventTimeZone": event.zone,
        "eventDescription": call.text(event.english, event.french),
        "eventSite": event.site or None,
        "eventProvince": event.province or None,
        "eventRetailLocationId": event.office_id.lstrip("0") or None,
        "eventRetailName": event.office_name or None,
    }


OPERATIONS = (
    Operation("tracking_details", "GET", "/tracking/v1/pins/<pin>/details", tracking_details, limit="tracking"),
    Operation("tracking_by_reference", "GET", "/tracking/v1/refs/summaries", tracking_by_reference, limit="tracking"),
)
