"""The web services' contract shipments: create, look up, details, void, refund, groups."""

from functools import partial
from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

from deliver_to_po.emulator import specimens, told
from deliver_to_po.emulator.artifacts import Artifacts
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.schema.tables import REFUND, SHIPMENT, SHIPMENT_NS
from deliver_to_po.emulator.shipment_search import asked_shipments, known
from deliver_to_po.emulator.shipments import check_customer, make_shipment, refund, shipment_of, void
from deliver_to_po.emulator.state import StoredShipment
from deliver_to_po.emulator.webservices.bodies import body_of
from deliver_to_po.emulator.webservices.xml_answers import XmlRefusals, as_xml, element

MEDIA_TYPE = "application/vnd.cpc.shipment-v8+xml"
ACCOUNT_PATH = "/rs/<customer>/<mobo>"
PATH = f"{ACCOUNT_PATH}/shipment"
ARTIFACTS = Artifacts("webservices", "/rs/artifact", "", specimens.PDF, XmlRefusals())
# Spelled as Canada Post's answers do it, and as an example in its text does; "requestid" is invented after that.
_LOOK_UPS = {
    "request_id": ("requestId", "requestid"),
    "pin": ("trackingPIN",),
    "group_id": ("groupId", "groupid"),
    "manifest_id": ("manifestId",),
    "no_manifest": ("noManifest",),
}


def create_shipment(call: Call, customer: str, mobo: str) -> Response:
    """Make a shipment; each customer-request-id makes one at most."""
    check_customer(call, customer, mobo)
    body = body_of(call, MEDIA_TYPE, SHIPMENT_NS, "shipment", SHIPMENT)
    made = make_shipment(call, customer, mobo, body)
    info = told.shipment(made, _links(call, made), created_now=True)
    if "shipmentPrice" in info:
        # Version 8 spells it so.
        standard = info["shipmentPrice"]["serviceStandard"]
        standard["expectedTransmitTime"] = standard.pop("expectedTransitTime")
    return _answer("shipment-info", info)


def find_shipments(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to shipments, or with ``provideShipmentInfo`` the shipments; none is an empty list."""
    check_customer(call, customer, mobo)
    found = asked_shipments(call, _LOOK_UPS, beside=("provideShipmentInfo",))
    if set(_LOOK_UPS["group_id"]) & set(call.request.args):
        found = [one for one in found if not one.transmitted]
    if call.request.args.get("provideShipmentInfo") == "true":
        return _answer("shipments", [told.shipment(one, _links(call, one)) for one in found], "shipment-info")
    return _answer("shipments", [told.link("shipment", _address(call, one), MEDIA_TYPE) for one in found], "link")


def get_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    found = shipment_of(call, customer, mobo, shipment_id)
    return _answer("shipment-info", told.shipment(found, _links(call, found)))


def shipment_details(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    shipment = shipment_of(call, customer, mobo, shipment_id)
    details = told.details(shipment)
    details["shipmentDetail"]["deliverySpec"].pop("customs", None)
    if shipment.refund_ticket:
        details["shipmentDetail"]["refundRequestInfo"] = told.ticket(shipment.refund_ticket, shipment.refunded_on)
    if shipment.request_id:
        details["customerRequestId"] = shipment.request_id
    beside = ("shippingPointId", "cpcPickupIndicator")
    details |= {name: shipment.body[name] for name in beside if name in shipment.body}
    return _answer("shipment-details", details)


def void_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    void(call, shipment_of(call, customer, mobo, shipment_id))
    return Response("", 204)


def refund_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Take in a refund request for a transmitted shipment, once."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    body_of(call, MEDIA_TYPE, SHIPMENT_NS, "shipment-refund-request", REFUND)
    return _answer("shipment-refund-request-info", told.ticket(*refund(call, shipment)))


def groups(call: Call, customer: str, mobo: str) -> Response:
    """Answer the groups that hold something to transmit."""
    check_customer(call, customer, mobo)
    shipments = f"{call.base}/rs/{customer}/{mobo}/shipment"
    rows = [
        {"groupId": group, "link": told.link("group", f"{shipments}?{_of_group(call, group)}", MEDIA_TYPE)}
        for group in call.world.state.open_groups()
    ]
    return _answer("groups", rows)


def _answer(name: str, what: Any, item: str = "") -> Response:
    return as_xml(element(SHIPMENT_NS, name, what, item), MEDIA_TYPE)


def _of_group(call: Call, group: str) -> str:
    return f"{known(call, *_LOOK_UPS['group_id'])[-1]}={quote(group, safe='')}"


def _address(call: Call, shipment: StoredShipment) -> str:
    return f"{call.base}/rs/{shipment.customer}/{shipment.mobo}/shipment/{shipment.shipment_id}"


def _links(call: Call, shipment: StoredShipment) -> list[told.Told]:
    group, label = _of_group(call, shipment.group_id), ARTIFACTS.label_link(call, shipment)
    return told.links_of_shipment(shipment, _address(call, shipment), group, MEDIA_TYPE, label)


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE)
OPERATIONS = (
    _operation("create_shipment", "POST", PATH, create_shipment, limit="shipping"),
    _operation("find_shipments", "GET", PATH, find_shipments),
    _operation("get_shipment", "GET", f"{PATH}/<shipment_id>", get_shipment),
    _operation("shipment_details", "GET", f"{PATH}/<shipment_id>/details", shipment_details),
    _operation("void_shipment", "DELETE", f"{PATH}/<shipment_id>", void_shipment, limit="void"),
    _operation("refund_shipment", "POST", f"{PATH}/<shipment_id>/refund", refund_shipment, limit="void"),
    _operation("groups", "GET", f"{ACCOUNT_PATH}/group", groups),
)
