"""What a person reads of post offices: values put into the words of the active language, for templates."""

from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliver_to_po.canadapost.letter_case import as_people_read, as_people_write
from deliver_to_po.canadapost.types import NearAddress, NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.wording import NBSP, distance, hours_rows, shown_city_line
from deliver_to_po.offices.filters import WORDS, Filter
from deliver_to_po.offices.list_source import Standing, standing
from deliver_to_po.offices.opening import State, opening
from deliver_to_po.offices.opening_text import opening_text
from deliver_to_po.offices.typed.places import fold
from deliver_to_po.offices.typed.query import written

FAR_KM = Decimal(50)
# The nearest post office is most likely in the buyer's own city if it is this near.
SAME_CITY_KM = Decimal(5)
ON_THE_WAY_KM = 0.1


class ShownOffice(NamedTuple):
    """A post office in a person's words; ``number`` counts from 1 in a list, and is 0 outside of one.

    ``position`` is ``latitude,longitude`` in degrees with decimal points in every language, ``""`` when unknown.
    ``hours`` is None when unknown. ``opening`` says until or from when the counter is open, ``""`` when unknown.
    ``far`` says that the office is farther than FAR_KM. ``km`` is the distance for programs, ``""`` when unknown.
    ``detour`` says how far it is out of the way to a second place, ``""`` if there is none.
    """

    number: int
    office_id: str
    name: str
    location: str
    distance: str
    address_lines: tuple[str, ...]
    city: str
    position: str
    hours: tuple[tuple[str, str], ...] | None
    chosen: bool
    opening: str
    is_open: bool
    far: bool
    km: str
    detour: str


class ShownList(NamedTuple):
    """A list of offices in words: near which place they are, and what there is to know of the list itself.

    ``near`` names the second place as well, if the list is of the way there. ``measured`` says from where distances are
    measured, if that is not where the buyer is. ``city`` is the one that no office needs to name, ``""`` if all do.
    ``kept`` is the office that was chosen, where it is not in the list.
    """

    place: str
    near: str
    standing: Standing | None
    measured: str
    offices: tuple[ShownOffice, ...]
    city: str = ""
    kept: ShownOffice | None = None


def shown_list(found: OfficeList, *, place: str | Promise = "") -> ShownList:
    """Return ``found`` in the active language's words; ``place`` says where that is, in place of the question."""
    language = get_language()
    offices = tuple(_in_words(listed, language) for listed in found.offices)
    here = str(place) or _place(found.query)
    return ShownList(
        place=here,
        near=_("%(here)s and %(there)s") % {"here": here, "there": _place(found.via)} if found.via else here,
        standing=standing(found.rung, found.received_at, found.precision, over_limit=found.over_limit),
        measured=_measured(found),
        offices=offices,
        city=_city_of_search(found),
        kept=_in_words(found.kept, language) if found.kept else None,
    )


def shown_office(office: PostOffice) -> ShownOffice:
    return _in_words(ListedOffice(0, office, opening(office)), get_language())


def shown_filters(wanted: Collection[Filter]) -> list[tuple[str, str | Promise, bool]]:
    return [(one.value, words, one in wanted) for one, words in WORDS.items()]


# Many buyers are shown the same list within a minute: each office is put into words once in a language, the active one.
@lru_cache(maxsize=1024)
def _in_words(listed: ListedOffice, _language: str | None) -> ShownOffice:
    office, now, at = listed.office, listed.opening, listed.office.coordinates
    return ShownOffice(
        number=listed.number,
        office_id=office.office_id,
        name=as_people_read(office.name),
        location="" if office.location.casefold() == office.name.casefold() else as_people_read(office.location),
        distance=distance(office.distance_km),
        address_lines=_address_lines(office),
        city=as_people_write(office.city),
        position=f"{at.latitude:.5f},{at.longitude:.5f}" if at else "",
        hours=tuple(hours_rows(office.hours)) if office.hours else None,
        chosen=listed.chosen,
        opening=opening_text(now) if now else "",
        is_open=now is not None and now.state == State.OPEN,
        far=office.distance_km is not None and office.distance_km > FAR_KM,
        km="" if office.distance_km is None else str(office.distance_km),
        detour="" if listed.detour_km is None else _detour(listed.detour_km),
    )


def _address_lines(office: PostOffice) -> tuple[str, ...]:
    return tuple(line for line in (as_people_read(office.street), shown_city_line(office)) if line)


def _place(query: OfficeQuery) -> str:
    text = written(query)
    return text.replace(" ", NBSP) if isinstance(query, NearPostalCode) else text or _("your location")


def _city_of_search(found: OfficeList) -> str:
    """Return the first office's city as it is written there if it is the searched one, ``""`` if it may be another."""
    if not found.offices:
        return ""
    first, query = found.offices[0].office, found.query
    if isinstance(query, NearAddress):
        here = fold(query.city) == fold(first.city)
    else:
        here = first.distance_km is not None and first.distance_km <= SAME_CITY_KM
    return as_people_write(first.city) if here else ""


def _measured(found: OfficeList) -> str:
    """Return from where distances are measured and what to enter for nearer offices, ``""`` if that is near enough."""
    if found.via:
        return _measured_on_the_way(found, found.via)
    if found.middle_of and found.middle_of.large:
        return _(
            "Distances are measured from the centre of the city. To find post offices nearer to you, add your "
            "street or enter your postal code."
        )
    if isinstance(found.query, NearAddress) and found.query.street:
        return _(
            "Distances are measured from the street, not from your house. For the post office nearest to you, enter "
            "your postal code."
        )
    if found.area:
        return _(
            "Distances are measured from the middle of %(area)s. For the post office nearest to you, enter your whole "
            "postal code."
        ) % {"area": found.area}
    return ""


def _measured_on_the_way(found: OfficeList, via: OfficeQuery) -> str:
    words = _("On the way to %(place)s, smallest detour first, as the crow flies: by road it is longer.")
    said = [words % {"place": _place(via)}]
    if isinstance(found.query, NearAddress) or isinstance(via, NearAddress):
        said.append(_("A street or city is measured from the middle of the city: a postal code is more exact."))
    # The standing of an older list says so.
    if found.over_limit and found.rung == Rung.FRESH:
        said.append(_("Too many searches came from your connection. Search again in a minute for a newer list."))
    return " ".join(said)


def _detour(km: float) -> str:
    if km < ON_THE_WAY_KM:
        return _("On your way")
    return _("About %(distance)s out of your way") % {"distance": distance(km)}
