"""Upkeep of the directory, for workers: finds the time zones of post offices, so that pages need only read them."""

from collections.abc import Iterable

from django.db.models import Q

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.offices.directory import PLACE, known
from deliver_to_po.offices.zones import BY_PROVINCE, zone_of

AT_A_TIME = 200


def find_zones(office_ids: Iterable[str] | None = None) -> int:
    """Find the zone of offices that have none yet, AT_A_TIME at most, and return how many were saved.

    ``office_ids`` says of which; by default of any. An office that moves meanwhile is left for the next time. Do not
    call it where pages are served: the zone at a point takes a table of 35 MB into the memory of the process.
    """
    can_be_told = Q(latitude__isnull=False, longitude__isnull=False) | Q(province__in=list(BY_PROVINCE))
    rows = known(zone="").filter(can_be_told)
    if office_ids is not None:
        rows = rows.filter(office_key__in=[comparable_office_id(office_id) for office_id in office_ids])
    return sum(_save_zone(*row) for row in rows.order_by("pk").values_list("pk", *PLACE)[:AT_A_TIME])


def _save_zone(key: int, latitude: float | None, longitude: float | None, postal_code: str, province: str) -> int:
    point = None if latitude is None or longitude is None else Coordinates(latitude, longitude)
    zone = zone_of(point, province, postal_code)
    if not zone:
        return 0
    place = dict(zip(PLACE, (latitude, longitude, postal_code, province), strict=True))
    return known(pk=key, **place).update(zone=zone)
