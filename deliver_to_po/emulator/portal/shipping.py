"""The portal's shipments: create, look up, details, price, receipt, void, refund, groups."""

from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import D2PO
from deliver_to_po.emulator.json_answers import as_json, link
from deliver_to_po.emulator.portal.artifacts import label_link
from deliver_to_po.emulator.portal.bodies import body_of
from deliver_to_po.emulator.portal.fields import Object
from deliver_to_po.emulator.portal.prices import receipt
from deliver_to_po.emulator.portal.prices import shipment_price as price_of
from deliver_to_po.emulator.portal.shipment_fields import EMAIL, SHIPMENT
from deliver_to_po.emulator.prices import cost_of_shipment
from deliver_to_po.emulator.refusals import NoSuchThing
from deliver_to_po.emulator.shipment_search import asked_shipments
from deliver_to_po.emulator.shipments import check_customer, make_shipment, paid_by_card, refund, shipment_of, void
from deliver_to_po.emulator.state import StoredShipment

ACCOUNT_PATH = "/shipping/v1/<customer>/<mobo>"
PATH = f"{ACCOUNT_PATH}/shipments"
_LOOK_UPS = {
    "request-id": "request_id",
    "tracking-pin": "pin",
    "group-id": "group_id",
    "manifest-id": "manifest_id",
    "no-manifest": "no_manifest",
}
_REFUND = Object({"email": EMAIL}, required=("email",))


def create_shipment(call: Call, customer: str, mobo: str) -> Response:
    """Make a shipment; each customerRequestId makes one at most."""
    check_customer(call, customer, mobo)
    made = make_shipment(call, customer, mobo, body_of(call, SHIPMENT))
    return as_json(_described(call, made, created_now=True))


def find_shipments(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the shipments with a number, or made without manifest on a day; none is an empty list."""
    check_customer(call, customer, mobo)
    return as_json([link("shipment", _address(call, one)) for one in asked_shipments(call, _LOOK_UPS)])


def get_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer a shipment as the call that made it did."""
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


def shipment_price(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer what a shipment costs."""
    return as_json(price_of(cost_of_shipment(shipment_of(call, customer, mobo, shipment_id).spec)))


def shipment_receipt(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer what was charged to a card, where one was."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    if not paid_by_card(shipment):
        raise NoSuchThing("receipt")
    return as_json(receipt(cost_of_shipment(shipment.spec).due))


def void_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Void a shipment, unless it is transmitted."""
    void(call, shipment_of(call, customer, mobo, shipment_id))
    return Response("", 204)


def refund_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Take in a refund request for a transmitted shipment, once."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    body_of(call, _REFUND)
    ticket, day = refund(call, shipment)
    return as_json({"serviceTicketDate": day, "serviceTicketId": ticket})


def groups(call: Call, customer: str, mobo: str) -> Response:
    """Answer the groups that hold something to transmit."""
    check_customer(call, customer, mobo)
    shipments = f"{call.base}/shipping/v1/{customer}/{mobo}/shipments"
    return as_json(
        [
            {"link": link("group", f"{shipments}?group-id={quote(group, safe='')}"), "groupId": group}
            for group in call.world.state.open_groups()
        ]
    )


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
    if created_now:
        described |= _asked_extras(shipment)
    return {**described, "links": _links(call, shipment)}


def _asked_extras(shipment: StoredShipment) -> dict[str, Any]:
    cost = cost_of_shipment(shipment.spec)
    extras: dict[str, Any] = {"shipmentPrice": price_of(cost)} if shipment.body.get("providePricingInfo") else {}
    if shipment.body.get("provideReceiptInfo") and paid_by_card(shipment):
        extras["shipmentReceipt"] = receipt(cost.due)
    return extras


def _links(call: Call, shipment: StoredShipment) -> list[dict[str, Any]]:
    own = _address(call, shipment)
    links = [link("self", own), link("details", f"{own}/details")]
    if shipment.group_id:
        links.append(link("group", f"{own.rpartition('/')[0]}?group-id={quote(shipment.group_id, safe='')}"))
    links.append(link("price", f"{own}/price"))
    if paid_by_card(shipment):
        links.append(link("receipt", f"{own}/receipt"))
    if shipment.transmitted:
        links.append(link("refund", f"{own}/refund"))
    return links if shipment.status == "suspended" else [*links, label_link(call, shipment)]


OPERATIONS = (
    Operation("create_shipment", "POST", PATH, create_shipment, limit="shipping"),
    Operation("find_shipments", "GET", PATH, find_shipments),
    Operation("get_shipment", "GET", f"{PATH}/<shipment_id>", get_shipment),
    Operation("shipment_details", "GET", f"{PATH}/<shipment_id>/details", shipment_details),
    Operation("shipment_price", "GET", f"{PATH}/<shipment_id>/price", shipment_price),
    Operation("shipment_receipt", "GET", f"{PATH}/<shipment_id>/receipt", shipment_receipt),
    Operation("void_shipment", "DELETE", f"{PATH}/<shipment_id>", void_shipment, limit="void"),
    Operation("refund_shipment", "POST", f"{PATH}/<shipment_id>/refund", refund_shipment, limit="void"),
    Operation("groups", "GET", f"{ACCOUNT_PATH}/groups", groups),
)
