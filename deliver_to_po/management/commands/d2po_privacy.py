"""Finds what is held about a person, and erases it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from deliver_to_po.models import Delivery
from deliver_to_po.privacy import Erasure, deliveries_about, erase_delivery, export


class Command(BaseCommand):
    """Shows first; erases only when told to."""

    help = (
        "Show, as JSON, what is held about the recipient who has this e-mail address or name; with --erase, erase it. "
        "What has not been sent yet never will be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="", help="the recipient's e-mail address")
        parser.add_argument("--name", default="", help="the recipient's whole name, as on the label")
        parser.add_argument("--erase", action="store_true", help="erase what is found")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["email"] or options["name"]):
            raise CommandError("Give --email or --name.")
        found = deliveries_about(email=options["email"], name=options["name"]).order_by("created_at")
        if options["erase"]:
            self._erase(found)
        else:
            self.stdout.write(json.dumps(_everything(found), indent=2, ensure_ascii=False))

    def _erase(self, found: QuerySet[Delivery]) -> None:
        drafts = found.filter(order=None, shipments=None)
        deleted = drafts.count()
        drafts.delete()
        outcomes = [erase_delivery(delivery) for delivery in found.filter(order__isnull=False)]
        erased = outcomes.count(Erasure.ERASED)
        self.stdout.write(f"{erased} deliveries erased, {deleted} unfinished choices deleted.")
        left = []
        if later := outcomes.count(Erasure.LATER):
            left.append(f"{later} deliveries have a parcel that is being made. Run this again when it is made.")
        if failed := outcomes.count(Erasure.FAILED):
            left.append(
                f"{failed} deliveries have a label that could not be deleted: see the log, then run this again."
            )
        if left:
            raise CommandError("\n".join(left))


def _everything(found: QuerySet[Delivery]) -> list[dict[str, Any]]:
    orders = {delivery.order_id: delivery.order for delivery in found.select_related("order") if delivery.order_id}
    return [{"order": str(key), **export(order)} for key, order in orders.items()]
