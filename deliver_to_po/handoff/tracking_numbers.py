"""Whose tracking number is it: two parcels never keep the same one, even if both are reported at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from deliver_to_po.core.choices.states import CLOSED
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Made


class NumberOfAnother(Exception):
    """Another shipment has one of these numbers, perhaps since a moment ago."""


def _is_anothers(shipment: Shipment, made: Made) -> bool:
    """Say whether another shipment has one of these numbers.

    A closed shipment lets go of its numbers: a person may have closed it after typing a wrong number for it. But the
    numbers of an earlier revision of the same parcel are printed on a label that is to be destroyed. A test account
    counts by itself.
    """
    same = Q(shipment_id=made.shipment_id, system=shipment.system)
    if made.tracking_number:
        same |= Q(tracking_pin=made.tracking_number)
    holds = ~Q(state__in=CLOSED) | Q(delivery=shipment.delivery_id, parcel=shipment.parcel)
    rows = Shipment.objects.filter(same, holds, delivery__live=shipment.delivery.live)
    return rows.exclude(pk=shipment.pk).exists()


@contextmanager
def own_number(shipment: Shipment, made: Made) -> Iterator[dict[str, Any]]:
    """Lend the field that keeps a number for one shipment, to be written inside by one move; raises NumberOfAnother.

    If two processes write the same number, the database lets the second wait for the first. Only the move is undone:
    whatever was done before in the same transaction remains. Code inside must not catch the database's errors.
    """
    if _is_anothers(shipment, made):
        raise NumberOfAnother
    number = made.tracking_number or None
    if number is None:
        yield {"own_tracking_pin": None}
        return
    try:
        with transaction.atomic():
            yield {"own_tracking_pin": number}
    except IntegrityError:
        if Shipment.objects.filter(own_tracking_pin=number).exists():
            raise NumberOfAnother from None
        raise
