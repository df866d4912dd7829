"""The sweep: does whatever is due, of every job, and the housekeeping; it needs no task queue."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from deliver_to_po.core.database_errors import described, patiently
from deliver_to_po.models.due import ERASING_SINCE
from deliver_to_po.outbox.beats import beat, no_jump_within, write_down
from deliver_to_po.outbox.claiming import claim_next, look_at_in_time, work
from deliver_to_po.outbox.jobs import Housekeeping, Job, registry

log = logging.getLogger(__name__)

BEAT_EVERY_SECONDS = 15.0
# Turns of the others after which a job that had nothing to do is asked again.
RESTS_FOR = 50
A_DAY = timedelta(days=1)


@dataclass
class Swept:
    """What a sweep did: how many steps of each job, how many rows each housekeeping was about."""

    steps: Counter[str] = field(default_factory=Counter)
    housekeeping: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.steps.total() or self.housekeeping.total())


class Sweep:
    """A worker's rounds; it remembers when it last beat and when it last did each housekeeping."""

    def __init__(self) -> None:
        self._beat_at = 0.0
        self._next: dict[str, float] = {}
        # Keys of rows that were due a moment ago, by job; and for how many turns a job that had none is not asked.
        self._due: dict[str, list[Any]] = {}
        self._rests: dict[str, int] = {}
        # Which of the jobs that wait for all others was done last: another of them goes before it.
        self._last_done = ""

    def round(self, *, stop: Callable[[], bool] = lambda: False, limit: int | None = None) -> Swept:
        """Do every step that is due, at most ``limit`` and none more once ``stop`` says so, and the housekeeping.

        Housekeeping that is due comes after each turn of the jobs, so that it waits for no more than a step of each. A
        failure of one row or of one housekeeping costs no other. Raises Error while the database is away.
        """
        swept = Swept()
        any_done = True
        while any_done:
            self._beat()
            any_done = self._one_step_each(swept, stop, limit)
            for keeping in registry.housekeeping:
                if not stop():
                    swept.housekeeping[keeping.name] += self._keep_house(keeping)
        return swept

    def _one_step_each(self, swept: Swept, stop: Callable[[], bool], limit: int | None) -> bool:
        """Do one step of each job in turn, so that none waits for another but the last; say whether there was any.

        Jobs that wait for all others take turns: one step of one of them, and then whatever has come up meanwhile.
        """
        any_done = False
        for job in sorted(registry.jobs, key=lambda job: job.name == self._last_done):
            if stop() or (limit is not None and swept.steps.total() >= limit):
                break
            if job.last and any_done:
                continue
            if self._rests.get(job.name):
                self._rests[job.name] -= 1
            elif (row := self._claim_next(job)) is not None:
                work(job, row)
                swept.steps[job.name] += 1
                any_done = True
                if job.last:
                    # Whatever has come up meanwhile goes before its next step.
                    self._rests.clear()
                    self._last_done = job.name
            else:
                self._rests[job.name] = RESTS_FOR
        return any_done or self._wake_up()

    def _claim_next(self, job: Job) -> Any | None:
        due = self._due.setdefault(job.name, [])
        return patiently(lambda: claim_next(job, due))

    def _wake_up(self) -> bool:
        """Let every job be asked in the next turn; say whether there was one that was not asked in this one."""
        rested = any(turns < RESTS_FOR for turns in self._rests.values())
        self._rests.clear()
        return rested

    def _keep_house(self, keeping: Housekeeping) -> int:
        """Do one housekeeping when its time has come; one that had more than it could do comes again at once."""
        if time.monotonic() < self._next.get(keeping.name, 0.0):
            return 0
        self._next[keeping.name] = time.monotonic() + keeping.every_seconds
        try:
            done = keeping.do() if not keeping.for_good or no_jump_within(A_DAY, ERASING_SINCE) else 0
            write_down(keeping.name)
        except Exception as error:
            log.error("%s: %s", keeping.name, described(error))
            return 0
        if done >= keeping.at_a_time:
            self._next[keeping.name] = 0.0
        return done

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at >= BEAT_EVERY_SECONDS or not self._beat_at:
            patiently(beat)
            for job in registry.jobs:
                patiently(partial(look_at_in_time, job))
            self._beat_at = time.monotonic()


def seconds_to_next() -> float | None:
    """Return how long until the next row of any job is due, or a pause of one is over; None when none will be."""
    times = [
        job.rows().filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()
        for job in registry.jobs
    ]
    now = timezone.now()
    waits = [max((moment - now).total_seconds(), 0.0) for moment in times if moment]
    return min([*waits, *filter(None, (job.paused_seconds() for job in registry.jobs))], default=None)
