"""Tracking numbers of many parcels, written down at once where nothing else is to be done about any of them.

A file has thousands, and each by itself costs some thirty statements: its delivery is locked and reloaded, and looked
at for whatever was asked of it meanwhile. Here that is asked of all of them together. Whatever is not as simple as that
is left to ``report_made``, which knows what to do.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.models import Q, QuerySet

from deliver_to_po.core.choices import HandoffStep, Outcome, Reason
from deliver_to_po.core.choices.states import NUMBER_AWAITED
from deliver_to_po.core.database_errors import described
from deliver_to_po.handoff.attempts import attempt_of
from deliver_to_po.handoff.by_hand.report import has_labels
from deliver_to_po.handoff.frozen_request import made_fields
from deliver_to_po.models import Attempt, Delivery, Shipment
from deliver_to_po.models.together import NotAll, move_shipments
from deliver_to_po.shipping import Made

log = logging.getLogger(__name__)


def report_numbers(alias: str, numbers: Mapping[int, str], *, user: Any = None) -> set[int]:
    """Save the tracking numbers of parcels, by the shipment's key, in one transaction; return for which it was done.

    The others must be reported one by one: their delivery is in somebody's hand, or something is asked of it; a number
    is known already; the system has labels for us. Where the database refuses one of them, none is done.
    """
    if not numbers or has_labels(alias):
        return set()
    rows = Shipment.objects.filter(pk__in=numbers, system=alias)
    # Before the transaction, whose first look must come after the lock.
    deliveries = set(rows.values_list("delivery_id", flat=True))
    try:
        with transaction.atomic():
            simple = _simple(alias, _alone_with(deliveries), numbers)
            if simple:
                _keep(simple, numbers, user)
    except (DatabaseError, NotAll) as error:
        log.warning("%s tracking numbers are kept one by one: %s", len(numbers), described(error))
        return set()
    return {shipment.pk for shipment in simple}


def _alone_with(deliveries: set[Any]) -> list[Any]:
    """Lock the deliveries that nobody else has locked and of which nothing is asked, and return their keys.

    Nobody is waited for, so that two who lock several never wait for each other.
    """
    rows: QuerySet[Delivery] = Delivery.objects.filter(pk__in=deliveries, stop_asked_at=None, erased_at=None)
    can_skip = connections[rows.db].features.has_select_for_update_skip_locked
    return list(rows.order_by("pk").select_for_update(skip_locked=can_skip).values_list("pk", flat=True))


def _simple(alias: str, deliveries: Sequence[Any], numbers: Mapping[int, str]) -> list[Shipment]:
    """Return the shipments whose number is awaited, and is nobody's; no change is asked for of their delivery."""
    rows = list(Shipment.objects.filter(delivery__in=deliveries).order_by("pk"))
    to_change = {row.delivery_id for row in rows if row.change_asked_at is not None}
    known = _known(alias, numbers.values())
    return [
        row
        for row in rows
        if row.pk in numbers
        and row.delivery_id not in to_change
        and row.state in NUMBER_AWAITED
        and not row.shipment_id
        and numbers[row.pk] not in known
    ]


def _known(alias: str, numbers: Any) -> set[str | None]:
    """Return which of the numbers are kept for any shipment already."""
    wanted = list(numbers)
    same = Q(shipment_id__in=wanted, system=alias) | Q(tracking_pin__in=wanted) | Q(own_tracking_pin__in=wanted)
    pairs = Shipment.objects.filter(same).values_list("shipment_id", "tracking_pin", "own_tracking_pin")
    return {number for row in pairs for number in row}


def _keep(simple: Sequence[Shipment], numbers: Mapping[int, str], user: Any) -> None:
    own = {shipment.pk: numbers[shipment.pk] for shipment in simple}
    made = {pk: made_fields(Made(shipment_id=number, tracking_number=number)) for pk, number in own.items()}
    each = {name: {pk: fields[name] for pk, fields in made.items()} for name in ("shipment_id", "tracking_pin")}
    same = {name: value for name, value in made_fields(Made(shipment_id="-")).items() if name not in each}
    fields = {**same, "reason": Reason.NONE, "reason_text": "", "tries": 0}
    move_shipments(simple, "report_made", each={**each, "own_tracking_pin": own}, user=user, **fields)
    Attempt.objects.bulk_create(attempt_of(shipment, HandoffStep.REPORT, Outcome.MADE) for shipment in simple)
    # There is no label to be fetched.
    move_shipments(simple, "report_done")
