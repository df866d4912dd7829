"""Claiming: one worker has a row, whoever dies loses it, and what a step raises concerns its row only."""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from deliver_to_po.core import database_errors
from deliver_to_po.models import Shipment
from deliver_to_po.outbox import claiming
from deliver_to_po.outbox.beats import past
from deliver_to_po.outbox.claiming import CHOICE_OF, after, claim, claim_next, work, work_through
from deliver_to_po.outbox.jobs import Job
from tests.outbox.conftest import LEASE, WAIT, done_with, due_row, job_of, locked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

JOB = job_of("job")


def reread(row: Shipment) -> Shipment:
    return Shipment.objects.get(pk=row.pk)


def values_of(*rows: Shipment) -> list[dict[str, Any]]:
    found: Any = Shipment.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values()
    return list(found)


# Claiming one row.


def test_a_due_row_is_the_claimants_until_its_lease_ends() -> None:
    row = due_row()
    claimed = claim(JOB, row.pk)
    assert claimed is not None
    now = reread(row)
    assert now.lease is not None
    assert (claimed.pk, claimed.lease) == (row.pk, now.lease)
    assert now.due_at == timezone.now() + timedelta(seconds=LEASE)
    assert (now.claims, now.lapses, now.tries) == (1, 0, 0)
    assert claim(JOB, row.pk) is None


def test_a_claim_whose_lease_ended_before_its_row_was_read_is_none() -> None:
    row, asked = due_row(), list[int]()

    def rows() -> Any:
        if asked:
            Shipment.objects.filter(pk=row.pk).update(lease=uuid.uuid4())
        asked.append(1)
        return Shipment.objects.filter(group="job")

    assert claim(job_of("job", rows=rows), row.pk) is None


def test_no_other_due_row_is_claimed_with_it() -> None:
    row, other = due_row(), due_row()
    before = values_of(other)
    claim(JOB, row.pk)
    assert values_of(other) == before


@pytest.mark.parametrize("due_at", [None, 0.001])
def test_a_row_that_is_not_due_is_not_claimed(due_at: float | None) -> None:
    row = due_row(due_at=None if due_at is None else after(due_at))
    before = values_of(row)
    assert claim(JOB, row.pk) is None
    assert values_of(row) == before


def test_a_row_without_a_next_step_is_not_claimed() -> None:
    row = due_row("another group")
    assert claim(JOB, row.pk) is None


def test_the_row_of_a_worker_that_died_is_claimed_when_its_lease_ends_and_that_is_counted(clock: Any) -> None:
    row = due_row()
    first = claim(JOB, row.pk)
    clock.shift(LEASE)
    second = claim(JOB, row.pk)
    assert first is not None
    assert second is not None
    assert first.lease != second.lease
    now = reread(row)
    assert (now.lease, now.claims, now.lapses) == (second.lease, 2, 1)


def test_a_lease_that_ended_with_a_word_counts_as_no_lapse() -> None:
    row = due_row()
    done_with(claim(JOB, row.pk))
    Shipment.objects.filter(pk=row.pk).update(due_at=timezone.now())
    claim(JOB, row.pk)
    assert (reread(row).claims, reread(row).lapses) == (2, 0)


# Claiming the next row.


def test_the_next_row_is_one_of_those_that_have_been_due_longest_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [due_row(seconds_ago=seconds) for seconds in range(CHOICE_OF + 2)]
    due_longest = [row.pk for row in reversed(rows)][:CHOICE_OF]
    shuffled: list[list[int]] = []

    def shuffle(keys: list[int]) -> None:
        shuffled.append(list(keys))
        keys.reverse()

    monkeypatch.setattr(random, "shuffle", shuffle)
    claimed = claim_next(JOB)
    assert claimed is not None
    assert shuffled == [due_longest]
    assert claimed.pk == due_longest[-1]
    assert CHOICE_OF == 25


def test_a_row_that_another_worker_took_meanwhile_is_left_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = due_row(), due_row()

    def be_late(keys: list[int]) -> None:
        keys.sort()
        claim(JOB, first.pk)

    monkeypatch.setattr(random, "shuffle", be_late)
    claimed = claim_next(JOB)
    assert claimed is not None
    assert claimed.pk == second.pk
    assert reread(first).claims == 1


def test_it_looks_again_when_all_were_taken_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [due_row(), due_row()]
    monkeypatch.setattr(random, "shuffle", lambda keys: [claim(JOB, key) for key in keys])
    assert claim_next(JOB) is None
    assert [reread(row).claims for row in rows] == [1, 1]


def test_what_is_begun_goes_before_what_has_been_due_longer() -> None:
    waited = [due_row(seconds_ago=100) for _ in range(CHOICE_OF)]
    begun = due_row(seconds_ago=1)
    job = JOB._replace(first=(lambda: JOB.rows().filter(pk=begun.pk),))
    assert [claim_next(job), claim_next(job)][0] == begun
    assert sum(reread(row).claims for row in waited) == 1


def test_keys_that_were_due_are_kept_for_the_next_call(django_assert_num_queries: Any) -> None:
    rows, due = {due_row().pk for _ in range(3)}, list[Any]()
    with django_assert_num_queries(3):
        first = claim_next(JOB, due)
    with django_assert_num_queries(2):
        second = claim_next(JOB, due)
    assert {first.pk, second.pk, *due} == rows  # type: ignore[union-attr]


def test_a_kept_key_that_is_not_due_any_more_is_passed_over() -> None:
    taken, other = due_row(), due_row()
    due: list[Any] = [taken.pk, other.pk]
    claim(JOB, taken.pk)
    assert claim_next(JOB, due) == other
    assert claim_next(JOB, due) is None


# Working.


def test_a_step_that_keeps_the_lease_is_followed_by_the_next_one() -> None:
    row, leases = due_row(), list[Any]()

    def step(row: Any) -> bool:
        leases.append(row.lease)
        return len(leases) < 3

    claimed = claim(JOB, row.pk)
    work(job_of("job", step), claimed)
    assert leases == [claimed.lease] * 3  # type: ignore[union-attr]
    assert reread(row).claims == 1


def failing(row: Any) -> None:
    raise ValueError("about Marie-Ève Côté")


def test_a_step_gets_the_row_under_lease() -> None:
    got: list[Any] = []
    due_row()
    row = claim_next(JOB)
    work(job_of("job", got.append), row)
    assert got == [row]


def test_what_a_step_raises_puts_off_its_row_in_its_state_and_tells_the_job(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[int, str, bool]] = []

    def crashed(row: Any, error: Exception) -> None:
        told.append((row.pk, type(error).__name__, reread(row).lease is None))

    row, other = due_row(), due_row()
    before = values_of(other)
    work(job_of("job", failing, crashed=crashed), claim(JOB, row.pk))
    now = reread(row)
    assert (now.lease, now.due_at) == (None, timezone.now() + timedelta(seconds=WAIT))
    assert (now.state, now.reason, now.claims) == (row.state, row.reason, 1)
    assert values_of(other) == before
    assert told == [(row.pk, "ValueError", True)]
    assert f"job {row.pk}: ValueError at {__file__}" in caplog.text
    assert "Marie" not in caplog.text


def test_a_step_that_raises_after_its_lease_was_lost_changes_nothing_of_the_next_workers_row() -> None:
    told: list[Any] = []
    row = due_row()
    claimed = claim(JOB, row.pk)
    Shipment.objects.filter(pk=row.pk).update(lease=uuid.uuid4())
    before = values_of(row)
    work(job_of("job", failing, crashed=lambda row, error: told.append(row)), claimed)
    assert values_of(row) == before
    assert told == []


@pytest.mark.parametrize("committed", [True, False])
def test_a_step_whose_commit_fails_is_put_off_only_if_its_lease_is_still_there(committed: bool) -> None:
    row = claim(JOB, due_row().pk)
    assert row is not None

    def commit_without_an_answer(row: Any) -> bool:
        if committed:
            Shipment.objects.filter(pk=row.pk).update(lease=None, due_at=None)
        row.lease = row.due_at = None
        raise OperationalError

    crashed: list[Any] = []
    job = JOB._replace(step=commit_without_an_answer, crashed=lambda row, error: crashed.append(row.pk))
    work(job, row)
    now = reread(row)
    assert now.lease is None
    assert now.due_at == (None if committed else after(WAIT))
    assert crashed == ([] if committed else [row.pk])


def test_trouble_while_a_row_is_put_off_is_logged_and_raised_no_further(caplog: pytest.LogCaptureFixture) -> None:
    def crashed(row: Any, error: Exception) -> None:
        raise KeyError("Marie-Ève Côté")

    row = due_row()
    work(job_of("job", failing, crashed=crashed), claim(JOB, row.pk))
    assert f"job {row.pk}: KeyError while it was put off" in caplog.text
    assert "Marie" not in caplog.text


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for a database that is busy."""
    monkeypatch.setattr(database_errors, "WAITS", (0.0,) * 4)


def telling(step: Callable[[Any], Any], crashed: list[Any]) -> Job:
    return job_of("job", step, crashed=lambda row, error: crashed.append(row.pk))


@pytest.mark.usefixtures("no_waiting")
def test_a_step_that_meets_a_locked_database_is_done_again_with_the_row_as_it_is_now() -> None:
    seen, crashed = list[Any](), list[Any]()

    def step(row: Any) -> bool:
        seen.append((row.lease, row.tries))
        if len(seen) == 1:
            row.lease = None
            Shipment.objects.filter(pk=row.pk).update(tries=3)
            raise locked()
        done_with(row)
        return False

    row = claim(JOB, due_row().pk)
    assert row is not None
    lease = row.lease
    work(telling(step, crashed), row)
    assert seen == [(lease, 0), (lease, 3)]
    assert (reread(row).lease, reread(row).due_at, crashed) == (None, None, [])


@pytest.mark.usefixtures("no_waiting")
def test_a_step_is_not_done_again_by_a_worker_that_lost_its_lease() -> None:
    seen = list[Any]()

    def step(row: Any) -> bool:
        seen.append(row.pk)
        Shipment.objects.filter(pk=row.pk).update(lease=uuid.uuid4())
        raise locked()

    work(job_of("job", step), claim(JOB, due_row().pk))
    assert len(seen) == 1


@pytest.mark.usefixtures("no_waiting")
def test_a_database_that_stays_locked_is_no_crash_and_its_row_is_due_in_a_second(
    caplog: pytest.LogCaptureFixture,
) -> None:
    crashed = list[Any]()

    def step(row: Any) -> bool:
        raise locked()

    row = due_row()
    work(telling(step, crashed), claim(JOB, row.pk))
    assert (reread(row).lease, reread(row).due_at, crashed) == (None, after(1.0), [])
    assert f"job {row.pk}: OperationalError, database is locked at {__file__}" in caplog.text


@pytest.mark.usefixtures("no_waiting")
def test_a_row_is_claimed_though_the_database_is_locked_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, refusals = list[Any](), [locked()]

    def busy(job: Job, pk: object) -> Any:
        if refusals:
            raise refusals.pop()
        return claim(job, pk)

    def step(row: Any) -> bool:
        seen.append(row.pk)
        done_with(row)
        return False

    row = due_row()
    monkeypatch.setattr(claiming, "claim", busy)
    work_through(job_of("job", step), row.pk)
    assert seen == [row.pk]


def test_a_row_with_nothing_left_to_do_is_not_asked_for_again(django_assert_num_queries: Any) -> None:
    def step(row: Any) -> bool:
        done_with(row)
        row.lease = row.due_at = None
        return False

    row = due_row()
    with django_assert_num_queries(3):
        work_through(job_of("job", step), row.pk)


def test_a_job_that_says_nothing_of_a_crash_writes_nothing_beside_the_log() -> None:
    row = due_row()
    work(job_of("job", failing), claim(JOB, row.pk))
    assert reread(row).lease is None


# Times.


@pytest.mark.parametrize(("ago", "is_over"), [(59, False), (60, False), (60.001, True)])
def test_patience_is_over_once_it_has_passed(ago: float, is_over: bool) -> None:
    assert past(after(-ago), timedelta(minutes=1)) == is_over


def test_patience_with_what_never_began_is_never_over() -> None:
    assert not past(None, timedelta(0))
