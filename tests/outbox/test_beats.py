"""Heartbeats: one in the future is none, and a clock that jumped by a day ends nobody's patience."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.handoff.by_hand.unreported import HOUSEKEEPING
from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import ERASING_SINCE, SWEEP
from deliver_to_po.outbox.beats import beat, last_beats, no_jump_within, patience_is_over
from deliver_to_po.outbox.sweep import Sweep
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def sweep_for(clock: Any, hours: int) -> None:
    for _ in range(hours):
        clock.shift(HOUR)
        beat()


def test_a_beat_of_another_machine_may_be_a_little_ahead_and_one_in_the_future_is_none(clock: Any) -> None:
    now = timezone.now()
    Heartbeat.objects.create(name="ahead", beat_at=now + timedelta(minutes=9))
    Heartbeat.objects.create(name=SWEEP, beat_at=now + timedelta(minutes=11))
    assert last_beats() == {"ahead": now + timedelta(minutes=9)}


def test_what_was_tried_for_a_day_is_given_up(clock: Any) -> None:
    began = timezone.now()
    beat()
    sweep_for(clock, 24)
    assert not patience_is_over(began, DAY)
    sweep_for(clock, 1)
    assert patience_is_over(began, DAY)


def test_a_jump_of_a_day_gives_nothing_up_neither_before_the_next_sweep_nor_after_it(clock: Any) -> None:
    began = timezone.now()
    beat()
    clock.shift(DAY + HOUR)
    assert not patience_is_over(began, DAY)
    beat()
    assert not patience_is_over(began, DAY)
    sweep_for(clock, 25)
    assert patience_is_over(began, DAY)


def test_a_day_after_a_jump_is_mended_all_is_given_up_as_ever(clock: Any) -> None:
    began = timezone.now()
    beat()
    sweep_for(clock, 5)
    clock.shift(2 * DAY)
    beat()
    clock.shift(-2 * DAY)
    beat()
    sweep_for(clock, 24)
    assert not patience_is_over(began, DAY)
    sweep_for(clock, 1)
    assert patience_is_over(began, DAY)


def test_two_machines_whose_clocks_are_minutes_apart_see_no_jump(clock: Any) -> None:
    began = timezone.now()
    for _ in range(25):
        clock.shift(HOUR)
        for minutes in (5, -5):
            clock.shift(timedelta(minutes=minutes))
            beat()
    assert no_jump_within(DAY, ERASING_SINCE)
    assert patience_is_over(began, DAY)


def test_a_machine_that_is_off_at_night_gives_up_after_a_day(clock: Any) -> None:
    began = timezone.now()
    for _ in range(2):
        beat()
        clock.shift(14 * HOUR)
    assert patience_is_over(began, DAY)


def test_without_a_sweep_all_time_counts(clock: Any) -> None:
    assert no_jump_within(DAY)
    assert patience_is_over(timezone.now() - DAY - HOUR, DAY)
    assert not patience_is_over(None, DAY)


def test_after_a_jump_no_person_is_asked_for_reports(clock: Any) -> None:
    make_shipment(state=ShipmentState.HANDED, requested_at=timezone.now(), due_at=None)
    beat()
    clock.shift(DAY + 8 * HOUR)
    beat()
    assert Sweep().round().housekeeping[HOUSEKEEPING[0].name] == 0
    sweep_for(clock, 25)
    assert Sweep().round().housekeeping[HOUSEKEEPING[0].name] == 1


def test_of_two_that_write_down_the_first_beat_at_once_neither_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    beat()
    # As seen by one that looked before the other had written.
    monkeypatch.setattr(QuerySet, "update", lambda self, **values: 0)
    beat()
    assert set(last_beats()) == {SWEEP}
