"""Hypothesis strategies over the whole space of what the client takes, accents and extremes included."""

from decimal import Decimal
from string import ascii_letters, digits

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from deliver_to_po.canadapost.types import (
    Account,
    Address,
    LabelFormat,
    NearAddress,
    NearCoordinates,
    NearPostalCode,
    OfficeQuery,
    PaperSize,
    Parcel,
    RateRequest,
    Recipient,
    Sender,
    Service,
    ShipmentOption,
    ShipmentRequest,
)
from deliver_to_po.canadapost.types import Coordinates as Point

# Each example is a question to a server or a database, so that many are still few.
WITH_A_SERVER = settings(
    max_examples=min(60, settings().max_examples),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
FIRST_LETTERS = "ABCEGHJKLMNPRSTVXY"
LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
FAVOURITES = ("Marie-Ève Côté", "Zoë & Söns <Ltd> \"Q\" 'q'", "]]>", "&amp;", "Ḿ́", "名前", "😀", "a  b")
MAIL_CHARACTERS = ascii_letters + digits + "'_-+"
TEMPLATES = ("{}-{}-{}", "({}) {}-{}", "+1 {} {} {}", "1.{}.{}.{}", "{}{}{}", "{} {}-{} x 12345", "{}-{}-{}p7")


def _is_character(character: str) -> bool:
    """Say no to what Unicode says will never be a character."""
    number = ord(character)
    return not (0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE)


CHARACTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="^~").filter(_is_character)


def texts(longest: int, *, required: bool = True) -> st.SearchStrategy[str]:
    """Return texts of one line, of any characters that a label prints and often as long as may be."""
    any_length = st.text(CHARACTERS, min_size=int(required), max_size=longest)
    full = st.text(CHARACTERS, min_size=longest, max_size=longest)
    known = st.sampled_from([text for text in FAVOURITES if len(text) <= longest])
    made = st.one_of(any_length, known, full, st.just("É" * longest))
    return made.filter(lambda text: bool(text.strip())) if required else made


def postal_codes() -> st.SearchStrategy[str]:
    """Return Canadian postal codes as they go over the wire."""
    digit, letter = st.sampled_from(digits), st.sampled_from(LETTERS)
    return st.tuples(st.sampled_from(FIRST_LETTERS), digit, letter, digit, letter, digit).map("".join)


def addresses() -> st.SearchStrategy[Address]:
    return st.builds(
        Address,
        line_1=texts(44),
        line_2=texts(44, required=False),
        city=texts(40),
        province=st.sampled_from(PROVINCES),
        postal_code=postal_codes(),
    )


def phones() -> st.SearchStrategy[str]:
    """Return phone numbers with their area code, at most 25 characters."""
    parts = st.tuples(*(st.text(digits, min_size=size, max_size=size) for size in (3, 3, 4)))
    written = st.tuples(st.sampled_from(TEMPLATES), parts).map(lambda made: made[0].format(*made[1]))
    return st.one_of(written, st.text(digits, min_size=10, max_size=25))


def emails(longest_ending: int = 24) -> st.SearchStrategy[str]:
    """Return e-mail addresses of ASCII, at most 60 characters."""
    local = st.lists(st.text(MAIL_CHARACTERS, min_size=1, max_size=8), min_size=1, max_size=2).map(".".join)
    hosts = st.lists(st.text(ascii_letters + digits + "-", min_size=1, max_size=8), min_size=1, max_size=2)
    ending = st.text(ascii_letters, min_size=2, max_size=longest_ending)
    made = st.tuples(local, hosts.map(".".join), ending).map(lambda parts: f"{parts[0]}@{parts[1]}.{parts[2]}")
    return st.one_of(made.filter(lambda email: len(email) <= 60), st.just("a" * 49 + "@example.ca"))


def decimals(thousandths: st.SearchStrategy[int], places: int) -> st.SearchStrategy[Decimal]:
    """Return decimals of at most ``places`` places from whole units of the last one, in several spellings."""
    exact = thousandths.map(lambda units: Decimal(units).scaleb(-places))
    return st.one_of(exact, exact.map(Decimal.normalize), exact.map(lambda value: value + Decimal("0E-6")))


@st.composite
def parcels(draw: st.DrawFn) -> Parcel:
    """Return parcels within weight, sides and girth, up to the limits themselves."""
    longest = draw(st.integers(1, 2000))
    both = (3000 - longest) // 2
    second = draw(st.integers(1, min(longest, both - 1)))
    third = draw(st.integers(1, min(longest, both - second)))
    sides = draw(st.permutations([longest, second, third]))
    weight = draw(decimals(st.integers(1, 30_000), 3))
    return Parcel(weight, *(draw(decimals(st.just(side), 1)) for side in sides))


@st.composite
def option_sets(draw: st.DrawFn) -> tuple[ShipmentOption, ...]:
    """Return options that go with D2PO and with each other."""
    signed = draw(st.booleans())
    options = [ShipmentOption("SO")] if signed else []
    if draw(st.booleans()):
        options.append(ShipmentOption("COV", draw(decimals(st.integers(1, 500_000 if signed else 10_000), 2))))
    if age := draw(st.sampled_from(["", "PA18", "PA19", "PA21"])):
        options.append(ShipmentOption(age))
    return tuple(draw(st.permutations(options)))


def senders() -> st.SearchStrategy[Sender]:
    """Return who ships."""
    return st.builds(Sender, company=texts(44), phone=phones(), address=addresses(), name=texts(44, required=False))


def recipients() -> st.SearchStrategy[Recipient]:
    """Return who picks up."""
    return st.builds(Recipient, name=texts(44), phone=phones(), email=emails(), address=addresses())


def papers() -> st.SearchStrategy[tuple[PaperSize, LabelFormat]]:
    """Return what a label may be printed on and from."""
    return st.sampled_from(
        [
            (PaperSize.THERMAL, LabelFormat.PDF),
            (PaperSize.THERMAL, LabelFormat.ZPL),
            (PaperSize.LETTER, LabelFormat.PDF),
        ]
    )


@st.composite
def valid_shipment_requests(draw: st.DrawFn) -> ShipmentRequest:
    """Return any request that keeps every rule of D2PO."""
    paper_size, label_format = draw(papers())
    return ShipmentRequest(
        request_id=draw(texts(32)),
        group_id=draw(texts(32)),
        service=draw(st.sampled_from(Service)),
        office_id=draw(st.text(digits, min_size=1, max_size=12)),
        sender=draw(senders()),
        recipient=draw(recipients()),
        parcel=draw(parcels()),
        options=draw(option_sets()),
        reference=draw(texts(35, required=False)),
        mailing_date=draw(st.none() | st.dates()),
        paper_size=paper_size,
        label_format=label_format,
    )


def accounts(*, by_card: bool = True) -> st.SearchStrategy[Account]:
    """Return accounts that pay by contract or, unless ``by_card`` is False, by card, having none."""
    customer, contract = (st.text(digits, min_size=least, max_size=10) for least in (7, 1))
    contract_id = contract | st.none() if by_card else contract
    return st.builds(Account, customer_number=customer, contract_id=contract_id, mobo=st.just("") | customer)


@st.composite
def valid_rate_requests(draw: st.DrawFn) -> RateRequest:
    """Return any question for a price that keeps every rule."""
    services = draw(st.lists(st.sampled_from(Service), unique=True))
    return RateRequest(
        origin_postal_code=draw(postal_codes()),
        destination_postal_code=draw(postal_codes()),
        parcel=draw(parcels()),
        options=(ShipmentOption("D2PO"), *draw(option_sets())),
        services=tuple(services),
    )


def valid_office_queries() -> st.SearchStrategy[OfficeQuery]:
    places = st.builds(Point, latitude=st.floats(40, 90), longitude=st.floats(-150, -50))
    streets = texts(64, required=False).filter(lambda text: not text.strip()[:1].isdigit())
    return st.one_of(
        postal_codes().map(NearPostalCode),
        places.map(NearCoordinates),
        st.builds(NearAddress, province=st.sampled_from(PROVINCES), city=texts(40), street=streets),
    )
