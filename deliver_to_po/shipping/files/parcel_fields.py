"""One parcel as the plain texts that a card shows and a file holds."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from deliver_to_po.canadapost.identifiers import PHONE_DIGITS, phone_digits
from deliver_to_po.shipping.answers import ShipmentRequest

# As much of a request id as tells the parcels and revisions of one order apart.
MARK = 6
# Canada Post takes references of 35 characters; "TEST-", a hyphen and the mark are part of them.
LONGEST_REFERENCE = 35 - MARK - 6
# What no program takes for a formula, a separator or a quotation mark.
UNSAFE = re.compile(r"[^A-Za-z0-9._/#]+")
# A cell that begins with one of these is a formula to a spreadsheet, or to one of its older kinds.
FORMULA = ("=", "+", "-", "@", "|", "%")
# Where a cell begins: in French Canada a spreadsheet divides cells by ``;``, and minds no quotation mark within one.
CELLS = re.compile(r"(?<=[;\t\r\n])")

# What a column map may name, with what it holds.
FIELDS: Mapping[str, str] = {
    "parcel_reference": "what tells the parcel from all others: it comes back with the number",
    "reference": "the order's reference",
    "office_id": "the post office's id",
    "office_name": "the post office's name",
    "office_address": "the post office's street",
    "office_city": "the post office's city",
    "office_province": "the post office's province",
    "office_postal_code": "the post office's postal code",
    "recipient_name": "who picks up",
    "recipient_first_name": "the first word of that name",
    "recipient_last_name": "the rest of it",
    "recipient_address_line_1": "their own address",
    "recipient_address_line_2": "its second line",
    "recipient_city": "their city",
    "recipient_province": "their province",
    "recipient_postal_code": "their postal code",
    "country": "CA",
    "recipient_phone": "their phone, ten digits",
    "recipient_email": "their e-mail address",
    "service": "Canada Post's code of the service",
    "weight_kg": "kilograms",
    "weight_g": "grams",
    "length_cm": "centimetres",
    "width_cm": "centimetres",
    "height_cm": "centimetres",
    "options": "the codes of the options, D2PO among them",
    "coverage": "the amount of coverage in CAD, if any",
    "sender_company": "the shop",
    "test": "TEST, or nothing for a real parcel",
}


def parcel_reference(reference: str, request_id: str, *, live: bool) -> str:
    """Return what a parcel is called in a system that knows no request ids: never the same for two of them.

    It has letters, digits and ``. _ / # -`` only, and 35 characters at most.
    """
    plain = UNSAFE.sub("-", reference).strip("-")[:LONGEST_REFERENCE].strip("-")
    words = ["" if live else "TEST", plain, request_id[:MARK].upper()]
    return "-".join(filter(None, words))


def formula_in(text: str) -> str:
    """Return the sign that would make a spreadsheet calculate a text, or a part of it; ``""`` for none."""
    return next(filter(None, map(_formula, CELLS.split(text))), "")


def without_formula(text: str) -> str:
    """Return a text that every spreadsheet shows: an apostrophe stands before whatever would be a formula."""
    return "".join(f"'{cell}" if _formula(cell) else cell for cell in CELLS.split(text))


def _formula(cell: str) -> str:
    """Return the first sign of a cell if it begins a formula; ``＝`` is ``=``, and what is not seen does not count."""
    first = next((sign for sign in cell if sign != '"' and unicodedata.category(sign)[0] not in "CZ"), "")
    return first if unicodedata.normalize("NFKC", first) in FORMULA else ""


def fields_of(request: ShipmentRequest) -> dict[str, str]:
    """Return the value of each of FIELDS for one parcel; numbers with a point, whatever the language is."""
    person, office, parcel = request.recipient, request.office, request.parcel
    first, _space, rest = person.name.partition(" ")
    amounts = {option.code: option.amount for option in request.options}
    return {
        "parcel_reference": parcel_reference(request.reference, request.request_id, live=request.live),
        "reference": request.reference,
        "office_id": office.office_id,
        "office_name": office.name,
        "office_address": office.street,
        "office_city": office.city,
        "office_province": office.province,
        "office_postal_code": office.postal_code,
        "recipient_name": person.name,
        "recipient_first_name": first if rest else "",
        "recipient_last_name": rest or first,
        "recipient_address_line_1": person.address.line_1,
        "recipient_address_line_2": person.address.line_2,
        "recipient_city": person.address.city,
        "recipient_province": person.address.province,
        "recipient_postal_code": person.address.postal_code,
        "country": "CA",
        "recipient_phone": ten_digits(person.phone),
        "recipient_email": person.email,
        "service": request.service,
        "weight_kg": plain_number(parcel.weight_kg),
        "weight_g": f"{(parcel.weight_kg * 1000).to_integral_value(ROUND_CEILING):f}",
        "length_cm": plain_number(parcel.length_cm),
        "width_cm": plain_number(parcel.width_cm),
        "height_cm": plain_number(parcel.height_cm),
        "options": " ".join(["D2PO", *amounts]),
        "coverage": "" if amounts.get("COV") is None else f"{amounts['COV']:.2f}",
        "sender_company": request.sender.company,
        "test": "" if request.live else "TEST",
    }


def ten_digits(phone: str) -> str:
    """Return the digits of a phone number, without the 1 of North America before its ten."""
    digits = phone_digits(phone)
    return digits[1:] if len(digits) == PHONE_DIGITS + 1 and digits.startswith("1") else digits


def plain_number(number: Decimal) -> str:
    """Return ``1.25`` for 1.250."""
    return f"{number.normalize():f}"
