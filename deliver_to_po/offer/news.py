"""What a person is told of where the parcels of a delivery are: one headline, what it means, and how far they came."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from deliver_to_po.canadapost.hours import Span
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import ParcelState as P
from deliver_to_po.core.choices.states import OVER
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE, SCANNED
from deliver_to_po.core.language import current_language
from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.core.wording import clock, day_of_week
from deliver_to_po.models import Delivery, Shipment, Tracking
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.offices.directory import as_known_now, get_office, post_office
from deliver_to_po.offices.opening import day_at, last_opening, zone_of_office

# The parcel of which somebody must know first leads the others, else the slowest.
LEADS = (P.PERSON, P.LOST, P.RETURNED, P.RETURNING, P.NOT_SEEN, P.ANNOUNCED, P.IN_TRANSIT, *AT_AN_OFFICE, P.COLLECTED)
STOPS = {P.IN_TRANSIT: 1, P.READY: 2, P.ELSEWHERE: 2, P.COLLECTED: 3}
# How many days before it goes back the headline begins to count them.
FEW_DAYS = 3


class News(NamedTuple):
    """``headline`` is ``""`` while there is nothing to tell. ``stop`` is how far: 1 on its way, 2 ready, 3 picked up.

    ``recipient_name`` is whom its label names, ``""`` while that can change. ``urgent`` says that it goes back in a few
    days. ``office`` is the post office that has it or gets it, None while it is not on its way, and ``last`` when that
    is open for the last time before it goes back, None if nobody knows. ``wait`` says that there is nothing to pick
    up yet or any longer, ``over`` that it is the latter. ``dated`` says that the headline tells until when it is held.
    """

    headline: str = ""
    more: str = ""
    stop: int = 0
    recipient_name: str = ""
    urgent: bool = False
    office: PostOffice | None = None
    last: Span | None = None
    wait: bool = True
    over: bool = False
    dated: bool = False


def collected_at(order: Model) -> datetime | None:
    """Return when the last parcel of ``order`` was picked up; None until all of them are. Makes no call.

    The shop's return period begins then. It is the time of the scan at the post office; where Canada Post told none,
    the end of that day, and where a person said so, the end of the day on which they did. What is doubted later is None
    again. Raises ValueError for an order that is not saved.
    """
    if order._state.adding:
        raise ValueError("save the order before asking for its delivery")
    # What came back and was shipped again counts no longer.
    parcels = Shipment.objects.filter(Q(delivery__current_order=order), open_parcel__isnull=False)
    parcels = parcels.exclude(state__in=OVER)
    found = [tracking_of(parcel) for parcel in parcels.select_related("tracking", "delivery")]
    if not found or any(_state(tracking) != P.COLLECTED for tracking in found):
        return None
    return max(_moment(tracking, tracking.on) for tracking in found if tracking and tracking.on)


def _moment(tracking: Tracking, on: date) -> datetime:
    hour = time.fromisoformat(tracking.time) if tracking.time else time.max
    return datetime.combine(on, hour, zone_of_office(office_of(tracking)) or shop_zone())


def stop_names() -> tuple[str, str, str]:
    return (
        pgettext("where a parcel is, as a heading", "On its way"),
        pgettext("where a parcel is, as a heading", "Ready"),
        pgettext("where a parcel is, as a heading", "Picked up"),
    )


def news_of(parcels: Sequence[Tracking | None]) -> News:
    """Return what is told of parcels that are in the post or will be; None is one that nobody follows."""
    leading = min(parcels, key=lambda each: LEADS.index(_state(each)), default=None)
    if leading is None:
        return News()
    named = leading.shipment.recipient_name if leading.state in SCANNED else ""
    return _told(leading)._replace(stop=STOPS.get(_state(leading), 0), recipient_name=named)


def _state(tracking: Tracking | None) -> P:
    return P.NOT_SEEN if tracking is None else P(tracking.state)


def _told(tracking: Tracking) -> News:
    if tracking.state == P.IN_TRANSIT:
        return _on_its_way(tracking)
    if tracking.state in AT_AN_OFFICE:
        return _ready(tracking)
    if tracking.state == P.COLLECTED:
        return News(stop_names()[2], _when(tracking), over=True)
    if tracking.state == P.RETURNING:
        return News(_("On its way back to us"), _("Please contact us."), over=True)
    if tracking.state == P.RETURNED:
        return News(_("It came back to us"), _("Please contact us."), over=True)
    if tracking.state in (P.PERSON, P.LOST):
        more = _("Something about this parcel is not as it should be. Contact us before you go to the post office.")
        return News(_("Please contact us about this parcel"), more, over=True)
    return News()


def _on_its_way(tracking: Tracking) -> News:
    day, office = tracking.expected_on, office_of(tracking)
    if day is None or day < day_at(office):
        return News(stop_names()[0], office=office)
    return News(_("On its way, expected on %(day)s") % {"day": day_of_week(day)}, office=office)


def _ready(tracking: Tracking) -> News:
    until, since, office = tracking.held_until, tracking.ready_on, office_of(tracking)
    more = _("At the post office since %(day)s.") % {"day": day_of_week(since)} if since else ""
    news = News(_("Ready: pick it up"), more, office=office, wait=False)
    if until is not None:
        last = last_opening(office, until)
        day = last.opens.date() if last else until
        # After its last opening it has not come back yet: somebody may still find it there.
        left = -1 if last and last.closes <= timezone.now() else (day - day_at(office)).days
        news = news._replace(headline=_until(left, day_of_week(day)), urgent=left <= FEW_DAYS, last=last, dated=True)
        if news.urgent:
            more = _("It will come back to us soon.") if left < 0 else _("After that day it comes back to us.")
            news = news._replace(more=more)
    if tracking.state == P.READY:
        return news
    elsewhere = _("Canada Post took it to a post office other than the chosen one.")
    if office.name:
        elsewhere = _("Canada Post took it to a post office other than the chosen one: %(office)s.")
        elsewhere %= {"office": as_people_read(office.name)}
    return news._replace(more=f"{elsewhere} {news.more}".strip())


def _until(left: int, day: str) -> str:
    if left > FEW_DAYS:
        return _("Ready: pick it up by %(day)s") % {"day": day}
    if left > 0:
        words = ngettext(
            "%(count)d day left: pick it up by %(day)s", "%(count)d days left: pick it up by %(day)s", left
        )
        return words % {"count": left, "day": day}
    if left == 0:
        # With its date: an e-mail may be read another day.
        return _("Last day: pick it up today, %(day)s") % {"day": day}
    return _("Ready: pick it up as soon as you can")


def _when(tracking: Tracking) -> str:
    if tracking.on is None:
        return ""
    if not tracking.time:
        return _("On %(day)s") % {"day": day_of_week(tracking.on)}
    hour = clock(time.fromisoformat(tracking.time))
    return _("On %(day)s at %(time)s") % {"day": day_of_week(tracking.on), "time": hour}


def last_chance(tracking: Tracking) -> Span | None:
    """Return when the post office that has a parcel is open for the last time before it goes back, None if unknown."""
    until = tracking.held_until
    return last_opening(office_of(tracking), until) if until else None


def last_opening_told(last: Span | None) -> str:
    """Return that in words, ``""`` if nobody knows it, or it is over."""
    if last is None or last.closes <= timezone.now():
        return ""
    words = {"day": day_of_week(last.opens.date()), "time": clock(last.closes.time())}
    return _("Last opening before it goes back: %(day)s, until %(time)s") % words


def may_still_come(tracking: Tracking) -> bool:
    """Say whether a last opening is known that is not over."""
    last = last_chance(tracking)
    return last is not None and last.closes > timezone.now()


def office_of(tracking: Tracking) -> PostOffice:
    """Return the post office that a parcel was sent to, or the one to which it was taken instead.

    Where its delivery names another by now, it is as the directory knows it, else as it was told of.
    """
    shipment, elsewhere = tracking.shipment, tracking.state == P.ELSEWHERE
    office_id = tracking.office_id if elsewhere else shipment.office_id
    if comparable_office_id(office_id) == comparable_office_id(shipment.delivery.office_id):
        return office_now(shipment.delivery)
    row = get_office(office_id)
    if row is not None:
        return post_office(row, current_language())
    return PostOffice(office_id, tracking.office_name, "", "", "", "", "") if elsewhere else shipment.office


def office_now(delivery: Delivery) -> PostOffice:
    """Return the post office of a delivery as it was when it was chosen, with the hours that it has by now.

    A draft is never old. Names are in the active language: buyers change it after they have chosen.
    """
    office, language = delivery.office, current_language()
    if delivery.order_id is None and delivery.language == language:
        return office
    return as_known_now(office, delivery.office_fetched_at, language)
