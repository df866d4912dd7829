"""The whole examination. It asks the database and the task queue only, and changes nothing."""

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from deliver_to_po.health.finding import Finding, Limits
from deliver_to_po.health.persons import needs_a_person
from deliver_to_po.health.queue import queue
from deliver_to_po.health.sweeping import due, lapses, sweep


def examine(limits: Limits) -> Iterator[Finding]:
    """Yield each finding; ends with one about the database where that cannot be asked."""
    try:
        yield sweep(limits)
        yield due(limits)
        yield lapses(limits)
        yield from queue(limits)
        yield needs_a_person(limits)
    except (DatabaseError, InterfaceError) as error:
        says = _("the database cannot be asked (%(error)s)") % {"error": type(error).__name__}
        yield Finding("database", False, None, says, _("Start it, and run “manage.py migrate”."))
