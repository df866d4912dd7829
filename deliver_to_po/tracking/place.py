"""What the events of a parcel say together: where it is, since when, at which post office. Asks nobody and no clock."""

from collections.abc import Container, Iterable
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.core.choices import Doubt, ParcelState, Scan
from deliver_to_po.core.choices.tracking import ALARMS, PARCEL_ENDS
from deliver_to_po.shipping import Sighting

P = ParcelState
RANKS = {scan: rank for rank, scan in enumerate(Scan.values)}
# A parcel that was seen here may still be seen further on.
ON_ITS_WAY = (P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT)
# Canada Post: the final notice goes out on the fifth day.
REMINDED_AFTER = timedelta(days=5)


class Place(NamedTuple):
    """Where a parcel is. ``on`` and ``time`` are when it came to be so, local to where that was.

    ``office_id`` is the post office that has or had it as the events name it, ``""`` if they name none: then it is
    the one that it was sent to. ``ready_on`` is from when that office has it. ``doubt`` is why a person must look.
    """

    state: ParcelState = P.NOT_SEEN
    doubt: Doubt = Doubt.NONE
    on: date | None = None
    time: str = ""
    ready_on: date | None = None
    office_id: str = ""
    office_name: str = ""


def place_of(sightings: Iterable[Sighting], *, sent_to: str, comes_back: bool = False) -> Place:
    """Return where a parcel is that was sent to the post office ``sent_to``.

    The sightings may come in any order, and any of them more than once. ``comes_back`` says that it has a return label.
    """
    place = Place(P.RETURNING) if comes_back else Place()
    seen = set(sightings)
    for sighting in sorted(seen, key=partial(_in_order, {each.on for each in seen if not each.time})):
        place = _seen(place, sighting)
    if place.doubt:
        return place._replace(state=P.PERSON)
    if place.state == P.READY and is_elsewhere(place.office_id, sent_to):
        return place._replace(state=P.ELSEWHERE)
    return place


def is_elsewhere(office_id: str, sent_to: str) -> bool:
    """Say whether that post office, if it is named at all, is another one."""
    return bool(office_id) and comparable_office_id(office_id) != comparable_office_id(sent_to)


def _in_order(untimed: Container[date], sighting: Sighting) -> tuple[date, str, int, str, int, str]:
    """Return by what sightings are sorted; on a day with one that has no time, what can come first is first."""
    time = "" if sighting.on in untimed else sighting.time
    return (sighting.on, time, RANKS[sighting.scan], sighting.time, sighting.code or 0, sighting.office_id)


def _seen(place: Place, sighting: Sighting) -> Place:
    scan = sighting.scan
    if scan in ALARMS:
        return place._replace(doubt=place.doubt or Doubt(scan.value))
    if scan in (Scan.ANNOUNCED, Scan.IN_TRANSIT) and place.state in ON_ITS_WAY:
        return _stands(place, sighting, max(place.state, P(scan.value), key=ON_ITS_WAY.index))
    if scan in (Scan.READY, Scan.REMINDED) and place.state in (*ON_ITS_WAY, P.READY):
        return _at_an_office(place, sighting)
    if scan == Scan.DELIVERED and place.state not in PARCEL_ENDS:
        return _delivered(place, sighting)
    if scan in (Scan.RETURNING, Scan.RETURNED):
        return _comes_back(place, sighting)
    return place


def _stands(place: Place, sighting: Sighting, state: ParcelState) -> Place:
    """Return the place with its state; ``on`` stays where the state is no news."""
    if state == place.state:
        return place
    return place._replace(state=state, on=sighting.on, time=sighting.time)


def _at_an_office(place: Place, sighting: Sighting) -> Place:
    place = _stands(place, sighting, P.READY)
    moved = is_elsewhere(sighting.office_id, place.office_id) and place.office_id != ""
    if place.ready_on is None or moved:
        waited = REMINDED_AFTER if sighting.scan == Scan.REMINDED else timedelta(0)
        place = place._replace(ready_on=sighting.on - waited, on=sighting.on, time=sighting.time)
    if sighting.office_id:
        place = place._replace(office_id=sighting.office_id, office_name=sighting.office_name)
    return place


def _delivered(place: Place, sighting: Sighting) -> Place:
    if place.state == P.RETURNING:
        return _stands(place, sighting, P.RETURNED)
    if place.state == P.READY:
        return _stands(place, sighting, P.COLLECTED)
    return place._replace(doubt=place.doubt or Doubt.NEVER_READY)


def _comes_back(place: Place, sighting: Sighting) -> Place:
    if place.state == P.COLLECTED:
        return place._replace(doubt=place.doubt or Doubt.CONTRADICTED)
    if place.state == P.RETURNED:
        return place
    return _stands(place, sighting, P.RETURNED if sighting.scan == Scan.RETURNED else P.RETURNING)
