"""What is told about one thing, for people and for programs, and from when on it is a problem."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import Error
from django.utils.translation import gettext as _

from deliver_to_po.core.database_errors import described


class Limits(NamedTuple):
    """Above these it is a problem, if nothing else is said; None for never."""

    #: Since the last sweep.
    silent_seconds: float = 600.0
    #: How long the row that has been due longest has waited.
    late_seconds: float = 600.0
    #: Leases that ended without a word, of parcels of the last day.
    lapses: int = 10
    #: How long a task has been running, or ready and not taken.
    stuck_seconds: float = 900.0
    #: Tasks that wait in the broker.
    waiting: int = 1000
    #: That the parcel on its way which has been due longest has waited; it is asked about every few hours by day.
    tracking_late_seconds: float = 4 * 3600.0
    #: The share of parcels on their way that were answered about the last time; below it is a problem.
    tracking_answered: float = 0.5
    #: E-mails of the last day that could not be sent.
    mails: int = 0
    #: Things that need attention.
    persons: int | None = None


class Finding(NamedTuple):
    """One line, which holds counts and times only: no secret, no person, no id.

    ``name`` never changes; ``value`` is what was measured, None if it could not be; ``todo`` is the fix.
    """

    name: str
    ok: bool
    value: float | None
    says: str
    todo: str = ""
    counts: Mapping[str, int] = {}

    def as_json(self) -> dict[str, Any]:
        found = {"name": self.name, "ok": self.ok, "value": self.value, "says": self.says, "todo": self.todo}
        return {**found, "counts": dict(self.counts)} if self.counts else found


def without_database(error: Error) -> Finding:
    """Return the finding that nothing more can be found."""
    says = _("the database cannot be asked (%(error)s)") % {"error": described(error)}
    todo = _("Start it, run “manage.py migrate”, and let the USER in DATABASES read and write every table.")
    return Finding("database", False, None, says, todo)
