"""The portal's shipments: create, look up, details, void, refund, groups."""

from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import D2PO
from deliver_to_po.emulator.json_answers import as_json, link
from deliver_to_po.emulator.portal.artifacts import label_link
from deliver_to_po.emulator.portal.bodies import body_of
from deliver_to_po.emulator.portal.prices import shipment_price
from deliver_to_po.emulator.prices import cost_of_shipment
from deliver_to_po.emulator.schema.tables import PORTAL_SHIPMENT, REFUND
from deliver_to_po.emulator.shipment_search import asked_shipments, known
from deliver_to_po.emulator.shipments import check_customer, make_shipment, refund, shipment_of, void
from deliver_to_po.emulator.state import StoredShipment

ACCOUNT_PATH = "/shipping/v1/<customer>/<mobo>"
PATH = f"{ACCOUNT_PATH}/shipments"
# Spelled as Canada Post's own collection does it, and as published code does.
LOOK_UPS = {
    "request_id": ("requestId", "request-id"),
    "pin": ("trackingPIN", "tracking-pin"),
    "group_id": ("groupId", "group-id"),
    "manifest_id": ("manifestId", "manifest-id"),
    "no_manifest": ("noManifest", "no-manifest"),
}


def create_shipment(call: Call, customer: str, mobo: str) -> Response:
    """Make a shipment; each customerRequestId makes one at most."""
    check_customer(call, customer, mobo)
    made = make_shipment(call, customer, mobo, body_of(call, PORTAL_SHIPMENT))
    return as_json(_described(call, made, created_now=True))


def find_shipments(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the shipments with a number, or made without manifest on a day; none is an empty list."""
    check_customer(call, customer, mobo)
    return as_json([link("shipment", _address(call, one)) for one in asked_shipments(call, LOOK_UPS)])


def get_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    return as_json(_described(call, shipment_of(call, customer, mobo, shipment_id)))


def shipment_details(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer everything that was sent; a D2PO shipment's ``recipient`` repeats the destination."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    spec = dict(shipment.spec)
    if any(option["optionCode"] == D2PO for option in spec.get("options", ())):
        spec["recipient"] = spec["destination"]
    kept = ("groupId", "transmitShipment", "expectedMailingDate")
    details = {name: shipment.body[name] for name in kept if name in shipment.body}
    return as_json(
        {
            "shipmentStatus": shipment.status,
            "finalShippingPoint": shipment.body.get(
                "requestedShippingPoint", spec["sender"]["addressDetails"].get("postalZipCode", "")
            ),
            "trackingPin": shipment.pin,
            "shipmentDetail": {**details, "deliverySpec": spec},
        }
    )


def void_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    void(call, shipment_of(call, customer, mobo, shipment_id))
    return Response("", 204)


def refund_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Take in a refund request for a transmitted shipment, once."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    body_of(call, REFUND)
    ticket, day = refund(call, shipment)
    return as_json({"serviceTicketDate": day, "serviceTicketId": ticket})


def groups(call: Call, customer: str, mobo: str) -> Response:
    """Answer the groups that hold something to transmit."""
    check_customer(call, customer, mobo)
    shipments = f"{call.base}/shipping/v1/{customer}/{mobo}/shipments"
    return as_json(
        [
            {"link": link("group", f"{shipments}?{_of_group(call, group)}"), "groupId": group}
            for group in call.world.state.open_groups()
        ]
    )


def _of_group(call: Call, group: str) -> str:
    return f"{known(call, *LOOK_UPS['group_id'])[-1]}={quote(group, safe='')}"


def _address(call: Call, shipment: StoredShipment) -> str:
    return f"{call.base}/shipping/v1/{shipment.customer}/{shipment.mobo}/shipments/{shipment.shipment_id}"


def _described(call: Call, shipment: StoredShipment, *, created_now: bool = False) -> dict[str, Any]:
    described: dict[str, Any] = {
        "shipmentId": shipment.shipment_id,
        "shipmentStatus": shipment.status,
        "trackingPin": shipment.pin,
    }
    if shipment.request_id:
        described = {"customerRequestId": shipment.request_id, **described}
    if created_now and shipment.body.get("providePricingInfo"):
        described["shipmentPrice"] = shipment_price(cost_of_shipment(shipment.spec))
    return {**described, "links": _links(call, shipment)}


def _links(call: Call, shipment: StoredShipment) -> list[dict[str, Any]]:
    own = _address(call, shipment)
    links = [link("self", own), link("details", f"{own}/details")]
    if shipment.group_id:
        links.append(link("group", f"{own.rpartition('/')[0]}?{_of_group(call, shipment.group_id)}"))
    if shipment.transmitted:
        links.append(link("refund", f"{own}/refund"))
    return links if shipment.status == "suspended" else [*links, label_link(call, shipment)]


OPERATIONS = (
    Operation("create_shipment", "POST", PATH, create_shipment, limit="shipping"),
    Operation("find_shipments", "GET", PATH, find_shipments),
    Operation("get_shipment", "GET", f"{PATH}/<shipment_id>", get_shipment),
    Operation("shipment_details", "GET", f"{PATH}/<shipment_id>/details", shipment_details),
    Operation("void_shipment", "DELETE", f"{PATH}/<shipment_id>", void_shipment, limit="void"),
    Operation("refund_shipment", "POST", f"{PATH}/<shipment_id>/refund", refund_shipment, limit="void"),
    Operation("groups", "GET", f"{ACCOUNT_PATH}/groups", groups),
)
