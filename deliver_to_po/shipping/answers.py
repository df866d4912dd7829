"""What passes between us and a shipping system: what one is asked about, and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Parcel, Recipient, Sender, ShipmentOption
from deliver_to_po.core.choices import Reason, Scan


@dataclass(frozen=True)
class Office:
    """The post office that a parcel goes to, as Canada Post named it; ``office_id`` as text, leading zeros included."""

    office_id: str
    name: str
    location: str
    street: str
    city: str
    province: str
    postal_code: str


@dataclass(frozen=True)
class ShipmentRequest:
    """One parcel to be shipped to a post office: everything that its label needs, the same each time it is asked for.

    ``request_id`` is 32 hexadecimal digits, one for each revision of each parcel: a system makes at most one shipment
    under it. ``service`` is Canada Post's code (``DOM.EP``, ``DOM.XP``). The parcel is ``number`` of the ``parcels``
    that the order had when it was released. ``contents`` are quantities and names of what is in it, without prices, in
    the recipient's language; empty where the shop does not say. ``group`` is what ``ShippingSystem.group`` returned
    when the parcel was released. ``live`` is False for a test, which must never become a real parcel. ``sent_at`` is
    when it was sent, known only when it is looked up; ``others`` are then the ids of other parcels' shipments of about
    that time, for a system with ``doubles_repeated_ids``.
    """

    request_id: str
    reference: str
    service: str
    office: Office
    recipient: Recipient
    sender: Sender
    parcel: Parcel
    options: tuple[ShipmentOption, ...] = ()
    number: int = 1
    parcels: int = 1
    contents: tuple[tuple[Decimal, str], ...] = ()
    group: str = ""
    mailing_date: date | None = None
    language: str = "en"
    live: bool = False
    sent_at: datetime | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What every answer may carry for staff: the system's own sentence, its HTTP status and its error codes.

    ``said`` may repeat what was sent: it is shown to staff and never logged.
    """

    said: str = field(default="", repr=False)
    status: int | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made(Answer):
    """The shipment exists. ``data`` is JSON that the system wants to see again when its label is fetched.

    ``shipment_id`` is not empty; it and ``tracking_number`` have at most 40 characters on one line.
    ``transmitted`` says that it can no longer be voided, only refunded; ``suspended`` that its label is not valid.
    ``price`` is what it costs in CAD, taxes included, where the system says so at once.
    """

    shipment_id: str
    tracking_number: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    transmitted: bool = False
    suspended: bool = False
    price: Decimal | None = field(default=None, compare=False)


# Without a field of its own an answer is a dataclass already, and costs no start a second one.
class Handed(Answer):
    """The system has the parcel and will report later what became of it."""


@dataclass(frozen=True, kw_only=True)
class NotYet(Answer):
    """Nothing was made, and the same may be asked again: in ``seconds``, or when None as RETRY_AFTER_SECONDS says."""

    reason: Reason = Reason.UNAVAILABLE
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Refused(Answer):
    """The request itself is wrong, and nothing was made: only a corrected one, with an id of its own, may follow.

    ``rule`` is kept instead of ``said`` where a rule of ours is broken, as code and values: each clerk reads it in a
    language of their own.
    """

    reason: Reason = Reason.REFUSED
    rule: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Unknown(Answer):
    """The shipment may have been made or not. It is looked up before anything is sent again.

    ``exists`` says that the system has a shipment under that id already. It is then looked up at once, and nothing is
    sent again even if no look-up finds it. ``gone`` says of a void that right after it the system no longer knew the
    shipment: believed from the second time on, since one that was just made may not show yet.
    """

    exists: bool = False
    gone: bool = False


class Voided(Answer):
    """The shipment is void: nothing of it is charged, and its label is worth nothing."""


class RefundAsked(Answer):
    """A refund was asked for, now or before. The system decides later, and its label is to be destroyed."""


@dataclass(frozen=True)
class Found:
    """A shipment that the system holds under a request id; ``same`` says whether it is the one that was asked for.

    The same means: the same post office, the same recipient's name and address, the same service.
    """

    made: Made
    same: bool


@dataclass(frozen=True)
class Label:
    """A label, as ``application/pdf`` or ``application/zpl``."""

    content: bytes = field(repr=False)
    media_type: str = "application/pdf"


@dataclass(frozen=True)
class Transmission:
    """Groups to be transmitted at the day's end: whatever lies in them is handed over for good, save ``excluded``.

    ``shipment_ids`` are those of the shop's shipments that are meant, as the system gave them; they lie in ``groups``.
    ``since`` is the day on which the transmission was first asked for. ``live`` is as in a shipment's request.
    """

    groups: tuple[str, ...]
    shipment_ids: tuple[str, ...]
    sender: Sender
    since: date
    excluded: tuple[str, ...] = ()
    live: bool = False


@dataclass(frozen=True, kw_only=True)
class Transmitted(Answer):
    """The groups are transmitted, and these manifests tell of them: ids of at most 40 characters; none if unknown.

    ``left`` are the shipments that were meant and, looked up after an unknown outcome, are not transmitted with them.
    """

    manifest_ids: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class NotTransmitted(Answer):
    """Looked up after an unknown outcome: the system holds what was meant, and it is not transmitted."""


@dataclass(frozen=True)
class ManifestDocument:
    """A manifest to be printed, as ``application/pdf``, and the number under which the system files it.

    ``shipment_ids`` are the shipments that it lists, as far as the system says so. A manifest without any shipment has
    no ``content``.
    """

    number: str
    content: bytes = field(repr=False)
    shipment_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportFile:
    """A file that carries parcels into a system; the same parcels make the same bytes."""

    content: bytes = field(repr=False)
    extension: str = "csv"


@dataclass(frozen=True)
class Sighting:
    """One event of a parcel: what it means, and when that was, local to where it was and never converted.

    ``code`` is the carrier's number of such events, None for none. ``time`` is ``HH:MM:SS``, ``""`` if unknown.
    ``office_id`` is the post office where it was, ``""`` if none is named; ``text`` is the carrier's own sentence.
    Raises ValueError for another time, and for an id that no post office has.
    """

    scan: Scan
    on: date
    time: str = ""
    code: int | None = None
    office_id: str = ""
    office_name: str = field(default="", compare=False)
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.time and f"{time_of_day.fromisoformat(self.time):%H:%M:%S}" != self.time:
            raise ValueError("time is written HH:MM:SS")
        if len(self.office_id) > lengths.OFFICE_ID:
            raise ValueError(f"an office_id has {lengths.OFFICE_ID} characters at most")


@dataclass(frozen=True)
class Tracked:
    """Every event of a parcel that is known, in any order; none while it was not seen yet.

    ``expected_on`` is when it should be there. ``comes_back`` says that it has a label of its own for its way back.
    """

    sightings: tuple[Sighting, ...] = ()
    expected_on: date | None = None
    comes_back: bool = False
