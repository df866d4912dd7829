"""Refunds of shipments by the XML API."""

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.constraints import check_email
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.rules import refuse
from deliver_to_po.canadapost.types import RefundTicket
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read
from deliver_to_po.canadapost.webservices.shipping import NAMESPACE

REFUND = "refund shipment"


def build_refund(email: str, namespace: str = NAMESPACE, root: str = "shipment-refund-request") -> bytes:
    """Return the request for a refund; Canada Post answers to ``email``. Raises InvalidRequest."""
    refuse(REFUND, check_email("email", email))
    return xml.write(REFUND, namespace, (root, [("email", email)]))


def read_ticket(operation: str, answer: Answer, *, namespace: str = NAMESPACE) -> RefundTicket:
    """Return the ticket of a refund that was asked for; raises Unreadable."""
    names = ("shipment-refund-request-info", "non-contract-shipment-refund-request-info")
    root = read(operation, answer, *names, namespace=namespace)
    ticket, on = xml.text(root, "service-ticket-id"), xml.day(xml.text(root, "service-ticket-date"))
    if not ticket or on is None:
        raise Unreadable(operation, why="a refund without number or date")
    return RefundTicket(ticket, on)
