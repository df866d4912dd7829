"""Shipping systems: what one must answer, and those that come with the app. All that a third party's own imports."""

from deliver_to_po.canadapost.types import Address, Parcel, Recipient, Sender, ShipmentOption
from deliver_to_po.choices import Reason
from deliver_to_po.shipping.base import (
    Answer,
    Found,
    Handed,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    Office,
    RefundAsked,
    Refused,
    ShipmentRequest,
    ShippingSystem,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)

__all__ = [
    "Address",
    "Answer",
    "Found",
    "Handed",
    "Label",
    "Made",
    "ManifestDocument",
    "NotTransmitted",
    "NotYet",
    "Office",
    "Parcel",
    "Reason",
    "Recipient",
    "RefundAsked",
    "Refused",
    "Sender",
    "ShipmentOption",
    "ShipmentRequest",
    "ShippingSystem",
    "Transmission",
    "Transmitted",
    "Unknown",
    "Voided",
]
