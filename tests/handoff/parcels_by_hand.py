"""A shop whose parcels are shipped by hand: by a clerk's own program, by EST 2.0, or by both side by side."""

from typing import Any

import pytest

from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered, enter_file
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.parcel_fields import parcel_reference
from tests.factories import make_shipment
from tests.handoff.conftest import PostOffices

SYSTEMS = {
    "desk": {"BACKEND": "deliver_to_po.shipping.manual.Manual", "OPTIONS": {"HAS_SHOWN_A_LABEL": True}},
    "est": {"BACKEND": "deliver_to_po.shipping.est.Est2File", "OPTIONS": {"VERIFIED": True}},
}


@pytest.fixture
def by_hand(change_settings: Any, post_offices: PostOffices) -> PostOffices:
    """Configure both systems beside Canada Post; return what is answered about post offices."""
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    return post_offices


def number(sequence: int = 1) -> str:
    """Return a tracking number with a right check digit."""
    return tracking_number("7023210", sequence)


def handed_to(alias: str, **fields: Any) -> Shipment:
    """Return a shipment that a worker has given to a system, or that waits there to be exported."""
    shipment = make_shipment(system=alias, **fields)
    hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    state = ShipmentState.WAITING if alias == "est" else ShipmentState.HANDED
    reason = Reason.TO_EXPORT if alias == "est" else Reason.NONE
    assert (shipment.state, shipment.reason) == (state, reason)
    return shipment


def reference(shipment: Shipment) -> str:
    """Return what a file calls a parcel."""
    delivery = shipment.delivery
    return parcel_reference(delivery.reference, shipment.request_id, live=delivery.live)


def file_with(*lines: tuple[str, str]) -> bytes:
    """Return a file of parcels and their numbers, each with what it calls the parcel."""
    return "\r\n".join(["Order ID,PIN", *(",".join(line) for line in lines)]).encode()


def entering(*rows: tuple[Shipment, int]) -> list[Entered]:
    """Enter a file with these parcels and the sequence of each number; return what came of each line."""
    lines = enter_file("desk", file_with(*((reference(row), number(sequence)) for row, sequence in rows)))
    return [line.entered for line in lines]


def stands(shipment: Shipment) -> tuple[str, str, str]:
    """Return state, tracking number and reason as the database has them now."""
    shipment.refresh_from_db()
    return shipment.state, shipment.tracking_pin, shipment.reason


def state_of(shipment: Shipment) -> tuple[str, str]:
    """Return the same without the reason."""
    return stands(shipment)[:2]
