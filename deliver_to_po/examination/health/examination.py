"""The whole examination. It asks the database and the task queue only, and changes nothing."""

from collections.abc import Iterator

from django.db import Error

from deliver_to_po.examination.health.erasing import erasure
from deliver_to_po.examination.health.finding import Finding, Limits, without_database
from deliver_to_po.examination.health.following import following
from deliver_to_po.examination.health.mails import mails
from deliver_to_po.examination.health.persons import needs_a_person, tests
from deliver_to_po.examination.health.queue import queue
from deliver_to_po.examination.health.sweeping import compared, due, housekeeping, lapses, put_off, sweep


def examine(limits: Limits) -> Iterator[Finding]:
    """Yield each finding; ends with one about the database where that cannot be asked."""
    try:
        yield sweep(limits)
        yield housekeeping(limits)
        yield erasure()
        yield due(limits)
        yield put_off(limits)
        yield compared()
        yield lapses(limits)
        yield from queue(limits)
        yield from following(limits)
        yield mails(limits)
        yield needs_a_person(limits)
        yield tests()
    except Error as error:
        yield without_database(error)
