"""The hand-off over either API: one shipment, found again after a lost answer, with its label."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.carrier import canada_post
from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.cancelling import Cancelled, cancel
from deliver_to_po.handoff.changing import Changed, correct_recipient
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Delivery, Shipment
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak one API after the other."""
    change_settings(CANADA_POST={"API": request.param})
    return str(request.param)


@pytest.fixture
def waiting(api: str) -> Shipment:
    """Return a shipment that is due, to an office as that API gives it."""
    return due_shipment(api)


def due_shipment(api: str) -> Shipment:
    """Return a shipment that is due through ``api``, which the app speaks."""
    office = canada_post().find_offices(NearPostalCode("K1A0B1"))[0]
    assert office.coordinates is not None
    place = {"office_latitude": office.coordinates.latitude, "office_longitude": office.coordinates.longitude}
    return make_shipment(make_delivery(office_id=office.office_id, **place), api=api)


def handed_off(shipment: Shipment, *, times: int = 1) -> Shipment:
    """Do what is due and return the row as it is then."""
    for _ in range(times):
        hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    return shipment


def test_a_shipment_is_made_and_labelled(waiting: Shipment, emulator: EmulatorServer) -> None:
    shipment = handed_off(waiting)
    [made] = emulator.shipments
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, made.shipment_id)


@pytest.mark.parametrize("fault", ["500", "garbage", "reset", "truncate", "html"])
def test_a_shipment_whose_answer_got_lost_is_found_and_adopted(
    waiting: Shipment, emulator: EmulatorServer, fault: str
) -> None:
    emulator.faults.add("create_shipment", fault, after=True)
    shipment = handed_off(waiting)
    [made] = emulator.shipments
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, made.shipment_id)
    assert emulator.calls["create_shipment"] == 1


def test_what_never_arrived_is_sent_once_more_under_the_same_id(waiting: Shipment, emulator: EmulatorServer) -> None:
    emulator.faults.add("create_shipment", "500")
    shipment = handed_off(waiting)
    assert shipment.state == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]


def test_a_shipment_is_looked_up_where_it_was_made_after_the_setting_has_changed(
    waiting: Shipment, emulator: EmulatorServer, change_settings: Any, api: str
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add("create_shipment", "500", after=True)
    assert handed_off(waiting).state == ShipmentState.UNKNOWN
    change_settings(CANADA_POST={"API": next(other for other in APIS if other != api)})
    before = emulator.calls.get("token", 0)
    shipment = handed_off(waiting)
    assert (shipment.state, len(emulator.shipments)) == (ShipmentState.LABELLED, 1)
    assert (emulator.calls.get("token", 0) > before) is (api == "portal")


def test_without_a_contract_a_lost_answer_is_a_persons_to_judge(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": True})
    waiting = due_shipment("webservices")
    emulator.faults.add("create_ncshipment", "500", after=True)
    shipment = handed_off(waiting)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.NO_LOOK_UP)
    assert emulator.calls["create_ncshipment"] == 1


def test_an_order_placed_through_one_api_is_shipped_through_the_other(
    emulator: EmulatorServer, change_settings: Any, api: str
) -> None:
    other = next(one for one in APIS if one != api)
    change_settings(CANADA_POST={"API": other})
    chosen = canada_post().find_offices(NearPostalCode("K1A0B1"))[0]
    change_settings(CANADA_POST={"API": api})
    served = canada_post().find_offices(NearPostalCode("K1A0B1"))
    [here] = [
        office for office in served if comparable_office_id(office.office_id) == comparable_office_id(chosen.office_id)
    ]
    assert chosen.coordinates is not None
    # As the other API writes it, and as neither does.
    for written in (chosen.office_id, f"00{chosen.office_id.lstrip('0')}"):
        place = {"office_latitude": chosen.coordinates.latitude, "office_longitude": chosen.coordinates.longitude}
        shipment = handed_off(make_shipment(make_delivery(office_id=written, **place), api=api))
        assert shipment.state == ShipmentState.LABELLED
        [made] = [one for one in emulator.shipments if one.request_id == shipment.request_id]
        assert made.office_id == here.office_id


@pytest.mark.parametrize("fault", ["500", "garbage", "reset", "truncate", "html"])
@pytest.mark.parametrize("after", [True, False], ids=["after it was voided", "before it was voided"])
def test_a_parcel_is_voided_once_whatever_becomes_of_the_answer(
    waiting: Shipment, emulator: EmulatorServer, fault: str, after: bool
) -> None:
    shipment = handed_off(waiting)
    assert shipment.state == ShipmentState.LABELLED
    emulator.faults.add("void_shipment", fault, after=after)
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    handed_off(shipment, times=2)
    [made] = emulator.shipments
    assert (shipment.state, made.voided) == (ShipmentState.VOIDED, True)
    assert Delivery.objects.get(pk=shipment.delivery_id).state == DeliveryState.CANCELLED


@pytest.mark.parametrize("fault", ["", "500", "reset"])
def test_a_transmitted_parcel_is_refunded_once_whatever_becomes_of_the_answer(
    waiting: Shipment, emulator: EmulatorServer, change_settings: Any, fault: str
) -> None:
    change_settings(REFUND_EMAIL="refunds@example.com")
    shipment = handed_off(waiting)
    # By somebody else than us: the void is refused, and the refund asked for.
    emulator.state.transmit_shipment(shipment.shipment_id)
    if fault:
        emulator.faults.add("refund_shipment", fault, after=True)
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    handed_off(shipment, times=2)
    [made] = emulator.shipments
    assert shipment.state == ShipmentState.REFUND_ASKED
    assert made.refund_ticket
    assert (shipment.reason_text == made.refund_ticket) is (not fault)


def test_without_a_contract_a_parcel_is_refunded(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": True}, REFUND_EMAIL="refunds@example.com")
    shipment = handed_off(due_shipment("webservices"))
    assert shipment.transmitted_at is not None
    assert cancel(shipment.delivery.order) == Cancelled.ASKED
    assert handed_off(shipment).state == ShipmentState.REFUND_ASKED


def test_another_recipient_is_another_shipment_and_the_former_is_void(
    waiting: Shipment, emulator: EmulatorServer
) -> None:
    shipment = handed_off(waiting)
    corrected = replace(shipment.recipient, name="Zoë Correct")
    assert correct_recipient(shipment.delivery, corrected) == Changed.WILL_BE_MADE_AGAIN
    handed_off(shipment)
    second = handed_off(Shipment.objects.get(delivery=shipment.delivery, revision=2))
    assert [(made.shipment_id, made.voided) for made in emulator.shipments] == [
        (shipment.shipment_id, True),
        (second.shipment_id, False),
    ]
    assert (shipment.state, second.state) == (ShipmentState.VOIDED, ShipmentState.LABELLED)
    assert second.recipient_name == "Zoë Correct"


@pytest.mark.parametrize(
    ("label_format", "media_type", "paper"),
    [
        ("PDF 4x6", "application/pdf", (288, 432)),
        ("PDF 8.5x11", "application/pdf", (612, 792)),
        ("ZPL 4x6", "application/zpl", ()),
    ],
)
def test_the_label_is_of_the_kind_that_the_shop_chose_and_the_price_is_kept(
    waiting: Shipment,
    emulator: EmulatorServer,
    change_settings: Any,
    label_format: str,
    media_type: str,
    paper: tuple[int, ...],
) -> None:
    change_settings(CANADA_POST={"LABEL_FORMAT": label_format})
    shipment = handed_off(waiting)
    assert (shipment.state, shipment.label_media_type) == (ShipmentState.LABELLED, media_type)
    assert str(shipment.label.name).endswith(media_type.rpartition("/")[2])
    if paper:
        box = PdfReader(shipment.label.open()).pages[0].mediabox
        assert (round(box.width), round(box.height)) == paper
    assert shipment.price == canada_post().shipment_price(shipment.shipment_id).due


@pytest.mark.parametrize(("ahead", "told"), [(2, True), (0, True), (-1, False)])
def test_canada_post_is_told_the_mailing_date_unless_it_is_past(
    waiting: Shipment, emulator: EmulatorServer, ahead: int, told: bool
) -> None:
    day = timezone.localdate() + timedelta(days=ahead)
    Shipment.objects.filter(pk=waiting.pk).update(mailing_date=day)
    handed_off(waiting)
    [made] = emulator.shipments
    assert made.body.get("expectedMailingDate") == (day.isoformat() if told else None)
