"""The e-mail that tells where a parcel is: to whoever picks it up what to do, to whoever bought what becomes of it.

With what is to be picked up come the letter of authorization, filled in, and a calendar file.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.core.choices import DeliveryState, NoticeKind, NoticeProblem
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import language_of
from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, Notice, Shipment, Tracking, TrackingEvent
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.notices.about import BY_EVENT, CAME, TOLD, shipment_of
from deliver_to_po.notices.attachments import calendar_file, json_ld, letter
from deliver_to_po.notices.mailing import Written, with_html
from deliver_to_po.offer.news import FEW_DAYS, last_chance
from deliver_to_po.offer.summary import as_text, summarize_parcels

MORNING = time(9)


def after_arrival(days: int, tracking: Tracking) -> datetime | None:
    """Return the morning so many days after a parcel came to the post office, None if nobody knows when it came."""
    return _morning(tracking.ready_on + timedelta(days)) if tracking.ready_on else None


def before_last_opening(days: int, tracking: Tracking) -> datetime | None:
    """Return the morning so many days before the last opening, or before the last day where nobody knows the hours."""
    last = last_chance(tracking)
    day = last.opens.date() if last else tracking.held_until
    return None if day is None else _morning(day - timedelta(days))


class ParcelMail(NamedTuple):
    """The e-mail of a kind of notice about a parcel, not sent before its ``morning`` where anybody knows that.

    With ``picks_up`` it goes to whoever picks the parcel up. Others are about the order, and go to whoever bought.
    """

    subject: Promise
    picks_up: bool = False
    morning: Callable[[Tracking], datetime | None] | None = None

    def write(self, notice: Notice, delivery: Delivery) -> Written:
        """Return the e-mail, why there is none, or from when on it is to be sent; None if nobody needs it."""
        shipment = shipment_of(notice)
        tracking = tracking_of(shipment)
        due_at = self.morning(tracking) if tracking and self.morning else None
        if due_at and timezone.now() < due_at:
            # It came to another post office since.
            return due_at
        if notice.kind in BY_EVENT and tracking and _was_told(notice, tracking):
            return None
        if notice.kind == NoticeKind.FIFTH_DAY and tracking and _is_told_of_last_days(tracking):
            return None
        bought = asking.email_of(delivery.order)
        address = (shipment.recipient_email or bought) if self.picks_up else (bought or shipment.recipient_email)
        if not address:
            return NoticeProblem.NO_ADDRESS
        with override(language_of(delivery.language)):
            return self._message(notice, delivery, shipment, address)

    def _message(self, notice: Notice, delivery: Delivery, shipment: Shipment, address: str) -> Written:
        summary = summarize_parcels(delivery, [shipment])
        if self.picks_up or delivery.state == DeliveryState.NEEDS_CHOICE:
            # It is about other parcels, and up to whoever bought.
            summary = replace(summary, warning="", choose_url="")
        tracking = tracking_of(shipment)
        calendar = calendar_file(tracking) if self.picks_up and tracking else None
        context = {
            "kind": notice.kind,
            "delivery": delivery,
            "subject": self.subject % {"order": delivery.reference},
            "summary": summary,
            "text": as_text(summary),
            "picks_up": self.picks_up,
            "calendar": calendar is not None,
            "test": not delivery.live,
            # Somebody for whom it is a gift may know no order.
            "shop": shipment.sender.get("company", ""),
            "json_ld": json_ld(shipment, tracking),
        }
        message = with_html("parcel", context, [address])
        if self.picks_up and tracking:
            message.attach(_("letter-of-authorization.pdf"), letter(tracking), "application/pdf")
        if calendar is not None:
            message.attach(_("last-opening.ics"), calendar, "text/calendar")
        return message


def _is_told_of_last_days(tracking: Tracking) -> bool:
    """Say whether the shop wants people told of a parcel's last days, and these have come."""
    begin = before_last_opening(FEW_DAYS, tracking) if "LAST_DAYS" in app_settings.tell else None
    return begin is not None and timezone.now() >= begin


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, shop_zone())


def _was_told(notice: Notice, tracking: Tracking) -> bool:
    """Say whether people were told already that this post office has the parcel, and no other has had it since."""
    events = {event.pk: event for event in TrackingEvent.objects.filter(CAME, tracking=tracking)}
    earlier = Notice.objects.filter(TOLD, delivery=notice.delivery_id, kind=notice.kind, pk__lt=notice.pk)
    told = earlier.filter(occasion__in=events).order_by("-pk").values_list("occasion", flat=True).first()
    if told is None:
        return False
    here = tracking.office_id or tracking.shipment.office_id
    first, last = sorted((events[key].on, events[key].time) for key in (told, notice.occasion))
    between = [event for event in events.values() if first <= (event.on, event.time) <= last]
    return {comparable_office_id(event.office_id or here) for event in between} == {comparable_office_id(here)}
