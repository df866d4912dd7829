"""Numbers that find themselves: Canada Post is asked which parcel carries the reference of one shipped elsewhere.

Nobody has seen such an answer of Canada Post's yet, so it is off until NUMBERS_BY_REFERENCE says otherwise.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices.states import NUMBER_AWAITED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.handoff.by_hand.entering import enter_number
from deliver_to_po.handoff.by_hand.exporting import reference_of
from deliver_to_po.models import Shipment
from deliver_to_po.outbox.jobs import Housekeeping
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.registry import usable_system

log = logging.getLogger(__name__)

AT_A_TIME = 5
EVERY_SECONDS = 600.0
# It is mailed some time after it was handed over; then it is asked for twice a day.
FIRST_AFTER = AGAIN_AFTER = timedelta(hours=12)
# Canada Post: mailing dates lie at most two months back.
LOOKED_FOR = timedelta(days=55)


def find_numbers() -> int:
    """Ask for the numbers of a few parcels, and keep each that is the only one; return how many were asked for.

    A number is kept by the same function that keeps one that a person types. What Canada Post does not answer now ends
    the round.
    """
    asked = 0
    for shipment in _without_number()[:AT_A_TIME] if app_settings.numbers_by_reference else ():
        # Another process may ask beside this one.
        if not _to_ask().filter(pk=shipment.pk).update(number_asked_at=timezone.now()):
            continue
        numbers = _numbers_of(shipment)
        if isinstance(numbers, NotYet):
            break
        asked += 1
        if len(numbers) == 1:
            came_of_it = enter_number(shipment.pk, numbers[0])
            log.info("Shipment %s: its number was found by its reference: %s", shipment.pk, came_of_it)
    return asked


def _to_ask() -> QuerySet[Shipment]:
    return Shipment.objects.filter(Q(number_asked_at=None) | Q(number_asked_at__lte=timezone.now() - AGAIN_AFTER))


def _without_number() -> QuerySet[Shipment]:
    """Return the parcels that another program or a person ships and nobody has named a number for, the next first."""
    now = timezone.now()
    rows = _to_ask().filter(
        state__in=NUMBER_AWAITED,
        shipment_id="",
        system__in=[alias for alias in app_settings.shipping_systems if _ships_elsewhere(alias)],
        requested_at__range=(now - LOOKED_FOR, now - FIRST_AFTER),
        delivery__live=app_settings.canada_post.live,
        delivery__erased_at=None,
    )
    return rows.select_related("delivery").order_by(F("number_asked_at").asc(nulls_first=True), "pk")


def _ships_elsewhere(alias: str) -> bool:
    system = usable_system(alias)
    return system is not None and not isinstance(system, CanadaPostShipping)


def _numbers_of(shipment: Shipment) -> Sequence[str] | NotYet:
    first = shop_day(shipment.requested_at) - timedelta(days=1)
    return CanadaPostShipping("", {}).numbers_of(reference_of(shipment), first, shop_day())


HOUSEKEEPING = (Housekeeping("numbers by reference", find_numbers, AT_A_TIME, EVERY_SECONDS),)
