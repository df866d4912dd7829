"""The day's end: transmits what has its label and passes the last questions, or with --dry-run says what that is."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import Reason
from deliver_to_po.core.choices.states import MANIFEST_TRANSMITTED, MANIFEST_UNSETTLED
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.day_end.looking_over import SECONDS_OF_A_COMMAND, LookedOver, Staying, end_day, look_over
from deliver_to_po.handoff.day_end.transmitting import Group, waiting_groups
from deliver_to_po.management.brief import BriefCommand
from deliver_to_po.models import Manifest
from deliver_to_po.shipping.registry import name_of_system

# This run leaves what is not settled to the sweep, which looks it up before anything is asked again.
EXIT_GOES_ON = 2
# What could not be asked goes with a later run.
EXIT_NOT_ASKED = 3
NOT_ASKED = (Reason.NOT_ASKED, Reason.OFFICE_NOT_CHECKED, Reason.SHOP_ERROR)


class Command(BriefCommand):
    """Silent when nothing waits, since cron mails whatever is printed."""

    help = (
        "Transmit the parcels that have their label, as the admin's page “Day's end” does; what must stay is "
        "named. Run it each evening from cron. Exit status: 0 when all that may go is transmitted or nothing "
        "waits; 1 when something was refused or named wrongly; 2 when an outcome is not known yet, which "
        "d2po_handoff then settles; 3 when something stays because the shop or Canada Post could not be asked about it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be transmitted and what would stay, and do nothing"
        )
        parser.add_argument(
            "--unprinted",
            action="store_true",
            help="transmit parcels whose label nobody has printed at the desk too: they are printed elsewhere",
        )
        parser.add_argument(
            "--group", action="append", metavar="NAME", help="only this group; may be given several times"
        )
        parser.add_argument(
            "--exclude",
            action="append",
            default=[],
            metavar="NUMBER",
            help="leave out the parcel with this tracking number or request ID; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: dict[str, Any] = {"unprinted": options["unprinted"], "seconds": SECONDS_OF_A_COMMAND}
        try:
            if options["dry_run"]:
                self._say_what_waits(look_over(options["group"], **wanted))
                return
            ended = end_day(options["group"], exclude=options["exclude"], **wanted)
        except TransmissionRefused as error:
            raise CommandError(str(error)) from None
        for manifest in ended.manifests:
            self.stdout.write(_outcome(manifest))
        self._say_what_stays(ended.stays)
        states = {manifest.state for manifest in ended.manifests}
        if states - {*MANIFEST_TRANSMITTED, *MANIFEST_UNSETTLED}:
            raise CommandError(_("Not everything was transmitted."))
        if states & set(MANIFEST_UNSETTLED):
            raise CommandError(_("The outcome is not known yet. d2po_handoff settles it."), returncode=EXIT_GOES_ON)
        if any(one.reason in NOT_ASKED for one in ended.stays):
            raise CommandError(_("Not everything could be asked. Run this again."), returncode=EXIT_NOT_ASKED)

    def _say_what_waits(self, looked: LookedOver) -> None:
        for group in waiting_groups():
            self.stdout.write(_line(group))
        for one in looked.compared:
            words = {"group": one.name, "theirs": one.still_theirs, "ours": one.ours}
            self.stdout.write(_("%(group)s: Canada Post has %(theirs)d, we have %(ours)d") % words)
        if looked.goes or looked.stays:
            words = {"goes": len(looked.goes), "stays": len(looked.stays)}
            self.stdout.write(_("Would be transmitted: %(goes)d. Would stay: %(stays)d.") % words)
        self._say_what_stays(looked.stays)

    def _say_what_stays(self, stays: Sequence[Staying]) -> None:
        """Say of each parcel that stays which it is and why; nothing of people."""
        for one in stays:
            words = {"order": one.shipment.delivery.reference, "parcel": one.shipment, "why": one.reason.why()}
            self.stdout.write(_("stays: %(order)s, %(parcel)s. %(why)s") % words)


def _line(group: Group) -> str:
    waits = {"group": group.name, "count": group.ready, "weight": number_format(group.weight_kg.normalize())}
    parts = [_("%(group)s: %(count)d to transmit, %(weight)s kg") % waits]
    if group.not_ready:
        parts.append(_("%(count)d not ready") % {"count": group.not_ready})
    if group.kept_back:
        parts.append(_("%(count)d on hold") % {"count": group.kept_back})
    if group.under_way:
        parts.append(_("being transmitted"))
    if not group.own:
        parts.append(_("made under other settings, never transmitted here"))
    return ", ".join(parts)


def _outcome(manifest: Manifest) -> str:
    groups = ", ".join(manifest.groups.values_list("group", flat=True))
    text = ngettext(
        "%(groups)s: %(count)d parcel, %(state)s", "%(groups)s: %(count)d parcels, %(state)s", manifest.parcels
    )
    state = manifest.get_state_display()
    parts = [text % {"groups": groups, "count": manifest.parcels, "state": state}, manifest.number]
    if reason := Reason(manifest.reason).why(name_of_system(manifest.system)):
        parts += [reason, manifest.reason_text]
    return " ".join(filter(None, parts))
