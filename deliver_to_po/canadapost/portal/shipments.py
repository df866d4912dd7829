"""Reads answers about shipments strictly: what was made and its details. Reading raises Unreadable."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.reading import read_status
from deliver_to_po.canadapost.rules import D2PO
from deliver_to_po.canadapost.types import Address, RefundTicket, ShipmentDetails, ShipmentInfo


def read_shipment(operation: str, body: Any) -> ShipmentInfo:
    row = fields.mapping(operation, body, "shipment")
    return ShipmentInfo(
        shipment_id=fields.required_text(operation, row, "shipmentId"),
        status=read_status(operation, fields.text(row.get("shipmentStatus"))),
        tracking_pin=fields.pin(row.get("trackingPin")),
        request_id=fields.text(row.get("customerRequestId")),
        links=fields.links(operation, row.get("links")),
        price=_due(operation, row.get("shipmentPrice")),
    )


def _due(operation: str, body: Any) -> Decimal | None:
    """Return what a shipment costs, None if the answer does not say or cannot be read: the shipment is made.

    The price may come in a list of one.
    """
    row = body[0] if isinstance(body, list) and len(body) == 1 else body
    try:
        return fields.decimal(operation, row, "dueAmount") if isinstance(row, Mapping) else None
    except Unreadable:
        return None


def read_details(operation: str, body: Any) -> ShipmentDetails:
    row = fields.mapping(operation, body, "details")
    detail = fields.mapping(operation, row.get("shipmentDetail"), "shipmentDetail")
    spec = fields.mapping(operation, detail.get("deliverySpec"), "deliverySpec")
    # For D2PO Canada Post adds the recipient's address as "recipient"; "destination" may then be the office.
    person = fields.mapping(operation, spec.get("recipient") or spec.get("destination"), "recipient")
    options = fields.optional_rows(operation, spec.get("options"), "options")
    office: Mapping[str, Any] = next(
        (option for option in options if fields.text(option.get("optionCode")) == D2PO), {}
    )
    return ShipmentDetails(
        status=read_status(operation, fields.text(row.get("shipmentStatus"))),
        service=fields.text(spec.get("serviceCode")),
        office_id=fields.text(office.get("optionQualifier2")),
        recipient_name=fields.text(person.get("name")),
        recipient_address=_address(operation, person.get("addressDetails")),
        reference=reference(spec, "customerRef1"),
    )


def reference(spec: Any, name: str) -> str:
    """Return a reference of what is delivered, ``""`` if it has none."""
    references = spec.get("references") if isinstance(spec, Mapping) else None
    return fields.text(references.get(name)) if isinstance(references, Mapping) else ""


def _address(operation: str, body: Any) -> Address:
    row = fields.mapping(operation, body, "addressDetails")
    return Address(
        line_1=fields.text(row.get("addressLine1")),
        line_2=fields.text(row.get("addressLine2")),
        city=fields.text(row.get("city")),
        province=fields.text(row.get("provState")),
        postal_code=fields.text(row.get("postalZipCode")),
    )


def read_ticket(operation: str, body: Any) -> RefundTicket:
    row = fields.mapping(operation, body, "ticket")
    asked_on = fields.day(operation, row, "serviceTicketDate")
    if asked_on is None:
        raise Unreadable(operation, why="no serviceTicketDate")
    return RefundTicket(fields.required_text(operation, row, "serviceTicketId"), asked_on)
