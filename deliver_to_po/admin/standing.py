"""Where a delivery stands, in one word with a shape and a colour, and why: what the list shows of it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deliver_to_po.admin.show import lines, note_of_hold, what_was_said, why_and_what_to_do
from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.wording import day_and_time

# Of what the shipping system said; the page has all of it.
SAID_AT_MOST = 160


class Tone(StrEnum):
    """How urgent a word is; each has a colour in the style sheet and a shape here."""

    WRONG = "wrong"
    TODO = "todo"
    WAITS = "waits"
    GOOD = "good"
    OVER = "over"


SHAPES: Mapping[Tone, str] = {Tone.WRONG: "▲", Tone.TODO: "◆", Tone.WAITS: "○", Tone.GOOD: "●", Tone.OVER: "✓"}
DELIVERY_TONES: Mapping[str, Tone] = {
    DeliveryState.PLACED: Tone.WAITS,
    DeliveryState.HELD: Tone.TODO,
    DeliveryState.NEEDS_CHOICE: Tone.TODO,
    DeliveryState.CANCELLED: Tone.OVER,
}
# The most urgent first: of several parcels the delivery shows this one's word.
SHIPMENT_TONES: Mapping[str, Tone] = {
    ShipmentState.ATTENTION: Tone.WRONG,
    ShipmentState.SUSPENDED: Tone.WRONG,
    ShipmentState.REFUSED: Tone.WRONG,
    ShipmentState.UNKNOWN: Tone.WAITS,
    ShipmentState.REQUESTED: Tone.WAITS,
    ShipmentState.WAITING: Tone.WAITS,
    ShipmentState.HANDED: Tone.WAITS,
    ShipmentState.VOIDING: Tone.WAITS,
    ShipmentState.REFUNDING: Tone.WAITS,
    ShipmentState.MADE: Tone.WAITS,
    ShipmentState.LABELLED: Tone.GOOD,
    ShipmentState.DONE: Tone.GOOD,
    ShipmentState.REFUND_ASKED: Tone.OVER,
    ShipmentState.DROPPED: Tone.OVER,
    ShipmentState.VOIDED: Tone.OVER,
}
URGENCY = tuple(SHIPMENT_TONES)


class Standing(NamedTuple):
    """A word, how urgent it is, and the sentences beneath it."""

    word: str
    tone: Tone
    beneath: Sequence[str]

    def as_html(self) -> SafeString:
        """Return the word with its shape and colour, and what stands beneath."""
        word = format_html(
            '<span class="d2po-word d2po-{}"><span aria-hidden="true">{}</span> {}</span>',
            self.tone,
            SHAPES[self.tone],
            self.word,
        )
        if not any(self.beneath):
            return word
        return format_html('{}<div class="d2po-reason">{}</div>', word, lines(self.beneath))


def newest_of(shipments: Iterable[Shipment]) -> list[Shipment]:
    """Return the newest revision of each parcel, by parcel."""
    newest: dict[int, Shipment] = {}
    for shipment in shipments:
        if shipment.parcel not in newest or newest[shipment.parcel].revision < shipment.revision:
            newest[shipment.parcel] = shipment
    return [newest[parcel] for parcel in sorted(newest)]


def standing(delivery: Delivery, shipments: Sequence[Shipment]) -> Standing:
    """Return where a delivery stands; ``shipments`` are the newest of its parcels."""
    urgent = min(shipments, key=lambda shipment: URGENCY.index(shipment.state), default=None)
    wrong = urgent is not None and SHIPMENT_TONES[urgent.state] == Tone.WRONG
    of_a_parcel = delivery.state == DeliveryState.RELEASED and delivery.erased_at is None
    if urgent is not None and (of_a_parcel or wrong):
        return _of_parcel(urgent, shipments)
    why = why_and_what_to_do(Reason(delivery.reason)) if delivery.reason else ""
    tone = DELIVERY_TONES.get(delivery.state, Tone.OVER if delivery.erased_at else Tone.WAITS)
    return Standing(str(delivery.get_state_display()), tone, [why, note_of_hold(delivery)])


def _of_parcel(urgent: Shipment, shipments: Sequence[Shipment]) -> Standing:
    tone = SHIPMENT_TONES[urgent.state]
    word = str(urgent.get_state_display())
    if tone == Tone.GOOD and all(shipment.transmitted_at for shipment in shipments):
        word, tone = pgettext("state of a shipment", "transmitted"), Tone.OVER
    elif urgent.state == ShipmentState.REFUND_ASKED and urgent.open_parcel and urgent.change_asked_at:
        why = _("Destroy the old label and say so on the delivery’s page. A new one is made then.")
        return Standing(word, Tone.TODO, [why])
    elif tone == Tone.GOOD and all(shipment.printed_at for shipment in shipments):
        word = pgettext("state of a shipment", "label printed")
    return Standing(word, tone, [_why(urgent), said(urgent), _next(urgent) if tone == Tone.WAITS else ""])


def _why(shipment: Shipment) -> str:
    return why_and_what_to_do(Reason(shipment.reason), shipment.system) if shipment.reason else ""


def said(shipment: Shipment) -> str:
    """Return what was said about a shipment, and by whom, shortened; ``""`` where nobody said anything."""
    return what_was_said(Reason(shipment.reason), Truncator(shipment.reason_text).chars(SAID_AT_MOST))


def _next(shipment: Shipment) -> str:
    """Return when a shipment is looked at next; nothing where nobody but the shipping system can say."""
    if shipment.due_at is None:
        return ""
    if shipment.lease is not None or shipment.due_at <= timezone.now():
        return _("It is its turn now.")
    return _("Next try: %(when)s") % {"when": day_and_time(shipment.due_at)}
