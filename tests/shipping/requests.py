"""Requests as the hand-off sends them to a shipping system."""

import uuid
from dataclasses import replace
from typing import Any

from deliver_to_po.canadapost import types as carrier
from deliver_to_po.shipping import Office, ShipmentRequest
from tests.factories import PARCEL, RECIPIENT, SENDER

OFFICE = Office("0000102978", "Comptoir du Coin", "Plage Cristal", "3080, av. Carling", "Ottawa", "ON", "K2B7K0")


def as_asked(request: carrier.ShipmentRequest) -> ShipmentRequest:
    """Return a request of Canada Post's clients as the hand-off would ask for it."""
    return asked(
        request_id=request.request_id,
        reference=request.reference,
        service=request.service.value,
        office=replace(OFFICE, office_id=request.office_id),
        recipient=request.recipient,
        sender=request.sender,
        parcel=request.parcel,
        options=request.options,
        group=request.group_id,
        mailing_date=request.mailing_date,
    )


def asked(**changes: Any) -> ShipmentRequest:
    """Return a request that keeps every rule, with ``changes``."""
    values: dict[str, Any] = {
        "request_id": uuid.uuid4().hex,
        "reference": "ORDER-1001",
        "service": "DOM.EP",
        "office": OFFICE,
        "recipient": RECIPIENT,
        "sender": SENDER,
        "parcel": PARCEL,
        "group": "2026-11-26",
    }
    return ShipmentRequest(**{**values, **changes})
