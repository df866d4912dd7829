"""Whose tracking number is it: two parcels never keep the same one, even if both are reported at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import CLOSED
from deliver_to_po.shipping import Made


class NumberOfAnother(Exception):
    """Another shipment has this tracking number, since a moment ago."""


def is_anothers(shipment: Shipment, made: Made) -> bool:
    """Say whether another shipment has one of these numbers.

    One that is closed, such as by a person who had typed a wrong number for it, lets go of its numbers; but those of an
    earlier revision of the same parcel stand on a label that is to be destroyed.
    """
    same = Q(shipment_id=made.shipment_id, system=shipment.system)
    if made.tracking_number:
        same |= Q(tracking_pin=made.tracking_number)
    holds = ~Q(state__in=CLOSED) | Q(delivery=shipment.delivery_id, parcel=shipment.parcel)
    return Shipment.objects.filter(same, holds).exclude(pk=shipment.pk).exists()


@contextmanager
def own_number(made: Made) -> Iterator[dict[str, Any]]:
    """Lend the field that keeps a number for one shipment, to be written inside by one move; raises NumberOfAnother.

    Of two who write the same number the database lets the second one wait for the first. A move is undone by itself,
    so whatever was done before in the same transaction stands. Nobody inside may catch the database's errors.
    """
    number = made.tracking_number or None
    if number is None:
        yield {"own_tracking_pin": None}
        return
    try:
        yield {"own_tracking_pin": number}
    except IntegrityError:
        if Shipment.objects.filter(own_tracking_pin=number).exists():
            raise NumberOfAnother from None
        raise
