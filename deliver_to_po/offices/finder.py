"""From a question to post offices: the cache, else Canada Post; every office seen is kept in the directory."""

import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from deliver_to_po.canadapost.errors import CanadaPostError, CredentialsRefused, InvalidRequest, NotEntitled, NotFound
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Language, OfficeQuery, PostOffice
from deliver_to_po.carrier import canada_post
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import OfficeNotOffered, OfficesUnavailable
from deliver_to_po.offices import cache, directory
from deliver_to_po.offices.query import QueryNotUnderstood

log = logging.getLogger(__name__)

ASKED_FOR = 50


@dataclass(frozen=True, slots=True)
class OfficeAnswer:
    """Offices that accept D2PO, nearest first, and when Canada Post said so. Hours where the directory knows them."""

    offices: tuple[PostOffice, ...]
    asked_at: datetime


def find(query: OfficeQuery, language: Language) -> OfficeAnswer:
    """Return the nearest offices; raises OfficesUnavailable when Canada Post cannot be asked."""
    found = cache.kept(query, language)
    if found is None:
        asked_at = timezone.now()
        try:
            offices: Sequence[PostOffice] = canada_post(
                language, total_seconds=app_settings.search_timeout_seconds
            ).find_offices(query, maximum=ASKED_FOR)
        except InvalidRequest as error:
            raise QueryNotUnderstood from error
        except CanadaPostError as error:
            raise _unavailable(error) from error
        directory.remember_offered(offices, language, asked_at)
        if offices:
            # "None near" may be a service that is half down: it is asked again.
            cache.keep(query, language, offices, asked_at)
        found = tuple(offices), asked_at
    return OfficeAnswer(_with_hours(found[0]), found[1])


def fetch_office(office_id: str, language: Language) -> PostOffice:
    """Return one office with its hours, from the directory while they are fresh.

    Raises OfficeNotOffered when no search has ever shown it or it is gone, and OfficesUnavailable when Canada Post
    cannot be asked. Nobody can make this app call Canada Post by typing ids.
    """
    known = directory.get_office(office_id)
    if known is None:
        raise OfficeNotOffered
    fresh_since = timezone.now() - directory.HOURS_LIFETIME
    if known.hours_fetched_at and known.hours_fetched_at >= fresh_since and known.name(language):
        return directory.post_office(known, language)
    try:
        office = canada_post(language, total_seconds=app_settings.search_timeout_seconds).office(known.received_id)
    except NotFound:
        raise OfficeNotOffered from None
    except CanadaPostError as error:
        raise _unavailable(error) from error
    if comparable_office_id(office.office_id) != known.office_key:
        raise OfficesUnavailable
    directory.remember_hours(office, language, timezone.now())
    return dataclasses.replace(
        directory.post_office(known, language),
        name=office.name or known.name(language),
        location=office.location or known.location(language),
        hours=office.hours,
    )


def _unavailable(error: CanadaPostError) -> OfficesUnavailable:
    """Return what the buyer is told; the log tells the shop, when it is the shop's to mend."""
    if isinstance(error, CredentialsRefused | NotEntitled):
        log.error("Buyers see no post offices: %s", error)
    else:
        log.warning("No answer about post offices: %s", error)
    return OfficesUnavailable()


def _with_hours(offices: Sequence[PostOffice]) -> tuple[PostOffice, ...]:
    hours = directory.hours_of(office.office_id for office in offices)
    return tuple(
        dataclasses.replace(office, hours=hours.get(comparable_office_id(office.office_id), office.hours))
        for office in offices
    )
