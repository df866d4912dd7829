"""Right answers to every call of both clients, full of words that no error and no log may repeat."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.canadapost.portal_requests import BASE, PIN, SHIPPING
from tests.canadapost.webservices import bodies
from tests.conformance.spoiling import CANARY, Reply

NAME = f"{CANARY} Serin"
ADDRESS = {"addressLine1": f"77 {CANARY} Lane", "city": CANARY, "provState": "ON", "postalZipCode": "K1K4T3"}
OFFICE = {
    "officeId": "0000102978",
    "name": NAME,
    "location": f"{CANARY} PO",
    "distance": 0.65,
    "bilingualDesignation": True,
    "address": {
        "officeAddress": f"3080 {CANARY} AVE",
        "city": CANARY,
        "province": "ON",
        "postalCode": "K2B7K0",
        "latitude": 45.3545,
        "longitude": -75.8061,
    },
    "link": {"rel": "detail", "href": f"{BASE}/postoffice/v1/post-offices/0000102978/details"},
}
DETAIL = {**OFFICE, "hoursList": [{"day": 2, "time": ["08:00", "12:00", "13:00", "17:00"]}, {"day": 3, "time": []}]}
PRICE = {
    "serviceCode": "DOM.EP",
    "baseAmount": 10,
    "preTaxAmount": 10.5,
    "gstAmount": "0.5",
    "dueAmount": 11,
    "ratedWeight": 1.25,
}
SHIPMENT = {
    "customerRequestId": "a" * 32,
    "shipmentId": "347881315405043891",
    "shipmentStatus": "created",
    "trackingPin": PIN,
    "links": [
        {"rel": "self", "href": f"{SHIPPING}/shipments/1", "mediaType": "application/json"},
        {"rel": "label", "href": f"{BASE}/shipping/v1/artifacts/1/0", "mediaType": "application/pdf", "index": 0},
    ],
}
EVENT = {"eventIdentifier": "1701", "eventDate": "2026-11-26", "eventTime": "10:05:00", "eventRetailName": NAME}
# The last part of a path of the portal, or what it looks like, and what is answered there.
PORTAL: tuple[tuple[str, Any], ...] = (
    ("GET .*/post-offices", [OFFICE, {**OFFICE, "officeId": "7"}]),
    ("GET .*/post-offices/[0-9]+/details", DETAIL),
    (
        "POST .*/prices",
        [
            {
                "serviceCode": "DOM.EP",
                "serviceName": NAME,
                "priceDetails": {"base": 14.2, "taxes": {"gst": {"amt": 0}, "hst": {"amt": 2.17}}, "due": 16.37},
                "serviceStandard": {"expectedTransitTime": "2", "expectedDeliveryDate": "2026-11-26"},
            }
        ],
    ),
    (
        "GET .*/options/[A-Z0-9]+",
        {"optionCode": "D2PO", "optionName": NAME, "conflictingOptions": ["LAD"]},
    ),
    ("POST .*/shipments", {**SHIPMENT, "shipmentPrice": [PRICE]}),
    ("GET .*/shipments", [{"rel": "shipment", "href": f"{SHIPPING}/shipments/{number}"} for number in (1, 2)]),
    ("GET .*/shipments/[0-9]+", SHIPMENT),
    (
        "GET .*/shipments/[0-9]+/details",
        {
            "shipmentStatus": "created",
            "trackingPin": PIN,
            "shipmentDetail": {
                "deliverySpec": {
                    "serviceCode": "DOM.EP",
                    "recipient": {"name": NAME, "addressDetails": ADDRESS},
                    "destination": {"name": NAME, "addressDetails": ADDRESS},
                    "options": [{"optionCode": "D2PO", "optionQualifier2": "0000102978"}],
                }
            },
        },
    ),
    ("POST .*/refund", {"serviceTicketDate": "2026-11-26", "serviceTicketId": "0109648332"}),
    ("GET .*/groups", [{"groupId": f"{CANARY}-1"}, {"groupId": "2"}]),
    ("POST .*/manifests", [{"rel": "manifest", "href": f"{SHIPPING}/manifests/123"}]),
    ("GET .*/manifests/[0-9]+", {"poNumber": f"{CANARY}", "links": [{"rel": "artifact", "href": f"{BASE}/x"}]}),
    ("GET .*/summaries", [{"pin": PIN, "customerRef1": "A-1", "serviceName": NAME, "eventDescription": NAME}]),
    (
        "GET .*/pins/[0-9]+/details",
        {"pin": PIN, "activeExists": True, "significantEvents": [EVENT, {**EVENT, "eventIdentifier": 174}]},
    ),
    (
        "GET .*/shipments-service",
        [{"messageText": NAME, "fromDatetime": "2026-11-28T21:00:00-05:00", "toDatetime": "2026-11-29T04:00:00-05:00"}],
    ),
)
PEOPLE = bodies.person("destination", NAME) + bodies.person("recipient", NAME)
NAMED: Mapping[str, str] = {"Épicerie": CANARY, "A Name": NAME, "Expedited Parcel": NAME, "SAMPLE": CANARY}
XML: tuple[tuple[str, str], ...] = (
    ("GET /rs/postoffice", bodies.OFFICES),
    ("GET /rs/postoffice/[0-9]+/detail", bodies.OFFICE_DETAIL),
    ("POST /rs/ship/price", bodies.QUOTES),
    ("GET /rs/ship/option/.+", bodies.OPTION),
    ("POST .*/shipment", bodies.shipment_info()),
    ("POST .*/ncshipment", bodies.NON_CONTRACT_INFO),
    (
        "GET .*/shipment",
        bodies.shipments(
            bodies.shipment_info("1", "a" * 32, pin=PIN),
            bodies.shipment_info("2", "", pin=PIN),
            hrefs=(f"{bodies.HOST}/rs/0007023210/0007023210/shipment/3",),
        ),
    ),
    ("GET .*/shipment/[0-9]+", bodies.shipment_info("3", "a" * 32)),
    ("GET .*/shipment/[0-9]+/details", bodies.details(PEOPLE)),
    ("GET .*/ncshipment", bodies.non_contract_shipments("1", "2")),
    ("GET .*/ncshipment/[0-9]+", bodies.NON_CONTRACT_INFO),
    ("GET .*/ncshipment/[0-9]+/details", bodies.non_contract_details(PEOPLE, "a" * 32)),
    ("POST .*/shipment/[0-9]+/refund", bodies.TICKET),
    (
        "POST .*/ncshipment/[0-9]+/refund",
        bodies.TICKET.replace(bodies.SHIPMENT, bodies.NON_CONTRACT)
        .replace("<shipment-r", "<non-contract-shipment-r")
        .replace("</shipment-r", "</non-contract-shipment-r"),
    ),
    ("GET .*/summary", bodies.tracking_summary(pin=PIN, customer_ref_1="A-1", event_description=NAME)),
    (
        "GET /vis/track/pin/[0-9]+/detail",
        bodies.tracking_detail(PIN, bodies.occurrence("1701", "2026-11-26", NAME), bodies.occurrence("174", "x", "")),
    ),
)
TOKEN = {"access_token": f"{CANARY}-token", "expires_in": 3600, "token_type": "Bearer"}


def right_answer(request: requests.PreparedRequest) -> Reply:
    """Return what Canada Post would answer."""
    path = urlsplit(str(request.url)).path
    if not str(request.url).startswith((BASE, bodies.HOST)):
        return Reply(f"%PDF-1.7 {CANARY} %%EOF".encode(), media_type="application/pdf")
    if request.method == "DELETE":
        return Reply(b"", 204)
    if "artifact" in path or path.endswith("/x"):
        return Reply(f"%PDF-1.7 {CANARY} %%EOF".encode(), media_type="application/pdf")
    if path.endswith("/token"):
        return Reply(json.dumps(TOKEN).encode())
    asked = f"{request.method} {path}"
    if path.startswith(("/rs/", "/vis/")):
        text = next((body for pattern, body in XML if re.fullmatch(pattern, asked)), bodies.messages())
        for word, canary in NAMED.items():
            text = text.replace(word, canary)
        return Reply(text.encode(), media_type="application/xml")
    found: Any = next((body for pattern, body in PORTAL if re.fullmatch(pattern, asked)), {})
    return Reply(json.dumps(found).encode())
