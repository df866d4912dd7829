"""The whole examination. It asks the database and the task queue only, and changes nothing."""

from collections.abc import Iterator

from django.db import Error
from django.utils.translation import gettext as _

from deliver_to_po.core.database_errors import described
from deliver_to_po.examination.health.erasing import erasure
from deliver_to_po.examination.health.finding import Finding, Limits
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
        says = _("the database cannot be asked (%(error)s)") % {"error": described(error)}
        todo = _("Start it, run “manage.py migrate”, and let the USER in DATABASES read and write every table.")
        yield Finding("database", False, None, says, todo)
