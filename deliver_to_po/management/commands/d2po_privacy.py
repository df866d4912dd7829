"""Finds what is held about a person, and erases it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from deliver_to_po.management.brief import BriefCommand
from deliver_to_po.privacy.answering import Asked, erase_about, export_about


class Command(BriefCommand):
    """Shows first; erases only when told to."""

    help = (
        "Show, as JSON, what is held about whoever has this e-mail address, phone, or name and postal code; with "
        "--erase, erase it. The admin's log of privacy requests keeps that somebody asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="", help="their e-mail address")
        parser.add_argument("--phone", default="", help="their phone number, with its area code")
        parser.add_argument("--name", default="", help="their whole name, as on the label, with --postal-code")
        parser.add_argument("--postal-code", default="", help="their postal code, beside the name")
        parser.add_argument("--erase", action="store_true", help="erase what is found")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(*(options[name] for name in ("email", "phone", "name", "postal_code")))
        try:
            asked.whose()
        except ValueError as error:
            raise CommandError(f"Give --email, --phone, or --name with --postal-code: {error}.") from None
        if options["erase"]:
            self._erase(asked)
        else:
            self.stdout.write(json.dumps(export_about(asked), indent=2, ensure_ascii=False))

    def _erase(self, asked: Asked) -> None:
        answered = erase_about(asked)
        self.stdout.write(f"Deliveries erased: {answered.erased}. Unfinished choices deleted: {answered.deleted}.")
        left = []
        if answered.later:
            left.append(f"Deliveries with a parcel being made: {answered.later}. Run this again when it is made.")
        if answered.failed:
            left.append(f"Deliveries whose label could not be deleted: {answered.failed}. See the log, run this again.")
        if left:
            raise CommandError("\n".join(left))
