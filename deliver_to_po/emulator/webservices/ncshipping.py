"""The web services' non-contract shipments: paid at once by the default card, without request id and group.

Deliver to Post Office over this service was never seen [U]; the schema takes it, so the emulator does.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.refusals import NoSuchThing, Refused
from deliver_to_po.emulator.schema.tables import NC_REFUND, NC_SHIPMENT, NCSHIPMENT_NS
from deliver_to_po.emulator.shipment_search import asked_shipments
from deliver_to_po.emulator.shipments import check_customer, make_shipment, refund, shipment_of
from deliver_to_po.emulator.state import StoredShipment
from deliver_to_po.emulator.webservices.bodies import XmlFormat
from deliver_to_po.emulator.webservices.shipping import XmlShipping

FORMAT = XmlFormat("application/vnd.cpc.ncshipment-v4+xml", NCSHIPMENT_NS)
PATH = "/rs/<customer>/ncshipment"
_BETWEEN = ("from", "to")


def create_ncshipment(call: Call, customer: str) -> Response:
    """Make a shipment and charge the card."""
    check_customer(call, customer)
    body = FORMAT.body(call, "non-contract-shipment", NC_SHIPMENT)
    return _info(call, make_shipment(call, customer, customer, _as_paid_by_card(body), contract=False))


def find_ncshipments(call: Call, customer: str) -> Response:
    """Answer links to the shipments with a tracking number or made between two moments."""
    check_customer(call, customer)
    if set(_BETWEEN) & set(call.request.args):
        found = _made_between(call)
    else:
        found = asked_shipments(call, {"pin": ("trackingPIN",)})
    links = [FORMAT.link("shipment", _address(call, one)) for one in found if not one.contract]
    return FORMAT.answer("non-contract-shipments", links)


def get_ncshipment(call: Call, customer: str, shipment_id: str) -> Response:
    return _info(call, _shipment(call, customer, shipment_id))


def ncshipment_details(call: Call, customer: str, shipment_id: str) -> Response:
    """Answer everything that was sent, without what ``_as_paid_by_card`` adds."""
    shipment = _shipment(call, customer, shipment_id)
    details = told.details(shipment)
    spec = details["shipmentDetail"]["deliverySpec"]
    address, payment = dict(spec["sender"]["addressDetails"]), dict(spec["settlementInfo"])
    del address["countryCode"], payment["intendedMethodOfPayment"]
    spec |= {"sender": spec["sender"] | {"addressDetails": address}, "settlementInfo": payment}
    spec.pop("customs", None)
    kept = {name: details[name] for name in ("finalShippingPoint", "trackingPin")} | {"deliverySpec": spec}
    if shipment.refund_ticket:
        kept["refundRequestInfo"] = told.ticket(shipment.refund_ticket, shipment.refunded_on)
    return FORMAT.answer("non-contract-shipment-details", kept)


def refund_ncshipment(call: Call, customer: str, shipment_id: str) -> Response:
    """Take in a refund request, once."""
    shipment = _shipment(call, customer, shipment_id)
    FORMAT.body(call, "non-contract-shipment-refund-request", NC_REFUND)
    return FORMAT.answer("non-contract-shipment-refund-request-info", told.ticket(*refund(call, shipment)))


def _as_paid_by_card(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body as the rules know it: transmitted at once, by card, from where the sender is in Canada."""
    spec = dict(body["deliverySpec"])
    sender = spec["sender"]
    spec["sender"] = sender | {"addressDetails": sender["addressDetails"] | {"countryCode": "CA"}}
    spec["settlementInfo"] = spec.get("settlementInfo", {}) | {"intendedMethodOfPayment": "CreditCard"}
    point = body.get("requestedShippingPoint", sender["addressDetails"]["postalZipCode"])
    return {"transmitShipment": True, "requestedShippingPoint": point, "deliverySpec": spec}


def _made_between(call: Call) -> list[StoredShipment]:
    """Return the shipments made between ``from`` and ``to`` (9105, 9116); ``to`` may be left out: now."""
    start = _moment(call, "from")
    end = _moment(call, "to") if "to" in call.request.args else datetime.now(UTC)
    if start > end:
        raise Refused(call.problem("9116", "The start is after the end.", "Le début suit la fin."))
    found = call.world.state.find_shipments()
    return [one for one in found if start.timestamp() <= one.created_at < end.timestamp() + 60]


def _moment(call: Call, name: str) -> datetime:
    text = call.request.args.get(name, "")
    try:
        if re.fullmatch(r"[0-9]{12}", text):
            return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Refused(call.problem("9105", f"{name} is written YYYYMMDDHHMM.", f"{name} s'écrit AAAAMMJJHHMM."))


def _shipment(call: Call, customer: str, shipment_id: str) -> StoredShipment:
    found = shipment_of(call, customer, customer, shipment_id)
    if found.contract:
        raise NoSuchThing("non-contract shipment")
    return found


def _address(call: Call, shipment: StoredShipment) -> str:
    return f"{call.base}/rs/{shipment.customer}/ncshipment/{shipment.shipment_id}"


def _info(call: Call, shipment: StoredShipment) -> Response:
    own = _address(call, shipment)
    addresses = {"self": own, "details": f"{own}/details", "refund": f"{own}/refund"}
    links = [FORMAT.link(rel, address) for rel, address in addresses.items()]
    links.append(XmlShipping.artifacts.label_link(call, shipment))
    info = {"shipmentId": shipment.shipment_id, "trackingPin": shipment.pin, "links": links}
    return FORMAT.answer("non-contract-shipment-info", info)


OPERATIONS = (
    FORMAT.operation("create_ncshipment", "POST", PATH, create_ncshipment, "shipping"),
    FORMAT.operation("find_ncshipments", "GET", PATH, find_ncshipments),
    FORMAT.operation("get_ncshipment", "GET", f"{PATH}/<shipment_id>", get_ncshipment),
    FORMAT.operation("ncshipment_details", "GET", f"{PATH}/<shipment_id>/details", ncshipment_details),
    FORMAT.operation("refund_ncshipment", "POST", f"{PATH}/<shipment_id>/refund", refund_ncshipment, "void"),
)
