"""The portal's shipments: create, look up, details, price, void."""

from typing import Any
from urllib.parse import quote

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from deliver_to_po.emulator.answers import Problem, Rejected, as_json, bad_request, link, not_found
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.portal.artifacts import label_link
from deliver_to_po.emulator.portal.prices import price, receipt
from deliver_to_po.emulator.portal.rules import broken_rules
from deliver_to_po.emulator.portal.shipment_fields import SHIPMENT
from deliver_to_po.emulator.state import RequestIdTaken, StoredShipment

PATH = "/shipping/v1/<customer>/<mobo>/shipments"
LOOK_UPS = {"request-id": "request_id", "tracking-pin": "pin", "group-id": "group_id"}


def create_shipment(call: Call, customer: str, mobo: str) -> Response:
    """Make a shipment; each customerRequestId makes one at most."""
    _check_customer(call, customer, mobo)
    body = _body(call)
    problems = [Problem("EMU-SCHEMA", f"{path} {why}.") for path, why in SHIPMENT.misfits(body, "")]
    problems = problems or list(broken_rules(call, body))
    if problems:
        return bad_request(problems)
    status = "transmitted" if body.get("transmitShipment") else "created"
    try:
        made = call.world.state.add_shipment(customer, mobo, status, body)
    except RequestIdTaken:
        text = call.said("This request id was used before.", "Cet identifiant de requête a déjà été utilisé.")
        return bad_request([Problem("7314", text)])
    return as_json(_described(call, made, created_now=True))


def find_shipments(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the shipments with a request id, tracking number or group id; none is an empty list."""
    _check_customer(call, customer, mobo)
    asked = call.request.args
    known = [name for name in LOOK_UPS if asked.get(name)]
    if len(known) != 1 or len(asked) != 1:
        text = call.said("Search by one thing at a time.", "Cherchez selon un seul critère à la fois.")
        return bad_request([Problem("9183", text)])
    found = call.world.state.find_shipments(customer, mobo, **{LOOK_UPS[known[0]]: asked[known[0]]})
    return as_json([link("shipment", _address(call, one)) for one in found])


def get_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer a shipment as it was answered when it was made."""
    return as_json(_described(call, _shipment(call, customer, mobo, shipment_id)))


def shipment_details(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer everything that was sent; a D2PO shipment's ``recipient`` repeats the destination."""
    shipment = _shipment(call, customer, mobo, shipment_id)
    spec = dict(shipment.body["deliverySpec"])
    if any(option["optionCode"] == "D2PO" for option in spec.get("options", ())):
        spec["recipient"] = spec["destination"]
    details = {name: shipment.body[name] for name in ("groupId", "expectedMailingDate") if name in shipment.body}
    return as_json(
        {
            "shipmentStatus": shipment.status,
            "finalShippingPoint": shipment.body.get(
                "requestedShippingPoint", spec["sender"]["addressDetails"]["postalZipCode"]
            ),
            "trackingPin": shipment.pin,
            "shipmentDetail": {**details, "deliverySpec": spec},
        }
    )


def shipment_price(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer what a shipment costs."""
    return as_json(price(_shipment(call, customer, mobo, shipment_id).body["deliverySpec"]))


def void_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Take a shipment back, unless it is transmitted."""
    shipment = _shipment(call, customer, mobo, shipment_id)
    if shipment.status == "transmitted":
        text = call.said("A transmitted shipment stays.", "Un envoi transmis ne peut pas être annulé.")
        return bad_request([Problem("8064", text)])
    call.world.state.void_shipment(shipment.number)
    return Response("", 204)


def _check_customer(call: Call, customer: str, mobo: str) -> None:
    ours = call.world.config.customer_number.lstrip("0")
    if customer.lstrip("0") != ours or mobo.lstrip("0") != ours:
        text = call.said("The customer number is not this application's.", "Le numéro de client n'est pas le bon.")
        raise Rejected(bad_request([Problem("AA003", text)]))


def _body(call: Call) -> dict[str, Any]:
    try:
        body = call.request.get_json()
    except BadRequest as error:
        raise Rejected(bad_request([Problem("EMU-SCHEMA", "The body is not JSON.")])) from error
    if not isinstance(body, dict):
        raise Rejected(bad_request([Problem("EMU-SCHEMA", "The body is not a JSON object.")]))
    return body


def _shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> StoredShipment:
    _check_customer(call, customer, mobo)
    found = call.world.state.find_shipments(customer, mobo, shipment_id=shipment_id)
    if not found:
        raise Rejected(not_found("shipment"))
    return found[0]


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
        described |= _asked_extras(shipment.body)
    return {**described, "links": _links(call, shipment)}


def _asked_extras(body: dict[str, Any]) -> dict[str, Any]:
    cost = price(body["deliverySpec"])
    extras: dict[str, Any] = {"shipmentPrice": cost} if body.get("providePricingInfo") else {}
    by_card = body["deliverySpec"]["settlementInfo"]["intendedMethodOfPayment"] == "CreditCard"
    if body.get("provideReceiptInfo") and body.get("transmitShipment") and by_card:
        extras["shipmentReceipt"] = receipt(cost["dueAmount"])
    return extras


def _links(call: Call, shipment: StoredShipment) -> list[dict[str, Any]]:
    own = _address(call, shipment)
    links = [link("self", own), link("details", f"{own}/details")]
    if shipment.group_id:
        links.append(link("group", f"{own.rpartition('/')[0]}?group-id={quote(shipment.group_id, safe='')}"))
    return [*links, link("price", f"{own}/price"), label_link(call, shipment)]


OPERATIONS = (
    Operation("create_shipment", "POST", PATH, create_shipment),
    Operation("find_shipments", "GET", PATH, find_shipments),
    Operation("get_shipment", "GET", f"{PATH}/<shipment_id>", get_shipment),
    Operation("shipment_details", "GET", f"{PATH}/<shipment_id>/details", shipment_details),
    Operation("shipment_price", "GET", f"{PATH}/<shipment_id>/price", shipment_price),
    Operation("void_shipment", "DELETE", f"{PATH}/<shipment_id>", void_shipment),
)
