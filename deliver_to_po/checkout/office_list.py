"""The answer to a search as values: the offices, and where the list comes from. ``shown`` puts it into words."""

from dataclasses import dataclass, replace
from datetime import datetime

from deliver_to_po.canadapost.types import NearAddress, OfficeQuery, PostOffice
from deliver_to_po.choices import Rung
from deliver_to_po.offices.nearby import Precision
from deliver_to_po.offices.opening import Opening
from deliver_to_po.offices.places import Place
from deliver_to_po.offices.query import place_without_street


@dataclass(frozen=True, slots=True)
class ListedOffice:
    """A post office in a list: its distance in kilometres and its hours are in ``office``, None when unknown.

    ``number`` counts from 1. ``opening`` is how the counter is just now, None when unknown.
    """

    number: int
    office: PostOffice
    opening: Opening | None = None
    chosen: bool = False

    def __hash__(self) -> int:
        """Return a hash of what tells one listing from another; weekly hours cannot be hashed."""
        return hash((self.office.office_id, self.office.distance_km, self.opening and self.opening.now))


@dataclass(frozen=True, slots=True)
class OfficeList:
    """The offices nearest to what ``query`` asks for, nearest first.

    ``next_show`` is how many to ask for to see more, None when all are shown. ``rung`` is what answered, and the list
    was received from Canada Post at ``received_at``; distances are measured with ``precision``. Where it is
    ``over_limit``, Canada Post was not asked because the visitor had made us ask too often. ``hours_coming`` says that
    a worker fetches missing hours, so that the same search has them in a moment. Where the list is ``filtered``,
    ``left_out`` counts the offices that are not as wanted, and of the last ``unsure`` offices it is not known.
    ``kept`` is the office that was chosen, where it is not in the list; its number is 0.
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
    left_out: int = 0
    unsure: int = 0
    kept: ListedOffice | None = None

    @property
    def names_city_only(self) -> bool:
        """Say whether the question names a city only: nobody knows then which office is nearest to the buyer."""
        return isinstance(self.query, NearAddress) and not self.query.street

    @property
    def wants_street(self) -> bool:
        """Say whether the question names a city only, and one that we do not know: a street may tell where it is."""
        return self.names_city_only and self.middle_of is None

    @property
    def middle_of(self) -> Place | None:
        """Return the place from whose middle these offices are listed, None for any other question."""
        return place_without_street(self.query)

    @property
    def city_of_street(self) -> OfficeQuery | None:
        """Return the question for the city of the street that was asked about; None if we do not know that city."""
        if not (isinstance(self.query, NearAddress) and self.query.street):
            return None
        city = replace(self.query, street="")
        return city if place_without_street(city) else None
