"""Tracking numbers that are typed or come back in a file: each line by itself, and nothing changed by half."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered, counted, enter_file, enter_number
from deliver_to_po.handoff.by_hand.exporting import awaited, export
from deliver_to_po.handoff.by_hand.unreported import REPORTED_WITHIN, ask_for_reports
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel_delivery
from deliver_to_po.handoff.changing.found_by_clerk import nothing_exists
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.offer.summary import summarize
from deliver_to_po.privacy.erasing import erase_delivery
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.parcels_by_hand import by_hand, entering, file_with, handed_to, number, reference, stands
from tests.rounds import now

__all__ = ["by_hand"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]


def test_a_number_that_is_typed_ends_the_parcel_without_a_label_of_ours() -> None:
    shipment = handed_to("desk")
    assert enter_number(shipment.pk, f" {number()[:4]} {number()[4:]} ") == Entered.TAKEN
    assert stands(shipment) == (ShipmentState.DONE, number(), Reason.NONE)
    assert not shipment.label
    assert number() in summarize(shipment.delivery).tracking_numbers
    assert enter_number(shipment.pk, number()) == Entered.SAME_AGAIN
    assert enter_number(shipment.pk, number(2)) == Entered.OTHER_NUMBER
    assert stands(shipment) == (ShipmentState.DONE, number(), Reason.NONE)


@pytest.mark.parametrize(
    ("typed", "entered"),
    [
        ("", Entered.NO_NUMBER),
        ("7023210000000011", Entered.WRONG_NUMBER),
        ("EE001438583CB", Entered.TAKEN),
        ("EE001438584CA", Entered.WRONG_NUMBER),
        ("1" * 500, Entered.WRONG_NUMBER),
    ],
)
def test_a_number_with_a_wrong_check_digit_changes_nothing(typed: str, entered: Entered) -> None:
    shipment = handed_to("desk")
    assert enter_number(shipment.pk, typed) == entered
    assert (stands(shipment)[0] == ShipmentState.DONE) == (entered == Entered.TAKEN)


def test_another_parcel_s_number_is_not_taken() -> None:
    one, other = handed_to("desk"), handed_to("desk")
    enter_number(one.pk, number())
    assert enter_number(other.pk, number()) == Entered.NUMBER_OF_ANOTHER
    assert stands(other) == (ShipmentState.HANDED, "", Reason.NONE)


def test_a_file_is_answered_line_by_line_and_the_same_again_changes_nothing() -> None:
    good, twin, other, several = (handed_to("desk") for _ in range(4))
    late = handed_to("desk")
    make_shipment(several.delivery, parcel=2, system="desk", state=ShipmentState.HANDED)
    content = file_with(
        (reference(good), number(1)),
        (reference(twin), number(2)),
        (reference(other), number(2)),
        ("SOMEBODY-ELSE", number(3)),
        (reference(other).lower(), "7023210000000011"),
        (several.delivery.reference, number(4)),
        (reference(several), ""),
        (late.delivery.reference, number(5)),
        ("=1", number(6)),
        (reference(good), number(1)),
    )
    lines = enter_file("desk", content)
    assert [(line.line, line.entered) for line in lines] == [
        (2, Entered.TAKEN),
        (3, Entered.NUMBER_TWICE),
        (4, Entered.NUMBER_TWICE),
        (5, Entered.UNKNOWN_PARCEL),
        (6, Entered.WRONG_NUMBER),
        (7, Entered.SEVERAL_PARCELS),
        (8, Entered.NO_NUMBER),
        (9, Entered.TAKEN),
        (10, Entered.UNREADABLE),
        (11, Entered.SAME_AGAIN),
    ]
    assert stands(good)[1] == number(1)
    assert stands(late)[1] == number(5)
    assert all(stands(row)[:2] == (ShipmentState.HANDED, "") for row in (twin, other, several))
    before = list(Shipment.objects.order_by("pk").values())
    assert counted(enter_file("desk", content))[Entered.TAKEN] == 0
    assert list(Shipment.objects.order_by("pk").values()) == before


def test_a_parcel_with_two_numbers_gets_neither() -> None:
    shipment = handed_to("desk")
    assert entering((shipment, 1), (shipment, 2)) == [Entered.PARCEL_TWICE] * 2
    assert stands(shipment)[1] == ""


def test_another_system_s_parcels_are_not_touched() -> None:
    shipment = handed_to("desk")
    [line] = enter_file("est", file_with((reference(shipment), number())))
    assert line.entered == Entered.UNKNOWN_PARCEL
    assert stands(shipment)[0] == ShipmentState.HANDED


def test_what_is_not_reached_in_time_comes_with_the_same_file_again() -> None:
    shipments = [handed_to("desk") for _ in range(2)]
    content = file_with(*((reference(row), number(place)) for place, row in enumerate(shipments)))
    assert [line.entered for line in enter_file("desk", content, seconds=-1)] == [Entered.LATER] * 2
    assert [line.entered for line in enter_file("desk", content)] == [Entered.TAKEN] * 2


def test_a_line_that_fails_costs_no_other() -> None:
    one, other = handed_to("desk"), handed_to("desk")

    def refuse_one(execute: Any, sql: str, parameters: Any, *more: Any) -> Any:
        if sql.startswith("UPDATE") and number(1) in parameters:
            raise OperationalError
        return execute(sql, parameters, *more)

    with connection.execute_wrapper(refuse_one):
        assert entering((one, 1), (other, 2)) == [Entered.FAILED, Entered.TAKEN]
    assert (stands(one)[:2], stands(other)[:2]) == ((ShipmentState.HANDED, ""), (ShipmentState.DONE, number(2)))


def statements_for(rows: list[tuple[Shipment, int]]) -> int:
    content = file_with(*((reference(row), number(sequence)) for row, sequence in rows))
    with CaptureQueriesContext(connection) as asked:
        assert {line.entered for line in enter_file("desk", content)} == {Entered.TAKEN}
    return len(asked)


def test_a_file_costs_as_many_statements_with_many_lines_as_with_few() -> None:
    few, many = ([(handed_to("desk"), sequence) for sequence in each] for each in (range(1, 3), range(3, 23)))
    assert statements_for(few) == statements_for(many) <= 16


def test_what_is_kept_together_is_what_is_kept_one_by_one() -> None:
    user = get_user_model().objects.create_user("clerk")
    together, alone = handed_to("desk"), handed_to("desk")
    tried = {"tries": 3, "reason": Reason.NOT_REPORTED, "reason_text": "late", "due_at": timezone.now()}
    Shipment.objects.filter(pk__in=(together.pk, alone.pk)).update(state=ShipmentState.ATTENTION, **tried)
    enter_file("desk", file_with((reference(together), number(1))), user=user)
    enter_number(alone.pk, number(2), user=user)

    def kept(shipment: Shipment) -> Any:
        row: dict[str, Any] = dict(Shipment.objects.filter(pk=shipment.pk).values().get())
        own = ("id", "delivery_id", "request_id", "open_parcel", "created_at", "requested_at", "made_at")
        numbers = {name: row.pop(name) for name in ("shipment_id", "tracking_pin", "own_tracking_pin")}
        assert row["made_at"] is not None
        history = shipment.history.order_by("pk").values_list("change", "reason", "note", "user", "delivery__state")
        attempts = shipment.attempts.order_by("pk").values_list("step", "outcome", "status", "codes")
        rest = {name: value for name, value in row.items() if name not in own}
        return len(set(numbers.values())), rest, list(history), list(attempts)

    assert kept(together) == kept(alone)
    assert stands(together) == (ShipmentState.DONE, number(1), Reason.NONE)


def test_what_is_not_simple_is_entered_by_itself_among_others_that_are() -> None:
    simple, stopped, changing, twice = (handed_to("desk") for _ in range(4))
    taken = handed_to("desk")
    enter_number(taken.pk, number(9))
    # As the number of a test is: kept, but not as its own.
    Shipment.objects.filter(pk=taken.pk).update(own_tracking_pin=None)
    Delivery.objects.filter(pk=stopped.delivery_id).update(stop_asked_at=timezone.now())
    Shipment.objects.filter(pk=changing.pk).update(change_asked_at=timezone.now())
    other = handed_to("desk")
    came_of_it = entering((simple, 1), (stopped, 2), (changing, 3), (twice, 4), (twice, 4), (other, 9))
    assert came_of_it == [Entered.TAKEN] * 4 + [Entered.SAME_AGAIN, Entered.NUMBER_OF_ANOTHER]
    rows = (simple, stopped, changing, twice, other)
    assert [stands(row)[0] for row in rows] == ["done", "voiding", "voiding", "done", "handed"]


def test_a_parcel_by_both_its_names_with_two_numbers_keeps_the_first() -> None:
    shipment = handed_to("desk")
    names = (reference(shipment), shipment.delivery.reference)
    assert len(set(names)) == 2
    lines = enter_file("desk", file_with(*((name, number(place)) for place, name in enumerate(names, 1))))
    assert [line.entered for line in lines] == [Entered.TAKEN, Entered.OTHER_NUMBER]
    assert stands(shipment)[1] == number(1)


def test_est_s_own_export_brings_the_numbers_of_an_export_back() -> None:
    shipment = handed_to("est")
    export("est")
    [line] = enter_file("est", file_with((reference(shipment), number())))
    assert line.entered == Entered.TAKEN
    assert stands(shipment) == (ShipmentState.DONE, number(), Reason.NONE)


@pytest.mark.parametrize("alias", ["desk", "est"])
def test_cancelling_asks_a_person_and_ends_when_nothing_was_made(alias: str) -> None:
    shipment = handed_to(alias)
    if alias == "est":
        export("est")
    assert cancel_delivery(shipment.delivery) == Cancelled.NEEDS_PERSON
    assert stands(shipment) == (ShipmentState.ATTENTION, "", Reason.NOT_WANTED)
    nothing_exists(shipment)
    assert now(shipment.delivery).state == DeliveryState.CANCELLED


def test_a_cancelled_parcel_that_is_in_the_post_after_all_is_said_to_be_and_then_taken_back() -> None:
    shipment = handed_to("desk")
    cancel_delivery(shipment.delivery)
    assert enter_number(shipment.pk, number()) == Entered.TAKEN
    hand_off(shipment.pk, now=True)
    assert stands(shipment) == (ShipmentState.ATTENTION, number(), Reason.CANNOT_TAKE_BACK)
    nothing_exists(shipment)
    assert now(shipment.delivery).state == DeliveryState.CANCELLED


def test_a_hold_leaves_what_a_person_has_and_its_number_is_still_taken() -> None:
    shipment = handed_to("desk")
    other = make_shipment(shipment.delivery, parcel=2, system="desk")
    hold_delivery(shipment.delivery, note="wait")
    assert stands(shipment)[0] == ShipmentState.HANDED
    assert stands(other)[0] == ShipmentState.WAITING
    assert enter_number(shipment.pk, number()) == Entered.TAKEN


def test_the_number_of_an_erased_delivery_is_kept_and_nobody_s_name() -> None:
    shipment = handed_to("desk")
    erase_delivery(shipment.delivery)
    assert not awaited("desk").exists()
    assert enter_number(shipment.pk, number()) == Entered.TAKEN
    assert (now(shipment).tracking_pin, shipment.recipient_name) == (number(), "")


def test_what_was_never_sent_has_no_number() -> None:
    shipment = make_shipment(make_delivery(), system="desk")
    assert enter_number(shipment.pk, number()) == Entered.NOT_AWAITED
    assert shipment.delivery.history.filter(change=Change.REPORT).count() == 0


def test_what_nobody_reported_for_a_day_needs_a_person_and_its_number_is_still_taken(clock: Clock) -> None:
    shipment = handed_to("desk")
    clock.move_to(clock.in_(REPORTED_WITHIN.total_seconds() - 1))
    assert ask_for_reports() == 0
    clock.move_to(clock.in_(2))
    assert ask_for_reports() == 1
    assert stands(shipment) == (ShipmentState.ATTENTION, "", Reason.NOT_REPORTED)
    assert list(awaited("desk")) == [shipment]
    assert enter_number(shipment.pk, number()) == Entered.TAKEN
    assert stands(shipment) == (ShipmentState.DONE, number(), Reason.NONE)
