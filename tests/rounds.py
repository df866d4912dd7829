"""What is due, done at once, for tests."""

from collections.abc import Callable

from deliver_to_po.outbox.claiming import claim_next, work
from deliver_to_po.outbox.jobs import Job, registry
from deliver_to_po.outbox.sweep import Sweep


def hand_off_due(limit: int | None = None, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Do one round of the sweep, with at most ``limit`` steps; return how many there were."""
    return Sweep().round(limit=limit, stop=stop).steps.total()


def do_due() -> int:
    """Do every step that is due, as the sweep does, and none of its housekeeping; return how many there were."""
    done = sum(_do_job(job) for job in registry.jobs)
    # One job may make rows of another due.
    return done + do_due() if done else 0


def _do_job(job: Job) -> int:
    done = 0
    while (row := claim_next(job)) is not None:
        work(job, row)
        done += 1
    return done
