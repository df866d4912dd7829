"""What a person is told about a list of post offices: who it comes from, and how old it is."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from deliver_to_po.core.choices import Rung
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.core.wording import day_of_year
from deliver_to_po.offices.nearby import Precision

NOON, EVENING = 12, 18
DAYS_WITH_NAMES = 7


class Standing(NamedTuple):
    """Where a list comes from and when we received it, in one sentence; ``details`` is for those who want to know."""

    sentence: str
    details: str


def standing(
    rung: Rung, asked_at: datetime, precision: Precision = Precision.EXACT, *, over_limit: bool = False
) -> Standing | None:
    """Return what there is to know about a list, in the active language; None if Canada Post has just answered.

    ``over_limit`` says that Canada Post was not asked because the visitor had made us ask too often.
    """
    if rung == Rung.FRESH:
        return None
    words = {"when": received(asked_at)}
    details = [] if rung == Rung.STALE else [_distances(precision)]
    if over_limit:
        details.append(_("Too many searches came from your connection. Search again in a minute for a newer list."))
    elif rung == Rung.STALE:
        details.append(_("We could not get a newer list."))
    return Standing(_sentence(rung, over_limit=over_limit) % words, " ".join(details))


def _sentence(rung: Rung, *, over_limit: bool) -> str:
    if rung == Rung.STALE:
        return _("This is Canada Post’s list as we received it %(when)s. You can still choose.")
    if over_limit:
        return _("Many searches in a short time: this is our own list, received %(when)s. You can still choose.")
    return _("Canada Post is not answering: this is our own list, received %(when)s. You can still choose.")


def _distances(precision: Precision) -> str:
    if precision == Precision.EXACT:
        return _("Distances are in a straight line.")
    return _("Distances are in a straight line from the middle of the area.")


def received(at: datetime, *, now: datetime | None = None) -> str:
    """Return when something was received, the way people say it: this morning, yesterday, on Monday, on a date."""
    local = shop_time(at)
    here = shop_time(now)
    days = (here.date() - local.date()).days
    if here - local < timedelta(hours=1):
        return _("less than an hour ago")
    if days <= 0:
        return _today(local.hour)
    if days == 1:
        return _("yesterday")
    if days < DAYS_WITH_NAMES:
        # Translators: a day of the week.
        return _("on %(day)s") % {"day": WEEKDAYS[local.weekday()]}
    # Translators: a date with its year.
    return _("on %(date)s") % {"date": day_of_year(local.date())}


def _today(hour: int) -> str:
    if hour < NOON:
        return _("this morning")
    return _("this afternoon") if hour < EVENING else _("this evening")
