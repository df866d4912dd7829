"""Search → a list of post offices, as values; used wherever somebody picks an office."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from deliver_to_po.canadapost.identifiers import comparable_office_id, is_office_id
from deliver_to_po.canadapost.types import Language, OfficeQuery, PostOffice
from deliver_to_po.checkout import list_cache
from deliver_to_po.checkout.choice import ANYBODY, Visitor
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.core.background import works_in_background
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.core.shared_cache import claimed
from deliver_to_po.models.pause_in_force import refuse_list_while_paused
from deliver_to_po.offer.offers import fetch_offers_to_each
from deliver_to_po.offices.directory import get_office, offered_within, post_office, with_hours
from deliver_to_po.offices.filters import Filter, suits
from deliver_to_po.offices.finder import ASKED_FOR, find
from deliver_to_po.offices.on_the_way import Way, by_detour
from deliver_to_po.offices.opening import opening
from deliver_to_po.offices.tasks import ask_for_hours
from deliver_to_po.offices.typed.named import understood
from deliver_to_po.offices.typed.query import parse_location

MOST_SHOWN = 100
# Each may cost a call; the others are asked one by one, see ``office``.
MOST_PRICED = 10
ASK_AGAIN_SECONDS = 60


def find_offices(
    near: str | tuple[float, float],
    cart: Any = None,
    *,
    filters: Collection[str] = (),
    limit: int | None = None,
    visitor: Visitor = ANYBODY,
) -> OfficeList:
    """Return post offices near a place, nearest first, with what delivering ``cart`` to each costs. Asks Canada Post.

    ``near`` is a postal code, an address, a city or an office's name as somebody types it, or latitude and longitude in
    degrees. ``filters`` are any of ``open``, ``mornings``, ``evenings``, ``weekend`` and ``french``. ``limit`` is at
    most 100, OFFICES_PER_PAGE by default. Without a cart no office has ``offers``; prices that Canada Post did not tell
    within SEARCH_TIMEOUT_SECONDS are left out too, and may be asked for again. Names are in the active language.

    Raises QueryNotUnderstood, TooManySearches, OfficesUnavailable, PlaceNotKnown and OptionPaused; ValueError for a
    filter that is none.
    """
    query = understood(near) if isinstance(near, str) else parse_location(*map(str, near))
    wanted = [Filter(one) for one in filters]
    found = search(query, current_language(), show=limit, wanted=wanted, before_asking=visitor.ask)
    listed = found.offices[: limit or None]
    if cart is not None and listed:
        offices = [one.office for one in listed[:MOST_PRICED]]
        told = fetch_offers_to_each(cart, offices, before_asking=visitor.ask)
        priced = [replace(one, offers=tuple(offers)) for one, offers in zip(listed, told, strict=False)]
        listed = (*priced, *listed[MOST_PRICED:])
    return replace(found, offices=listed)


def search(
    query: OfficeQuery,
    language: Language,
    *,
    show: int | None = None,
    chosen: str = "",
    wanted: Collection[Filter] = (),
    via: OfficeQuery | None = None,
    before_asking: Callable[[], None] = lambda: None,
) -> OfficeList:
    """Return the ``show`` offices nearest to what the query asks for, with the one whose id is ``chosen`` marked.

    Names and locations are in ``language``. Only offices that are as ``wanted`` are listed; one of which this is not
    known is listed after the others. The list of the way to ``via`` is ordered by detour, and holds offices near there
    and halfway as well. ``before_asking`` is called when Canada Post may have to be asked; it may raise
    TooManySearches. A pause may be noticed a few seconds late. Raises OptionPaused, and what ``find`` raises.
    """
    refuse_list_while_paused()
    show = shown_count(show)
    same_for_all = not wanted and via is None
    found = list_cache.load(list_cache.Slot.of(query, language, show)) if same_for_all else None
    if found is None:
        found = _made(query, language, show, wanted, via, before_asking)
    return _marked(found, chosen, language) if chosen else found


def _made(
    query: OfficeQuery,
    language: Language,
    show: int,
    wanted: Collection[Filter],
    via: OfficeQuery | None,
    before_asking: Callable[[], None],
) -> OfficeList:
    """Make a list, and save one that is the same for everybody."""
    slot = list_cache.Slot.of(query, language, show)
    answer = find(query, language, needed=ASKED_FOR if wanted or via else show + 1, before_asking=before_asking)
    way = by_detour(query, via, answer.offices, language, before_asking=before_asking) if via else Way()
    detour_km = {detour.office.office_id: detour.km for detour in way.detours}
    candidates = tuple(detour.office for detour in way.detours) or answer.offices
    # A filter needs the hours of all offices, a list only those of the offices in it.
    suitable, sure = _filtered(candidates, wanted) if wanted else (candidates, len(candidates))
    offices = suitable[:show] if wanted else with_hours(suitable[:show])
    more = min(show + app_settings.offices_per_page, MOST_SHOWN)
    found = OfficeList(
        query=query,
        offices=tuple(
            ListedOffice(number, one, opening(one), detour_km=detour_km.get(one.office_id))
            for number, one in enumerate(offices, start=1)
        ),
        show=show,
        next_show=more if len(suitable) > show and more > show else None,
        received_at=answer.asked_at,
        rung=answer.rung,
        precision=answer.precision,
        over_limit=answer.over_limit or way.over_limit,
        # While Canada Post does not answer, no worker asks it for hours.
        hours_coming=answer.rung == Rung.FRESH and _fetch_missing_hours(offices, language),
        filtered=bool(wanted),
        matching=sure if wanted else 0,
        out_of=len(candidates) if wanted else 0,
        unsure=max(len(offices) - sure, 0),
        via=via if way.detours else None,
    )
    if not wanted and via is None:
        list_cache.save(slot, found)
    return found


def _filtered(offices: Sequence[PostOffice], wanted: Collection[Filter]) -> tuple[tuple[PostOffice, ...], int]:
    """Return the offices that are as ``wanted``, then those of which it is not known, and how many are the former."""
    answers = [(office, suits(office, wanted)) for office in with_hours(offices)]
    sure = [office for office, answer in answers if answer]
    return (*sure, *(office for office, answer in answers if answer is None)), len(sure)


def _marked(found: OfficeList, chosen: str, language: Language) -> OfficeList:
    """Return the list with the office whose id is ``chosen`` marked; ids that differ in leading zeros are one.

    If a filter or another place leaves the chosen office out, it is returned beside the list.
    """
    wanted = comparable_office_id(chosen)
    offices = tuple(
        replace(listed, chosen=True) if comparable_office_id(listed.office.office_id) == wanted else listed
        for listed in found.offices
    )
    kept = None if any(listed.chosen for listed in offices) else _kept(chosen, language)
    return replace(found, offices=offices, kept=kept)


def _kept(chosen: str, language: Language) -> ListedOffice | None:
    """Return the office whose id is ``chosen`` as our directory knows it; None if it can no longer be chosen."""
    row = get_office(chosen) if is_office_id(chosen) else None
    if row is None or not offered_within(row, app_settings.office_lifetime):
        return None
    office = post_office(row, language)
    return ListedOffice(0, office, opening(office), chosen=True)


def shown_count(wanted: int | None) -> int:
    """Return how many offices to show when ``wanted`` were asked for: at least OFFICES_PER_PAGE, at most MOST_SHOWN."""
    return min(max(wanted or 0, app_settings.offices_per_page), MOST_SHOWN)


def _fetch_missing_hours(offices: Sequence[PostOffice], language: Language) -> bool:
    """Let a worker fetch missing hours, each office's at most once a minute; say whether any are on their way."""
    missing = [office.office_id for office in offices if office.hours is None]
    if not missing or not works_in_background():
        return False
    keys = {office_id: f"deliver_to_po.hours.{language}.{office_id}" for office_id in missing}
    asked_now = [office_id for office_id, key in keys.items() if claimed(key, ASK_AGAIN_SECONDS)]
    ask_for_hours(asked_now, language)
    return True
