"""Post offices with their hours, for somebody who wants to see them before choosing."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, NamedTuple

from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.identifiers import is_office_id
from deliver_to_po.canadapost.types import Language, PostOffice
from deliver_to_po.checkout.choice import ANYBODY, Visitor
from deliver_to_po.checkout.office_list import ListedOffice
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.errors import OfficeNotOffered, OfficesUnavailable, TooManySearches
from deliver_to_po.offer.offers import fetch_offers
from deliver_to_po.offices.finder import fetch_office, known_office
from deliver_to_po.offices.opening import opening

# The page's script asks for the office that is suggested or chosen, then once for the others of the list.
MOST_ASKED = 10


class OfficeHours(NamedTuple):
    """A post office with the hours that are known; ``newest`` is False when newer ones could not be asked for."""

    office: PostOffice
    newest: bool = True


def office(office_id: str, cart: Any = None, *, visitor: Visitor = ANYBODY) -> ListedOffice:
    """Return one post office with its hours, and with what delivering ``cart`` there costs. Asks Canada Post.

    ``office.hours`` is None if nobody knows them now. Raises OfficeNotOffered when no search has ever shown it or it
    is gone.
    """
    if not is_office_id(office_id):
        raise OfficeNotOffered
    found = office_hours(office_id, current_language(), before_asking=visitor.ask).office
    offers = fetch_offers(cart, found, before_asking=visitor.ask) if cart is not None else ()
    return ListedOffice(0, found, opening(found), offers=tuple(offers))


def office_hours(
    office_id: str, language: Language, *, before_asking: Callable[[], None] = lambda: None
) -> OfficeHours:
    """Return an office with its hours, from Canada Post unless they are known; at worst what the directory holds.

    ``before_asking`` is called when Canada Post has to be asked; if it raises TooManySearches, the directory answers.
    Raises OfficeNotOffered when no search has ever shown the office or it is gone.
    """
    try:
        return OfficeHours(fetch_office(office_id, language, before_asking=before_asking))
    except (OfficesUnavailable, TooManySearches):
        return OfficeHours(known_office(office_id, language), newest=False)


def first_asked(office_ids: Collection[str]) -> list[str]:
    """Return the first MOST_ASKED of these texts, without what is no office id."""
    return [one for one in list(office_ids)[:MOST_ASKED] if is_office_id(one)]


def fetch_hours(
    office_ids: Collection[str], language: Language, *, before_asking: Callable[[], None] = lambda: None
) -> list[PostOffice]:
    """Return the first MOST_ASKED of these offices with their hours, without those of which none are known.

    For a request of the page's script, so that no buyer waits. All calls together take SEARCH_TIMEOUT_SECONDS at most,
    and ``before_asking`` is called once before Canada Post is asked. Never raises.
    """
    ask_once, found = cache(before_asking), []
    with Deadline(app_settings.search_timeout_seconds):
        for office_id in first_asked(office_ids):
            try:
                found.append(office_hours(office_id, language, before_asking=ask_once).office)
            except OfficeNotOffered:
                continue
    return [office for office in found if office.hours]
