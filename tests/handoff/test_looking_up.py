"""After an unknown outcome nothing is sent again before it was looked up, and never under a new id."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.choices import Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.offices import check
from deliver_to_po.shipping import Found, Made
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.registry import shipping_system

pytestmark = pytest.mark.django_db
Due = Callable[..., Shipment]


def _handed_off(shipment: Shipment, *, times: int = 1) -> Shipment:
    for _ in range(times):
        hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    return shipment


@pytest.mark.parametrize("fault", ["500", "garbage", "reset", "truncate", "html"])
def test_a_shipment_whose_answer_got_lost_is_found_and_adopted(due: Due, emulator: EmulatorServer, fault: str) -> None:
    emulator.faults.add("create_shipment", fault, after=True)
    shipment = _handed_off(due())
    [made] = emulator.shipments
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, made.shipment_id)
    assert emulator.calls["create_shipment"] == 1


def test_a_worker_that_died_in_the_call_leaves_a_row_that_is_looked_up(due: Due, emulator: EmulatorServer) -> None:
    shipment = due(state=ShipmentState.REQUESTED, requests=1, requested_at=timezone.now(), lease=uuid.uuid4())
    shipping_system("default").create(request_of(shipment))
    _handed_off(shipment)
    assert shipment.state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_what_is_still_absent_is_sent_once_more_under_the_same_id(due: Due, emulator: EmulatorServer) -> None:
    emulator.faults.add("create_shipment", "500")
    shipment = _handed_off(due())
    assert shipment.state == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]
    assert emulator.calls["create_shipment"] == 2
    assert emulator.calls["find_shipments"] == 2


def test_a_system_that_refuses_a_repeated_id_is_asked_again_after_each_round_of_waits(
    due: Due, emulator: EmulatorServer, change_settings: Any
) -> None:
    """Canada Post fails for as long as two requests take: the parcel must not wait for a day."""
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (0.0, 0.0, 0.0, 0.0)})
    emulator.faults.add("create_shipment", "500", count=3)
    shipment = _handed_off(due(), times=12)
    assert shipment.state == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [shipment.request_id]
    assert emulator.calls["create_shipment"] == 4
    # Two before the second request, and a round of four before each other.
    assert emulator.calls["find_shipments"] == 2 + 4 + 4


def test_a_system_that_may_take_a_repeated_id_is_not_asked_a_third_time(
    due: Due, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CanadaPostShipping, "refuses_repeated_ids", False)
    emulator.faults.add("create_shipment", "500", count=None)
    shipment = _handed_off(due(), times=9)
    assert (shipment.state, shipment.requests) == (ShipmentState.UNKNOWN, 2)
    assert emulator.calls["create_shipment"] == 2


def test_after_a_day_a_person_decides(due: Due, emulator: EmulatorServer) -> None:
    emulator.faults.add("create_shipment", "500", count=None)
    shipment = _handed_off(due(), times=3)
    Shipment.objects.filter(pk=shipment.pk).update(requested_at=timezone.now() - timedelta(hours=25))
    _handed_off(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.GAVE_UP)


def test_a_look_up_that_fails_counts_for_nothing(due: Due, emulator: EmulatorServer) -> None:
    emulator.faults.add("create_shipment", "500", after=True)
    emulator.faults.add("find_shipments", "500", count=3)
    shipment = _handed_off(due(), times=2)
    assert shipment.state == ShipmentState.LABELLED
    assert emulator.calls["create_shipment"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"recipient_name": "Somebody Else"},
        {"recipient_address_line_1": "1 Other Street"},
        {"recipient_postal_code": "K1A0B2"},
        {"service": "DOM.XP"},
        {"office_id": "0000000001"},
    ],
)
def test_a_shipment_that_differs_is_for_a_person_to_judge(
    due: Due, emulator: EmulatorServer, change: dict[str, Any], change_settings: Any
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add("create_shipment", "500", after=True)
    shipment = due()
    hand_off(shipment.pk)
    Shipment.objects.filter(pk=shipment.pk).update(**change)
    _handed_off(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.MISMATCH)


def test_an_id_that_exists_already_is_looked_up(due: Due, emulator: EmulatorServer) -> None:
    shipment = due()
    made = shipping_system("default").create(request_of(shipment))
    assert isinstance(made, Made)
    _handed_off(shipment)
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, made.shipment_id)


def test_a_system_that_cannot_look_up_leaves_it_to_a_person(
    due: Due, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CanadaPostShipping, "can_look_up", False)
    emulator.faults.add("create_shipment", "500", after=True)
    shipment = _handed_off(due())
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.NO_LOOK_UP)


def test_an_office_that_closed_in_between_is_not_sent_to(
    due: Due, emulator: EmulatorServer, office: PostOffice, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add("create_shipment", "500")
    shipment = due()
    hand_off(shipment.pk)
    emulator.state.close_office(office.office_id, "gone")
    monkeypatch.setattr(check, "ANSWER_COUNTS", timedelta(0))
    _handed_off(shipment)
    assert (shipment.state, shipment.reason) == (ShipmentState.ATTENTION, Reason.OFFICE_GONE)
    assert emulator.shipments == []


def test_a_test_delivery_of_unknown_outcome_is_not_sent_live(
    due: Due, emulator: EmulatorServer, change_settings: Any
) -> None:
    emulator.faults.add("create_shipment", "500", count=None)
    shipment = _handed_off(due())
    before = emulator.calls["create_shipment"]
    change_settings(CANADA_POST={"LIVE": True})
    _handed_off(shipment, times=4)
    assert (shipment.state, shipment.reason) == (ShipmentState.UNKNOWN, Reason.TEST_ONLY)
    assert emulator.calls["create_shipment"] == before


def test_a_second_try_that_is_put_off_is_still_looked_up(
    due: Due, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add("create_shipment", "500", after=True)
    emulator.faults.add("create_shipment", "403")
    shipment = due()
    hand_off(shipment.pk)
    emulator.faults.add("find_shipments", "404")
    _handed_off(shipment)
    assert (shipment.state, shipment.requests) == (ShipmentState.UNKNOWN, 1)
    _handed_off(shipment)
    assert shipment.state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1


def test_the_shipment_of_another_parcel_is_not_adopted(
    due: Due, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = due(), due()
    sibling = shipping_system("default").create(request_of(first))
    Delivery.objects.filter(pk=second.delivery_id).update(reference=first.delivery.reference)
    assert isinstance(sibling, Made)
    monkeypatch.setattr(CanadaPostShipping, "look_up", lambda self, request: [Found(sibling, same=False)])
    emulator.faults.add("create_shipment", "500")
    _handed_off(second)
    assert (second.state, second.reason) == (ShipmentState.ATTENTION, Reason.MISMATCH)
