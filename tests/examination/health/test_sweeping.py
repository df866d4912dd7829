"""The sweep: when it ran, what is overdue, and workers that stopped in the middle."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, NoticeKind, Reason, ShipmentState
from deliver_to_po.examination.health.finding import Finding, Limits
from deliver_to_po.models import Heartbeat, Notice, Shipment
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.sweep import Sweep
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_a_sweep_that_never_ran_is_a_problem() -> None:
    sweep = found("sweep")
    assert (sweep.ok, sweep.value) == (False, None)
    assert "d2po_handoff" in sweep.todo


def test_a_sweep_by_a_machine_whose_clock_runs_ahead_may_look_as_if_it_never_ran() -> None:
    Heartbeat.objects.create(name=SWEEP, beat_at=ago(minutes=-15))
    sweep = found("sweep")
    assert (sweep.ok, sweep.value) == (False, None)
    assert "clock" in sweep.todo


def test_a_sweep_that_just_ran_is_well() -> None:
    Sweep().round()
    sweep = found("sweep")
    assert (sweep.ok, sweep.todo) == (True, "")
    assert sweep.value is not None
    assert sweep.value < 60


@pytest.mark.parametrize(("minutes", "ok"), [(4, True), (6, False)])
def test_a_sweep_may_be_silent_for_as_long_as_is_said(minutes: int, ok: bool) -> None:
    Heartbeat.objects.create(name=SWEEP, beat_at=ago(minutes=minutes))
    sweep = found("sweep", Limits(silent_seconds=300))
    assert sweep.ok is ok
    assert f"{minutes}\xa0minutes" in sweep.says


def test_housekeeping_that_was_never_done_is_a_problem() -> None:
    Sweep().round()
    assert found("housekeeping") == Finding("housekeeping", True, 0.0, "all housekeeping was done in time")
    Heartbeat.objects.get(name="recipients").delete()
    never = found("housekeeping")
    assert (never.ok, never.says) == (False, "some housekeeping was never done")
    # Its name, by which the log tells of it, is for technical support: the desk shows what is said to everybody.
    assert "“recipients”" in never.todo


@pytest.mark.parametrize(("minutes", "ok"), [(10, True), (12, False)])
def test_housekeeping_may_be_as_late_as_is_said_counted_from_when_it_was_due_again(minutes: int, ok: bool) -> None:
    Sweep().round()
    Heartbeat.objects.filter(name="recipients").update(beat_at=ago(minutes=minutes))
    late = found("housekeeping", Limits(late_seconds=600))
    assert late.ok is ok
    assert late.value == pytest.approx(minutes * 60 - 60, abs=30)
    assert set(late.counts) == (set() if ok else {"recipients"})
    assert (f"some housekeeping was last done {minutes}\xa0minutes ago" == late.says) is not ok


def test_nothing_is_overdue_while_rows_wait_for_their_time_or_are_in_hand() -> None:
    make_shipment(due_at=timezone.now() + timedelta(hours=1))
    make_shipment(state=ShipmentState.LABELLED, due_at=None)
    assert found("due") == Finding("due", True, 0.0, "nothing is overdue")


@pytest.mark.parametrize(("seconds", "ok"), [(3500, False), (3700, True)])
def test_what_has_been_due_longest_may_be_as_late_as_is_said(seconds: int, ok: bool) -> None:
    make_shipment(due_at=ago(seconds=5))
    make_shipment(due_at=ago(hours=1))
    late = found("due", Limits(late_seconds=seconds))
    assert late.ok is ok
    assert late.value == pytest.approx(3600, abs=30)
    assert bool(late.todo) is not ok


def test_e_mails_that_nobody_sends_are_late_too() -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE)
    Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=1, due_at=ago(hours=1))
    assert not found("due").ok


def test_a_parcel_on_hold_is_not_late() -> None:
    make_shipment(make_delivery(state=DeliveryState.HELD), due_at=ago(hours=1))
    assert found("due").ok


LATER = timezone.now() + timedelta(hours=2)
OLD: dict[str, Any] = {"tries": 1, "reason": Reason.UNAVAILABLE, "created": 11, "made": 11}


def put_off(state: str = ShipmentState.WAITING, *, created: int = 0, made: int = 0, **fields: Any) -> None:
    """Let a parcel be put off that was released and made so many minutes ago."""
    row = make_shipment(state=state, due_at=LATER, made_at=ago(minutes=made), **fields)
    type(row).objects.filter(pk=row.pk).update(created_at=ago(minutes=created))


@pytest.mark.parametrize("reason", [Reason.CRASHED, Reason.CREDENTIALS, Reason.NOT_ENTITLED, Reason.NO_CARD])
@pytest.mark.parametrize("state", ["waiting", "unknown", "made", "voiding"])
def test_parcels_whose_next_step_somebody_has_to_mend_are_counted_by_why(state: str, reason: Reason) -> None:
    assert found("put_off") == Finding("put_off", True, 0, "the next step of 0 parcels fails each time")
    put_off(state, reason=reason)
    put_off(state, reason=reason)
    put_off(state, reason=Reason.LIVE_OFF)
    finding = found("put_off")
    assert (finding.ok, finding.value, finding.counts) == (False, 3, {reason: 2, Reason.LIVE_OFF: 1})
    assert "page says what is in its way" in finding.todo


@pytest.mark.parametrize(
    ("fields", "ok"),
    [
        (OLD, False),
        ({**OLD, "state": "made", "created": 0}, False),
        ({**OLD, "created": 9}, True),
        ({**OLD, "state": "made", "made": 9}, True),
        ({**OLD, "tries": 0}, True),
        ({**OLD, "state": "unknown"}, True),
    ],
)
def test_what_waits_for_its_label_longer_than_is_said_is_a_problem(fields: Any, ok: bool) -> None:
    put_off(**fields)
    assert found("put_off").ok is ok
    assert found("put_off", Limits(late_seconds=3600)).ok


def test_orders_about_which_the_shops_own_code_failed_again_are_a_problem() -> None:
    held: dict[str, Any] = {"state": DeliveryState.HELD, "reason": Reason.SHOP_ERROR}
    make_delivery(**held)
    assert found("put_off").ok
    for erased_at in (None, timezone.now()):
        make_delivery(**held, paid_asked_at=timezone.now(), erased_at=erased_at)
    assert found("put_off").counts == {Reason.SHOP_ERROR: 1}


def test_what_was_given_up_at_its_label_is_told_until_somebody_has_settled_it() -> None:
    rests: dict[str, Any] = {"state": ShipmentState.ATTENTION, "reason": Reason.UNREADABLE, "due_at": None}
    given_up = make_shipment(made_at=ago(days=1), shipment_id="S-1", **rests)
    make_shipment(**rests)
    put_off(ShipmentState.MADE, **{**OLD, "reason": Reason.UNREADABLE})
    assert found("put_off").counts == {Reason.UNREADABLE: 2}
    Shipment.objects.filter(pk=given_up.pk).update(state=ShipmentState.VOIDED, open_parcel=None)
    assert found("put_off").counts == {Reason.UNREADABLE: 1}


@pytest.mark.parametrize("reason", [Reason.PAUSED, Reason.TEST_ONLY, Reason.TO_EXPORT])
def test_what_waits_as_somebody_wanted_is_no_problem(reason: Reason) -> None:
    put_off(**{**OLD, "reason": reason})
    make_shipment(make_delivery(state=DeliveryState.HELD), due_at=LATER, reason=Reason.CRASHED)
    assert found("put_off").ok


@pytest.mark.parametrize(("most", "ok"), [(2, False), (3, True)])
def test_workers_that_stopped_in_the_middle_are_counted_for_a_day(most: int, ok: bool) -> None:
    make_shipment(lapses=2)
    make_shipment(lapses=1)
    old = make_shipment(lapses=40)
    type(old).objects.filter(pk=old.pk).update(created_at=ago(hours=25))
    lapses = found("lapses", Limits(lapses=most))
    assert (lapses.ok, lapses.value) == (ok, 3)
    assert bool(lapses.todo) is not ok
