"""What is due, done at once, for tests."""

from typing import TypeVar

from django.db.models import Model

from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.outbox.claiming import claim_next, work
from deliver_to_po.outbox.jobs import Job, registry
from deliver_to_po.outbox.sweep import Sweep

Row = TypeVar("Row", bound=Model)


def now(row: Row) -> Row:
    row.refresh_from_db()
    return row


def hand_off_due() -> int:
    """Do one round of the sweep, and return how many steps there were."""
    return Sweep().round().steps.total()


def do_due() -> int:
    """Do every step that is due, as the sweep does, and none of its housekeeping; return how many there were."""
    done = sum(do_job(job) for job in registry.jobs)
    # One job may make rows of another due.
    return done + do_due() if done else 0


def do_job(job: Job) -> int:
    """Do whatever is due of one job; return how much it was."""
    done = 0
    while (row := claim_next(job)) is not None:
        work(job, row)
        done += 1
    return done


def handed_off(shipment: Shipment, *, times: int = 1) -> Shipment:
    """Do the next steps of a shipment so many times, due or not, and return the row as it is then."""
    for _ in range(times):
        hand_off(shipment.pk, now=True)
    return now(shipment)


def swept(row: Row) -> Row:
    """Do every step that is due, and return the row as it is then."""
    do_due()
    return now(row)
