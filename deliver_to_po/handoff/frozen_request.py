"""The request that a shipment froze: written when its parcel is released, read the same each time it is sent."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Address, Parcel, Sender, ShipmentOption
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.shipping import Made, Office, ShipmentRequest

# A parcel's fields, of a shipment as of the shop's answer.
MEASURES = ("weight_kg", "length_cm", "width_cm", "height_cm")
# More than any parcel costs.
MOST_CAD = Decimal(1_000_000)


def request_of(shipment: Shipment) -> ShipmentRequest:
    delivery, office = shipment.delivery, shipment.office
    packed = Parcel(*(getattr(shipment, name) for name in MEASURES))
    return ShipmentRequest(
        request_id=shipment.request_id,
        reference=delivery.reference,
        service=shipment.service,
        office=Office(
            office_id=office.office_id,
            name=office.name,
            location=office.location,
            street=office.street,
            city=office.city,
            province=office.province,
            postal_code=office.postal_code,
        ),
        recipient=shipment.recipient,
        sender=sender_from_json(shipment.sender),
        # The longest first, whichever the shop calls the length: so a receiver is promised it.
        parcel=Parcel(packed.weight_kg, *packed.sides_cm),
        options=tuple(option_from_json(row) for row in shipment.options),
        number=shipment.parcel,
        parcels=shipment.of_parcels,
        contents=contents_from_json(shipment.contents),
        group=shipment.group,
        mailing_date=shipment.mailing_date,
        language=delivery.language,
        live=delivery.live,
    )


def whom_and_where(delivery: Delivery) -> dict[str, Any]:
    """Return the recipient and the post office of a delivery as the fields of a shipment."""
    return {name: getattr(delivery, name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS)}


def size_and_weight(parcel: Parcel) -> dict[str, Decimal]:
    return {name: getattr(parcel, name) for name in MEASURES}


def sender_to_json(sender: Sender) -> dict[str, str]:
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
    address = Address(row["line_1"], row["city"], row["province"], row["postal_code"], row["line_2"])
    return Sender(company=row["company"], name=row["name"], phone=row["phone"], address=address)


def options_to_json(options: Iterable[ShipmentOption]) -> list[dict[str, Any]]:
    """Return options as JSON by code: in another order they are the same."""
    ordered = sorted(options, key=attrgetter("code"))
    return [{"code": one.code, "amount": None if one.amount is None else str(one.amount)} for one in ordered]


def option_from_json(row: dict[str, Any]) -> ShipmentOption:
    return ShipmentOption(row["code"], None if row["amount"] is None else Decimal(row["amount"]))


def contents_to_json(contents: Iterable[tuple[Decimal, str]]) -> list[list[str]]:
    return [[str(quantity), name] for quantity, name in contents]


def contents_from_json(rows: Iterable[Sequence[str]]) -> tuple[tuple[Decimal, str], ...]:
    return tuple((Decimal(quantity), name) for quantity, name in rows)


def numbers_fit(made: Made) -> bool:
    """Say whether the system's id and tracking number are such that they fit their columns."""
    texts = ((made.shipment_id, lengths.SHIPMENT_ID), (made.tracking_number, lengths.TRACKING_NUMBER))
    return bool(made.shipment_id) and all(text.isprintable() and len(text) <= longest for text, longest in texts)


def made_fields(made: Made) -> dict[str, Any]:
    """Return what a shipment keeps of the system's answer."""
    return {
        "shipment_id": made.shipment_id,
        "tracking_pin": made.tracking_number,
        "system_data": dict(made.data),
        "price": price_to_keep(made.price),
    }


def price_to_keep(price: Decimal | None) -> Decimal | None:
    """Return a price as it is kept, in whole cents; None for one that cannot be true: it is worth no shipment."""
    if price is None or not price.is_finite() or not 0 <= price < MOST_CAD:
        return None
    return price.quantize(Decimal("0.01"), ROUND_HALF_UP)


def made_of(shipment: Shipment) -> Made:
    """Return the system's answer from what ``made_fields`` kept."""
    return Made(
        shipment_id=shipment.shipment_id,
        tracking_number=shipment.tracking_pin,
        data=shipment.system_data,
        transmitted=shipment.transmitted_at is not None,
    )
