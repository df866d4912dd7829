"""Our own directory of post offices: what Canada Post told us about each, when, and in which environment."""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connections, router, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Coordinates, Language, PostOffice
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.database_errors import described
from deliver_to_po.core.shared_cache import with_cache
from deliver_to_po.models import Office
from deliver_to_po.models.only import only

log = logging.getLogger(__name__)

OFFERED_LATELY = timedelta(hours=24)
HOURS_LIFETIME = timedelta(days=7)
# After how long we ask again where an answer told no hours.
NO_HOURS_LIFETIME = timedelta(days=1)
# Cache key. Its value is when an office was last found closed, or its hours were learnt, in ISO format: lists made
# before that are out of date.
LAST_LEARNT = "deliver_to_po.last_learnt"
LAST_LEARNT_SECONDS = 120
# What tells an office's time zone.
PLACE = ("latitude", "longitude", "postal_code", "province")


def remember_offered(offices: Iterable[PostOffice], language: Language, at: datetime) -> None:
    """Save offices that Canada Post offered for D2PO: when, and whatever it tells otherwise than before.

    What an answer leaves out stays as it was, and an office stays closed that was found so after ``at``, when we asked.
    If the database is busy we skip saving; the buyer still gets the answer.
    """
    told = {comparable_office_id(office.office_id): _told(office, language) for office in offices}
    _if_it_can(lambda: _save_offered(told, at))


def _save_offered(told: Mapping[str, dict[str, Any]], at: datetime) -> None:
    keys, fields = sorted(told), [*next(iter(told.values()), {})]
    # The one office of a buyer's check is mostly as it was: that takes one statement.
    if len(keys) == 1:
        as_before = known(office_key=keys[0], **told[keys[0]]).exclude(closed_at__gt=at)
        if as_before.update(offered_at=at, closed_at=None):
            return
    # Always in the same order: two answers that share offices could otherwise deadlock.
    rows = known(office_key__in=keys).order_by("office_key").select_for_update()
    before = {row.pop("office_key"): row for row in rows.values("office_key", "closed_at", *fields)}
    closed_since = {key for key, row in before.items() if (closed_at := row.pop("closed_at")) and closed_at > at}
    told = {key: _completed(told[key], before.get(key)) for key in keys if key not in closed_since}
    new = [key for key in told if before.get(key) != told[key]]
    known(office_key__in=told.keys() - set(new)).update(offered_at=at, closed_at=None)
    if new:
        environment = app_settings.canada_post.environment
        offices = [Office(environment=environment, office_key=key, offered_at=at, **told[key]) for key in new]
        _upsert(offices, ["offered_at", "closed_at", *fields])
    # Their time zone was found for another place.
    moved = [key for key in before.keys() & told.keys() if any(before[key][part] != told[key][part] for part in PLACE)]
    if moved:
        known(office_key__in=moved).update(zone="")


def remember_hours(office: PostOffice, language: Language, at: datetime) -> None:
    """Save hours and names from the answer about one office. For everything else searches are the better source.

    Where it tells no hours, those of the last HOURS_LIFETIME still count.
    """
    told = _without_gaps({f"name_{language}": office.name[:80], f"location_{language}": office.location[:80]})

    def save() -> None:
        row = known(office_key=comparable_office_id(office.office_id))
        if office.hours:
            row.update(hours=office.hours.to_json(), hours_fetched_at=at, **told)
            return
        row.update(**told)
        oldest = at - HOURS_LIFETIME
        still_count = Q(hours__isnull=False, hours_fetched_at__gte=oldest)
        row.exclude(still_count).update(hours=None, hours_fetched_at=oldest + NO_HOURS_LIFETIME)

    _if_it_can(save)
    _note_news()


def mark_closed(office_id: str, at: datetime) -> None:
    """Save that Canada Post no longer offers an office: it leaves every list and can no longer be chosen."""
    known(office_key=comparable_office_id(office_id)).update(closed_at=at, offered_at=None)
    transaction.on_commit(_note_news)


def _note_news() -> None:
    with_cache(lambda cache: cache.set(LAST_LEARNT, timezone.now().isoformat(), LAST_LEARNT_SECONDS), None)


def get_office(office_id: str) -> Office | None:
    """Return the row of an office in the current environment."""
    return only(known(office_key=comparable_office_id(office_id)))


def offered_within(row: Office | None, age: timedelta) -> bool:
    """Say whether Canada Post offered an office that we know for D2PO within ``age``."""
    offered_at = row.offered_at if row and row.closed_at is None else None
    return offered_at is not None and offered_at >= timezone.now() - age


def offered_as(office_id: str, *, since: datetime) -> str:
    """Return the id as Canada Post wrote it if it offered the office since then, else ``""``."""
    rows = known(office_key=comparable_office_id(office_id), offered_at__gte=since, closed_at=None)
    return only(rows.values_list("received_id", flat=True)) or ""


def closed_at_of(office_ids: Iterable[str]) -> dict[str, datetime | None]:
    """Return by the comparable ids of those offices that we know when each was found closed, None for never."""
    keys = [comparable_office_id(office_id) for office_id in office_ids]
    return dict(known(office_key__in=keys).values_list("office_key", "closed_at"))


def with_hours(offices: Sequence[PostOffice]) -> tuple[PostOffice, ...]:
    """Return the same offices; those without hours get hours and time zone that the directory knows, if fresh."""
    keys = {comparable_office_id(office.office_id) for office in offices if office.hours is None}
    if not keys:
        return tuple(offices)
    fresh_since = timezone.now() - HOURS_LIFETIME
    rows = known(office_key__in=keys, hours__isnull=False, hours_fetched_at__gte=fresh_since)
    found = {
        key: (WeeklyHours.from_json(json), zone)
        for key, json, zone in rows.values_list("office_key", "hours", "zone")
        if json
    }
    return tuple(_with_hours(office, found.get(comparable_office_id(office.office_id))) for office in offices)


def _with_hours(office: PostOffice, known: tuple[WeeklyHours, str] | None) -> PostOffice:
    if office.hours is not None or known is None:
        return office
    hours, zone = known
    return dataclasses.replace(office, hours=hours, zone=zone)


def as_known_now(office: PostOffice, told_at: datetime | None, language: Language) -> PostOffice:
    """Return an office that was told of at ``told_at`` with its time zone, and with what was learnt of it since.

    That is where it has moved to, and its hours. Name and location are in ``language``, where they are known.
    """
    row = get_office(office.office_id)
    if row is None:
        return office
    now, hours = post_office(row, language), office.hours
    if row.hours_fetched_at and (told_at is None or row.hours_fetched_at > told_at):
        hours = now.hours or hours
    if row.offered_at is None or (told_at and row.offered_at < told_at):
        now = dataclasses.replace(office, name=now.name, location=now.location, zone=now.zone)
    return dataclasses.replace(now, name=now.name or office.name, location=now.location or office.location, hours=hours)


def post_office(row: Office, language: Language) -> PostOffice:
    coordinates = None
    if row.latitude is not None and row.longitude is not None:
        coordinates = Coordinates(row.latitude, row.longitude)
    return PostOffice(
        office_id=row.received_id,
        name=row.name(language),
        location=row.location(language),
        street=row.street,
        city=row.city,
        province=row.province,
        postal_code=row.postal_code,
        coordinates=coordinates,
        bilingual=row.bilingual,
        hours=WeeklyHours.from_json(row.hours) if row.hours else None,
        zone=row.zone,
    )


def _if_it_can(save: Callable[[], None]) -> None:
    """Save if the database can; if not, say so in the log and go on. It may be away before anything is begun."""
    try:
        with transaction.atomic():
            save()
    except Error as error:
        log.warning("What Canada Post told us could not be saved: %s", described(error))


def known(**conditions: Any) -> QuerySet[Office]:
    """Return every office that we ever learnt about in this environment of Canada Post, filtered by ``conditions``."""
    return Office.objects.filter(environment=app_settings.canada_post.environment, **conditions)


def offerable(**conditions: Any) -> QuerySet[Office]:
    """Return the offices that we may offer while Canada Post cannot be asked: offered lately and not closed since."""
    lately = timezone.now() - app_settings.office_lifetime
    return known(offered_at__gte=lately, closed_at=None, **conditions)


def _told(office: PostOffice, language: Language) -> dict[str, Any]:
    """Return what a search tells of an office by the columns that keep it: not its name in the other language."""
    point = office.coordinates
    return {
        "received_id": office.office_id,
        f"name_{language}": office.name[:80],
        f"location_{language}": office.location[:80],
        "street": office.street[:80],
        "city": office.city[:60],
        "province": office.province,
        "postal_code": office.postal_code,
        "latitude": point.latitude if point else None,
        "longitude": point.longitude if point else None,
        "bilingual": office.bilingual,
    }


def _completed(told: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is told of an office, and what that leaves out as it was, unless the office has moved."""
    if before is None or told["postal_code"] not in ("", before["postal_code"]):
        return told
    return before | _without_gaps(told)


def _without_gaps(told: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in told.items() if value not in (None, "")}


def _upsert(rows: Sequence[Office], fields: Sequence[str]) -> None:
    # MariaDB takes any key for the conflict and refuses to be told which; an office has no other key.
    told = connections[router.db_for_write(Office)].features.supports_update_conflicts_with_target
    key = ["environment", "office_key"] if told else None
    Office.objects.bulk_create(rows, update_conflicts=True, unique_fields=key, update_fields=fields)
