"""From a question to post offices: the ladder. Every office seen is kept in the directory."""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from deliver_to_po.canadapost.errors import (
    CanadaPostError,
    CredentialsRefused,
    InvalidRequest,
    NotEntitled,
    NotFound,
)
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Language, OfficeQuery, PostOffice
from deliver_to_po.carrier import canada_post, gave_up
from deliver_to_po.choices import Rung
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import OfficeNotOffered, OfficesUnavailable
from deliver_to_po.models import Office
from deliver_to_po.offices import cache, directory
from deliver_to_po.offices.nearby import Precision, near
from deliver_to_po.offices.outage import note_outage, outage_is_over
from deliver_to_po.offices.query import QueryNotUnderstood
from deliver_to_po.offices.turns import ask_once, not_answered, taken, unanswered
from deliver_to_po.pause import refuse_list_while_paused

log = logging.getLogger(__name__)

ASKED_FOR = 50


@dataclass(frozen=True, slots=True)
class OfficeAnswer:
    """Offices that accept D2PO, nearest first, and when Canada Post said so; ``directory.with_hours`` adds their hours.

    ``rung`` says what answered. ``precision`` says how well the place is known that distances are measured from.
    """

    offices: tuple[PostOffice, ...]
    asked_at: datetime
    rung: Rung = Rung.FRESH
    precision: Precision = Precision.EXACT


def find(
    query: OfficeQuery,
    language: Language,
    *,
    needed: int = ASKED_FOR,
    before_asking: Callable[[], None] = lambda: None,
) -> OfficeAnswer:
    """Return the nearest offices, at least as many as are ``needed``, from the highest rung that answers in time.

    A fresh answer; else Canada Post, asked by one request for all; else an older answer; else the directory, within
    SEARCH_TIMEOUT_SECONDS. Canada Post is asked for 50. A pause may be noticed a few seconds late. Raises
    OfficesUnavailable when nothing answers, OptionPaused while the merchant has paused the option, QueryNotUnderstood
    when there can be no such place, and what ``before_asking`` raises, which is called when the cache does not answer.
    """
    refuse_list_while_paused()
    kept = cache.kept(query, language)
    if kept is not None and kept.fresh:
        return _answer(kept)
    question = cache.key(query, language)
    in_vain = gave_up()
    if not in_vain and (kept is None or not (taken(question) or unanswered(question))):
        before_asking()
        seconds = app_settings.search_timeout_seconds
        if (fresh := renew(query, language, seconds)) is not None:
            return _answer(fresh)
    if kept is not None:
        if in_vain or unanswered(question):
            note_outage(Rung.STALE)
        return _answer(kept, Rung.STALE)
    return _from_directory(query, language, needed)


def renew(query: OfficeQuery, language: Language, seconds: float) -> cache.Kept | None:
    """Return Canada Post's answer of now, asked for by one request at a time; None when there is none in ``seconds``.

    Raises QueryNotUnderstood.
    """
    question = cache.key(query, language)

    def look() -> cache.Kept | None:
        kept = cache.kept(query, language)
        return kept if kept is not None and kept.fresh else None

    def ask(seconds_left: float) -> cache.Kept | None:
        try:
            return ask_canada_post(query, language, seconds_left)
        except CanadaPostError as error:
            not_answered(question)
            _log(error)
            return None

    return ask_once(question, seconds, look, ask)


def ask_canada_post(
    query: OfficeQuery, language: Language, seconds: float | None = None, *, background: bool = False
) -> cache.Kept:
    """Ask Canada Post, and keep the answer in cache and directory; raises QueryNotUnderstood and CanadaPostError."""
    asked_at = timezone.now()
    try:
        offices: Sequence[PostOffice] = canada_post(
            language, total_seconds=seconds, background=background
        ).find_offices(query, maximum=ASKED_FOR)
    except InvalidRequest as error:
        raise QueryNotUnderstood from error
    outage_is_over()
    directory.remember_offered(offices, language, asked_at)
    return cache.keep(query, language, offices, asked_at)


def _answer(kept: cache.Kept, rung: Rung = Rung.FRESH) -> OfficeAnswer:
    """Return a kept answer without the offices that were found closed since."""
    closed = directory.closed_since((office.office_id for office in kept.offices), kept.asked_at)
    still_open = (office for office in kept.offices if comparable_office_id(office.office_id) not in closed)
    return OfficeAnswer(tuple(still_open) if closed else kept.offices, kept.asked_at, rung)


def _from_directory(query: OfficeQuery, language: Language, needed: int) -> OfficeAnswer:
    try:
        found = near(query, language, needed)
    except OfficesUnavailable:
        log.warning("No answer about post offices, and the directory knows none near.")
        note_outage(Rung.DIRECTORY if directory.answering().exists() else None)
        raise
    note_outage(Rung.DIRECTORY)
    return OfficeAnswer(found.offices, found.seen_at, Rung.DIRECTORY, found.precision)


def fetch_office(office_id: str, language: Language, *, before_asking: Callable[[], None] = lambda: None) -> PostOffice:
    """Return one office with its hours, from the directory while they are fresh.

    Raises OfficeNotOffered when no search has ever shown it or it is gone, and OfficesUnavailable when Canada Post
    cannot be asked, and what ``before_asking`` raises. Nobody can make this app call Canada Post by typing ids.
    """
    known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    if office := _with_fresh_hours(known, language):
        return office
    if gave_up():
        raise OfficesUnavailable
    before_asking()
    question = f"deliver_to_po.office.{language}.{known.pk}"

    def look() -> PostOffice | None:
        row = directory.get_office(office_id)
        return _with_fresh_hours(row, language) if row else None

    def ask(seconds_left: float) -> PostOffice | None:
        try:
            return _ask_for_hours(known, language, seconds_left)
        except NotFound:
            raise OfficeNotOffered from None
        except CanadaPostError as error:
            not_answered(question)
            _log(error)
            return None

    found = ask_once(question, app_settings.search_timeout_seconds, look, ask)
    if found is None:
        raise OfficesUnavailable
    return found


def known_office(office_id: str, language: Language) -> PostOffice:
    """Return what the directory knows of an office, without a call; raises OfficeNotOffered when that is nothing."""
    known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    return directory.post_office(known, language)


def _with_fresh_hours(known: Office, language: Language) -> PostOffice | None:
    fresh_since = timezone.now() - directory.HOURS_LIFETIME
    if known.hours_fetched_at and known.hours_fetched_at >= fresh_since and known.name(language):
        return directory.post_office(known, language)
    return None


def _ask_for_hours(known: Office, language: Language, seconds: float) -> PostOffice | None:
    """Ask Canada Post for one office, and keep its hours; None when it answers with another one."""
    office = canada_post(language, total_seconds=seconds).office(known.received_id)
    if comparable_office_id(office.office_id) != known.office_key:
        return None
    directory.remember_hours(office, language, timezone.now())
    return dataclasses.replace(
        directory.post_office(known, language),
        name=office.name or known.name(language),
        location=office.location or known.location(language),
        hours=office.hours,
    )


def _log(error: CanadaPostError) -> None:
    """Tell the shop what the buyer does not hear, loudly when it is the shop's to mend."""
    if isinstance(error, CredentialsRefused | NotEntitled):
        log.error("Buyers see older post offices or none: %s", error)
    else:
        log.warning("No answer about post offices: %s", error)
