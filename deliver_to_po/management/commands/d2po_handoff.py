"""Hands due shipments to the shipping system: once, or for ever with --loop."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from deliver_to_po.handoff.outbox import hand_off_due, seconds_to_next
from deliver_to_po.privacy import delete_expired_drafts


class Command(BaseCommand):
    """The sweep: it does the work itself, so nothing is lost with a task queue or without one."""

    help = (
        "Hand every due shipment to its shipping system and delete expired drafts. Run it from cron each minute, "
        "or let it run with --loop. Several may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped by SIGTERM or Ctrl-C")
        parser.add_argument(
            "--interval", type=float, default=5.0, metavar="SECONDS", help="with --loop: look at least this often"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            self._sweep()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            self._sweep(quiet=True)
            due = seconds_to_next()
            stop.wait(options["interval"] if due is None else min(max(due, 0.05), options["interval"]))

    def _sweep(self, *, quiet: bool = False) -> None:
        steps, drafts = hand_off_due(), delete_expired_drafts()
        if steps or drafts or not quiet:
            self.stdout.write(f"{steps} steps done, {drafts} expired drafts deleted")
            self.stdout.flush()
