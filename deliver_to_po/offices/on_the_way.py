"""Post offices on somebody's way between two places: how far each is out of it, as the crow flies."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Coordinates, Language, OfficeQuery, PostOffice
from deliver_to_po.errors import OfficesUnavailable, QueryNotUnderstood, TooManySearches
from deliver_to_po.offices import directory
from deliver_to_po.offices.finder import ASKED_FOR, find
from deliver_to_po.offices.nearby import centre_of, distance_km, nearest


class Detour(NamedTuple):
    """A post office and by how many kilometres it makes the way longer: by road it is more."""

    office: PostOffice
    km: float


class Way(NamedTuple):
    """The offices on the way between two places, the smallest detour first.

    Where it is ``over_limit``, Canada Post was not asked about the second place because the visitor had made us ask too
    often: only those near there that our directory knows are in it.
    """

    detours: Sequence[Detour] = ()
    over_limit: bool = False


def by_detour(
    here: OfficeQuery,
    there: OfficeQuery,
    offices: Sequence[PostOffice],
    language: Language,
    *,
    before_asking: Callable[[], None] = lambda: None,
) -> Way:
    """Return the ``offices`` near ``here``, those near ``there`` and halfway, the smallest detour first.

    Canada Post is asked about ``there``, our directory about halfway. Offices of which nobody knows where they are, are
    left out, and all of them where nobody knows one of the places. Distances from ``here`` are left out too.
    """
    start, end = centre_of(here), centre_of(there)
    if start is None or end is None:
        return Way()
    one, other = start.coordinates, end.coordinates
    direct = distance_km(one, other)
    halfway = Coordinates((one.latitude + other.latitude) / 2, (one.longitude + other.longitude) / 2)
    found = {comparable_office_id(office.office_id): office for office in _near(halfway, language)}
    over_limit = False
    try:
        answer = find(there, language, before_asking=before_asking)
        over_limit = answer.over_limit
        found |= {comparable_office_id(office.office_id): office for office in answer.offices}
    except TooManySearches:
        over_limit = True
    except (OfficesUnavailable, QueryNotUnderstood):
        pass
    found |= {comparable_office_id(office.office_id): office for office in offices}
    detours = [
        Detour(replace(office, distance_km=None), distance_km(one, at) + distance_km(at, other) - direct)
        for office in found.values()
        if (at := office.coordinates)
    ]
    return Way(sorted(detours, key=lambda detour: detour.km), over_limit)


def _near(point: Coordinates, language: Language) -> list[PostOffice]:
    return [directory.post_office(row, language) for _km, row in nearest(point, ASKED_FOR)]
