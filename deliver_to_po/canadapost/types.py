"""The values of requests and answers. Weights in kilograms, lengths in centimetres, money in CAD."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from deliver_to_po.canadapost.hours import WeeklyHours

Language: TypeAlias = Literal["en", "fr"]


class Service(StrEnum):
    """The services that go with Deliver to Post Office, one in each row.

    A row is Canada Post's code, its name in English and in French, and its article number in EST 2.0. To add a service,
    add a row here and in ``emulator/catalogue.py``, and its rule in ``step.css``; all else reads this table.
    """

    english: str
    french: str
    est_article: str

    EXPEDITED_PARCEL = "DOM.EP", "Expedited Parcel", "Colis accélérés", "967"
    XPRESSPOST = "DOM.XP", "Xpresspost", "Xpresspost", "908"

    def __new__(cls, code: str, *row: str) -> "Service":
        """Make the service of one row; looked up by its code alone."""
        service = str.__new__(cls, code)
        service._value_ = code
        service.english, service.french, service.est_article = row
        return service


class ShipmentStatus(StrEnum):
    """The status of a shipment that Canada Post has made; a suspended one has no valid label.

    OTHER stands for any other text, such as "reconciled": Canada Post publishes no list of them.
    """

    CREATED = "created"
    TRANSMITTED = "transmitted"
    SUSPENDED = "suspended"
    OTHER = "other"


class LabelFormat(StrEnum):
    """The file format of a label."""

    PDF = "PDF"
    ZPL = "ZPL"


class PaperSize(StrEnum):
    """The size of a label's paper, in inches."""

    LETTER = "8.5x11"
    THERMAL = "4x6"


# Each process holds 7,000 of them.
@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point in degrees, north and east positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class NearPostalCode:
    """Post offices nearest to a postal code, written ``A9A9A9``."""

    postal_code: str


@dataclass(frozen=True)
class NearCoordinates:
    """Post offices nearest to a point."""

    coordinates: Coordinates


@dataclass(frozen=True)
class NearAddress:
    """Post offices nearest to a street. In larger cities Canada Post may find none without a street.

    ``street`` is without a house number, ``province`` its two letters.
    """

    province: str
    city: str
    street: str = ""


OfficeQuery: TypeAlias = NearPostalCode | NearCoordinates | NearAddress


@dataclass(frozen=True)
class PostOffice:
    """A post office as an answer describes it, in the language that was asked for.

    ``office_id`` is text, exactly as received. ``name`` is the counter's (often a store's), ``location`` the post
    office's own. ``distance_km`` is known only from a search, ``hours`` only from the detail. ``zone`` is its time zone
    as the time zone database names it, ``""`` when unknown: Canada Post does not say it.
    """

    office_id: str
    name: str
    location: str
    street: str
    city: str
    province: str
    postal_code: str
    coordinates: Coordinates | None = None
    bilingual: bool | None = None
    distance_km: Decimal | None = None
    hours: WeeklyHours | None = None
    zone: str = ""


class FoundOffices(list[PostOffice]):
    """The offices of a search, in Canada Post's order; ``ids`` as written, also of rows that cannot be read."""

    def __init__(self, offices: Iterable[PostOffice] = (), ids: Iterable[str] = ()):
        super().__init__(offices)
        self.ids = list(ids)


# Debug pages and error trackers show variables: addresses and recipients say nothing of anybody.
@dataclass(frozen=True, repr=False)
class Address:
    """A Canadian postal address; ``postal_code`` without a space."""

    line_1: str
    city: str
    province: str
    postal_code: str
    line_2: str = ""


@dataclass(frozen=True)
class Sender:
    """The sender, and from where they ship."""

    company: str
    phone: str
    address: Address
    name: str = ""


@dataclass(frozen=True, repr=False)
class Recipient:
    """The person who picks the parcel up: name and address as on the photo ID shown at the counter."""

    name: str
    phone: str
    email: str
    address: Address


@dataclass(frozen=True)
class Parcel:
    """Weight in kilograms (3 decimals at most), sides in centimetres (1 decimal at most)."""

    weight_kg: Decimal
    length_cm: Decimal
    width_cm: Decimal
    height_cm: Decimal

    @property
    def sides_cm(self) -> list[Decimal]:
        """Its sides, the longest first: what Canada Post takes for length, width and height."""
        return sorted((self.length_cm, self.width_cm, self.height_cm), reverse=True)


@dataclass(frozen=True)
class ShipmentOption:
    """An option beside D2PO, such as ``SO`` (signature) or ``COV`` with an amount in CAD."""

    code: str
    amount: Decimal | None = None


class ShipmentRequest(NamedTuple):
    """Everything one D2PO shipment needs that the account does not say. Without a contract it is in no group."""

    request_id: str
    group_id: str
    service: Service
    office_id: str
    sender: Sender
    recipient: Recipient
    parcel: Parcel
    options: tuple[ShipmentOption, ...] = ()
    reference: str = ""
    mailing_date: date | None = None
    paper_size: PaperSize = PaperSize.THERMAL
    label_format: LabelFormat = LabelFormat.PDF


class Account(NamedTuple):
    """The account that pays: the customer number, on whose behalf (``mobo``, usually the same), and the contract.

    ``contract_id`` is None for a shop without an agreement. Its shipments are charged to a card when they are made.
    """

    customer_number: str
    contract_id: str | None
    mobo: str = ""

    @property
    def on_behalf_of(self) -> str:
        return self.mobo or self.customer_number


class Link(NamedTuple):
    """A URL that an answer offers for a next step."""

    rel: str
    href: str
    media_type: str


@dataclass(frozen=True)
class ShipmentInfo:
    """A shipment that Canada Post has made. ``price`` is in CAD with taxes, known only from the call that made it."""

    shipment_id: str
    status: ShipmentStatus
    tracking_pin: str = ""
    request_id: str = ""
    links: tuple[Link, ...] = ()
    price: Decimal | None = field(default=None, compare=False)

    def link(self, rel: str) -> Link | None:
        return next((link for link in self.links if link.rel == rel), None)


class ShipmentDetails(NamedTuple):
    """What Canada Post holds of a shipment, enough to tell whether it is the one that was asked for."""

    status: ShipmentStatus
    service: str
    office_id: str
    recipient_name: str
    recipient_address: Address
    reference: str = ""


@dataclass(frozen=True)
class Artifact:
    """A document from Canada Post, such as a label."""

    content: bytes = field(repr=False)
    media_type: str


class RateRequest(NamedTuple):
    """A parcel to ask the price of. Without ``services`` all are asked about. The D2PO option names no office here."""

    origin_postal_code: str
    destination_postal_code: str
    parcel: Parcel
    options: tuple[ShipmentOption, ...] = (ShipmentOption("D2PO"),)
    services: tuple[Service, ...] = tuple(Service)
    mailing_date: date | None = None


@dataclass(frozen=True)
class Rate:
    """A price in CAD. ``due`` includes taxes; transit time in business days, None if Canada Post gives none."""

    service: str
    service_name: str
    base: Decimal
    due: Decimal
    taxes: Decimal
    transit_days: int | None = None
    expected_delivery: date | None = None
    guaranteed: bool | None = None


class OptionInfo(NamedTuple):
    """An option, with the codes of the options that it excludes."""

    code: str
    conflicts: tuple[str, ...] = ()


class RefundTicket(NamedTuple):
    """The ticket for a refund that was asked for, and when."""

    ticket_id: str
    date: date


class TransmitRequest(NamedTuple):
    """Groups to transmit. Afterwards their shipments can no longer be voided, except those whose id is ``excluded``."""

    group_ids: tuple[str, ...]
    sender: Sender
    excluded: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """A manifest that Canada Post has made; its document is behind the ``artifact`` link."""

    manifest_id: str
    po_number: str
    links: tuple[Link, ...] = ()

    def link(self, rel: str) -> Link | None:
        return next((link for link in self.links if link.rel == rel), None)

    @property
    def is_empty(self) -> bool:
        """Say whether it tells of no shipment, so that there is nothing to print."""
        return self.po_number == "EMPTY"


class TrackingEvent(NamedTuple):
    """One event, its ``code`` None if Canada Post gives none.

    ``date`` and ``time`` are local to where it happened and are never converted.
    """

    code: int | None
    date: date
    time: str
    description: str
    office_id: str = ""
    office_name: str = ""


class TrackingDetails(NamedTuple):
    """Every event of a parcel, newest first; none while Canada Post has no history of it.

    ``return_pin`` is the number under which it travels back, ``""`` while it does not.
    """

    pin: str
    events: tuple[TrackingEvent, ...] = ()
    expected_delivery: date | None = None
    return_pin: str = ""


class Outage(NamedTuple):
    """A planned outage of Canada Post's services."""

    text: str
    starts_at: datetime
    ends_at: datetime
