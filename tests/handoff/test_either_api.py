"""The hand-off each way to Canada Post: one shipment, found again after a lost answer, with its label."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import APIS, BY_CARD
from deliver_to_po.core.shop_time import not_past
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.day_end.transmitting import waiting_groups
from deliver_to_po.models import Shipment
from deliver_to_po.offer.days import next_deposit_day
from tests.factories import going_to, make_delivery, make_shipment
from tests.rounds import handed_off
from tests.ways import WITHOUT_CONTRACT, call_of, charged_at_once, due_shipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(way: str, change_settings: Any) -> Shipment:
    """Return a shipment that is due, to an office as that API gives it."""
    change_settings(REFUND_EMAIL="refunds@example.com")
    return due_shipment(way)


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
def test_without_a_contract_it_is_charged_to_the_card_and_nothing_is_left_for_the_days_end(
    waiting: Shipment, emulator: EmulatorServer
) -> None:
    shipment = handed_off(waiting)
    [made] = emulator.shipments
    assert (made.status, made.group_id, made.body["transmitShipment"]) == ("transmitted", "", True)
    assert made.spec["settlementInfo"] == {"intendedMethodOfPayment": "CreditCard"}
    assert shipment.transmitted_at is not None
    assert not waiting_groups()


@pytest.mark.parametrize("way", ["webservices by card"], indirect=True)
def test_where_nothing_is_known_by_a_request_id_nothing_is_sent_again_and_in_the_end_a_person_looks(
    waiting: Shipment, emulator: EmulatorServer
) -> None:
    emulator.faults.add("create_ncshipment", "500")
    assert handed_off(waiting, times=4).state == ShipmentState.UNKNOWN
    Shipment.objects.filter(pk=waiting.pk).update(requested_at=timezone.now() - timedelta(hours=25))
    shipment = handed_off(waiting)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.GAVE_UP)
    assert (emulator.calls["create_ncshipment"], emulator.shipments) == (1, [])


def test_a_shipment_is_looked_up_where_it_was_made_after_the_settings_have_changed(
    waiting: Shipment, emulator: EmulatorServer, change_settings: Any, way: str
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add(call_of(way, "create"), "500", after=True)
    assert handed_off(waiting).state == ShipmentState.UNKNOWN
    api = way.removesuffix(BY_CARD)
    other = next(other for other in APIS if other != api)
    change_settings(CANADA_POST={"API": other, "WITHOUT_CONTRACT": not charged_at_once(way)})
    before = emulator.calls.get("token", 0)
    shipment = handed_off(waiting)
    assert (shipment.state, len(emulator.shipments)) == (ShipmentState.LABELLED, 1)
    assert (emulator.calls.get("token", 0) > before) is (api == "portal")


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
@pytest.mark.parametrize("card", ["none", "declined"])
def test_without_a_valid_card_it_waits_and_says_so_and_goes_on_under_the_same_id(
    waiting: Shipment, emulator: EmulatorServer, card: str
) -> None:
    emulator.configure(card=card)
    shipment = handed_off(waiting)
    assert (shipment.state, shipment.reason) == (ShipmentState.WAITING, Reason.NO_CARD)
    assert {"none": "9174", "declined": "1182"}[card] in shipment.reason_text
    assert emulator.shipments == []
    emulator.configure(card="valid")
    assert handed_off(waiting).state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_what_one_api_placed_the_other_ships(emulator: EmulatorServer, change_settings: Any, api: str) -> None:
    other = next(one for one in APIS if one != api)
    change_settings(CANADA_POST={"API": other})
    chosen = canada_post().find_offices(NearPostalCode("K1A0B1"))[0]
    change_settings(CANADA_POST={"API": api})
    served = canada_post().find_offices(NearPostalCode("K1A0B1"))
    [here] = [
        office for office in served if comparable_office_id(office.office_id) == comparable_office_id(chosen.office_id)
    ]
    # As the other API writes it, and as neither does.
    for written in (chosen.office_id, f"00{chosen.office_id.lstrip('0')}"):
        shipment = handed_off(make_shipment(make_delivery(**going_to(chosen) | {"office_id": written}), api=api))
        assert shipment.state == ShipmentState.LABELLED
        [made] = [one for one in emulator.shipments if one.request_id == shipment.request_id]
        assert made.office_id == here.office_id


@pytest.mark.parametrize(
    ("label_format", "media_type", "paper"),
    [
        ("PDF 8.5x11", "application/pdf", (612, 792)),
        ("ZPL 4x6", "application/zpl", ()),
    ],
)
@pytest.mark.parametrize("way", [*APIS, "portal by card"], indirect=True)
def test_the_label_is_of_the_kind_that_the_shop_chose_and_the_price_is_kept(
    waiting: Shipment, change_settings: Any, label_format: str, media_type: str, paper: tuple[int, ...]
) -> None:
    change_settings(CANADA_POST={"LABEL_FORMAT": label_format})
    shipment = handed_off(waiting)
    assert (shipment.state, shipment.label_media_type) == (ShipmentState.LABELLED, media_type)
    assert str(shipment.label.name).endswith(media_type.rpartition("/")[2])
    if paper:
        box = PdfReader(shipment.label.open()).pages[0].mediabox
        assert (round(box.width), round(box.height)) == paper
    assert shipment.price is not None
    assert shipment.price > 0


@pytest.mark.parametrize("way", [*APIS, "portal by card"], indirect=True)
@pytest.mark.parametrize("ahead", [0, -20])
def test_canada_post_is_told_the_mailing_date_or_the_next_one_where_the_parcel_waited_until_that_was_past(
    waiting: Shipment, emulator: EmulatorServer, ahead: int
) -> None:
    today = timezone.localdate()
    Shipment.objects.filter(pk=waiting.pk).update(mailing_date=today + timedelta(days=ahead))
    told = next_deposit_day(timezone.localtime(), "ON") if ahead else today
    assert handed_off(waiting).mailing_date == told
    [made] = emulator.shipments
    # In the last hour and a half of the day it is the next one in the east.
    asked = not_past(told)
    assert made.body.get("expectedMailingDate") == (asked and asked.isoformat())
