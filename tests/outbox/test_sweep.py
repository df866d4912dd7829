"""The sweep: every due row, jobs in turn, housekeeping now and then; a failure costs nobody else anything."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from deliver_to_po.core import database_errors
from deliver_to_po.models import Heartbeat, Shipment
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox import claiming
from deliver_to_po.outbox import sweep as module
from deliver_to_po.outbox.claiming import after
from deliver_to_po.outbox.jobs import Housekeeping, Registry
from deliver_to_po.outbox.sweep import BEAT_EVERY_SECONDS, Sweep, Swept, seconds_to_next
from tests.outbox.conftest import done_with, due_row, job_of, locked

pytestmark = pytest.mark.django_db


class Watch:
    """The clock by which the sweep measures how long something is ago."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Return a clock that a test moves."""
    made = Watch()
    monkeypatch.setattr(module, "time", made)
    return made


class Steps:
    """Writes down whose step was done, in which order."""

    def __init__(self) -> None:
        self.of: list[str] = []

    def step(self, row: Any) -> None:
        self.of.append(row.group)
        done_with(row)


def keeping(name: str, do: Callable[[], int], at_a_time: int = 10, **changes: Any) -> Housekeeping:
    return Housekeeping(name, do, at_a_time, **changes)


# Steps.


def test_every_due_row_has_its_steps_done(registry: Registry) -> None:
    steps = Steps()
    registry.add(job_of("a", steps.step))
    rows = [due_row("a") for _ in range(3)]
    later = due_row("a", due_at=after(60))
    swept = Sweep().round()
    assert (swept.steps, bool(swept)) == ({"a": 3}, True)
    assert not Shipment.objects.filter(pk__in=[row.pk for row in rows]).exclude(due_at=None).exists()
    assert Shipment.objects.get(pk=later.pk).claims == 0


def test_a_job_that_has_nothing_due_is_asked_only_now_and_then(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def claim_next(job: Any, due: list[Any]) -> Any:
        asked.append(job.name)
        return claiming.claim_next(job, due)

    monkeypatch.setattr(module, "claim_next", claim_next)
    monkeypatch.setattr(module, "RESTS_FOR", 8)
    registry.add(job_of("idle"), job_of("busy"))
    for _ in range(16):
        due_row("busy")
    assert Sweep().round().steps == {"busy": 16}
    assert 2 <= asked.count("idle") <= 4


def test_what_becomes_due_for_a_job_that_rests_is_done_in_the_same_round(registry: Registry) -> None:
    steps = Steps()

    def cause_another(row: Any) -> None:
        steps.step(row)
        due_row("first")

    registry.add(job_of("first", steps.step), job_of("second", cause_another))
    due_row("second")
    Sweep().round()
    assert steps.of == ["second", "first"]


def test_a_row_that_is_due_again_at_once_has_its_next_step_in_the_same_round(registry: Registry) -> None:
    left = [3]

    def step(row: Any) -> None:
        left[0] -= 1
        Shipment.objects.filter(pk=row.pk).update(lease=None, due_at=timezone.now() if left[0] else None)

    registry.add(job_of("a", step))
    due_row("a")
    assert Sweep().round().steps == {"a": 3}


def test_jobs_take_turns(registry: Registry) -> None:
    steps = Steps()
    registry.add(job_of("a", steps.step), job_of("b", steps.step), job_of("none", steps.step))
    for group in "aaabb":
        due_row(group)
    Sweep().round()
    assert steps.of == ["a", "b", "a", "b", "a"]


def test_jobs_that_are_last_take_turns_and_others_go_before_each(registry: Registry) -> None:
    order: list[str] = []

    def step(row: Any) -> None:
        order.append(row.group)
        done_with(row)
        if order == ["other", "a"]:
            due_row("other")

    registry.add(job_of("a", step, last=True), job_of("b", step, last=True), job_of("other", step))
    for group in (*"aaabb", "other"):
        due_row(group)
    Sweep().round()
    assert order == ["other", "a", "other", "b", "a", "b", "a"]


@pytest.mark.parametrize(("limit", "done"), [(0, ""), (1, "a"), (2, "ab"), (3, "aba"), (9, "aba")])
def test_a_limit_is_for_the_steps_of_all_jobs(registry: Registry, limit: int, done: str) -> None:
    steps = Steps()
    registry.add(job_of("a", steps.step), job_of("b", steps.step))
    for group in "aab":
        due_row(group)
    Sweep().round(limit=limit)
    assert steps.of == list(done)


@pytest.mark.parametrize("after_steps", [0, 1, 2])
def test_once_it_shall_stop_nothing_more_is_begun(registry: Registry, after_steps: int) -> None:
    steps, kept = Steps(), [1]
    registry.add(job_of("a", steps.step), job_of("b", steps.step))
    registry.add(keeping("house", kept.pop))
    for group in "aabb":
        due_row(group)
    swept = Sweep().round(stop=lambda: len(steps.of) >= after_steps)
    assert steps.of == list("abab")[:after_steps]
    assert kept == [1]
    assert not swept.housekeeping


def test_a_step_that_raises_costs_no_other_row_and_no_other_job(registry: Registry) -> None:
    steps = Steps()

    def step(row: Any) -> None:
        if row.pk == bad.pk:
            raise ValueError
        steps.step(row)

    registry.add(job_of("a", step), job_of("b", steps.step))
    bad = due_row("a", seconds_ago=60)
    due_row("a")
    due_row("b")
    assert Sweep().round().steps == {"a": 2, "b": 1}
    assert sorted(steps.of) == ["a", "b"]


def test_a_database_that_is_away_is_told_to_whoever_sweeps(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(job: Any, due: list[Any]) -> None:
        raise OperationalError

    monkeypatch.setattr(module, "claim_next", away)
    registry.add(job_of("a"))
    with pytest.raises(OperationalError):
        Sweep().round()


def test_a_database_that_is_locked_for_a_moment_ends_no_round(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_errors, "WAITS", (0.0,) * 4)
    refusals = [locked() for _ in range(3)]

    def busy(job: Any, due: list[Any]) -> Any:
        if refusals:
            raise refusals.pop()
        return claiming.claim_next(job, due)

    monkeypatch.setattr(module, "claim_next", busy)
    registry.add(job_of("a"))
    due_row("a")
    assert Sweep().round().steps == {"a": 1}


def test_a_round_with_nothing_to_do_says_so(registry: Registry) -> None:
    registry.add(job_of("a"), keeping("house", lambda: 0))
    assert not Sweep().round()
    assert not Swept()


# Housekeeping.


def test_housekeeping_is_done_when_its_time_has_come(registry: Registry, watch: Watch) -> None:
    registry.add(keeping("often", lambda: 1, every_seconds=10.0), keeping("seldom", lambda: 2))
    sweep = Sweep()
    done = []
    for moment in (0.0, 9.9, 10.0, 59.9, 60.0):
        watch.seconds = 1000.0 + moment
        done.append(dict(sweep.round().housekeeping))
    assert [{name: count for name, count in each.items() if count} for each in done] == [
        {"often": 1, "seldom": 2},
        {},
        {"often": 1},
        {"often": 1},
        {"seldom": 2},
    ]


def test_housekeeping_that_had_more_than_it_could_do_comes_again_at_once(registry: Registry, watch: Watch) -> None:
    found = iter([10, 11, 9, 5])
    registry.add(keeping("house", lambda: next(found), at_a_time=10))
    sweep = Sweep()
    assert [sweep.round().housekeeping["house"] for _ in range(4)] == [10, 11, 9, 0]


def test_housekeeping_waits_for_no_more_than_a_step_of_each_job(registry: Registry, watch: Watch) -> None:
    done: list[str] = []

    def step(row: Any) -> None:
        done.append(row.group)
        watch.seconds += 30
        done_with(row)

    def keep_house() -> int:
        done.append("house")
        return 1

    registry.add(job_of("a", step), job_of("b", step), keeping("house", keep_house, every_seconds=100.0))
    for group in "aaaabb":
        due_row(group)
    Sweep().round()
    assert done == ["a", "b", "house", "a", "b", "a", "a", "house"]


def test_it_is_written_down_when_housekeeping_was_last_done(registry: Registry, watch: Watch) -> None:
    tries = iter([1, 2])

    def once() -> int:
        if next(tries) > 1:
            raise OSError
        return 0

    registry.add(keeping("once", once), keeping("always", lambda: 0))
    began, sweep = timezone.now(), Sweep()
    for minutes in (0, 5):
        watch.seconds += 300
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            sweep.round()
    assert dict(Heartbeat.objects.values_list("name", "beat_at")) == {
        SWEEP: began + timedelta(minutes=5),
        "once": began,
        "always": began + timedelta(minutes=5),
    }


def test_housekeeping_that_raises_costs_no_other_and_waits_for_its_time(
    registry: Registry, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def fail() -> int:
        tries.append(1)
        raise OSError("about Marie-Ève Côté")

    registry.add(keeping("bad", fail), keeping("good", lambda: 1))
    sweep = Sweep()
    assert sweep.round().housekeeping == {"bad": 0, "good": 1}
    sweep.round()
    assert len(tries) == 1
    assert "bad: OSError" in caplog.text
    assert "Marie" not in caplog.text


def test_housekeeping_of_a_worker_that_is_told_to_stop_in_between_is_left(registry: Registry) -> None:
    done: list[str] = []

    def first() -> int:
        done.append("first")
        return 1

    registry.add(keeping("first", first), keeping("second", lambda: 1))
    assert Sweep().round(stop=lambda: bool(done)).housekeeping == {"first": 1}


def test_housekeeping_that_nobody_can_undo_waits_for_a_day_after_a_jump_of_the_clock(registry: Registry) -> None:
    for for_good in (False, True):
        registry.add(keeping(str(for_good), lambda: 1, for_good=for_good))
    began = timezone.now()
    done = []
    for hours in (0, 1, 32, *range(33, 56), 57):
        with time_machine.travel(began + timedelta(hours=hours)):
            done.append(Sweep().round().housekeeping)
    assert [one["True"] for one in done] == [1, 1, *[0] * 24, 1]
    assert {one["False"] for one in done} == {1}


def test_who_sweeps_once_a_day_erases_whatever_the_season(registry: Registry) -> None:
    registry.add(keeping("a", lambda: 1, for_good=True))
    began = timezone.now()
    for hours in (0, 24, 49, 72):
        with time_machine.travel(began + timedelta(hours=hours)):
            assert Sweep().round().housekeeping["a"] == 1


# What was put off while the clock was ahead.


def test_what_is_due_long_after_the_longest_wait_of_its_job_is_looked_at_now(registry: Registry) -> None:
    registry.add(job_of("a", longest=timedelta(hours=1)), job_of("b", longest=timedelta(hours=3)))
    for group in "ab":
        due_row(group, due_at=after(7000), lease=uuid.uuid4())
        due_row(group, due_at=after(3500))
        due_row(group, due_at=None)
    assert Sweep().round().steps == {"a": 1}


def test_no_lease_and_no_wait_is_longer_than_the_longest(registry: Registry) -> None:
    registry.add(job_of("a", longest=timedelta(0), lease_seconds=lambda: 70.0, wait_seconds=lambda: 50.0))
    registry.add(job_of("b", longest=timedelta(0), lease_seconds=lambda: 50.0, wait_seconds=lambda: 70.0))
    for group in "ab":
        due_row(group, due_at=after(60))
    assert Sweep().round().steps == {}


# The heartbeat.


def beat_at() -> Any:
    return Heartbeat.objects.get(name=SWEEP).beat_at


def test_the_sweep_beats_at_once_and_then_every_now_and_then(registry: Registry, watch: Watch) -> None:
    Heartbeat.objects.create(name="somebody else", beat_at=timezone.now() - timedelta(days=1))
    others = Heartbeat.objects.get(name="somebody else").beat_at
    sweep = Sweep()
    began = timezone.now()
    beats = []
    for number, moment in enumerate((0.0, BEAT_EVERY_SECONDS - 0.1, BEAT_EVERY_SECONDS)):
        watch.seconds = 1000.0 + moment
        with time_machine.travel(began + timedelta(minutes=number), tick=False):
            sweep.round()
        beats.append(beat_at())
    assert beats == [began, began, began + timedelta(minutes=2)]
    assert Heartbeat.objects.get(name="somebody else").beat_at == others


def test_it_beats_even_when_the_machine_has_just_started(registry: Registry, watch: Watch) -> None:
    watch.seconds = 0.5
    Sweep().round()
    assert beat_at() <= timezone.now()


def test_it_beats_between_the_steps_of_a_long_round(registry: Registry, watch: Watch) -> None:
    began = timezone.now()

    def take_long(row: Any) -> None:
        watch.seconds += BEAT_EVERY_SECONDS
        traveller.shift(60)
        done_with(row)

    registry.add(job_of("a", take_long))
    with time_machine.travel(began, tick=False) as traveller:
        due_row("a")
        Sweep().round()
    assert beat_at() == began + timedelta(minutes=1)


# How long to wait.


def test_when_no_row_will_be_due_by_itself_nobody_knows_how_long_to_wait(registry: Registry) -> None:
    registry.add(job_of("a"))
    due_row("a", due_at=None)
    due_row("another group")
    assert seconds_to_next() is None


def test_a_row_that_is_never_due_by_itself_hides_none_that_is(registry: Registry) -> None:
    """SQLite and MariaDB sort what has no time first."""
    registry.add(job_of("a"))
    with time_machine.travel(timezone.now(), tick=False):
        due_row("a", due_at=None)
        due_row("a", due_at=after(20))
        assert seconds_to_next() == 20.0


@pytest.mark.parametrize(("paused", "seconds"), [((), 20.0), ((0.0, 30.0), 20.0), ((7.0, 30.0), 7.0)])
def test_the_end_of_a_pause_wakes_it_too(registry: Registry, paused: tuple[float, ...], seconds: float) -> None:
    registry.add(job_of("a"))
    for number, left in enumerate(paused):
        registry.add(job_of(f"paused {number}", rows=Shipment.objects.none, paused_seconds=partial(float, left)))
    with time_machine.travel(timezone.now(), tick=False):
        due_row("a", due_at=after(20))
        assert seconds_to_next() == seconds


@pytest.mark.parametrize(("due", "seconds"), [((100.0,), 100.0), ((100.0, 20.0), 20.0), ((-5.0, 20.0), 0.0)])
def test_it_waits_for_the_first_row_of_any_job(registry: Registry, due: tuple[float, ...], seconds: float) -> None:
    registry.add(job_of("a"), job_of("b"), job_of("none"))
    with time_machine.travel(timezone.now(), tick=False):
        for group, moment in zip("ab", due, strict=False):
            due_row(group, due_at=after(moment))
            due_row(group, due_at=after(moment + 50))
        assert seconds_to_next() == seconds
