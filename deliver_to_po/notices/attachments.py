"""What comes with an e-mail about a parcel: the letter of authorization, the calendar file, what mail programs read."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE
from deliver_to_po.core.language import current_language
from deliver_to_po.core.wording import shown_city_line
from deliver_to_po.labels.letter import LetterWords, render_letter
from deliver_to_po.models import Shipment, Tracking
from deliver_to_po.offer.news import last_chance, office_of

CARRIER = "Canada Post"
# Changes of the clock that a calendar file tells, before and after its event.
A_YEAR = timedelta(days=366)


def letter(tracking: Tracking) -> bytes:
    """Return as PDF, in the active language, the letter with which somebody else may pick a parcel up.

    Canada Post: who lives at another address needs one that the recipient has signed, and photo ID of their own.
    """
    shipment, office = tracking.shipment, office_of(tracking)
    whose, words = shipment.recipient, {"name": shipment.recipient_name, "pin": shipment.tracking_pin}
    return render_letter(
        LetterWords(
            heading=_("Letter of authorization"),
            facts=[_("Canada Post"), *_where(office)],
            sender=[whose.name, whose.address.line_1, whose.address.line_2, shown_city_line(whose.address)],
            body=[
                _("I, %(name)s, authorize the person named below to pick up my parcel at this post office for me.")
                % words,
                _("Tracking number: %(pin)s") % words,
            ],
            blanks=[_("Name of the authorized person"), _("Signature of %(name)s") % words, _("Date")],
            notes=[
                _("The authorized person shows this letter, signed, and their own government-issued photo ID."),
                _("Order %(order)s") % {"order": shipment.delivery.reference},
            ],
            language=f"{current_language()}-CA",
        )
    )


def calendar_file(tracking: Tracking) -> bytes | None:
    """Return an iCalendar file with one event, the last opening before a parcel goes back; None if nobody knows it.

    The same parcel has the same event, so that a later file takes the place of an earlier one.
    """
    last, shipment = last_chance(tracking), tracking.shipment
    if last is None or last.closes <= timezone.now():
        return None
    # Imported on first use: most processes send no e-mail.
    from icalendar import TRANSP, Alarm, Calendar, Event

    title = _("Last opening to pick up the parcel of order %(order)s") % {"order": shipment.delivery.reference}
    who = _("%(name)s must show government-issued photo ID with this name.") % {"name": shipment.recipient_name}
    number = _("Tracking number: %(pin)s") % {"pin": shipment.tracking_pin}
    uid = f"{shipment.delivery_id}-{shipment.parcel}@deliver-to-post-office"
    event = Event.new(
        uid=uid,
        summary=title,
        start=last.opens,
        end=last.closes,
        location=", ".join(_where(office_of(tracking))),
        # Nobody is named once the recipient is erased.
        description="\n".join([who, number] if shipment.recipient_name else [number]),
        stamp=timezone.now(),
        transparency=TRANSP.TRANSPARENT,
    )
    alarm = Alarm.new(description=title)
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -timedelta(days=1))
    event.add_component(alarm)
    prodid = "-//django-deliver-to-po//EN"
    calendar = Calendar.new(prodid=prodid, uid=uid, method="PUBLISH", subcomponents=[event])
    calendar.add_missing_timezones(last.opens.date() - A_YEAR, last.opens.date() + A_YEAR)
    return bytes(calendar.to_ical())


def json_ld(shipment: Shipment, tracking: Tracking | None) -> SafeString:
    """Return what schema.org calls a ParcelDelivery, for mail programs, as the text of a script element."""
    office = office_of(tracking) if tracking else shipment.delivery.office
    event: dict[str, Any] = {"@type": "DeliveryEvent"}
    if tracking and tracking.state in AT_AN_OFFICE and tracking.ready_on:
        last = last_chance(tracking)
        event["availableFrom"] = tracking.ready_on.isoformat()
        if until := last.closes if last else tracking.held_until:
            event["availableThrough"] = until.isoformat()
    told = {
        "@context": "https://schema.org",
        "@type": "ParcelDelivery",
        "trackingNumber": shipment.tracking_pin,
        "carrier": {"@type": "Organization", "name": CARRIER},
        "deliveryAddress": {
            "@type": "PostalAddress",
            "name": as_people_read(office.name),
            "streetAddress": as_people_read(office.street),
            "addressLocality": as_people_read(office.city),
            "addressRegion": office.province,
            "postalCode": office.postal_code,
            "addressCountry": "CA",
        },
        "hasDeliveryStatus": event,
        "partOfOrder": {
            "@type": "Order",
            "orderNumber": shipment.delivery.reference,
            "merchant": {"@type": "Organization", "name": shipment.sender.get("company", "")},
        },
    }
    # Without this sign nothing ends a script element.
    return mark_safe(json.dumps(told).replace("<", "\\u003C"))  # noqa: S308


def _where(office: PostOffice) -> list[str]:
    lines = [*map(as_people_read, (office.name, office.street)), shown_city_line(office) if office.street else ""]
    return [line for line in lines if line]
