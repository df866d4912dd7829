"""Does whatever is due: once, or for ever with --loop."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.db import Error, close_old_connections

from deliver_to_po.core.database_errors import described
from deliver_to_po.management.brief import BriefCommand
from deliver_to_po.management.numbers import span
from deliver_to_po.outbox.sweep import Sweep, Swept, seconds_to_next

log = logging.getLogger(__name__)

# Whoever waits for less keeps a processor and the database busy.
SHORTEST_WAIT = 0.05


class Command(BriefCommand):
    """The sweep: it does the work itself, so nothing is lost with a task queue or without one."""

    _stop = threading.Event()

    help = (
        "Hand every due shipment to its shipping system, delete expired drafts, erase recipients of long ago. Run it "
        "from cron each minute, or let it run with --loop. Several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped by SIGTERM or Ctrl-C")
        parser.add_argument(
            "--interval", type=span, default=5.0, metavar="SECONDS", help="with --loop: look at least this often"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sweep = Sweep()
        if not options["loop"]:
            # Silent when nothing was due: cron mails whatever is printed.
            self._tell(sweep.round())
            return
        self._stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        while not self._stop.is_set():
            close_old_connections()
            self._stop.wait(self._loop_once(sweep, options["interval"]))

    def _loop_once(self, sweep: Sweep, interval: float) -> float:
        """Do a round, and return how many seconds to wait; a database that is away for a while ends no loop."""
        try:
            self._tell(sweep.round(stop=self._stop.is_set))
            due = seconds_to_next()
        except Error as error:
            log.error("The database cannot be used (%s); trying again", described(error))
            due = None
        return max(interval if due is None else min(due, interval), SHORTEST_WAIT)

    def _tell(self, swept: Swept) -> None:
        if not swept:
            return
        steps = [f"{name}: {count}" for name, count in swept.steps.items()]
        kept = [f"{name}: {count}" for name, count in swept.housekeeping.items() if count]
        self.stdout.write(", ".join([*steps, *kept]))
        self.stdout.flush()
