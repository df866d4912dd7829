"""What a person is told about a list of post offices: who it comes from, and how old it is."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from deliver_to_po.choices import Rung
from deliver_to_po.offices.nearby import Precision
from deliver_to_po.wording import day_of_year

NOON, EVENING = 12, 18
DAYS_WITH_NAMES = 7


def standing(
    rung: Rung, asked_at: datetime, precision: Precision = Precision.EXACT, *, over_limit: bool = False
) -> str:
    """Return where the list comes from and when we received it, in the active language: one to three sentences.

    ``""`` where Canada Post has just answered: then there is nothing to know about the list.

    ``over_limit`` says that Canada Post was not asked because the visitor had made us ask too often.
    """
    words = {"when": received(asked_at)}
    if rung == Rung.FRESH:
        return ""
    if over_limit:
        return _over_limit(rung, precision) % words
    if rung == Rung.STALE:
        stale = _("This is Canada Post’s list as we received it %(when)s. We could not get a newer one.")
        return stale % words
    return _from_directory(precision) % words


def _over_limit(rung: Rung, precision: Precision) -> str:
    if rung == Rung.STALE:
        return _(
            "Too many searches came from your connection in a short time, so this is Canada Post’s list as we "
            "received it %(when)s. Search again in a minute for a newer one."
        )
    if precision == Precision.EXACT:
        return _(
            "Too many searches came from your connection in a short time, so these post offices come from our own "
            "list; we received the oldest part of it %(when)s. Distances are in a straight line. Search again in a "
            "minute for Canada Post’s list."
        )
    return _(
        "Too many searches came from your connection in a short time, so these post offices come from our own list; "
        "we received the oldest part of it %(when)s. Distances are in a straight line from the middle of the area. "
        "Search again in a minute for Canada Post’s list."
    )


def _from_directory(precision: Precision) -> str:
    if precision == Precision.EXACT:
        return _(
            "Canada Post is not answering right now. These post offices come from our own list; we received the "
            "oldest part of it %(when)s. Distances are in a straight line."
        )
    return _(
        "Canada Post is not answering right now. These post offices come from our own list; we received the oldest "
        "part of it %(when)s. Distances are in a straight line from the middle of the area."
    )


def received(at: datetime, *, now: datetime | None = None) -> str:
    """Return when something was received, the way people say it: this morning, yesterday, on Monday, on a date."""
    local = timezone.localtime(at)
    here = timezone.localtime(now or timezone.now())
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
