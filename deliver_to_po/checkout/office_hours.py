"""One post office with its hours, for somebody who wants to see them before choosing."""

from collections.abc import Callable
from dataclasses import dataclass

from deliver_to_po.canadapost.types import Language, PostOffice
from deliver_to_po.errors import OfficesUnavailable, TooManySearches
from deliver_to_po.offices.finder import fetch_office, known_office


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """A post office with the hours that are known; ``newest`` is False when newer ones could not be asked for."""

    office: PostOffice
    newest: bool = True


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
