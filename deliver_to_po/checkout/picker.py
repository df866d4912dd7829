"""Search → one page of post offices, ready to be shown; used wherever somebody picks an office."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from deliver_to_po.background import works_in_background
from deliver_to_po.canadapost.types import Language, NearAddress, NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.checkout import ready
from deliver_to_po.checkout.shown import OfficePage, ShownOffice, is_chosen, shown_office, unbroken
from deliver_to_po.choices import Rung
from deliver_to_po.conf import app_settings
from deliver_to_po.offices.directory import with_hours
from deliver_to_po.offices.filters import Filter, suits
from deliver_to_po.offices.finder import ASKED_FOR, find
from deliver_to_po.offices.query import parse, written
from deliver_to_po.offices.standing import standing
from deliver_to_po.offices.tasks import ask_for_hours
from deliver_to_po.pause import refuse_list_while_paused
from deliver_to_po.shared_cache import attempt

MOST_SHOWN = 100
ASK_AGAIN_SECONDS = 60


def search(
    asked: str | OfficeQuery,
    language: Language,
    *,
    show: int | None = None,
    chosen: str = "",
    wanted: Collection[Filter] = (),
    before_asking: Callable[[], None] = lambda: None,
) -> OfficePage:
    """Return the ``show`` offices nearest to what is ``asked``, with the one whose id is ``chosen`` marked.

    Only those that are as ``wanted``, as far as is known. Raises QueryNotUnderstood, OfficesUnavailable, OptionPaused,
    and what ``before_asking`` raises, which is called when Canada Post may have to be asked.
    """
    query = parse(asked) if isinstance(asked, str) else asked
    refuse_list_while_paused()
    show = shown_count(show)
    page = None if wanted else ready.kept(ready.Place.of(query, language, show))
    if page is None:
        page = _made(query, language, show, wanted, before_asking)
    return _marked(page, chosen) if chosen else page


def _made(
    query: OfficeQuery,
    language: Language,
    show: int,
    wanted: Collection[Filter],
    before_asking: Callable[[], None],
) -> OfficePage:
    """Make a page anew, and keep it where the next one who asks may be shown the same."""
    place = ready.Place.of(query, language, show)
    answer = find(query, language, needed=ASKED_FOR if wanted else show + 1, before_asking=before_asking)
    # Only what a person sees or wants needs hours.
    found, sure = _filtered(answer.offices, wanted) if wanted else (answer.offices, len(answer.offices))
    listed = found[:show] if wanted else with_hours(found[:show])
    offices = tuple(shown_office(office, number) for number, office in enumerate(listed, start=1))
    more = min(show + app_settings.offices_shown, MOST_SHOWN)
    page = OfficePage(
        place=_place(query),
        offices=offices,
        show=show,
        next_show=more if len(found) > show and more > show else None,
        # While Canada Post does not answer, no worker is sent to it for hours.
        hours_coming=answer.rung == Rung.FRESH and _fetch_missing_hours(offices, language),
        standing=standing(answer),
        rung=answer.rung,
        filtered=bool(wanted),
        left_out=len(answer.offices) - len(found),
        unsure=max(len(listed) - sure, 0),
        wants_street=isinstance(query, NearAddress) and not query.street,
    )
    if not wanted:
        ready.keep(place, page, answer.asked_at)
    return page


def _filtered(offices: Sequence[PostOffice], wanted: Collection[Filter]) -> tuple[tuple[PostOffice, ...], int]:
    """Return the offices that are as ``wanted``, after them those that may be; and how many surely are."""
    answers = [(office, suits(office, wanted)) for office in with_hours(offices)]
    sure = [office for office, answer in answers if answer]
    return (*sure, *(office for office, answer in answers if answer is None)), len(sure)


def _marked(page: OfficePage, chosen: str) -> OfficePage:
    offices = (replace(office, chosen=is_chosen(office.office_id, chosen)) for office in page.offices)
    return replace(page, offices=tuple(offices))


def shown_count(wanted: int | None) -> int:
    """Return how many offices to show when ``wanted`` were asked for: at least OFFICES_SHOWN, at most MOST_SHOWN."""
    return min(max(wanted or 0, app_settings.offices_shown), MOST_SHOWN)


def _fetch_missing_hours(offices: Sequence[ShownOffice], language: Language) -> bool:
    """Let a worker fetch hours that are missing, an office's at most once a minute; say whether any are coming."""
    missing = [office.office_id for office in offices if office.hours is None]
    if not missing or not works_in_background():
        return False
    keys = {office_id: f"deliver_to_po.hours.{language}.{office_id}" for office_id in missing}
    asked_now = [office_id for office_id, key in keys.items() if _first(key)]
    ask_for_hours(asked_now, language)
    return True


def _first(key: str) -> bool:
    return attempt(lambda cache: cache.add(key, 1, ASK_AGAIN_SECONDS), True)


def _place(query: OfficeQuery) -> str:
    place = written(query)
    return unbroken(place) if isinstance(query, NearPostalCode) else place or _("your location")
