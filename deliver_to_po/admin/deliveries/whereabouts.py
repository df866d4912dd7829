"""Where a parcel is, as the list and a delivery's page say it."""

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from deliver_to_po.admin.show import NOTHING, lines
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.core.choices import Doubt, ParcelState
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE, PARCEL_ENDS
from deliver_to_po.core.language import shop_language
from deliver_to_po.core.wording import day_of_year
from deliver_to_po.models import Tracking
from deliver_to_po.offer.news import last_chance, last_opening_told
from deliver_to_po.tracking.schedule import SILENT


def whereabouts(tracking: Tracking) -> list[str]:
    """Return where a parcel is, a few words a line, the state first."""
    return [line for line in (str(tracking.get_state_display()), *_more(tracking)) if line]


def _more(tracking: Tracking) -> Iterator[str]:
    if tracking.on is not None and tracking.state != ParcelState.PERSON:
        yield _("since %(day)s") % {"day": day_of_year(tracking.on)}
    if tracking.state == ParcelState.ELSEWHERE:
        yield _("at %(office)s (%(id)s)") % {
            "office": as_people_read(tracking.office_name),
            "id": tracking.office_id,
        }
    if tracking.state in AT_AN_OFFICE and tracking.held_until is not None:
        yield _("held until %(day)s") % {"day": day_of_year(tracking.held_until)}
    if tracking.state == ParcelState.IN_TRANSIT and tracking.expected_on is not None:
        yield _("expected on %(day)s") % {"day": day_of_year(tracking.expected_on)}
    if tracking.doubt:
        yield str(Doubt(tracking.doubt).label)
    silent = tracking.ended_at is not None and tracking.ended_at - tracking.news_at > SILENT
    # A parcel of an erased recipient is not asked about either, whatever its news.
    if silent and tracking.state not in PARCEL_ENDS:
        yield _("no news for 60 days: Canada Post is not asked further")


def with_events(tracking: Tracking | None) -> str:
    """Return where a parcel is, by when the buyer has to come as their e-mail says it, and every event, folded."""
    if tracking is None:
        return NOTHING
    last = last_opening_told(last_chance(tracking)) if tracking.state in AT_AN_OFFICE else ""
    context = {"events": tracking.events.all(), "language": shop_language()}
    events = render_to_string("admin/deliver_to_po/parcel_events.html", context)
    return format_html("{}{}", lines([" · ".join(whereabouts(tracking)), last]), events)
