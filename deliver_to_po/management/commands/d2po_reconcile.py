"""Compares what Canada Post holds with the shop's rows now, and names what differs."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import Differs
from deliver_to_po.handoff.day_end.reconciling import DAYS, KEPT, differing, reconcile
from deliver_to_po.management.brief import BriefCommand
from deliver_to_po.management.numbers import span

# What could not be asked is asked by the next run, which goes on where this one stopped.
EXIT_NOT_ALL = 2


class Command(BriefCommand):
    """Silent when nothing differs, since cron mails whatever is printed."""

    help = (
        "Compare what Canada Post holds with the parcels known here, and name what only one of both knows. "
        "Changes nothing. Exit status: 0 when nothing differs; 1 when something does; 2 when not everything could "
        "be asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--days", type=int, default=DAYS, metavar="N", help="of how many days (default: %(default)s)")
        add(
            "--again-after",
            type=span,
            default=60.0,
            metavar="MINUTES",
            help="leave alone what was compared later than this, by whomever (default: %(default)g)",
        )
        add("--seconds", type=span, default=600.0, metavar="SECONDS", help="end after this (default: %(default)g)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["days"] <= KEPT.days:
            raise CommandError(_("--days must be from 1 to %(most)d.") % {"most": KEPT.days})
        since = timezone.now() - timedelta(minutes=options["again_after"])
        done = reconcile(since=since, days=options["days"], seconds=options["seconds"])
        differ = [(one.name, each) for one in differing() for each in one.open_ones]
        for name, each in differ:
            what = Differs(each.kind).label if each.kind else _("Only there")
            number = each.tracking_number or each.shipment_id
            self.stdout.write(" ".join(filter(None, (f"{name}: {number}", each.reference, f"– {what}"))))
        if count := len(differ):
            text = ngettext(
                "%(count)d parcel differs. Look at “Day’s end” in the admin.",
                "%(count)d parcels differ. Look at “Day’s end” in the admin.",
                count,
            )
            raise CommandError(text % {"count": count})
        if not done.complete:
            raise CommandError(_("Not everything could be asked. Run this again."), returncode=EXIT_NOT_ALL)
