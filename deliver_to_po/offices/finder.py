"""From a search to post offices, down the ladder: a fresh answer, Canada Post, an older answer, our own directory.

Every office that Canada Post names is saved in the directory.
"""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.utils import timezone

from deliver_to_po.canadapost.errors import InvalidRequest, NotFound
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Language, OfficeQuery, PostOffice
from deliver_to_po.core.carrier import canada_post, gave_up
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import OfficeNotOffered, OfficesUnavailable, QueryNotUnderstood, TooManySearches
from deliver_to_po.models import Office
from deliver_to_po.offices import cache, directory
from deliver_to_po.offices.nearby import Precision, nearby_offices
from deliver_to_po.offices.outage import note_outage, outage_is_over
from deliver_to_po.offices.turns import NoAnswer, one_call, taken, unanswered
from deliver_to_po.offices.typed.query import as_asked

log = logging.getLogger(__name__)

ASKED_FOR = 50


class OfficeAnswer(NamedTuple):
    """Offices that accept D2PO, nearest first, and when Canada Post said so; ``directory.with_hours`` adds their hours.

    ``rung`` says what answered, ``precision`` how well we know the point that distances are measured from. Where it is
    ``over_limit``, Canada Post was not asked because the visitor had made us ask too often.
    """

    offices: tuple[PostOffice, ...]
    asked_at: datetime
    rung: Rung = Rung.FRESH
    precision: Precision = Precision.EXACT
    over_limit: bool = False


def find(
    query: OfficeQuery, language: Language, *, needed: int = ASKED_FOR, before_asking: Callable[[], None] = lambda: None
) -> OfficeAnswer:
    """Return the nearest offices from the highest rung of the ladder that answers, within SEARCH_TIMEOUT_SECONDS.

    Canada Post is asked for 50; our directory for as many as are ``needed``. Many who search the same at the same time
    make one call. ``before_asking`` is called before Canada Post is; if it raises TooManySearches, the lower rungs
    answer without a call, and that is no outage.

    Raises OfficesUnavailable if nothing answers, TooManySearches if nothing answers a visitor who is over the limit,
    and QueryNotUnderstood if there can be no such place.
    """
    cached = cache.cached_answer(query, language)
    if cached is not None and cached.fresh:
        return _still_offered(cached, language)
    question = cache.key(query, language)
    unreachable = gave_up()
    # If there is an older answer to show, nobody waits while another request asks, or after one asked in vain.
    if not unreachable and (cached is None or not (taken(question) or unanswered(question))):
        try:
            before_asking()
        except TooManySearches:
            return _without_asking(query, language, needed, cached)
        look = partial(cache.fresh_answer, query, language)
        with suppress(NoAnswer), one_call(question, app_settings.search_timeout_seconds, look) as turn:
            return _still_offered(turn.answer or ask_canada_post(query, language, turn.seconds_left), language)
    if cached is not None:
        if unreachable or unanswered(question):
            note_outage(Rung.STALE)
        return _still_offered(cached, language, Rung.STALE)
    return _from_directory(query, language, needed)


def ask_canada_post(
    query: OfficeQuery, language: Language, seconds: float | None = None, *, background: bool = False
) -> cache.CachedAnswer:
    """Ask Canada Post, and save its answer in cache and directory. Raises QueryNotUnderstood and CanadaPostError."""
    asked_at = timezone.now()
    try:
        client = canada_post(language, total_seconds=seconds, background=background)
        offices = _nearest_first(client.find_offices(as_asked(query), maximum=ASKED_FOR))
    except InvalidRequest as error:
        raise QueryNotUnderstood from error
    outage_is_over()
    directory.remember_offered(offices, language, asked_at)
    return cache.store(query, language, offices, asked_at)


def _nearest_first(offices: Sequence[PostOffice]) -> Sequence[PostOffice]:
    """Return each office once, the nearest first; in Canada Post's order unless it says how far each of them is."""
    once: dict[str, PostOffice] = {}
    for office in offices:
        once.setdefault(comparable_office_id(office.office_id), office)
    distances = {key: office.distance_km for key, office in once.items() if office.distance_km is not None}
    if len(distances) < len(once):
        return tuple(once.values())
    return tuple(once[key] for key in sorted(once, key=distances.__getitem__))


def recall(query: OfficeQuery, language: Language) -> None:
    """Save once more the offices that a kept answer names and our directory has lost. Makes no call."""
    cached = cache.cached_answer(query, language)
    if cached is not None:
        _still_offered(cached, language)


def _still_offered(answer: cache.CachedAnswer, language: Language, rung: Rung = Rung.FRESH) -> OfficeAnswer:
    """Return an answer without the offices that were found closed since.

    The directory may know fewer than the cache: a restored database, or one that is new beside a cache that is not.
    What it has lost is saved as Canada Post named it, so that it can be chosen.
    """
    known = directory.closed_at_of(office.office_id for office in answer.offices)
    lost = [office for office in answer.offices if comparable_office_id(office.office_id) not in known]
    if lost:
        directory.remember_offered(lost, language, answer.asked_at)
    closed = {key for key, at in known.items() if at is not None and at > answer.asked_at}
    left = (office for office in answer.offices if comparable_office_id(office.office_id) not in closed)
    return OfficeAnswer(tuple(left) if closed else answer.offices, answer.asked_at, rung)


def _without_asking(
    query: OfficeQuery, language: Language, needed: int, cached: cache.CachedAnswer | None
) -> OfficeAnswer:
    """Return what a visitor over the limit gets: an older answer, else our directory's; TooManySearches if neither."""
    if cached is not None:
        return _still_offered(cached, language, Rung.STALE)._replace(over_limit=True)
    try:
        found = nearby_offices(query, language, needed)
    except OfficesUnavailable as error:
        raise TooManySearches from error
    return OfficeAnswer(found.offices, found.seen_at, Rung.DIRECTORY, found.precision, over_limit=True)


def _from_directory(query: OfficeQuery, language: Language, needed: int) -> OfficeAnswer:
    try:
        found = nearby_offices(query, language, needed)
    except OfficesUnavailable:
        log.warning("No answer about post offices, and our directory knows none near.")
        note_outage(Rung.DIRECTORY if directory.offerable().exists() else None)
        raise
    note_outage(Rung.DIRECTORY)
    return OfficeAnswer(found.offices, found.seen_at, Rung.DIRECTORY, found.precision)


def fetch_office(office_id: str, language: Language, *, before_asking: Callable[[], None] = lambda: None) -> PostOffice:
    """Return one office with its hours: from the directory while they are fresh, else from Canada Post.

    Only offices that some search has shown are asked about, so nobody can make us call Canada Post by typing ids.
    Raises OfficeNotOffered for all others and for one that is gone, OfficesUnavailable if Canada Post cannot be asked,
    and whatever ``before_asking`` raises, which is called before Canada Post is.
    """
    known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    return fetch_known_office(known, language, before_asking=before_asking)


def fetch_known_office(known: Office, language: Language, *, before_asking: Callable[[], None]) -> PostOffice:
    """Return one office that the directory knows, with its hours; raises what ``fetch_office`` does."""
    if office := _with_fresh_hours(known, language):
        return office
    if gave_up():
        raise OfficesUnavailable
    before_asking()
    question = f"deliver_to_po.office.{language}.{known.pk}"
    look = partial(_office_with_fresh_hours, known.received_id, language)
    try:
        with one_call(question, app_settings.search_timeout_seconds, look) as turn:
            found = turn.answer or _fetch_from_canada_post(known, language, turn.seconds_left)
    except NoAnswer:
        raise OfficesUnavailable from None
    if found is None:
        raise OfficesUnavailable
    return found


def known_office(office_id: str, language: Language) -> PostOffice:
    """Return what the directory knows about an office, without a call. Raises OfficeNotOffered if that is nothing."""
    known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    return directory.post_office(known, language)


def _office_with_fresh_hours(office_id: str, language: Language) -> PostOffice | None:
    known = directory.get_office(office_id)
    return _with_fresh_hours(known, language) if known else None


def _with_fresh_hours(known: Office, language: Language) -> PostOffice | None:
    fresh_since = timezone.now() - directory.HOURS_LIFETIME
    if known.hours_fetched_at and known.hours_fetched_at >= fresh_since and known.name(language):
        return directory.post_office(known, language)
    return None


def _fetch_from_canada_post(known: Office, language: Language, seconds: float) -> PostOffice | None:
    """Ask Canada Post about one office and save its hours. Returns None if the answer is about another office."""
    try:
        office = canada_post(language, total_seconds=seconds).office(known.received_id)
    except NotFound:
        raise OfficeNotOffered from None
    if comparable_office_id(office.office_id) != known.office_key:
        return None
    directory.remember_hours(office, language, timezone.now())
    told = dataclasses.replace(
        directory.post_office(known, language),
        name=office.name or known.name(language),
        location=office.location or known.location(language),
        hours=office.hours,
    )
    return directory.with_hours([told])[0]
