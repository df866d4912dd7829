"""The answer to a search as values: the offices, and where the list comes from."""

from dataclasses import dataclass
from datetime import datetime

from deliver_to_po.canadapost.types import NearAddress, NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.core.choices import Rung
from deliver_to_po.offer.offers import Offer
from deliver_to_po.offices.nearby import Precision
from deliver_to_po.offices.opening import Opening
from deliver_to_po.offices.typed.places import Place
from deliver_to_po.offices.typed.postal_codes import LENGTH_OF_HALF
from deliver_to_po.offices.typed.query import place_without_street


@dataclass(frozen=True)
class ListedOffice:
    """A post office in a list: its distance in kilometres and its hours are in ``office``, None when unknown.

    ``number`` counts from 1. ``opening`` is how the counter is just now, None when unknown. ``detour_km`` says how much
    longer the office makes the way to a second place, None if there is none. ``offers`` are there where a cart was
    named: what delivering it to this office costs by each service, and from which day.
    """

    number: int
    office: PostOffice
    opening: Opening | None = None
    chosen: bool = False
    detour_km: float | None = None
    offers: tuple[Offer, ...] = ()

    def __hash__(self) -> int:
        """Return a hash of what tells one listing from another; weekly hours cannot be hashed."""
        distances = self.office.distance_km, self.detour_km
        return hash((self.office.office_id, distances, self.opening and self.opening.now))


@dataclass(frozen=True)
class OfficeList:
    """The offices nearest to what ``query`` asks for, nearest first.

    ``next_show`` is how many to ask for to see more, None when all are shown. ``rung`` is what answered, and the list
    was received from Canada Post at ``received_at``; distances are measured with ``precision``. If it is
    ``over_limit``, Canada Post was not asked, at least not about ``via``, because the visitor had searched too often.
    ``hours_coming`` says that a worker fetches missing hours, so that the same search has them in a moment. If it is
    ``filtered``, ``matching`` of the ``out_of`` offices that were found meet the filters for sure, listed or not;
    whether the last ``unsure`` in the list do is not known. ``kept`` is the office that was chosen, where it is not in
    the list; its number is 0. Where the list is of the way to ``via``, it is ordered by the detour of each office, not
    by its distance.
    """

    query: OfficeQuery
    offices: tuple[ListedOffice, ...]
    show: int
    next_show: int | None
    received_at: datetime
    rung: Rung = Rung.FRESH
    precision: Precision = Precision.EXACT
    over_limit: bool = False
    hours_coming: bool = False
    filtered: bool = False
    matching: int = 0
    out_of: int = 0
    unsure: int = 0
    kept: ListedOffice | None = None
    via: OfficeQuery | None = None

    @property
    def near_buyer(self) -> bool:
        """Say whether distances are from where the buyer is: not from a city, a street or half a postal code."""
        return not isinstance(self.query, NearAddress) and self.area == "" and self.via is None

    @property
    def area(self) -> str:
        """Return the half of a postal code from the middle of whose area distances are, ``""`` for anything else."""
        code = self.query.postal_code if isinstance(self.query, NearPostalCode) else ""
        return code if len(code) == LENGTH_OF_HALF else ""

    @property
    def sure(self) -> int:
        """Return how many of the offices are surely as wanted."""
        return len(self.offices) - self.unsure

    @property
    def hours_missing(self) -> bool:
        """Say whether hours of some are not known, and Canada Post answers, so that it can be asked for them."""
        return self.rung == Rung.FRESH and any(listed.office.hours is None for listed in self.offices)

    @property
    def wants_street(self) -> bool:
        """Say whether the question names a city only, and one that we do not know: a street may tell where it is."""
        city_only = isinstance(self.query, NearAddress) and not self.query.street
        return city_only and self.middle_of is None

    @property
    def middle_of(self) -> Place | None:
        """Return the place from whose middle these offices are listed, None for any other question."""
        return place_without_street(self.query)

    @property
    def city_of_street(self) -> OfficeQuery | None:
        """Return the question for the city of the street that was asked about; None if we do not know that city."""
        if not (isinstance(self.query, NearAddress) and self.query.street):
            return None
        city = NearAddress(self.query.province, self.query.city)
        return city if place_without_street(city) else None
