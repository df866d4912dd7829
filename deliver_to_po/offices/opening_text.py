"""What a person reads of a postal counter at one moment: that it is open, and until when; or closed, and from when."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from deliver_to_po.core.wording import clock, day_of_week
from deliver_to_po.offices.opening import Opening, State


def opening_text(opening: Opening) -> str:
    """Return a text such as "Closed, opens Monday at 9 a.m.", in the active language."""
    if opening.state == State.MAYBE_CLOSED:
        return _("Holiday: may be closed today")
    at = clock(opening.until.time()) if opening.until else ""
    if opening.state == State.OPEN:
        return _("Open now, closes at %(time)s") % {"time": at} if at else _("Open now, 24 hours")
    if opening.until is None:
        return _("Closed")
    days = (opening.until.date() - opening.now.date()).days
    if days == 0:
        return _("Closed, opens at %(time)s") % {"time": at}
    if days == 1:
        return _("Closed, opens tomorrow at %(time)s") % {"time": at}
    # In a week, the day's name alone would be today's.
    day = WEEKDAYS[opening.until.weekday()] if days < 7 else day_of_week(opening.until.date())
    return _("Closed, opens %(day)s at %(time)s") % {"day": day, "time": at}
