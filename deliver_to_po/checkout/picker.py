"""Search → one page of post offices, ready to be shown; used wherever somebody picks an office."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from deliver_to_po.background import works_in_background
from deliver_to_po.canadapost.identifiers import comparable_office_id, display_postal_code
from deliver_to_po.canadapost.types import (
    Coordinates,
    Language,
    NearAddress,
    NearPostalCode,
    OfficeQuery,
    PostOffice,
)
from deliver_to_po.choices import Rung
from deliver_to_po.conf import app_settings
from deliver_to_po.offices.cache import attempt
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.opening import Filter, State, opening, suits
from deliver_to_po.offices.query import parse
from deliver_to_po.offices.standing import standing
from deliver_to_po.offices.tasks import ask_for_hours
from deliver_to_po.offices.wording import NBSP, distance, hours_rows, opening_text

MOST_SHOWN = 100
ASK_AGAIN_SECONDS = 60
FAR_KM = Decimal(50)


@dataclass(frozen=True, slots=True)
class ShownOffice:
    """A post office in a person's words; ``number`` is its place in the list, from 1, or 0 outside of one.

    ``position`` is ``latitude,longitude`` in degrees with decimal points in every language, ``""`` when unknown.
    ``hours`` is None when unknown. ``opening`` says until or from when the counter is open, ``""`` when unknown.
    ``far`` says that the office is farther than FAR_KM.
    """

    number: int
    office_id: str
    name: str
    location: str
    distance: str
    address_lines: tuple[str, ...]
    position: str
    hours: tuple[tuple[str, str], ...] | None
    chosen: bool = False
    opening: str = ""
    is_open: bool = False
    far: bool = False


@dataclass(frozen=True, slots=True)
class OfficePage:
    """The nearest offices to a place.

    ``next_show`` is how many to ask for to see more, None when all are shown. ``hours_coming`` says that a worker
    fetches hours that are missing here, so that the same search shows them in a moment. ``rung`` is what answered, and
    ``standing`` says so in words. ``left_out`` is how many offices are not as wanted; ``wants_street`` says that Canada
    Post may know none only because no street was given.
    """

    place: str
    offices: tuple[ShownOffice, ...]
    show: int
    next_show: int | None
    hours_coming: bool
    standing: str = ""
    rung: Rung = Rung.FRESH
    left_out: int = 0
    wants_street: bool = False


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

    Only those that are as ``wanted``, as far as is known. Raises QueryNotUnderstood, OfficesUnavailable, and what
    ``before_asking`` raises, which is called when Canada Post may have to be asked.
    """
    query = parse(asked) if isinstance(asked, str) else asked
    answer = find(query, language, before_asking=before_asking)
    found = [office for office in answer.offices if suits(office, wanted)]
    show = shown_count(show)
    offices = tuple(shown_office(office, number, chosen) for number, office in enumerate(found[:show], start=1))
    more = min(show + app_settings.offices_shown, MOST_SHOWN)
    next_show = more if len(found) > show and more > show else None
    # While Canada Post does not answer, no worker is sent to it for hours.
    hours_coming = answer.rung == Rung.FRESH and _fetch_missing_hours(offices, language)
    return OfficePage(
        place=_place(query),
        offices=offices,
        show=show,
        next_show=next_show,
        hours_coming=hours_coming,
        standing=standing(answer),
        rung=answer.rung,
        left_out=len(answer.offices) - len(found),
        wants_street=isinstance(query, NearAddress) and not query.street,
    )


def shown_count(wanted: int | None) -> int:
    """Return how many offices to show when ``wanted`` were asked for: at least OFFICES_SHOWN, at most MOST_SHOWN."""
    return min(max(wanted or 0, app_settings.offices_shown), MOST_SHOWN)


def shown_office(office: PostOffice, number: int = 0, chosen: str = "") -> ShownOffice:
    """Return ``office`` in the active language's words."""
    postal_code = _unbroken(display_postal_code(office.postal_code))
    now = opening(office)
    lines = (office.street, " ".join(part for part in (office.city, office.province, postal_code) if part))
    return ShownOffice(
        number=number,
        office_id=office.office_id,
        name=office.name,
        location="" if office.location.casefold() == office.name.casefold() else office.location,
        distance=distance(office.distance_km),
        address_lines=tuple(line for line in lines if line),
        position=_position(office.coordinates),
        hours=tuple(hours_rows(office.hours)) if office.hours else None,
        chosen=bool(chosen) and comparable_office_id(chosen) == comparable_office_id(office.office_id),
        opening=opening_text(now) if now else "",
        is_open=now is not None and now.state == State.OPEN,
        far=office.distance_km is not None and office.distance_km > FAR_KM,
    )


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


def _position(coordinates: Coordinates | None) -> str:
    return f"{coordinates.latitude:.5f},{coordinates.longitude:.5f}" if coordinates else ""


def _unbroken(text: str) -> str:
    return text.replace(" ", NBSP)


def _place(query: OfficeQuery) -> str:
    if isinstance(query, NearPostalCode):
        return _unbroken(display_postal_code(query.postal_code))
    if isinstance(query, NearAddress):
        return ", ".join(part for part in (query.street, query.city, query.province) if part)
    return _("your location")
