"""What a person is told about a delivery: where and when to pick up, what to bring, how long it is held."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState, NoticeKind, NoticeOutcome, Reason
from deliver_to_po.core.choices.states import OVER, WITHOUT_OFFICE
from deliver_to_po.core.choices.tracking import SCANNED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.core.wording import (
    NBSP,
    day_of_week,
    hours_of_day,
    hours_rows,
    service_name,
    shown_city_line,
    with_colon,
    with_typed_mark,
)
from deliver_to_po.models import Delivery, Notice, Shipment
from deliver_to_po.models.links import url_for
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.offer.days import next_deposit_day
from deliver_to_po.offer.kept_offer import kept_offer
from deliver_to_po.offer.news import last_opening_told, news_of, office_now, stop_names
from deliver_to_po.offices.opening import Opening, day_at, is_holiday, opening
from deliver_to_po.offices.opening_text import opening_text

# A shipment's row is wide, and to read all of it takes Django long.
TOLD = (
    "delivery",
    "parcel",
    "state",
    "group",
    "transmitted_at",
    "printed_at",
    "recipient_name",
    "recipient_email",
    "office_id",
    "mailing_date",
    "tracking_pin",
)


@dataclass(frozen=True)
class Summary:
    """The words about one delivery, in one language; no recipient but the name that must match the photo ID.

    ``warning`` is what the buyer must know first, ``""`` for nothing. While a post office is still to be chosen, only
    what is in the post is told of beside that, and beside what is cancelled nothing: ``office_name`` may be ``""``
    then. ``choose_url`` is where the buyer chooses one, ``""`` if there is nothing to choose or SITE_URL is not set:
    show it to the buyer only, since whoever has it can choose. ``service`` is ``""`` until it is known; ``expected``
    says from which day on the parcel can probably be picked up, ``""`` if Canada Post promised none. ``opening``
    says what the hours mean just now. ``map_url`` and ``directions_url`` show the way there; nothing is asked of
    anybody until the person follows them.

    ``status`` is where the parcel is and what to do, ``""`` until it is on its way, and ``status_more`` what that
    means; ``urgent`` says that it goes back in a few days. ``path`` names the three stops of a parcel, each with
    whether it has come there; ``office_name`` is that of the post office that has it, and ``""`` once nothing is to be
    picked up any longer. While it can be picked up, ``today`` tells that post office's hours of today, with the date,
    and ``last_opening`` when it is open for the last time before the parcel goes back; ``""`` if nobody knows.
    """

    language: str
    heading: str
    office_name: str = ""
    office_location: str = ""
    address_lines: tuple[str, ...] = ()
    hours: tuple[tuple[str, str], ...] = ()
    hours_note: str = ""
    map_url: str = ""
    recipient_name: str = ""
    wait: str = ""
    bring: tuple[str, ...] = ()
    held: str = ""
    tracking_numbers: tuple[str, ...] = ()
    warning: str = ""
    test: bool = False
    choose_url: str = ""
    service: str = ""
    expected: str = ""
    directions_url: str = ""
    status: str = ""
    status_more: str = ""
    urgent: bool = False
    path: tuple[tuple[str, bool], ...] = ()
    opening: str = ""
    today: str = ""
    last_opening: str = ""


def summarize(delivery: Delivery, language: str | None = None) -> Summary:
    """Return what to tell of ``delivery``, in ``language`` or else in the delivery's own. Makes no call."""
    return summarize_parcels(delivery, parcels_told(delivery), language)


def summarize_parcels(delivery: Delivery, shipments: Iterable[Shipment], language: str | None = None) -> Summary:
    """Return what to tell of some parcels of a delivery, likewise."""
    with override(language or delivery.language):
        shipments = [shipment for shipment in shipments if _goes_on(delivery, shipment)]
        if delivery.erased_for_good and delivery.state != DeliveryState.CANCELLED and not shipments:
            erased = _(
                "The recipient’s details have been erased, so nothing is sent to the post office. Please contact us if "
                "you have questions."
            )
            return replace(_nothing_but_why(delivery), warning=erased, choose_url="")
        if delivery.state in WITHOUT_OFFICE and not shipments:
            return _nothing_but_why(delivery)
        news = news_of([tracking_of(shipment) for shipment in shipments])
        told: dict[str, Any] = {
            "recipient_name": news.recipient_name or delivery.recipient_name,
            "tracking_numbers": tuple(shipment.tracking_pin for shipment in shipments if shipment.tracking_pin),
            "status": news.headline,
            "status_more": news.more,
            "urgent": news.urgent,
            "path": tuple((name, news.stop >= stop) for stop, name in enumerate(stop_names(), 1)) if news.stop else (),
        }
        if news.over:
            return replace(_nothing_but_why(delivery), **told)
        office = news.office or office_now(delivery)
        now = opening(office)
        return Summary(
            **told,
            language=current_language(),
            heading=_("Pick up at the post office"),
            office_name=as_people_read(office.name),
            office_location=as_people_read(office.location) if office.location.upper() != office.name.upper() else "",
            address_lines=(as_people_read(office.street), shown_city_line(office)) if office.street else (),
            hours=tuple(hours_rows(office.hours)) if office.hours else (),
            opening=opening_text(now) if now else "",
            hours_note=_("These are the postal counter’s hours. It may be closed on statutory holidays."),
            map_url=_map_url(office),
            directions_url=_directions_url(office),
            wait=_("Wait for Canada Post’s message that the parcel is ready before going to the post office.")
            if news.wait
            else "",
            bring=tuple(_bring(told["recipient_name"])) if told["recipient_name"] else (),
            held="" if news.dated else _held(),
            warning=_warning(delivery),
            choose_url=_choose_url(delivery),
            test=not (delivery.live if delivery.order_id else app_settings.canada_post.live),
            service=service_name(delivery.service),
            expected=_expected(delivery, shipments, day_at(office)) if news.wait and not news.stop else "",
            today="" if news.wait else _today(office, now),
            last_opening=last_opening_told(news.last),
        )


def parcels_told(delivery: Delivery) -> Sequence[Shipment]:
    """Return what is in the post or will be: nothing whose label was voided or refunded, or that is shipped again.

    With what pages and e-mails tell of it; nothing of what is not placed yet.
    """
    if delivery.order_id is None:
        return ()
    # A condition more and a join take Django longer than to read the few rows that they would leave out.
    rows = delivery.shipments.filter(open_parcel__isnull=False).only(*TOLD)
    shipments = [shipment for shipment in rows if shipment.state not in OVER]
    prefetch_related_objects([shipment for shipment in shipments if shipment.tracking_pin], "tracking")
    return shipments


def _goes_on(delivery: Delivery, shipment: Shipment) -> bool:
    """Say whether a parcel goes to its post office: once it is in the post, for whomever and wherever it was meant."""
    if not (delivery.erased_for_good and shipment.is_still_here) and delivery.state != DeliveryState.NEEDS_CHOICE:
        return delivery.state != DeliveryState.CANCELLED
    tracking = tracking_of(shipment)
    return tracking is not None and tracking.state in SCANNED


def _today(office: PostOffice, now: Opening | None) -> str:
    """Return the hours of today, with the date, since an e-mail may be read another day."""
    if now is None or office.hours is None:
        return ""
    day = now.now.date()
    maybe = is_holiday(day, office.province) and office.hours.on(day.isoweekday())
    hours = _("Holiday: may be closed today") if maybe else hours_of_day(office.hours, day)
    return _("%(day)s: %(hours)s") % {"day": capfirst(day_of_week(day)), "hours": hours}


def _held() -> str:
    """Return how long it is held; nothing while Canada Post has suspended that."""
    days = app_settings.hold_days
    if days is None:
        return ""
    words = ngettext(
        "The post office holds the parcel for %(days)d day, then returns it to us.",
        "The post office holds the parcel for %(days)d days, then returns it to us.",
        days,
    )
    return words % {"days": days}


def _nothing_but_why(delivery: Delivery) -> Summary:
    """Return the summary of a delivery that goes to no post office as it stands: all it tells is why."""
    return Summary(
        language=current_language(),
        heading=_("Pick up at the post office"),
        recipient_name=delivery.recipient_name,
        warning=_warning(delivery),
        test=not delivery.live,
        choose_url=_choose_url(delivery),
    )


def as_text(summary: Summary) -> str:
    """Return a summary as plain text for an e-mail, in its own language."""
    with override(summary.language):
        carrier = ", ".join(filter(None, (_("Canada Post"), with_typed_mark(summary.service))))
        blocks = [
            [_typed(summary.warning)] if summary.warning else [],
            [_typed(line) for line in (summary.status, summary.status_more, summary.last_opening)],
            [_("Choose a post office: %(url)s") % {"url": summary.choose_url}] if summary.choose_url else [],
            [
                summary.heading.upper(),
                *map(_typed, [summary.office_name, summary.office_location, *summary.address_lines]),
            ]
            if summary.office_name
            else [],
            [
                _("Map: %(url)s") % {"url": summary.map_url} if summary.map_url else "",
                _("Directions: %(url)s") % {"url": summary.directions_url} if summary.directions_url else "",
            ],
            [
                _("Counter hours:"),
                f"  {_typed(summary.today)}" if summary.today else "",
                *(f"  {day}  {text}" for day, text in summary.hours),
                summary.hours_note,
            ]
            if summary.hours
            else [],
            [
                with_colon(_("Carrier and service"), carrier) if summary.office_name else "",
                summary.expected,
            ],
            [summary.wait, *(f"- {line}" for line in summary.bring), summary.held],
            [_("Tracking number: %(pin)s") % {"pin": pin} for pin in summary.tracking_numbers],
        ]
    texts = ("\n".join(line for line in block if line) for block in blocks)
    return "\n\n".join(text for text in texts if text)


def _expected(delivery: Delivery, shipments: Iterable[Shipment], today: date) -> str:
    """Return from which day on it was said to be there: of the office that was meant, and while that can come true."""
    kept = kept_offer(delivery)
    day = kept.offer.expected_from if kept else None
    if kept is None or day is None or day < today or delivery.state == DeliveryState.HELD:
        return ""
    days = [shipment.mailing_date for shipment in shipments if shipment.mailing_date]
    if kept.offer.mailed_on and max(days, default=next_deposit_day(shop_time(), "")) > kept.offer.mailed_on:
        return ""
    return _("Expected at the post office from %(date)s") % {"date": day_of_week(day)}


def _bring(name: str) -> Iterator[str]:
    words = {"name": name}
    yield _("%(name)s must show government-issued photo ID with this name.") % words
    yield _("If that ID shows no address, such as a passport, proof of residence is needed too.")
    yield _("Somebody who lives at the same address can pick up the parcel with ID that shows that address.")
    yield _("Anyone else must bring a letter of authorization signed by %(name)s and show their own photo ID.") % words


def _warning(delivery: Delivery) -> str:
    """Return what the buyer must know first; no sentence promises what nothing does."""
    if delivery.state == DeliveryState.CANCELLED:
        return _("This delivery is cancelled.")
    if delivery.wished and delivery.stop_asked_at is None:
        return _asked(delivery)
    if delivery.state == DeliveryState.HELD and delivery.reason == Reason.PARCELS_CHANGED:
        return _(
            "Your order was changed after its delivery had been arranged, so the delivery is on hold until we have "
            "checked it. Please contact us if you have questions."
        )
    if delivery.state == DeliveryState.HELD and delivery.reason == Reason.CHARGED_OTHERWISE:
        return _(
            "What you paid for the delivery is not what it costs, so the delivery is on hold until we have checked it. "
            "Please contact us if you have questions."
        )
    if delivery.state == DeliveryState.HELD:
        return _("This delivery is on hold. Please contact us if you have questions.")
    if delivery.state != DeliveryState.NEEDS_CHOICE:
        return ""
    sentences = [_why_to_choose(delivery), _how_to_choose(delivery)]
    if Notice.objects.filter(delivery=delivery, kind=NoticeKind.CHOOSE, outcome=NoticeOutcome.SENT).exists():
        sentences.append(_("We have written to you about it."))
    return " ".join(sentences)


def _asked(delivery: Delivery) -> str:
    if delivery.wished == Reason.BUYER_TO_HOME:
        return _("You asked us to deliver to your home instead. Your delivery is on hold until we have decided.")
    return _("You asked us to cancel this delivery. It is on hold until we have decided.")


def _why_to_choose(delivery: Delivery) -> str:
    if delivery.reason in CLOSED_OFFICE.values():
        return _("%(office)s no longer accepts parcels.") % {"office": as_people_read(delivery.office_name)}
    return _("No post office is chosen for this order.")


def _how_to_choose(delivery: Delivery) -> str:
    if _choose_url(delivery):
        return _("Your order is still valid: choose the post office where we should ship it.")
    return _("Please contact us to choose a post office.")


def _choose_url(delivery: Delivery) -> str:
    """Return the link with which the buyer chooses a post office, ``""`` if none is needed or there is no link."""
    waits = delivery.state == DeliveryState.NEEDS_CHOICE and delivery.stop_asked_at is None
    return url_for(delivery) if waits else ""


def _typed(text: str) -> str:
    """Return a line as people type it: it may be copied out of an e-mail."""
    return text.replace(NBSP, " ")


def _map_url(office: PostOffice) -> str:
    """Return a map of the office's address; nothing is asked for until the person follows it."""
    if office.coordinates is None:
        return ""
    latitude, longitude = f"{office.coordinates.latitude:.5f}", f"{office.coordinates.longitude:.5f}"
    place = urlencode({"mlat": latitude, "mlon": longitude})
    return f"https://www.openstreetmap.org/?{place}#map=17/{latitude}/{longitude}"


def _directions_url(office: PostOffice) -> str:
    """Return directions to the office from wherever the person says that they are."""
    if office.coordinates is None:
        return ""
    to = urlencode({"to": f"{office.coordinates.latitude:.5f},{office.coordinates.longitude:.5f}"})
    return f"https://www.openstreetmap.org/directions?{to}"
