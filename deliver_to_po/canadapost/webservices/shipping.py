"""Shipments by the XML API: requests under a contract, and the answers, or Unreadable."""

from urllib.parse import quote

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import shipments
from deliver_to_po.canadapost.reading import last_segment
from deliver_to_po.canadapost.rules import OPERATION, check_account, check_group, check_shipment
from deliver_to_po.canadapost.types import Account, RefundTicket, ShipmentDetails, ShipmentInfo, ShipmentRequest
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read

MEDIA_TYPE = "application/vnd.cpc.shipment-v8+xml"
NAMESPACE = "http://www.canadapost.ca/ws/shipment-v8"
# Parameters of a search for shipments. Canada Post's answers and its PHP sample use the first spelling of the group, an
# example in its text the second, so the request id may be spelled that way too.
BY_REQUEST_ID = ("requestId", "requestid")
BY_GROUP = ("groupId", "groupid")
WITHOUT_MANIFEST = ("noManifest",)


def account_path(account: Account) -> str:
    return f"/rs/{quote(account.customer_number, safe='')}/{quote(account.on_behalf_of, safe='')}"


def shipments_path(account: Account) -> str:
    return f"{account_path(account)}/shipment"


def build_shipment(request: ShipmentRequest, account: Account) -> bytes:
    """Return the request for a shipment under a contract, in a group; raises InvalidRequest when a rule is broken."""
    check_shipment(request)
    check_account(OPERATION, account)
    check_group(OPERATION, request.group_id)
    return xml.write(OPERATION, NAMESPACE, "shipment", bodies.shipment(request, account))


def read_shipment(operation: str, answer: Answer) -> ShipmentInfo:
    return read_info(operation, read(operation, answer, "shipment-info", namespace=NAMESPACE))


def read_info(operation: str, root: xml.Element) -> ShipmentInfo:
    return shipments.read_shipment(operation, xml.as_row(root))


def found_in(operation: str, answer: Answer) -> tuple[list[xml.Element], list[str]]:
    """Return what a search found: shipments for ``read_info``, and the URLs of others."""
    root = read(operation, answer, "shipments", namespace=NAMESPACE)
    links = xml.rows(root, "link")
    return list(xml.children(root, "shipment-info")), shipments.read_shipment_links(operation, links)


def read_shipment_ids(operation: str, answer: Answer) -> list[str]:
    """Return the ids of the shipments that a search found, whether it tells of them or links to them."""
    rows, hrefs = found_in(operation, answer)
    ids = [*(xml.text(row, "shipment-id") for row in rows), *(last_segment(href) for href in hrefs)]
    if not all(ids):
        raise Unreadable(operation, why="a shipment without an id")
    return ids


def read_details(operation: str, answer: Answer) -> ShipmentDetails:
    root = read(operation, answer, "shipment-details", namespace=NAMESPACE)
    return shipments.read_details(operation, xml.as_row(root))


def build_refund(email: str, namespace: str = NAMESPACE, root: str = "shipment-refund-request") -> bytes:
    """Return the request for a refund; Canada Post answers to ``email``."""
    return xml.write("refund shipment", namespace, root, {"email": email})


def read_ticket(operation: str, answer: Answer, *, namespace: str = NAMESPACE) -> RefundTicket:
    names = ("shipment-refund-request-info", "non-contract-shipment-refund-request-info")
    return shipments.read_ticket(operation, xml.as_row(read(operation, answer, *names, namespace=namespace)))
