"""The day's end: transmits what has its label, or with --preview says what that would be."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.choices import ManifestState, Reason
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.transmitting import Group, preview, transmit
from deliver_to_po.models import Manifest
from deliver_to_po.shipping.registry import name_of_system

# What is settled: nothing but the paper may be missing.
TRANSMITTED = (ManifestState.TRANSMITTED, ManifestState.FETCHED)
# What this run leaves to the sweep, which looks it up before anything is asked again.
GOES_ON = (ManifestState.CLAIMED, ManifestState.ASKED, ManifestState.UNKNOWN)
EXIT_GOES_ON = 2


class Command(BaseCommand):
    """Silent when nothing waits, since cron mails whatever is printed."""

    help = (
        "Transmit the parcels that have their label, in groups of this shop's own. Run it each evening from cron, or "
        "use the admin's button instead. Exit status: 0 when all is transmitted or nothing waits; 1 when something was "
        "refused or named wrongly; 2 when an outcome is not known yet, which d2po_handoff then settles."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preview", action="store_true", help="say what would be transmitted, and do nothing")
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
        if options["preview"]:
            for group in preview():
                self.stdout.write(_line(group))
            return
        try:
            manifests = transmit(options["group"], exclude=options["exclude"])
        except TransmissionRefused as error:
            raise CommandError(str(error)) from None
        for manifest in manifests:
            self.stdout.write(_outcome(manifest))
        states = {manifest.state for manifest in manifests}
        if states - {*TRANSMITTED, *GOES_ON}:
            raise CommandError(_("Not everything was transmitted."))
        if states & set(GOES_ON):
            raise CommandError(_("The outcome is not known yet. d2po_handoff settles it."), returncode=EXIT_GOES_ON)


def _line(group: Group) -> str:
    waits = {"group": group.name, "count": group.ready, "weight": number_format(group.weight_kg.normalize())}
    parts = [_("%(group)s: %(count)d to transmit, %(weight)s kg") % waits]
    if group.not_ready:
        parts.append(_("%(count)d not ready") % {"count": group.not_ready})
    if group.under_way:
        parts.append(_("being transmitted"))
    if not group.own:
        parts.append(_("not this shop’s group, never transmitted here"))
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
