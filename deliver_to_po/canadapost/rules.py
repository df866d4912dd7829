"""What a D2PO request must keep, checked before any call, since Canada Post's own schemas enforce none of it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.types import Address, LabelFormat, PaperSize, Parcel, Service, ShipmentRequest

OPERATION = "create shipment"
MAX_WEIGHT_KG = Decimal(30)
MAX_SIDE_CM = Decimal(200)
MAX_LENGTH_AND_GIRTH_CM = Decimal(300)
COVERAGE_WITHOUT_SIGNATURE = Decimal(100)
MAX_COVERAGE = Decimal(5000)
OPTIONS_WITH_D2PO = ("SO", "COV", "PA18", "PA19", "PA21")


class Broken(NamedTuple):
    """A broken rule: the field to correct and what it must be."""

    field: str
    rule: str


def check_shipment(request: ShipmentRequest) -> None:
    """Raise InvalidRequest for the first D2PO rule that ``request`` breaks."""
    for field, rule in broken_rules(request):
        raise InvalidRequest(OPERATION, field, rule)


def broken_rules(request: ShipmentRequest) -> Iterator[Broken]:
    """Yield every broken rule of ``request``, in the order of a label's fields."""
    if request.service not in tuple(Service):
        yield Broken("service", "D2PO goes only with Xpresspost (DOM.XP) and Expedited Parcel (DOM.EP)")
    yield from _text("office_id", request.office_id, ids.OFFICE_ID_LENGTH)
    if request.office_id and not (request.office_id.isascii() and request.office_id.isdigit()):
        yield Broken("office_id", "is made of digits")
    yield from _text("request_id", request.request_id, ids.REQUEST_ID_LENGTH)
    yield from _text("group_id", request.group_id, 32)
    yield from _text("reference", request.reference, ids.REFERENCE_LENGTH, required=False)
    yield from _recipient(request)
    yield from _sender(request)
    yield from _parcel(request.parcel)
    yield from _options(request)
    if request.label_format == LabelFormat.ZPL and request.paper_size != PaperSize.THERMAL:
        yield Broken("label_format", "ZPL prints only on 4x6 thermal paper")


def _text(field: str, value: str, longest: int, *, required: bool = True) -> Iterator[Broken]:
    if required and not value.strip():
        yield Broken(field, "is required")
    if len(value) > longest:
        yield Broken(field, f"has {len(value)} characters, at most {longest} fit")
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        yield Broken(field, "holds a control character")


def _recipient(request: ShipmentRequest) -> Iterator[Broken]:
    recipient = request.recipient
    yield from _text("recipient.name", recipient.name, ids.NAME_LENGTH)
    yield from _address("recipient", recipient.address)
    yield from _text("recipient.email", recipient.email, ids.EMAIL_LENGTH)
    if recipient.email and not ids.EMAIL.fullmatch(recipient.email):
        yield Broken("recipient.email", "is an e-mail address in plain ASCII")
    yield from _phone("recipient.phone", recipient.phone)


def _sender(request: ShipmentRequest) -> Iterator[Broken]:
    yield from _text("sender.company", request.sender.company, ids.NAME_LENGTH)
    yield from _text("sender.name", request.sender.name, ids.NAME_LENGTH, required=False)
    yield from _phone("sender.phone", request.sender.phone)
    yield from _address("sender", request.sender.address)


def _address(whose: str, address: Address) -> Iterator[Broken]:
    yield from _text(f"{whose}.address.line_1", address.line_1, ids.ADDRESS_LINE_LENGTH)
    yield from _text(f"{whose}.address.line_2", address.line_2, ids.ADDRESS_LINE_LENGTH, required=False)
    yield from _text(f"{whose}.address.city", address.city, ids.CITY_LENGTH)
    if address.province not in ids.PROVINCES:
        yield Broken(f"{whose}.address.province", "is the two letters of a Canadian province or territory")
    if not ids.POSTAL_CODE.fullmatch(address.postal_code):
        yield Broken(f"{whose}.address.postal_code", "is a Canadian postal code written A9A9A9")


def _phone(field: str, phone: str) -> Iterator[Broken]:
    yield from _text(field, phone, ids.PHONE_LENGTH)
    if phone and (not ids.PHONE.fullmatch(phone) or len(ids.phone_digits(phone)) < ids.PHONE_DIGITS):
        yield Broken(field, "is a phone number with its area code")


def _parcel(parcel: Parcel) -> Iterator[Broken]:
    if not Decimal(0) < parcel.weight_kg <= MAX_WEIGHT_KG:
        yield Broken("parcel.weight_kg", f"is more than 0 and at most {MAX_WEIGHT_KG} kg")
    elif _decimals(parcel.weight_kg) > 3:
        yield Broken("parcel.weight_kg", "has at most 3 decimals")
    sides = {"length_cm": parcel.length_cm, "width_cm": parcel.width_cm, "height_cm": parcel.height_cm}
    for name, side in sides.items():
        if not Decimal(0) < side <= MAX_SIDE_CM:
            yield Broken(f"parcel.{name}", f"is more than 0 and at most {MAX_SIDE_CM} cm")
        elif _decimals(side) > 1:
            yield Broken(f"parcel.{name}", "has at most 1 decimal")
    if length_and_girth_cm(parcel) > MAX_LENGTH_AND_GIRTH_CM:
        yield Broken("parcel", f"length + girth is at most {MAX_LENGTH_AND_GIRTH_CM} cm")


def length_and_girth_cm(parcel: Parcel) -> Decimal:
    """Return the longest side plus twice the two others, in centimetres."""
    longest, *others = sorted((parcel.length_cm, parcel.width_cm, parcel.height_cm), reverse=True)
    return longest + 2 * sum(others, Decimal(0))


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _options(request: ShipmentRequest) -> Iterator[Broken]:
    codes = [option.code for option in request.options]
    for code in codes:
        if code not in OPTIONS_WITH_D2PO:
            yield Broken("options", f"{re.sub('[^A-Z0-9]', '?', code)[:10]} does not go with D2PO")
    if len(set(codes)) < len(codes):
        yield Broken("options", "each option is given once")
    if sum(code.startswith("PA") for code in codes) > 1:
        yield Broken("options", "only one proof of age fits")
    for option in request.options:
        if option.code != "COV":
            if option.amount is not None:
                yield Broken("options", f"{option.code} takes no amount")
        elif option.amount is None or not Decimal(0) < option.amount <= MAX_COVERAGE:
            yield Broken("options", f"COV needs an amount, at most {MAX_COVERAGE} CAD")
        elif option.amount > COVERAGE_WITHOUT_SIGNATURE and "SO" not in codes:
            yield Broken("options", f"coverage above {COVERAGE_WITHOUT_SIGNATURE} CAD needs SO (signature)")
