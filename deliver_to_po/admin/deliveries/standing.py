"""How a delivery or a parcel stands: the word, why, what happens next, and which button that takes.

``standing_of_delivery`` and ``standing_of_parcel`` decide it, once for list, page and queue; nothing else words any
of it. ``tests/walk`` holds what they say against what the sweep then does.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum, auto
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from deliver_to_po.admin.queues import Queue
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.models import Delivery, Shipment


class Tone(StrEnum):
    """How urgent it is, the most urgent first; each has a colour and a shape in the style sheet."""

    #: It stands still until somebody looks.
    STOP = "stop"
    #: It waits for somebody.
    WAIT = "wait"
    #: It goes on.
    GO = "go"
    #: Nothing is to be done, and nothing is known to be wrong.
    GOOD = "good"
    IDLE = "idle"


URGENCY = tuple(Tone)
GLYPHS: Mapping[Tone, str] = {Tone.STOP: "▲", Tone.WAIT: "◆", Tone.GO: "●", Tone.GOOD: "✔", Tone.IDLE: "○"}


class Waits(StrEnum):
    """For whom or what something waits."""

    #: A worker does it by itself.
    WORKER = auto()
    #: It goes on by itself once the shop says that the order is paid.
    PAYMENT = auto()
    #: It goes on by itself when the pause is over.
    PAUSE = auto()
    #: The buyer, or a clerk for them, chooses a post office.
    CHOICE = auto()
    #: The shipping system reports.
    REPORT = auto()
    #: The clerk presses the button.
    CLERK = auto()


class Standing(NamedTuple):
    """How a delivery or one of its parcels stands.

    ``word`` says it, ``why`` and ``follows`` are sentences, ``waits`` is what it waits for, nothing for what is over.
    ``cures`` are the names of the buttons that lead on, first the one. ``queue`` is where it is listed, None for
    nowhere, and ``shipment`` the parcel that it is about, None for the delivery itself.
    """

    word: str
    tone: Tone
    queue: Queue | None = None
    waits: frozenset[Waits] = frozenset()
    why: Sequence[str] = ()
    follows: Sequence[str] = ()
    cures: Sequence[str] = ()
    shipment: Shipment | None = None

    @property
    def glyph(self) -> str:
        """Return the shape of the tone, for those who see no colours."""
        return GLYPHS[self.tone]


def in_a_word(standing: Standing) -> SafeString:
    """Return the word with its shape and colour."""
    return format_html(
        '<span class="d2po-word d2po-{}"><span aria-hidden="true">{}</span> {}</span>',
        standing.tone,
        standing.glyph,
        capfirst(standing.word),
    )


def newest_of(shipments: Iterable[Shipment]) -> list[Shipment]:
    """Return the newest revision of each parcel, by parcel."""
    newest: dict[int, Shipment] = {}
    for shipment in shipments:
        if shipment.parcel not in newest or newest[shipment.parcel].revision < shipment.revision:
            newest[shipment.parcel] = shipment
    return [newest[parcel] for parcel in sorted(newest)]


def is_gone(delivery: Delivery) -> bool:
    """Say whether nothing more of a delivery is sent: it is cancelled, or to be, or its recipient is erased."""
    stopped = delivery.state == DeliveryState.CANCELLED or delivery.stop_asked_at is not None
    return stopped or delivery.erased_for_good


def waiting_in(queue: Queue, tone: Tone, waits: Waits, **more: Any) -> Standing:
    """Return how something stands that waits in a queue, whose title is the word."""
    return Standing(str(queue.title), tone, queue, frozenset({waits}), **more)


def texts(*said: str) -> tuple[str, ...]:
    """Return the sentences that say something."""
    return tuple(filter(None, said))
