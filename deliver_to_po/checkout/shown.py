"""What a person is shown of post offices: in the words of the active language, ready for a template."""

from dataclasses import dataclass
from decimal import Decimal

from deliver_to_po.canadapost.identifiers import comparable_office_id, display_postal_code
from deliver_to_po.canadapost.types import Coordinates, PostOffice
from deliver_to_po.choices import Rung
from deliver_to_po.offices.opening import State, opening
from deliver_to_po.offices.opening_text import opening_text
from deliver_to_po.wording import NBSP, distance, hours_rows

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
    ``standing`` says so in words. Where they are ``filtered``, ``left_out`` is how many offices are not as wanted, and
    the last ``unsure`` of those shown only may be. ``wants_street`` says that Canada Post may know none only because no
    street was given.
    """

    place: str
    offices: tuple[ShownOffice, ...]
    show: int
    next_show: int | None
    hours_coming: bool
    standing: str = ""
    rung: Rung = Rung.FRESH
    filtered: bool = False
    left_out: int = 0
    unsure: int = 0
    wants_street: bool = False


def shown_office(office: PostOffice, number: int = 0) -> ShownOffice:
    """Return ``office`` in the active language's words."""
    postal_code = unbroken(display_postal_code(office.postal_code))
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
        opening=opening_text(now) if now else "",
        is_open=now is not None and now.state == State.OPEN,
        far=office.distance_km is not None and office.distance_km > FAR_KM,
    )


def is_chosen(office_id: str, chosen: str) -> bool:
    """Say whether ``chosen`` is the id of the same office; ``""`` chooses none."""
    return bool(chosen) and comparable_office_id(chosen) == comparable_office_id(office_id)


def unbroken(text: str) -> str:
    """Return ``text`` with spaces at which no line breaks."""
    return text.replace(" ", NBSP)


def _position(coordinates: Coordinates | None) -> str:
    return f"{coordinates.latitude:.5f},{coordinates.longitude:.5f}" if coordinates else ""
