"""The portal's shipments: create, look up, details, void, refund, groups."""

from urllib.parse import quote

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.artifacts import Artifacts
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.json_answers import JSON, JsonRefusals, as_json
from deliver_to_po.emulator.portal.bodies import body_of
from deliver_to_po.emulator.schema.tables import PORTAL_SHIPMENT, REFUND
from deliver_to_po.emulator.shipment_search import asked_shipments, known
from deliver_to_po.emulator.shipments import check_customer, make_shipment, refund, shipment_of, void
from deliver_to_po.emulator.state import StoredShipment

ACCOUNT_PATH = "/shipping/v1/<customer>/<mobo>"
PATH = f"{ACCOUNT_PATH}/shipments"
# Canada Post's own example calls a manifest JSON, though it is a PDF.
ARTIFACTS = Artifacts("portal", "/shipping/v1/artifacts", "shipping/", JSON, JsonRefusals())
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
    return as_json(told.shipment(made, _links(call, made), created_now=True))


def find_shipments(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the shipments with a number, or made without manifest on a day; none is an empty list."""
    check_customer(call, customer, mobo)
    found = asked_shipments(call, LOOK_UPS)
    return as_json([told.link("shipment", _address(call, one), JSON) for one in found])


def get_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    found = shipment_of(call, customer, mobo, shipment_id)
    return as_json(told.shipment(found, _links(call, found)))


def shipment_details(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    return as_json(told.details(shipment_of(call, customer, mobo, shipment_id)))


def void_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    void(call, shipment_of(call, customer, mobo, shipment_id))
    return Response("", 204)


def refund_shipment(call: Call, customer: str, mobo: str, shipment_id: str) -> Response:
    """Take in a refund request for a transmitted shipment, once."""
    shipment = shipment_of(call, customer, mobo, shipment_id)
    body_of(call, REFUND)
    return as_json(told.ticket(*refund(call, shipment)))


def groups(call: Call, customer: str, mobo: str) -> Response:
    """Answer the groups that hold something to transmit."""
    check_customer(call, customer, mobo)
    shipments = f"{call.base}/shipping/v1/{customer}/{mobo}/shipments"
    return as_json(
        [
            {"groupId": group, "link": told.link("group", f"{shipments}?{_of_group(call, group)}", JSON)}
            for group in call.world.state.open_groups()
        ]
    )


def _of_group(call: Call, group: str) -> str:
    return f"{known(call, *LOOK_UPS['group_id'])[-1]}={quote(group, safe='')}"


def _address(call: Call, shipment: StoredShipment) -> str:
    return f"{call.base}/shipping/v1/{shipment.customer}/{shipment.mobo}/shipments/{shipment.shipment_id}"


def _links(call: Call, shipment: StoredShipment) -> list[told.Told]:
    group, label = _of_group(call, shipment.group_id), ARTIFACTS.label_link(call, shipment)
    return told.links_of_shipment(shipment, _address(call, shipment), group, JSON, label)


OPERATIONS = (
    Operation("create_shipment", "POST", PATH, create_shipment, limit="shipping"),
    Operation("find_shipments", "GET", PATH, find_shipments),
    Operation("get_shipment", "GET", f"{PATH}/<shipment_id>", get_shipment),
    Operation("shipment_details", "GET", f"{PATH}/<shipment_id>/details", shipment_details),
    Operation("void_shipment", "DELETE", f"{PATH}/<shipment_id>", void_shipment, limit="void"),
    Operation("refund_shipment", "POST", f"{PATH}/<shipment_id>/refund", refund_shipment, limit="void"),
    Operation("groups", "GET", f"{ACCOUNT_PATH}/groups", groups),
)
