"""Requesting a shipment: checks before the call, and one reaction to each kind of answer."""

from collections import Counter
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import DeliveryState, HandoffStep, OfficeCheck, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff import ladder, office_check
from deliver_to_po.handoff.changing.cancelling import cancel
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.offices.check import ANSWER_COUNTS, CheckAnswer
from deliver_to_po.shipping import Handed, Made, NotYet, Refused, ShipmentRequest, Unknown
from tests.factories import make_shipment
from tests.handoff.conftest import Clock, Due
from tests.handoff.kills import Killed, killed
from tests.handoff.scripted import MADE, Script, meanwhile
from tests.rounds import do_due, handed_off, now

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 12
# These only begin and end a transaction.
TRANSACTIONS_OWN = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def test_a_shipment_is_made_and_labelled_under_its_own_request_id(due: Due, emulator: EmulatorServer) -> None:
    shipment = handed_off(due())
    [made] = emulator.shipments
    assert shipment.state == ShipmentState.LABELLED
    assert made.request_id == shipment.request_id
    assert shipment.label.read().startswith(b"%PDF")
    assert [(t.get_step_display(), t.get_outcome_display()) for t in shipment.attempts.all()] == [
        ("post office check", "accepts parcels"),
        ("create shipment", "made"),
        ("fetch label", "label stored"),
    ]


@pytest.mark.parametrize("can_look_up", [False, True])
@pytest.mark.parametrize("stopped", [False, True])
def test_an_answer_that_comes_after_the_lease_is_as_good_as_a_report(
    script: Script, clock: Clock, can_look_up: bool, stopped: bool
) -> None:
    shipment = make_shipment()
    script.can_look_up = can_look_up

    def late(request: ShipmentRequest) -> Made:
        clock.move_to(clock.in_(101))
        hand_off(shipment.pk)
        assert (now(shipment).state == ShipmentState.UNKNOWN) is can_look_up
        if stopped:
            cancel(shipment.delivery.order)
        return MADE

    script.create(late)
    handed_off(shipment)
    assert (shipment.shipment_id, shipment.tracking_pin) == (MADE.shipment_id, MADE.tracking_number)
    do_due()
    assert now(shipment).state == (ShipmentState.VOIDED if stopped else ShipmentState.LABELLED)
    assert len(script.asked_to("create")) == 1


def test_one_answer_counts_a_minute_for_all_its_offices(due: Due, emulator: EmulatorServer, office: PostOffice) -> None:
    neighbour = next(found for found in canada_post().find_offices(NearPostalCode("K1A0B1")) if found != office)
    before = emulator.calls
    first, second = handed_off(due()), handed_off(due({"office_id": neighbour.office_id}))
    asked = Counter(emulator.calls) - Counter(before)
    assert (asked["find_offices"], asked["create_shipment"]) == (1, 2)
    assert [HandoffStep.CHECK in _steps(shipment) for shipment in (first, second)] == [True, False]
    with time_machine.travel(timezone.now() + ANSWER_COUNTS):
        third = handed_off(due())
    assert HandoffStep.CHECK in _steps(third)


def _steps(shipment: Shipment) -> list[str]:
    return list(shipment.attempts.values_list("step", flat=True))


def test_a_flag_from_checkout_is_lifted_by_an_answer_about_another_parcel(due: Due) -> None:
    handed_off(due())
    flagged = due({"office_check": OfficeCheck.COULD_NOT_ASK, "reason": Reason.OFFICE_NOT_CHECKED})
    delivery = handed_off(flagged).delivery
    assert (now(delivery).office_check, delivery.reason) == (OfficeCheck.TAKES_PARCELS, Reason.NONE)


def test_a_parcel_that_goes_through_the_other_api_is_asked_about_by_itself(due: Due) -> None:
    handed_off(due())
    asked = [HandoffStep.CHECK in _steps(handed_off(due(api=api))) for api in ("portal", "webservices", "webservices")]
    assert asked == [False, True, True]


@pytest.mark.parametrize(("how", "reason"), [("no_longer", Reason.OFFICE_NO_LONGER), ("gone", Reason.OFFICE_GONE)])
def test_an_office_that_closed_within_the_minute_needs_another_choice_after_all(
    due: Due, emulator: EmulatorServer, how: Any, reason: str
) -> None:
    other = handed_off(due())
    shipment = due()
    emulator.state.close_office(shipment.delivery.office_id, how)
    handed_off(shipment)
    shipment.delivery.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.REFUSED, reason)
    assert (shipment.delivery.state, shipment.delivery.reason) == (DeliveryState.NEEDS_CHOICE, reason)
    assert [made.request_id for made in emulator.shipments] == [other.request_id]


def test_a_label_costs_twelve_statements_at_most(due: Due) -> None:
    handed_off(due())
    shipment = due()
    with CaptureQueriesContext(connection) as queries:
        hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.LABELLED
    verbs = [query["sql"].split()[0] for query in queries.captured_queries]
    assert len([verb for verb in verbs if verb not in TRANSACTIONS_OWN]) <= MOST_STATEMENTS
    # Answer and label are each written as a whole, within this test's transaction; nothing nests in them.
    assert verbs.count("SAVEPOINT") == 2


def test_a_request_has_its_whole_lease_however_much_of_one_the_office_check_took(
    script: Script, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_for_a_minute(*_arguments: Any, **_options: Any) -> CheckAnswer:
        clock.move_to(clock.in_(60))
        return CheckAnswer(OfficeCheck.TAKES_PARCELS)

    during: list[Shipment] = []
    monkeypatch.setattr(office_check, "ask_about", ask_for_a_minute)
    script.create(meanwhile(during.append, MADE))
    shipment = handed_off(make_shipment())
    [row] = during
    assert (row.state, row.requests, row.requested_at) == (ShipmentState.REQUESTED, 1, timezone.now())
    assert (row.due_at, row.lease is None, shipment.lease) == (clock.in_(100), False, None)


@pytest.mark.parametrize("answer", [MADE, Handed(), NotYet(), Refused(), Unknown()], ids=lambda one: type(one).__name__)
def test_a_stop_between_an_attempts_record_and_its_move_leaves_neither(script: Script, answer: Any) -> None:
    def die_after_the_request(row: Shipment, name: str, **fields: Any) -> bool:
        if name == "request":
            return move_shipment(row, name, **fields)
        raise Killed

    script.create(answer)
    shipment = make_shipment()
    with killed(ladder, "move_shipment", die_after_the_request):
        hand_off(shipment.pk)
    assert (now(shipment).state, _steps(shipment)) == (ShipmentState.REQUESTED, [HandoffStep.CHECK])
