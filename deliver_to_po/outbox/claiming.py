"""Claiming a due row: one conditional UPDATE gives one worker a lease; what a step raises puts its row off."""

import logging
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from deliver_to_po.core.database_errors import BUSY_SECONDS, described, is_busy, patiently
from deliver_to_po.models.only import only
from deliver_to_po.outbox.each import log_error
from deliver_to_po.outbox.jobs import Job

log = logging.getLogger(__name__)

# Workers pick at random among the first few, so that they seldom want the same row.
CHOICE_OF = 25
# More than any row needs in one go: request, answer, look-up, label, voiding.
STEPS_IN_A_ROW = 8
LONGEST_WAIT = 366 * 24 * 3600.0


def after(seconds: float) -> datetime:
    """Return the time in ``seconds`` from now, LONGEST_WAIT at most, even if a system asks for infinitely many."""
    return timezone.now() + timedelta(seconds=min(LONGEST_WAIT, seconds))


def nth_wait(waits: Sequence[float], tries: int) -> float:
    """Return the seconds to wait after ``tries`` tries; the last wait is for all that follow."""
    return waits[min(tries, len(waits) - 1)]


def claim(job: Job, pk: object) -> Any | None:
    """Take one row of ``job`` under a lease if it is due; return it, or None when it is not or is another worker's.

    ``due_at`` becomes the end of the lease, so the row of a worker that died becomes due by itself; that the former
    lease ended without a word is counted in ``lapses``.
    """
    now, lease = timezone.now(), uuid.uuid4()
    claimed = (
        job.rows()
        .filter(pk=pk, due_at__lte=now)
        .update(
            # First: MariaDB sets columns one after another, and would see the new lease.
            lapses=F("lapses") + Case(When(lease=None, then=Value(0)), default=Value(1)),
            lease=lease,
            due_at=now + timedelta(seconds=job.lease_seconds()),
            claims=F("claims") + 1,
        )
    )
    return only(job.rows().filter(pk=pk, lease=lease)) if claimed else None


def claim_next(job: Job, due: list[Any] | None = None) -> Any | None:
    """Take one of the rows that have been due longest; None when none is due.

    ``due`` keeps from one call to the next the keys that were due, so that not every call has to look for them.
    """
    due = [] if due is None else due
    while True:
        if not due:
            due.extend(_due_longest(job))
        if not due:
            return None
        if (row := claim(job, due.pop(0))) is not None:
            return row


def _due_longest(job: Job) -> list[Any]:
    """Return the keys of a few rows that have been due longest, the most urgent first; in random order."""
    # Few go first: by the column alone, SQLite would seek them along the index of all that is due.
    for rows in (*job.first, job.rows):
        longest = "due_at" if rows is job.rows else Coalesce("due_at", "due_at")
        due = rows().filter(due_at__lte=timezone.now()).order_by(longest, "pk")
        if pks := list(due.values_list("pk", flat=True)[:CHOICE_OF]):
            random.shuffle(pks)
            return pks
    return []


def look_at_in_time(job: Job) -> None:
    """Make due now what would be looked at only long after any wait of this job: the clock was ahead when it was set.

    Whoever has it under such a lease loses it, as with any other that ended.
    """
    longest = max(job.longest.total_seconds(), job.lease_seconds(), job.wait_seconds())
    job.rows().filter(due_at__gt=after(longest)).update(due_at=timezone.now())


def work_through(job: Job, pk: object) -> None:
    """Do every step that is due for one row. A row that another worker has under lease is left alone."""
    for _ in range(STEPS_IN_A_ROW):
        row = patiently(partial(claim, job, pk))
        if row is None:
            return
        work(job, row)
        # Asking once more would cost each label a statement.
        if row.lease is None and row.due_at is None:
            return


def work(job: Job, row: Any) -> None:
    """Do the next step of a row under lease, and those that follow at once.

    If the database is only busy, the step is done again within a second. Whatever else a step raises concerns this row
    only: it is put off, in its state.
    """
    # A step that failed at its commit has taken the lease off the row in memory, whatever became of the other one.
    lease, tried = row.lease, False

    def steps() -> None:
        nonlocal tried
        current = _as_it_is_now(row, lease) if tried else row
        tried = True
        while current is not None and job.step(current):
            pass

    try:
        patiently(steps)
    except Exception as error:
        _put_off(job, row, lease, error)


def _as_it_is_now(row: Any, lease: uuid.UUID) -> Any | None:
    """Return a row from the database, None when the lease is no longer ours."""
    return only(type(row)._default_manager.filter(pk=row.pk, lease=lease))


def _put_off(job: Job, row: Any, lease: uuid.UUID, error: Exception) -> None:
    log_error(job.name, row, error)
    busy = is_busy(error)
    try:
        rows = type(row)._default_manager.filter(pk=row.pk, lease=lease)
        seconds = BUSY_SECONDS if busy else job.wait_seconds()
        if patiently(lambda: rows.update(due_at=after(seconds), lease=None)) and not busy:
            job.crashed(row, error)
    except Exception as again:
        # The database is down too: the row is due again when its lease ends.
        log.error("%s %s: %s while it was put off", job.name, row.pk, described(again))
