"""The values of the API's requests and answers. Money in CAD before tax, as decimal text; hours in local time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, model_validator
from pydantic.types import StringConstraints

from deliver_to_po.api.problems import Message
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Service
from deliver_to_po.checkout.recipients.fields import TOLERANCE
from deliver_to_po.checkout.searching import MOST_SHOWN
from deliver_to_po.core.choices import Rung
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.typed.query import LONGEST

Money = Annotated[Decimal, Field(ge=0, le=Decimal("99999.99"), max_digits=7, decimal_places=2)]
OfficeId = Annotated[str, StringConstraints(pattern=rf"^[0-9]{{1,{lengths.OFFICE_ID}}}$")]
Degrees = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,3})?$")]
Limit = Annotated[int, Field(ge=1, le=MOST_SHOWN)]


class Sent(Schema):
    """What a client sends: nothing but what is named, and nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Position(Sent):
    """A point in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90, strict=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, strict=False)]


class Search(Sent):
    """A place as somebody types it, ``q``, or a ``position``: one of the two."""

    q: Annotated[str, StringConstraints(max_length=LONGEST)] | None = None
    position: Position | None = None
    limit: Limit | None = None
    filters: Annotated[list[Annotated[Filter, Field(strict=False)]], Field(max_length=len(Filter))] = []

    @model_validator(mode="after")
    def _one_place(self) -> "Search":
        if (self.q is None) == (self.position is None):
            raise ValueError("q or position")
        return self


AnyService = Annotated[Service, Field(strict=False)]


class Start(Sent):
    """The post office that is chosen first, and the service where the buyer has said which."""

    office_id: OfficeId
    service: AnyService | None = None


class Change(Sent):
    """Another post office, another service, or both."""

    office_id: OfficeId | None = None
    service: AnyService | None = None


class Recipient(Sent):
    """The person who picks up, and in ``confirmed`` the fields about which they answered a question with yes."""

    name: Annotated[str, StringConstraints(max_length=TOLERANCE * lengths.RECIPIENT_NAME)]
    address_line_1: Annotated[str, StringConstraints(max_length=TOLERANCE * lengths.RECIPIENT_ADDRESS_LINE)]
    address_line_2: Annotated[str, StringConstraints(max_length=TOLERANCE * lengths.RECIPIENT_ADDRESS_LINE)] = ""
    city: Annotated[str, StringConstraints(max_length=TOLERANCE * lengths.RECIPIENT_CITY)]
    province: Annotated[str, StringConstraints(max_length=TOLERANCE * 2)]
    postal_code: Annotated[str, StringConstraints(max_length=TOLERANCE * 10)]
    email: Annotated[str, StringConstraints(max_length=TOLERANCE * lengths.RECIPIENT_EMAIL)]
    phone: Annotated[str, StringConstraints(max_length=TOLERANCE * lengths.RECIPIENT_PHONE)]
    confirmed: Annotated[list[Literal["postal_code", "email", "phone"]], Field(max_length=3)] = []


class Reserve(Sent):
    """What the review showed, and what is about to be charged for the delivery: its price, where there is one."""

    seen: Annotated[str, StringConstraints(max_length=200)]
    charge: Annotated[Money, Field(strict=False)] | None = None


class Address(Schema):
    """Where a post office is; ``postal_code`` without a space."""

    street: str
    city: str
    province: str
    postal_code: str


class Hours(Schema):
    """One stretch of opening: ``day`` is 1 for Monday to 7 for Sunday."""

    day: int
    opens: str
    closes: str


class Offer(Schema):
    """One service to a post office. ``price`` is null while nobody has named one; ``price_from``: it may be another.

    ``expected_from`` is the day from which the parcel can be picked up, null where Canada Post promises none.
    """

    service: str
    name: str
    available: bool
    reason: str
    price: Decimal | None
    kind: PriceKind | None
    price_from: bool
    expected_from: date | None


class Office(Schema):
    """A post office. What nobody knows is null; ``hours`` without a day: closed on that day."""

    id: str
    name: str
    location: str
    address: Address
    latitude: float | None
    longitude: float | None
    distance_km: Decimal | None
    hours: list[Hours] | None
    time_zone: str | None
    open_now: bool | None
    bilingual: bool | None
    offers: list[Offer]


class Offices(Schema):
    """Post offices, nearest first: from Canada Post's list, an older one of it, or the shop's own directory."""

    source: Rung
    received_at: datetime
    notice: str
    offices: list[Office]


class Words(Schema):
    """What a person reads of the delivery, in the language that was asked for."""

    heading: str
    office_name: str
    office_location: str
    address_lines: list[str]
    hours: list[tuple[str, str]]
    hours_note: str
    map_url: str
    recipient_name: str
    service: str
    expected: str
    wait: str
    bring: list[str]
    held: str
    warning: str
    test: bool


class Choice(Schema):
    """A choice as it stands. ``next`` is what comes next, and null once an order has it.

    ``seen`` and ``summary`` are there once it is complete: show the summary, and send ``seen`` along when it is
    reserved. ``messages`` say what would keep it from being reserved, or from being delivered as it is reserved:
    ``next`` is ``unreserve`` then.
    """

    id: str
    state: Literal["draft", "reserved", "placed"]
    next: Literal["office", "recipient", "reserve", "place", "unreserve"] | None
    expires_at: datetime | None
    office_id: str
    service: str
    price: Decimal | None
    tax_province: str
    seen: str
    notice: str
    summary: Words | None
    messages: list[Message]


class Started(Choice):
    """A new choice. Its secret is told once: whoever has both reads and changes it."""

    client_secret: str
