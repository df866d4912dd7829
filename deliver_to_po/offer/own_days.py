"""By which day nine of ten of the shop's own parcels were ready, where that can be said (decision record 0052)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from deliver_to_po.adapter import Service
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.provinces import PROVINCES_BY_FIRST_LETTER
from deliver_to_po.core.shared_cache import remembered
from deliver_to_po.models import DaysTaken
from deliver_to_po.offer.days import working_days_after
from deliver_to_po.offer.question import Destination, Question

# Among this many, 9 of 10 come out by chance less than once in twenty times if really only 8 of 10 are ready by a day.
ENOUGH = 50
NINE_OF_TEN = 0.9
# The counts change every few hours. The form of what is kept is in the key.
KEY, KEPT_SECONDS = "deliver_to_po:days_kept:2", 600

#: Working days from mailing to ready for nine of ten parcels, by service and provinces of sender and post office, in
#: one text: a shop may keep JSON in its cache.
DaysKept: TypeAlias = Mapping[str, int]


def days_kept() -> DaysKept:
    """Return the days by which nine of ten were ready, where ENOUGH are known.

    Nothing with DAYS_FROM_OWN_PARCELS or TRACKING off. KEPT_SECONDS old at most: one statement, however many
    parcels there are.
    """
    # Without TRACKING nobody counts, and the last counts grow old.
    if not (app_settings.days_from_own_parcels and app_settings.tracking):
        return {}
    key = f"{KEY}:{app_settings.canada_post.live:d}"
    return remembered(key, KEPT_SECONDS, _nine_of_ten)


def _nine_of_ten() -> DaysKept:
    rows = DaysTaken.objects.filter(live=app_settings.canada_post.live).order_by("days")
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for service, origin, destination, days, parcels in rows.values_list(
        "service", "origin", "destination", "days", "parcels"
    ):
        counts[f"{service} {origin} {destination}"][days] = parcels
    return {key: share_done(found, NINE_OF_TEN) for key, found in counts.items() if sum(found.values()) >= ENOUGH}


def share_done(counts: Mapping[int, int], share: float) -> int:
    """Return the least number of days by which that share of what is counted was done; ``counts`` is not empty."""
    wanted, done = share * sum(counts.values()), 0
    for days in sorted(counts):
        done += counts[days]
        if done >= wanted:
            break
    return days


def own_day(own: DaysKept, service: Service, question: Question, to: Destination) -> date | None:
    """Return the day by which nine of ten like it were ready, None if too few are known.

    Where only a postal code is known that may lie in several provinces, it is the latest of their days.
    """
    provinces = (to.province,) if to.province else PROVINCES_BY_FIRST_LETTER.get(to.postal_code[:1], ())
    keys = {each: f"{service.value} {question.origin} {each}" for each in provinces}
    known = [(own[key], each) for each, key in keys.items() if key in own]
    if question.mailed_on is None or len(known) < len(provinces) or not known:
        return None
    return max(working_days_after(question.mailed_on, days, province) for days, province in known)
