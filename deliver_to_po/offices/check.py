"""Does a post office still take parcels? There are four answers, and they come from Canada Post itself."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.errors import CanadaPostError, NotFound
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import FoundOffices, Language, NearCoordinates, NearPostalCode, PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.core.conf import app_settings
from deliver_to_po.offices import directory

# How long an answer about the offices of an area counts for each parcel to one of them.
ANSWER_COUNTS = timedelta(minutes=1)


class CheckAnswer(NamedTuple):
    """One of the four answers. If Canada Post could not be asked, ``error`` says why; without it, the list is no proof.

    ``office_id`` is the id of an office that takes parcels, as the API that was asked writes it. ``lately`` says that
    the answer was given up to ANSWER_COUNTS ago.
    """

    check: OfficeCheck
    error: CanadaPostError | None = None
    office_id: str = ""
    lately: bool = False


def check_office(office: PostOffice, language: Language) -> OfficeCheck:
    """Do what ``ask_about`` does for a buyer who waits: all its calls share SEARCH_TIMEOUT_SECONDS. Never raises."""
    with Deadline(app_settings.search_timeout_seconds):
        return ask_about(office, language).check


def ask_about(office: PostOffice, language: Language, *, background: bool = False, api: str = "") -> CheckAnswer:
    """Return whether Canada Post still offers ``office`` for D2PO, and tell the directory what it answers.

    We search for the D2PO offices nearest to it and look for its id among them. Asking for the office itself does not
    help: that answer does not say whether it takes D2PO. It only tells an office that stopped taking parcels from one
    that is gone.

    Use ``background`` if nobody waits, and ``api`` for a parcel that goes through another API than the chosen one. Each
    call has SEARCH_TIMEOUT_SECONDS. Never raises.
    """
    client = canada_post(language, total_seconds=app_settings.search_timeout_seconds, background=background, api=api)
    asked_at = timezone.now()
    wanted = comparable_office_id(office.office_id)
    try:
        here = NearCoordinates(office.coordinates) if office.coordinates else NearPostalCode(office.postal_code)
        nearest = client.find_offices(here)
        found = [one for one in nearest if comparable_office_id(one.office_id) == wanted]
        if api in ("", app_settings.canada_post.api):
            # A worker's next parcels go to its neighbours; for a buyer who waits their fifty rows are too many.
            directory.remember_offered(nearest if background else found, language, asked_at)
        if found:
            return CheckAnswer(OfficeCheck.TAKES_PARCELS, office_id=found[0].office_id)
        client.office(office.office_id)
    except NotFound:
        answer = OfficeCheck.GONE
    except CanadaPostError as error:
        return CheckAnswer(OfficeCheck.COULD_NOT_ASK, error)
    else:
        if not _proves_closed(nearest, office):
            return CheckAnswer(OfficeCheck.COULD_NOT_ASK)
        answer = OfficeCheck.NO_LONGER
    directory.mark_closed(office.office_id, asked_at)
    return CheckAnswer(answer)


def answered_lately(office: PostOffice, *, api: str) -> CheckAnswer | None:
    """Return that ``office`` takes parcels if an answer of the last ANSWER_COUNTS said so, else None. Makes no call.

    One answer names every D2PO office around, and each process finds it in the directory. Not for a parcel that goes
    through another ``api`` than the chosen one: its ids may be written otherwise.
    """
    if api not in ("", app_settings.canada_post.api):
        return None
    office_id = directory.offered_as(office.office_id, since=timezone.now() - ANSWER_COUNTS)
    return CheckAnswer(OfficeCheck.TAKES_PARCELS, office_id=office_id, lately=True) if office_id else None


def _proves_closed(nearest: FoundOffices, office: PostOffice) -> bool:
    """Say whether a list without ``office`` means that it stopped taking parcels.

    Not if it is empty, as a service that is down may answer; if it is about another province, as a confused proxy may
    answer; or if a row that cannot be read may be the office.
    """
    wanted = comparable_office_id(office.office_id)
    return any(one.province == office.province for one in nearest) and not any(
        comparable_office_id(one) == wanted or not one.isdigit() for one in nearest.ids
    )
