"""What a person is told about a delivery: where and when to pick up, what to bring, how long it is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliver_to_po.canadapost.capitals import as_people_read
from deliver_to_po.choices import DeliveryState, NoticeKind, NoticeOutcome, Reason
from deliver_to_po.language import language_of
from deliver_to_po.links import url_for
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.models.moves import NOT_LIVE
from deliver_to_po.offer.kept_offer import kept_offer
from deliver_to_po.wording import NBSP, day_of_week, hours_rows, service_name, shown_city_line

GOES_NOWHERE = (DeliveryState.NEEDS_CHOICE, DeliveryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Summary:
    """The words about one delivery, in one language; no recipient but the name that must match the photo ID.

    ``warning`` is what the buyer must know first, ``""`` for nothing. While a post office is still to be chosen, and of
    what is cancelled, nothing else is told: ``office_name`` is ``""`` then. ``choose_url`` is where the buyer chooses
    one, ``""`` where there is nothing to choose or SITE_URL is not set: show it to the buyer only, since whoever has it
    can choose. ``service`` is ``""`` until it is known; ``expected`` says from which day on the parcel can probably be
    picked up, ``""`` where Canada Post promised none. ``map_url`` and ``directions_url`` show the way there; nothing is
    asked of anybody until the person follows them.
    """

    language: str
    heading: str
    office_name: str
    office_location: str
    address_lines: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    hours_note: str
    map_url: str
    recipient_name: str
    wait: str
    bring: tuple[str, ...]
    held: str
    tracking_numbers: tuple[str, ...]
    warning: str
    test: bool
    choose_url: str = ""
    service: str = ""
    expected: str = ""
    directions_url: str = ""


def summarize(delivery: Delivery, language: str | None = None) -> Summary:
    """Return what to tell of ``delivery``, in ``language`` or else in the delivery's own. Makes no call."""
    with override(language or delivery.language):
        if delivery.state in GOES_NOWHERE:
            return _nothing_but_why(delivery, language_of(language or delivery.language))
        office = delivery.office
        return Summary(
            language=language_of(language or delivery.language),
            heading=_("Pick up at the post office"),
            office_name=as_people_read(office.name),
            office_location="" if _is_same(office.location, office.name) else as_people_read(office.location),
            address_lines=(as_people_read(office.street), shown_city_line(office)),
            hours=tuple(hours_rows(office.hours)) if office.hours else (),
            hours_note=_("These are the postal counter’s hours. It may be closed on statutory holidays."),
            map_url=_map_url(delivery),
            directions_url=_directions_url(delivery),
            recipient_name=delivery.recipient_name,
            wait=_("Wait for Canada Post’s message that the parcel is ready before going there."),
            bring=tuple(_bring(delivery)) if delivery.recipient_name else (),
            held=_("The post office holds the parcel for 15 days, then returns it to us."),
            tracking_numbers=_tracking_numbers(delivery),
            warning=_warning(delivery),
            test=not delivery.live,
            service=service_name(delivery.service),
            expected=_expected(delivery),
        )


def _tracking_numbers(delivery: Delivery) -> tuple[str, ...]:
    """Return the numbers of what is in the post or will be: not those of labels that were taken back."""
    shipments = delivery.shipments.exclude(tracking_pin="").exclude(state__in=NOT_LIVE)
    return tuple(shipments.values_list("tracking_pin", flat=True))


def _nothing_but_why(delivery: Delivery, language: str) -> Summary:
    """Return the summary of a delivery that goes to no post office as it stands: all it tells is why."""
    return Summary(
        language=language,
        heading=_("Pick up at the post office"),
        office_name="",
        office_location="",
        address_lines=(),
        hours=(),
        hours_note="",
        map_url="",
        recipient_name=delivery.recipient_name,
        wait="",
        bring=(),
        held="",
        tracking_numbers=(),
        warning=_warning(delivery),
        test=not delivery.live,
        choose_url=_choose_url(delivery),
    )


def as_text(summary: Summary) -> str:
    """Return a summary as plain text for an e-mail, in its own language."""
    with override(summary.language):
        blocks = [
            [_typed(summary.warning)] if summary.warning else [],
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
            [_("Counter hours:"), *(f"  {day}  {text}" for day, text in summary.hours), summary.hours_note]
            if summary.hours
            else [summary.hours_note],
            [
                _("Service: %(service)s") % {"service": summary.service} if summary.service else "",
                summary.expected,
            ],
            [summary.wait, *(f"- {line}" for line in summary.bring), summary.held],
            [_("Tracking number: %(pin)s") % {"pin": pin} for pin in summary.tracking_numbers],
        ]
    texts = ("\n".join(line for line in block if line) for block in blocks)
    return "\n\n".join(text for text in texts if text)


def _expected(delivery: Delivery) -> str:
    """Return from which day on it was said to be there: of the office that was meant, and while that day is to come."""
    kept = kept_offer(delivery)
    day = kept.offer.expected_from if kept else None
    if day is None or day < timezone.localdate() or delivery.state == DeliveryState.HELD:
        return ""
    return _("Expected at the post office from %(date)s on") % {"date": day_of_week(day)}


def _bring(delivery: Delivery) -> Iterator[str]:
    words = {"name": delivery.recipient_name}
    yield _("%(name)s shows government-issued photo ID in that name.") % words
    yield _("If that ID shows no address, such as a passport, proof of residence is needed too.")
    yield _("Somebody who lives at the same address can pick up the parcel with ID that shows that address.")
    yield _("Anyone else needs a letter of authorization signed by %(name)s and their own photo ID.") % words


def _warning(delivery: Delivery) -> str:
    """Return what the buyer must know first; no sentence promises what nothing does."""
    if delivery.state == DeliveryState.CANCELLED:
        return _("This delivery is cancelled.")
    if delivery.state == DeliveryState.HELD:
        return _("This delivery is on hold. Please contact us if you have questions.")
    if delivery.state != DeliveryState.NEEDS_CHOICE:
        return ""
    sentences = [_why_to_choose(delivery), _how_to_choose(delivery)]
    if Notice.objects.filter(delivery=delivery, kind=NoticeKind.CHOOSE, outcome=NoticeOutcome.SENT).exists():
        sentences.append(_("We have written to you about it."))
    return " ".join(sentences)


def _why_to_choose(delivery: Delivery) -> str:
    if delivery.reason in (Reason.OFFICE_NO_LONGER, Reason.OFFICE_GONE):
        return _("%(office)s no longer takes parcels.") % {"office": as_people_read(delivery.office_name)}
    return _("No post office is chosen for this order.")


def _how_to_choose(delivery: Delivery) -> str:
    if _choose_url(delivery):
        return _("Your order is kept: please choose the post office that we should send it to.")
    return _("Please contact us to choose a post office.")


def _choose_url(delivery: Delivery) -> str:
    """Return the link with which the buyer chooses a post office, ``""`` where none is needed or there is no link."""
    waits = delivery.state == DeliveryState.NEEDS_CHOICE and delivery.stop_asked_at is None
    return url_for(delivery) if waits else ""


def _is_same(text: str, other: str) -> bool:
    return text.casefold() == other.casefold()


def _typed(text: str) -> str:
    """Return a line as people type it: it may be copied out of an e-mail."""
    return text.replace(NBSP, " ")


def _map_url(delivery: Delivery) -> str:
    """Return a map of the office's address; nothing is asked for until the person follows it."""
    if delivery.office_latitude is None or delivery.office_longitude is None:
        return ""
    latitude, longitude = f"{delivery.office_latitude:.5f}", f"{delivery.office_longitude:.5f}"
    place = urlencode({"mlat": latitude, "mlon": longitude})
    return f"https://www.openstreetmap.org/?{place}#map=17/{latitude}/{longitude}"


def _directions_url(delivery: Delivery) -> str:
    """Return directions to the office from wherever the person says that they are."""
    if delivery.office_latitude is None or delivery.office_longitude is None:
        return ""
    to = urlencode({"to": f"{delivery.office_latitude:.5f},{delivery.office_longitude:.5f}"})
    return f"https://www.openstreetmap.org/directions?{to}"
