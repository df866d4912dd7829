"""What the buyer may want of an office: each filter's words and its rule."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, time
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.offices.opening import State, opening

MORNING, EVENING, MIDNIGHT = time(9), time(18), time(0)
WEEKDAYS = range(1, 6)
WEEKEND = (6, 7)
FRENCH_PROVINCE = "QC"


class Filter(StrEnum):
    """What a buyer may filter offices by."""

    OPEN_NOW = "open"
    MORNINGS = "mornings"
    EVENINGS = "evenings"
    WEEKEND = "weekend"
    FRENCH = "french"


WORDS = {
    Filter.OPEN_NOW: _("Open now"),
    Filter.MORNINGS: _("Open before 9 a.m. on weekdays"),
    Filter.EVENINGS: _("Open after 6 p.m. on weekdays"),
    Filter.WEEKEND: _("Open on weekends"),
    Filter.FRENCH: _("Service in French"),
}


def suits(office: PostOffice, wanted: Collection[Filter], moment: datetime | None = None) -> bool | None:
    """Say whether an office passes all ``wanted`` filters; None if it may, but its hours are not known."""
    answers = [_suits(office, one, moment) for one in wanted]
    if False in answers:
        return False
    return None if None in answers else True


def _suits(office: PostOffice, wanted: Filter, moment: datetime | None) -> bool | None:
    if wanted == Filter.FRENCH:
        return office.bilingual is not False or office.province == FRENCH_PROVINCE
    if wanted == Filter.OPEN_NOW:
        now = opening(office, moment)
        return None if now is None else now.state == State.OPEN
    return None if office.hours is None else _HOURS[wanted](office.hours)


def _evenings(hours: WeeklyHours) -> bool:
    closing = [one.closes for day in WEEKDAYS for one in hours.on(day)]
    return any(closes == MIDNIGHT or closes > EVENING for closes in closing)


_HOURS: Mapping[Filter, Callable[[WeeklyHours], bool]] = {
    Filter.MORNINGS: lambda hours: any(one.opens < MORNING for day in WEEKDAYS for one in hours.on(day)),
    Filter.EVENINGS: _evenings,
    Filter.WEEKEND: lambda hours: any(hours.on(day) for day in WEEKEND),
}
