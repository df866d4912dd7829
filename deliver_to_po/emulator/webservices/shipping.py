"""The web services' contract shipments: create, look up, details, void, refund, groups."""

from functools import partial
from urllib.parse import quote

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import D2PO
from deliver_to_po.emulator.prices import cost_of_shipment
from deliver_to_po.emulator.schema.shapes import All
from deliver_to_po.emulator.schema.tables import DELIVERY_SPEC, REFUND, SHIPMENT, SHIPMENT_NS
from deliver_to_po.emulator.shipment_search import asked_shipments, known
from deliver_to_po.emulator.shipments import check_customer, make_shipment, refund, shipment_of, void
from deliver_to_po.emulator.state import StoredShipment
from deliver_to_po.emulator.webservices.artifacts import label_link
from deliver_to_po.emulator.webservices.bodies import body_of
from deliver_to_po.emulator.webservices.prices import shipment_price
from deliver_to_po.emulator.webservices.shipments_between import BETWEEN, made_between
from deliver_to_po.emulator.webservices.xml_answers import Maker, as_xml, link

MEDIA_TYPE = "application/vnd.cpc.shipment-v8+xml"
ACCOUNT_PATH = "/rs/<customer>/<mobo>"
PATH = f"{ACCOUNT_PATH}/shipment"
FALLBACK_POINT = "K1A0B1"

# Spelled as Canada Post's answers do it, and as an example in its text does; "requestid" is invented after that.
_LOOK_UPS = {
    "request_id": ("requestId", "requestid"),
    "pin": ("trackingPIN",),
    "group_id": ("groupId", "groupid"),
    "manifest_id": ("manifestId",),
    "no_manifest": ("noManifest",),
}
_make = Maker(SHIPMENT_NS)


def create_shipment(call: Call, customer: str, mobo: str) -> Response:
    """Make a shipment; each customer-request-id makes one at most."""
    check_customer(call, customer, mobo)
    body = body_of(call, MEDIA_TYPE, SHIPMENT_NS, "shipment", SHIPMENT)
    made = make_shipment(call, customer, mobo, body)
    return as_xml(_info(call, made, created_now=True), MEDIA_TYPE)


def find_shipments(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to shipments, or with ``provideShipmentInfo`` the shipments; none is an empty list."""
    check_customer(call, customer, mobo)
    if set(BETWEEN) & set(call.request.args):
        found = [one for one in made_between(call) if one.contract]
    else:
        found = asked_shipments(call, _LOOK_UPS, beside=("provideShipmentInfo",))
    if set(_LOOK_UPS["group_id"]) & set(call.request.args):
        found = [one for one in found if not one.transmitted]
    if call.request.args.get("provideShipmentInfo") == "true":
        return as_xml(_make("shipments", *(_info(call, one) for one in found)), MEDIA_TYPE)
    links = (link(_make, "shipment", _address(call, one), MEDIA_TYPE) for one in found)
    return as_xml(_make("shipments", *links), MEDIA_TYPE)


def get_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    return as_xml(_info(call, shipment_of(call, customer, mobo, shipment_id)), MEDIA_TYPE)


def shipment_details(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Answer everything that was sent; a D2PO shipment's ``recipient`` repeats the destination."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    body = shipment.body
    details = _make("shipment-details")
    if shipment.request_id:
        details.append(_make("customer-request-id", shipment.request_id))
    details.append(_make("shipment-status", shipment.status))
    details.append(_make("final-shipping-point", body.get("requestedShippingPoint", FALLBACK_POINT)))
    details.append(_make("tracking-pin", shipment.pin))
    if "shippingPointId" in body:
        details.append(_make("shipping-point-id", body["shippingPointId"]))
    if body.get("cpcPickupIndicator"):
        details.append(_make("cpc-pickup-indicator", "true"))
    details.append(_detail(shipment))
    return as_xml(details, MEDIA_TYPE)


def void_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    void(call, shipment_of(call, customer, mobo, shipment_id))
    return Response("", 204)


def refund_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Take in a refund request for a transmitted shipment, once."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    body_of(call, MEDIA_TYPE, SHIPMENT_NS, "shipment-refund-request", REFUND)
    return as_xml(ticket(_make, "shipment-refund-request-info", *refund(call, shipment)), MEDIA_TYPE)


def groups(call: Call, customer: str, mobo: str) -> Response:
    """Answer the groups that hold something to transmit."""
    check_customer(call, customer, mobo)
    shipments = f"{call.base}/rs/{customer}/{mobo}/shipment"
    rows = (
        _make(
            "group",
            _make("group-id", group),
            link(_make, "group", f"{shipments}?{_of_group(call, group)}", MEDIA_TYPE),
        )
        for group in call.world.state.open_groups()
    )
    return as_xml(_make("groups", *rows), MEDIA_TYPE)


def delivery_spec(shipment: StoredShipment, table: All = DELIVERY_SPEC, namespace: str = SHIPMENT_NS) -> etree._Element:
    """Return what was to be delivered, as the details of a shipment repeat it."""
    spec = {name: value for name, value in shipment.spec.items() if name != "customs"}
    made = table.element("delivery-spec", namespace, spec)
    if any(option["optionCode"] == D2PO for option in spec.get("options", ())):
        recipient = table.parts["destination"].element("recipient", namespace, spec["destination"])
        made.append(recipient)
    return made


def _detail(shipment: StoredShipment) -> etree._Element:
    detail = _make("shipment-detail")
    detail.append(_make("group-id", shipment.group_id) if shipment.group_id else _make("transmit-shipment", "true"))
    if "expectedMailingDate" in shipment.body:
        detail.append(_make("expected-mailing-date", shipment.body["expectedMailingDate"]))
    detail.append(delivery_spec(shipment))
    if shipment.refund_ticket:
        detail.append(ticket(_make, "refund-request-info", shipment.refund_ticket, shipment.refunded_on))
    return detail


def ticket(make: Maker, name: str, number: str, day: str) -> etree._Element:
    return make(name, make("service-ticket-date", day), make("service-ticket-id", number))


def _of_group(call: Call, group: str) -> str:
    return f"{known(call, *_LOOK_UPS['group_id'])[-1]}={quote(group, safe='')}"


def _address(call: Call, shipment: StoredShipment) -> str:
    return f"{call.base}/rs/{shipment.customer}/{shipment.mobo}/shipment/{shipment.shipment_id}"


def _info(call: Call, shipment: StoredShipment, *, created_now: bool = False) -> etree._Element:
    info = _make("shipment-info")
    if shipment.request_id:
        info.append(_make("customer-request-id", shipment.request_id))
    info.append(_make("shipment-id", shipment.shipment_id))
    info.append(_make("shipment-status", shipment.status))
    info.append(_make("tracking-pin", shipment.pin))
    if created_now and shipment.body.get("providePricingInfo"):
        info.append(shipment_price(_make, cost_of_shipment(shipment.spec)))
    info.append(_links(call, shipment))
    return info


def _links(call: Call, shipment: StoredShipment) -> etree._Element:
    own = _address(call, shipment)
    links = _make("links", link(_make, "self", own, MEDIA_TYPE), link(_make, "details", f"{own}/details", MEDIA_TYPE))
    if shipment.group_id:
        group = f"{own.rpartition('/')[0]}?{_of_group(call, shipment.group_id)}"
        links.append(link(_make, "group", group, MEDIA_TYPE))
    if shipment.transmitted:
        links.append(link(_make, "refund", f"{own}/refund", MEDIA_TYPE))
    if shipment.status != "suspended":
        links.append(label_link(call, _make, shipment))
    return links


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
