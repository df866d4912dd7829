"""What is learnt from an answer: new events are kept once, and the parcel is moved to where all of them say it is."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import Change, Doubt, Scan
from deliver_to_po.core.choices import ParcelState as P
from deliver_to_po.core.choices.tracking import ALARMS, PARCEL_ENDS
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Tracking, TrackingEvent
from deliver_to_po.models.tracking import OFFICE_NAME_LENGTH, TEXT_LENGTH, move_parcel
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.tracking.place import Place, place_of
from deliver_to_po.tracking.schedule import SILENT, next_look

log = logging.getLogger(__name__)

# No parcel goes through so many.
MOST_EVENTS = 300
# One who begins to follow a parcel so long after it was made finds what others were told long ago.
FOLLOWED_LATE = timedelta(days=1)
# Its day where it was may be another than ours.
A_DAY = timedelta(days=1)
_warned: set[object] = set()


def learn(tracking: Tracking, told: Tracked) -> bool:
    """Keep what was told of a parcel under lease, and move it; False, and nothing is kept, when it lost the lease."""
    with transaction.atomic():
        comes_back = tracking.comes_back or told.comes_back
        new, too_many = _keep(tracking, _that_count(tracking, told.sightings))
        if tracking.state in PARCEL_ENDS and new <= _fits(tracking.state) and comes_back == tracking.comes_back:
            # Perhaps a person said so, who knew of everything that was told before.
            place = Place(**{name: getattr(tracking, name) for name in Place._fields})
        else:
            place = _place(tracking, comes_back=comes_back, too_many=too_many)
        moved = _move(tracking, place, told.expected_on, comes_back=comes_back, is_new=bool(new))
        if not moved:
            transaction.set_rollback(True)
        return moved


def _that_count(tracking: Tracking, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return those of this parcel: its number may be one that another had years ago, and a clock may be wrong."""
    since, until = shop_day(tracking.shipment.created_at) - A_DAY, shop_day() + A_DAY
    return [sighting for sighting in sightings if since <= sighting.on <= until]


def _fits(end: str) -> set[Scan]:
    """Return what is told late of a parcel that has ended so, and contradicts nothing."""
    return {Scan.NO_CHANGE, Scan.UNKNOWN} | ({Scan.RETURNING} if end == P.RETURNED else set())


def _keep(tracking: Tracking, sightings: Sequence[Sighting]) -> tuple[set[Scan], bool]:
    """Keep each event once; return what the new ones say, and whether there are more than a parcel goes through."""
    kept = set(sightings_of(TrackingEvent.objects.filter(tracking=tracking)))
    new = sorted(set(sightings) - kept, key=lambda each: (each.on, each.time, each.code or 0, each.scan))
    room = max(0, MOST_EVENTS - len(kept))
    TrackingEvent.objects.bulk_create([_row(tracking, each) for each in new[:room]], ignore_conflicts=True)
    for sighting in new[:room]:
        if sighting.scan == Scan.UNKNOWN:
            warn_once(f"an event {sighting.code or 'without a number'}")
    return {sighting.scan for sighting in new[:room]}, len(new) > room


def _row(tracking: Tracking, sighting: Sighting) -> TrackingEvent:
    return TrackingEvent(
        tracking=tracking,
        on=sighting.on,
        time=sighting.time,
        code=sighting.code or 0,
        scan=sighting.scan,
        office_id=sighting.office_id,
        office_name=sighting.office_name[:OFFICE_NAME_LENGTH],
        text=sighting.text[:TEXT_LENGTH],
    )


def sightings_of(events: Iterable[TrackingEvent]) -> list[Sighting]:
    return [
        Sighting(Scan(event.scan), event.on, event.time, event.code or None, event.office_id, event.office_name)
        for event in events
    ]


def warn_once(what: str) -> None:
    """Say in the log what Canada Post told that nobody has seen before, once in each process. It names no parcel."""
    if what not in _warned:
        _warned.add(what)
        log.warning("Tracking: %s is not known. Please report it to the project: it changes nothing until then.", what)


def _place(tracking: Tracking, *, comes_back: bool, too_many: bool) -> Place:
    """Return where a parcel is to be moved by all that is known now."""
    place = place_told(tracking, comes_back=comes_back)
    state, doubt = revised(P(tracking.state), Doubt(tracking.doubt), place)
    if too_many and state != P.PERSON:
        state, doubt = P.PERSON, Doubt.TOO_MANY
    return place._replace(state=state, doubt=doubt)


def place_told(tracking: Tracking, *, comes_back: bool) -> Place:
    """Return where the events alone say that the parcel is; alarms that a person has looked at are left out."""
    events = TrackingEvent.objects.filter(tracking=tracking).exclude(accepted=True)
    return place_of(sightings_of(events), sent_to=tracking.shipment.office_id, comes_back=comes_back)


def revised(state: P, doubt: Doubt, place: Place) -> tuple[P, Doubt]:
    """Return where a parcel is by all that is known now: what was settled is doubted when it comes to be otherwise."""
    contradicted = doubt == Doubt.CONTRADICTED or (state in PARCEL_ENDS and place.state != state)
    return (P.PERSON, Doubt.CONTRADICTED) if contradicted else (place.state, place.doubt)


def _move(tracking: Tracking, place: Place, expected_on: date | None, *, comes_back: bool, is_new: bool) -> bool:
    now, was_over = timezone.now(), tracking.state in PARCEL_ENDS and place.state == tracking.state
    news_at = now if is_new else tracking.news_at
    silent = now - news_at > SILENT
    ready_for = timedelta(0) if place.ready_on is None else shop_day() - place.ready_on
    due_at = next_look(place.state, rested=now - news_at, ready_for=ready_for, now=now)
    return move_parcel(
        tracking,
        **place._asdict(),
        lease=tracking.lease,
        expected_on=expected_on or tracking.expected_on,
        comes_back=comes_back,
        old_news=_is_old(tracking, place),
        answered_at=now,
        news_at=news_at,
        tries=0,
        due_at=None if was_over or silent else due_at,
        ended_at=tracking.ended_at or (now if silent else None),
    )


def _is_old(tracking: Tracking, place: Place) -> bool:
    """Say whether the parcel stood so before anybody followed it: only of later moves people are told."""
    if tracking.answered_at is None:
        made_at = tracking.shipment.made_at or tracking.shipment.created_at
        return tracking.created_at - made_at > FOLLOWED_LATE
    return tracking.old_news and place.state == tracking.state


def let_go_on(tracking: Tracking, *, user: Any, note: str) -> bool:
    """Follow a parcel further whose alarms a person has looked at; say whether the row allowed it."""
    with transaction.atomic():
        TrackingEvent.objects.filter(tracking=tracking, scan__in=ALARMS).update(accepted=True)
        tracking.doubt = Doubt.NONE
        place = _place(tracking, comes_back=tracking.comes_back, too_many=False)
        return move_parcel(tracking, **place._asdict(), user=user, note=note, due_at=timezone.now())


def end_as_told(tracking: Tracking, state: P, *, user: Any, note: str) -> bool:
    """Write down how a parcel ended, as a person says; say whether the row allowed it. Nobody asks for it further."""
    return move_parcel(tracking, state, user=user, note=note, doubt=Doubt.NONE, on=shop_day(), time="", due_at=None)


def may_go_on(tracking: Tracking) -> bool:
    """Say whether a person may set aside why they must look: an alarm, or that a parcel on its way was said to end."""
    if tracking.doubt == Doubt.CONTRADICTED:
        return place_told(tracking, comes_back=tracking.comes_back).state not in (P.PERSON, *PARCEL_ENDS)
    return tracking.doubt in ALARMS


def is_a_persons_word(tracking: Tracking) -> bool:
    """Say whether a parcel has ended as a person says, and not as Canada Post's events do."""
    ended = tracking.state in PARCEL_ENDS
    return ended and place_told(tracking, comes_back=tracking.comes_back).state != tracking.state


def undo_end(tracking: Tracking, *, user: Any, note: str) -> bool:
    """Put a parcel back where the events say it is, since a person was mistaken; say whether the row allowed it."""
    place = place_told(tracking, comes_back=tracking.comes_back)
    change = Change.UNSETTLE_PARCEL
    return move_parcel(tracking, **place._asdict(), user=user, note=note, change=change, due_at=timezone.now())
