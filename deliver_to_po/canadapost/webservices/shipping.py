"""Shipments by the XML API: requests under a contract, and the answers, or Unreadable."""

from urllib.parse import quote

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.reading import last_segment, read_status
from deliver_to_po.canadapost.rules import D2PO, OPERATION, check_account, check_group, check_shipment
from deliver_to_po.canadapost.types import (
    Account,
    Address,
    RefundTicket,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentRequest,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read, read_links

MEDIA_TYPE = "application/vnd.cpc.shipment-v8+xml"
NAMESPACE = "http://www.canadapost.ca/ws/shipment-v8"
# Parameters of a search for shipments. Canada Post's answers and its PHP sample use the first spelling of the group, an
# example in its text the second, so the request id may be spelled that way too.
BY_REQUEST_ID = ("requestId", "requestid")
BY_GROUP = ("groupId", "groupid")
WITHOUT_MANIFEST = "noManifest"


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


def found_in(operation: str, answer: Answer) -> tuple[list[xml.Element], list[str]]:
    """Return what a search found: shipments for ``read_info``, and the URLs of others."""
    root = read(operation, answer, "shipments", namespace=NAMESPACE)
    links = read_links(operation, root)
    return list(xml.children(root, "shipment-info")), [link.href for link in links if link.rel == "shipment"]


def read_shipment_ids(operation: str, answer: Answer) -> list[str]:
    """Return the ids of the shipments that a search found, whether it tells of them or links to them."""
    rows, hrefs = found_in(operation, answer)
    ids = [*(xml.text(row, "shipment-id") for row in rows), *(last_segment(href) for href in hrefs)]
    if not all(ids):
        raise Unreadable(operation, why="a shipment without an id")
    return ids


def read_info(operation: str, root: xml.Element) -> ShipmentInfo:
    shipment_id = xml.text(root, "shipment-id")
    if not shipment_id:
        raise Unreadable(operation, why="no shipment-id")
    return ShipmentInfo(
        shipment_id=shipment_id,
        status=read_status(operation, xml.text(root, "shipment-status")),
        tracking_pin=xml.text(root, "tracking-pin"),
        request_id=xml.text(root, "customer-request-id"),
        links=read_links(operation, xml.child(root, "links")),
        price=xml.decimal(xml.text(root, "shipment-price", "due-amount")),
    )


def read_details(operation: str, answer: Answer) -> ShipmentDetails:
    root = read(operation, answer, "shipment-details", namespace=NAMESPACE)
    status = read_status(operation, xml.text(root, "shipment-status"))
    return details_of(operation, xml.child(root, "shipment-detail", "delivery-spec"), status)


def details_of(operation: str, spec: xml.Element | None, status: ShipmentStatus) -> ShipmentDetails:
    """Return the details from ``spec``, which both kinds of shipment have; raises Unreadable."""
    # For D2PO Canada Post adds the recipient's address as "recipient"; "destination" may then be the office.
    person = xml.child(spec, "recipient")
    if person is None:
        person = xml.child(spec, "destination")
    address = xml.child(person, "address-details")
    if address is None:
        raise Unreadable(operation, why="details without a recipient")
    options = xml.children(xml.child(spec, "options"), "option")
    office = next((option for option in options if xml.text(option, "option-code") == D2PO), None)
    return ShipmentDetails(
        status=status,
        service=xml.text(spec, "service-code"),
        office_id=xml.text(office, "option-qualifier-2"),
        recipient_name=xml.text(person, "name"),
        recipient_address=Address(
            line_1=xml.text(address, "address-line-1"),
            line_2=xml.text(address, "address-line-2"),
            city=xml.text(address, "city"),
            province=xml.text(address, "prov-state"),
            postal_code=xml.text(address, "postal-zip-code"),
        ),
        reference=xml.text(spec, "references", "customer-ref-1"),
    )


def build_refund(email: str, namespace: str = NAMESPACE, root: str = "shipment-refund-request") -> bytes:
    """Return the request for a refund; Canada Post answers to ``email``."""
    return xml.write("refund shipment", namespace, root, {"email": email})


def read_ticket(operation: str, answer: Answer, *, namespace: str = NAMESPACE) -> RefundTicket:
    names = ("shipment-refund-request-info", "non-contract-shipment-refund-request-info")
    root = read(operation, answer, *names, namespace=namespace)
    ticket, on = xml.text(root, "service-ticket-id"), xml.day(xml.text(root, "service-ticket-date"))
    if not ticket or on is None:
        raise Unreadable(operation, why="a refund without number or date")
    return RefundTicket(ticket, on)
