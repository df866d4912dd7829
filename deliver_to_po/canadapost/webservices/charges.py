"""Prices, receipts and refunds of shipments by the XML API."""

from datetime import datetime
from decimal import Decimal

from deliver_to_po.canadapost.constraints import check_email
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.rules import refuse
from deliver_to_po.canadapost.transport import Answer
from deliver_to_po.canadapost.types import RefundTicket, ShipmentPrice, ShipmentReceipt
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read
from deliver_to_po.canadapost.webservices.shipping import NAMESPACE

REFUND = "refund shipment"
TAXES = ("gst-amount", "pst-amount", "hst-amount")


def read_price(operation: str, answer: Answer) -> ShipmentPrice:
    """Return the price, without its service standard, which the schema misspells; raises Unreadable."""
    root = read(operation, answer, "shipment-price", namespace=NAMESPACE)
    return ShipmentPrice(
        service=xml.text(root, "service-code"),
        base=_amount(operation, root, "base-amount"),
        pre_tax=_amount(operation, root, "pre-tax-amount"),
        taxes=sum((_amount(operation, root, tax) for tax in TAXES), Decimal(0)),
        due=_amount(operation, root, "due-amount"),
        rated_weight_kg=xml.decimal(xml.text(root, "rated-weight")),
    )


def read_receipt(operation: str, answer: Answer) -> ShipmentReceipt:
    """Return what was charged to a card or a supplier account; raises Unreadable."""
    root = read(operation, answer, "shipment-receipt", "shipment-cc-receipt", namespace=NAMESPACE)
    details = xml.child(root, "cc-receipt-details")
    if details is None:
        details = xml.child(root, "supplier-account-receipt-details")
    if details is None:
        raise Unreadable(operation, why="a receipt without details")
    return ShipmentReceipt(
        amount=_amount(operation, details, "charge-amount"),
        charged_at=_moment(xml.text(details, "auth-timestamp")),
        authorization=xml.text(details, "auth-code"),
    )


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


def _amount(operation: str, element: xml.Element, name: str) -> Decimal:
    amount = xml.decimal(xml.text(element, name))
    if amount is None:
        raise Unreadable(operation, why=f"no {name}")
    return amount


def _moment(value: str) -> datetime | None:
    """Return an aware time; None if it has no zone, since nothing says which one it would be."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
