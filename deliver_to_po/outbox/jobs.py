"""What there is to do: jobs, whose rows are due at some time, and housekeeping, which is done now and then."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from threading import RLock
from typing import Any, NamedTuple

from django.db.models import QuerySet


class Job(NamedTuple):
    """Rows of one model that have a next step, and how it is done.

    ``rows`` returns all that have one, due or not; ``first`` those of them that go before the others, most urgent
    first. With ``last`` the job waits while any other has something to do, and takes turns with those that wait too.
    ``step`` gets a row under lease; it ends the lease, and sets when the row is due again. It returns True when it kept
    the lease, to be called again at once. ``crashed`` is told when ``step`` raised something that nobody foresaw: the
    row is due again by then. ``wait_seconds`` is how long such a row then waits. ``paused_seconds`` is how much longer
    ``rows`` returns none, since somebody else cannot answer just now. No row of it is put off for ``longest``: what is
    due later than that was put off while the clock was ahead.
    """

    name: str
    rows: Callable[[], QuerySet[Any]]
    step: Callable[[Any], bool]
    lease_seconds: Callable[[], float]
    wait_seconds: Callable[[], float]
    crashed: Callable[[Any, Exception], None] = lambda _row, _error: None
    first: Sequence[Callable[[], QuerySet[Any]]] = ()
    last: bool = False
    paused_seconds: Callable[[], float] = float
    longest: timedelta = timedelta(days=2)


class Housekeeping(NamedTuple):
    """Work without rows of its own, such as deleting what has expired.

    ``do`` does at most ``at_a_time`` rows and returns how many; when it did that many, it is asked again soon. With
    ``for_good`` nobody can undo it, so that it waits for a day after a jump of the clock.
    """

    name: str
    do: Callable[[], int]
    at_a_time: int
    every_seconds: float = 60.0
    for_good: bool = False


class Registry:
    """The jobs and housekeeping of this process, in the order in which they were registered."""

    def __init__(self) -> None:
        self._late: list[Callable[[], None]] = []
        self._lock = RLock()
        self._jobs: dict[str, Job] = {}
        self._housekeeping: dict[str, Housekeeping] = {}

    def add(self, *things: Job | Housekeeping) -> None:
        """Register; one of the same name takes the place of the former."""
        self._fill()
        for thing in things:
            if isinstance(thing, Job):
                self._jobs[thing.name] = thing
            else:
                self._housekeeping[thing.name] = thing

    def add_late(self, register: Callable[[], None]) -> None:
        """Let ``register`` add things before anybody adds others or asks for one: most processes never do."""
        self._late.append(register)

    def _fill(self) -> None:
        with self._lock:
            while self._late:
                # Taken out before it is called: it adds, which leads here again.
                register = self._late.pop(0)
                try:
                    register()
                except BaseException:
                    self._late.insert(0, register)
                    raise

    def job(self, name: str) -> Job:
        """Return the job of that name; KeyError if there is none."""
        self._fill()
        return self._jobs[name]

    @property
    def jobs(self) -> Iterable[Job]:
        """Return the jobs, those that wait for the others last."""
        self._fill()
        return tuple(sorted(self._jobs.values(), key=lambda job: job.last))

    @property
    def housekeeping(self) -> Iterable[Housekeeping]:
        self._fill()
        return tuple(self._housekeeping.values())


registry = Registry()
