"""Changing and cancelling each way to Canada Post, with a contract and without one: what is left there in the end."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import NearPostalCode, Parcel, PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.emulator.memory.shipments import StoredShipment
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.cancelling import cancel, cancel_delivery
from deliver_to_po.handoff.changing.change import change_consignment, change_office, correct_recipient, replan_delivery
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.models import Delivery, Shipment
from tests.factories import PARCEL, RECIPIENT, going_to, make_delivery, make_shipment
from tests.rounds import do_due, handed_off
from tests.ways import WAYS, call_of, charged_at_once

pytestmark = pytest.mark.django_db

HEAVY = replace(PARCEL, weight_kg=Decimal("2.5"))
CORRECT = replace(RECIPIENT, name="Zoë Correct")
Do = Callable[[Delivery, list[PostOffice], list[Parcel]], object]


def split(delivery: Delivery, boxes: list[Parcel]) -> None:
    boxes.append(PARCEL)
    replan_delivery(delivery)


CHANGES: dict[str, Do] = {
    "recipient": lambda delivery, offices, boxes: correct_recipient(delivery, CORRECT),
    "office": lambda delivery, offices, boxes: change_office(delivery, offices[1]),
    "weight": lambda delivery, offices, boxes: change_consignment(delivery, 1, parcel=HEAVY),
    "a box more": lambda delivery, offices, boxes: split(delivery, boxes),
    "label again": lambda delivery, offices, boxes: make_again(delivery.shipments.get()),
    "cancelled": lambda delivery, offices, boxes: cancel(delivery.order),
    "sent home": lambda delivery, offices, boxes: cancel_delivery(delivery, reason=Reason.TO_HOME),
}
WAITING, LABELLED, LOST = "not sent yet", "its label is made", "the answer got lost"
FLOWS = [
    *(("office", when) for when in (WAITING, LABELLED, LOST)),
    *((change, LABELLED) for change in ("recipient", "weight")),
    *((change, when) for change in ("a box more", "sent home") for when in (WAITING, LABELLED)),
    ("label again", LABELLED),
    *(("cancelled", when) for when in (WAITING, LABELLED, LOST)),
]
# Every flow on the two ways that have least in common; on each other one what is voided, and what must be found.
FURTHEST = ("portal", "webservices by card")
EACH_WAY = [
    (way, *flow)
    for way in WAYS
    for flow in FLOWS
    if way in FURTHEST or flow in {("office", LABELLED), ("cancelled", LOST)}
]


@pytest.fixture
def offices(way: str, change_settings: Any) -> list[PostOffice]:
    """Return post offices as that way gives them."""
    change_settings(REFUND_EMAIL="refunds@example.com", HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0, 60.0)})
    return canada_post().find_offices(NearPostalCode("K1A0B1"))


def brought(way: str, when: str, office: PostOffice, emulator: EmulatorServer) -> Delivery:
    """Return a delivery to a post office whose only parcel stands so."""
    delivery = make_delivery(**going_to(office))
    shipment = make_shipment(delivery, api=way, group="" if charged_at_once(way) else "2026-11-25")
    if when == LOST:
        emulator.faults.add(call_of(way, "create"), "500", after=True)
    if when != WAITING:
        handed_off(shipment)
        assert shipment.state == (ShipmentState.LABELLED if when == LABELLED else ShipmentState.UNKNOWN)
        Shipment.objects.filter(pk=shipment.pk, due_at__isnull=False).update(due_at=timezone.now())
    return Delivery.objects.get(pk=delivery.pk)


def done(delivery: Delivery) -> None:
    """Do whatever is due, and destroy the labels whose refund was asked for."""
    do_due()
    for shipment in Shipment.objects.filter(
        delivery=delivery, state=ShipmentState.REFUND_ASKED, open_parcel__isnull=False
    ):
        label_destroyed(shipment)
        do_due()


def is_worth_something(held: StoredShipment) -> bool:
    return not (held.voided or held.refund_ticket)


@pytest.mark.parametrize(("way", "change", "when"), EACH_WAY, indirect=["way"])
def test_in_the_end_canada_post_holds_what_is_wanted_once(
    way: str, emulator: EmulatorServer, offices: list[PostOffice], parcels: list[Parcel], change: str, when: str
) -> None:
    delivery = brought(way, when, offices[0], emulator)
    CHANGES[change](delivery, offices, parcels)
    done(delivery)
    held = [each for each in emulator.shipments if is_worth_something(each)]
    if change in ("cancelled", "sent home"):
        assert (held, Delivery.objects.get(pk=delivery.pk).state) == ([], DeliveryState.CANCELLED)
        return
    assert len(held) == len(parcels)
    rows = Shipment.objects.filter(delivery=delivery, state=ShipmentState.LABELLED)
    assert sorted(rows.values_list("shipment_id", flat=True)) == sorted(each.shipment_id for each in held)
    assert {row.api for row in rows} == {way}
    wanted = offices[change == "office"]
    assert {comparable_office_id(each.office_id) for each in held} == {comparable_office_id(wanted.office_id)}
    recipient = CORRECT if change == "recipient" else RECIPIENT
    assert {each.spec["destination"]["name"] for each in held} == {recipient.name}
    parcel = HEAVY if change == "weight" else PARCEL
    assert {Decimal(str(each.spec["parcelCharacteristics"]["weight"])) for each in held} == {parcel.weight_kg}
    # Only what was made before it was changed is made a second time.
    made_anew = change in ("recipient", "office", "weight", "label again") and when != WAITING
    assert len(emulator.shipments) == len(parcels) + made_anew
