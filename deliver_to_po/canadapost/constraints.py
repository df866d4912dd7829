"""Rules for single fields, addresses, parcels and options; each broken rule names its field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Address, Parcel, Sender, Service, ShipmentOption

MAX_WEIGHT_KG = Decimal(30)
MAX_SIDE_CM = Decimal(200)
MAX_LENGTH_AND_GIRTH_CM = Decimal(300)
COVERAGE_WITHOUT_SIGNATURE = Decimal(100)
MAX_COVERAGE = Decimal(5000)
COVERAGE_PLACES = 2
OPTIONS_WITH_D2PO = ("SO", "COV", "PA18", "PA19", "PA21")
# Control characters, lone surrogates, line separators and Unicode's noncharacters. Every field is a single line, and
# neither XML nor a label printer takes the rest.
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# What stands at the beginning of a label printer's commands (ZPL), also within a text.
_COMMANDS = re.compile(r"[\^~]")

NO_VALUES: Mapping[str, object] = MappingProxyType({})


class Rule(StrEnum):
    """The rules of a shipment, each as what is said of its field; ``%(most)s`` and the like stand for values.

    Whoever speaks to people in words of their own looks the rule up and fills in the same values.
    """

    REQUIRED = "is required"
    TOO_LONG = "has %(length)s characters, at most %(most)s fit"
    ONE_LINE = "holds a control character, a line break or half a character"
    NO_COMMAND = "holds ^ or ~, which begin commands of label printers"
    DIGITS = "is made of digits"
    EMAIL = "is an e-mail address in plain ASCII"
    PHONE = "is a phone number with its area code"
    POSTAL_CODE = "is a Canadian postal code written A9A9A9"
    PROVINCE = "is the two letters of a Canadian province or territory"
    SERVICE = "D2PO goes only with " + ", ".join(f"{each.english} ({each})" for each in Service)
    MEASURE = "is more than 0 and at most %(most)s %(unit)s"
    DECIMALS = "has no more decimals than %(most)s"
    GIRTH = "length + girth is at most %(most)s cm"
    OPTION = "%(code)s does not go with D2PO"
    OPTION_ONCE = "each option is given once"
    ONE_PROOF_OF_AGE = "only one proof of age fits"
    NO_AMOUNT = "%(code)s takes no amount"
    COVERAGE = "COV needs an amount, at most %(most)s CAD"
    COVERAGE_DECIMALS = "COV has no more decimals than %(most)s"
    SIGNATURE = "coverage above %(most)s CAD needs SO (signature)"
    THERMAL = "ZPL prints only on 4x6 thermal paper"
    CUSTOMER = "is 7 to 10 digits"
    CONTRACT = "is 1 to 10 digits: paying by account needs a contract"
    PDF_ONLY = "without a contract there is only PDF"
    SHORT_ENDING = "ends in at most %(most)s letters after its last dot, where there is no contract"


class Broken(NamedTuple):
    """A broken rule: the field to correct and what it must be, with the values that belong into the sentence."""

    field: str
    rule: str
    values: Mapping[str, object] = NO_VALUES


def check_text(field: str, value: str, longest: int, *, required: bool = True) -> Iterator[Broken]:
    """Yield what is wrong with a text of one line. A text that is too long is refused, never cut."""
    if required and not value.strip():
        yield Broken(field, Rule.REQUIRED)
    if len(value) > longest:
        yield Broken(field, Rule.TOO_LONG, {"length": len(value), "most": longest})
    if _NOT_TEXT.search(value) or any(ord(c) > 0xFFFF and ord(c) & 0xFFFE == 0xFFFE for c in value):
        yield Broken(field, Rule.ONE_LINE)


def check_printed(field: str, value: str, longest: int, *, required: bool = True) -> Iterator[Broken]:
    """Yield what is wrong with a name or a line of an address, which may stand on a label as it is."""
    yield from check_text(field, value, longest, required=required)
    if _COMMANDS.search(value):
        yield Broken(field, Rule.NO_COMMAND)


def check_pattern(field: str, value: str, pattern: str, rule: str) -> Iterator[Broken]:
    """Yield ``rule`` unless the whole of ``value`` matches ``pattern``; ASCII only."""
    if not re.fullmatch(pattern, value, re.ASCII):
        yield Broken(field, rule)


def check_email(field: str, email: str) -> Iterator[Broken]:
    yield from check_text(field, email, lengths.RECIPIENT_EMAIL)
    if email and not ids.EMAIL.fullmatch(email):
        yield Broken(field, Rule.EMAIL)


def check_ending(field: str, email: str) -> Iterator[Broken]:
    """Yield that a top-level domain is too long for the web services without a contract."""
    if len(email.rpartition(".")[2]) > lengths.SHORT_ENDING:
        yield Broken(field, Rule.SHORT_ENDING, {"most": lengths.SHORT_ENDING})


def check_phone(field: str, phone: str) -> Iterator[Broken]:
    yield from check_text(field, phone, lengths.RECIPIENT_PHONE)
    if phone and not ids.is_phone(phone):
        yield Broken(field, Rule.PHONE)


def check_postal_code(field: str, postal_code: str) -> Iterator[Broken]:
    if not (postal_code.isascii() and ids.POSTAL_CODE.fullmatch(postal_code)):
        yield Broken(field, Rule.POSTAL_CODE)


def check_province(field: str, province: str) -> Iterator[Broken]:
    if province not in ids.PROVINCES:
        yield Broken(field, Rule.PROVINCE)


# How long a line may be, and how long a city.
ADDRESS_LENGTHS = {
    "sender": (lengths.SENDER_ADDRESS_LINE, lengths.SENDER_CITY),
    "recipient": (lengths.RECIPIENT_ADDRESS_LINE, lengths.RECIPIENT_CITY),
}


def check_address(whose: str, address: Address) -> Iterator[Broken]:
    """Yield what is wrong with a Canadian address; ``whose`` is "sender" or "recipient"."""
    line, city = ADDRESS_LENGTHS[whose]
    yield from check_printed(f"{whose}.address.line_1", address.line_1, line)
    yield from check_printed(f"{whose}.address.line_2", address.line_2, line, required=False)
    yield from check_printed(f"{whose}.address.city", address.city, city)
    yield from check_province(f"{whose}.address.province", address.province)
    yield from check_postal_code(f"{whose}.address.postal_code", address.postal_code)


def check_sender(sender: Sender) -> Iterator[Broken]:
    yield from check_printed("sender.company", sender.company, lengths.SENDER_COMPANY)
    yield from check_printed("sender.name", sender.name, lengths.SENDER_NAME, required=False)
    yield from check_phone("sender.phone", sender.phone)
    yield from check_address("sender", sender.address)


def check_parcel(parcel: Parcel) -> Iterator[Broken]:
    """Yield what makes a parcel too heavy, too big or not measurable for D2PO."""
    yield from _measure("parcel.weight_kg", parcel.weight_kg, MAX_WEIGHT_KG, "kg", decimals=3)
    sides = {"length_cm": parcel.length_cm, "width_cm": parcel.width_cm, "height_cm": parcel.height_cm}
    for name, side in sides.items():
        yield from _measure(f"parcel.{name}", side, MAX_SIDE_CM, "cm", decimals=1)
    measurable = all(side.is_finite() and side <= MAX_SIDE_CM for side in sides.values())
    if measurable and length_and_girth_cm(parcel) > MAX_LENGTH_AND_GIRTH_CM:
        yield Broken("parcel", Rule.GIRTH, {"most": MAX_LENGTH_AND_GIRTH_CM})


def _measure(field: str, number: Decimal, most: Decimal, unit: str, *, decimals: int) -> Iterator[Broken]:
    if not (number.is_finite() and Decimal(0) < number <= most):
        yield Broken(field, Rule.MEASURE, {"most": most, "unit": unit})
    elif _decimals(number) > decimals:
        yield Broken(field, Rule.DECIMALS, {"most": decimals})


def length_and_girth_cm(parcel: Parcel) -> Decimal:
    """Return the longest side plus twice the two others, in centimetres."""
    longest, *others = parcel.sides_cm
    return longest + 2 * sum(others, Decimal(0))


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= 0:
        return 0
    # normalize() would round to the context's precision.
    digits = number.as_tuple().digits
    zeros = next((place for place, digit in enumerate(reversed(digits)) if digit), 0)
    return max(-exponent - zeros, 0)


def check_options(options: Sequence[ShipmentOption]) -> Iterator[Broken]:
    """Yield which of the other options do not go with D2PO, or not with each other."""
    codes = [option.code for option in options]
    for code in codes:
        if code not in OPTIONS_WITH_D2PO:
            yield Broken("options", Rule.OPTION, {"code": re.sub("[^A-Z0-9]", "?", code)[:10]})
    if len(set(codes)) < len(codes):
        yield Broken("options", Rule.OPTION_ONCE)
    if sum(code.startswith("PA") for code in codes) > 1:
        yield Broken("options", Rule.ONE_PROOF_OF_AGE)
    for option in options:
        yield from _amount(option, signed="SO" in codes)


def _amount(option: ShipmentOption, *, signed: bool) -> Iterator[Broken]:
    amount = option.amount
    if option.code != "COV":
        if amount is not None and option.code in OPTIONS_WITH_D2PO:
            yield Broken("options", Rule.NO_AMOUNT, {"code": option.code})
    elif amount is None or not (amount.is_finite() and Decimal(0) < amount <= MAX_COVERAGE):
        yield Broken("options", Rule.COVERAGE, {"most": MAX_COVERAGE})
    elif _decimals(amount) > COVERAGE_PLACES:
        yield Broken("options", Rule.COVERAGE_DECIMALS, {"most": COVERAGE_PLACES})
    elif amount > COVERAGE_WITHOUT_SIGNATURE and not signed:
        yield Broken("options", Rule.SIGNATURE, {"most": COVERAGE_WITHOUT_SIGNATURE})
