"""The request of a shipment: built from what the delivery and the shipment hold, the same each time."""

from decimal import Decimal
from typing import Any

from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.types import (
    Address,
    Link,
    Parcel,
    Sender,
    Service,
    ShipmentInfo,
    ShipmentOption,
    ShipmentRequest,
    ShipmentStatus,
)
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import CARRIER_ID_LENGTH, PIN_LENGTH


def build_request(shipment: Shipment) -> ShipmentRequest:
    """Return what is sent for ``shipment``; raises InvalidRequest for a service that D2PO does not go with."""
    delivery = shipment.delivery
    if shipment.service not in tuple(Service):
        raise InvalidRequest("create shipment", "service", "D2PO does not go with it")
    return ShipmentRequest(
        request_id=shipment.request_id,
        group_id=shipment.group_id,
        service=Service(shipment.service),
        office_id=delivery.office_id,
        sender=sender_from_json(shipment.sender),
        recipient=delivery.recipient,
        parcel=Parcel(shipment.weight_kg, shipment.length_cm, shipment.width_cm, shipment.height_cm),
        options=tuple(option_from_json(row) for row in shipment.options),
        reference=delivery.reference,
        mailing_date=shipment.mailing_date,
    )


def sender_to_json(sender: Sender) -> dict[str, str]:
    """Return a sender as JSON."""
    address = sender.address
    return {
        "company": sender.company,
        "name": sender.name,
        "phone": sender.phone,
        "line_1": address.line_1,
        "line_2": address.line_2,
        "city": address.city,
        "province": address.province,
        "postal_code": address.postal_code,
    }


def sender_from_json(row: dict[str, str]) -> Sender:
    """Read what ``sender_to_json`` wrote."""
    address = Address(row["line_1"], row["city"], row["province"], row["postal_code"], row["line_2"])
    return Sender(company=row["company"], name=row["name"], phone=row["phone"], address=address)


def option_to_json(option: ShipmentOption) -> dict[str, Any]:
    """Return an option as JSON."""
    return {"code": option.code, "amount": None if option.amount is None else str(option.amount)}


def option_from_json(row: dict[str, Any]) -> ShipmentOption:
    """Read what ``option_to_json`` wrote."""
    return ShipmentOption(row["code"], None if row["amount"] is None else Decimal(row["amount"]))


def fits(info: ShipmentInfo) -> bool:
    """Say whether the carrier's id and tracking number are such that they can be kept."""
    columns = {CARRIER_ID_LENGTH: info.shipment_id, PIN_LENGTH: info.tracking_pin}
    return all(text.isprintable() and len(text) <= longest for longest, text in columns.items())


def made_fields(info: ShipmentInfo) -> dict[str, Any]:
    """Return what a shipment keeps of the carrier's answer."""
    return {
        "carrier_id": info.shipment_id,
        "tracking_pin": info.tracking_pin,
        "links": [
            {"rel": link.rel, "href": link.href, "media_type": link.media_type, "index": link.index}
            for link in info.links
        ],
    }


def info_of(shipment: Shipment) -> ShipmentInfo:
    """Return the carrier's answer from what ``made_fields`` kept."""
    return ShipmentInfo(
        shipment_id=shipment.carrier_id,
        status=ShipmentStatus.CREATED,
        tracking_pin=shipment.tracking_pin,
        request_id=shipment.request_id,
        links=tuple(Link(**row) for row in shipment.links),
    )
