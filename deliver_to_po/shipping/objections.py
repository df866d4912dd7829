"""What Deliver to Post Office asks of a request, checked before any call and said in words that a clerk reads."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.canadapost import types as carrier
from deliver_to_po.canadapost.constraints import Broken, Rule, check_options, check_parcel, check_sender
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.rules import OPERATION, broken_by_recipient, check_shipment, refuse
from deliver_to_po.canadapost.types import Parcel, Recipient, Sender, ShipmentOption
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping.answers import Refused, ShipmentRequest
from deliver_to_po.shipping.canadapost_request import carrier_request


class OwnRule(StrEnum):
    """Rules that are not Canada Post's: of a file for another program, and that no two parcels share a number."""

    NO_COLUMN = "no column"
    NO_ARTICLE = "no article"
    FORMULA = "formula"
    LETTER = "letter"
    ANOTHERS = "another parcel's"


# What a clerk calls each field of Canada Post's request.
FIELDS: Mapping[str, Promise] = {
    "service": gettext_lazy("Service"),
    "office_id": gettext_lazy("Post office"),
    "request_id": gettext_lazy("Request ID"),
    "group_id": gettext_lazy("Group of parcels"),
    "reference": gettext_lazy("Order’s reference"),
    "recipient.name": gettext_lazy("Recipient’s name"),
    "recipient.phone": gettext_lazy("Recipient’s phone number"),
    "recipient.email": gettext_lazy("Recipient’s e-mail address"),
    "recipient.address.line_1": gettext_lazy("Recipient’s address, first line"),
    "recipient.address.line_2": gettext_lazy("Recipient’s address, second line"),
    "recipient.address.city": gettext_lazy("Recipient’s city"),
    "recipient.address.province": gettext_lazy("Recipient’s province"),
    "recipient.address.postal_code": gettext_lazy("Recipient’s postal code"),
    "sender.company": gettext_lazy("Sender’s company"),
    "sender.name": gettext_lazy("Sender’s name"),
    "sender.phone": gettext_lazy("Sender’s phone number"),
    "sender.address.line_1": gettext_lazy("Sender’s address, first line"),
    "sender.address.line_2": gettext_lazy("Sender’s address, second line"),
    "sender.address.city": gettext_lazy("Sender’s city"),
    "sender.address.province": gettext_lazy("Sender’s province"),
    "sender.address.postal_code": gettext_lazy("Sender’s postal code"),
    "parcel": gettext_lazy("Parcel’s size"),
    "parcel.weight_kg": gettext_lazy("Parcel’s weight"),
    "parcel.length_cm": gettext_lazy("Parcel’s length"),
    "parcel.width_cm": gettext_lazy("Parcel’s width"),
    "parcel.height_cm": gettext_lazy("Parcel’s height"),
    "options": gettext_lazy("Options"),
    "group_ids": gettext_lazy("Groups of parcels"),
    "excluded": gettext_lazy("Excluded shipments"),
    "label_format": gettext_lazy("Shipping label"),
    "tracking_pin": gettext_lazy("Tracking number"),
    "account.customer_number": gettext_lazy("Shop’s customer number"),
    "account.mobo": gettext_lazy("Number of the customer that the shop mails for"),
    "account.contract_id": gettext_lazy("Shop’s contract"),
}
# What comes after the field and a colon, so that it needs no gender.
SENTENCES: Mapping[str, Promise] = {
    Rule.REQUIRED: gettext_lazy("this is missing"),
    Rule.TOO_LONG: gettext_lazy("%(length)s characters, but at most %(most)s fit"),
    Rule.ONE_LINE: gettext_lazy("this holds a line break or a sign that cannot be printed"),
    Rule.NO_COMMAND: gettext_lazy("“^” and “~” begin commands of label printers; write it without"),
    Rule.DIGITS: gettext_lazy("only digits are allowed"),
    Rule.EMAIL: gettext_lazy("this must be written like name@example.com, without accents"),
    Rule.PHONE: gettext_lazy("this must be a number with its area code, such as 613-555-0123"),
    Rule.POSTAL_CODE: gettext_lazy("this must be a Canadian postal code, such as K1A 0B1"),
    Rule.PROVINCE: gettext_lazy("this must be a province or territory of Canada"),
    Rule.SERVICE: gettext_lazy("this service does not go to a post office"),
    Rule.MEASURE: gettext_lazy("this must be more than 0 and at most %(most)s %(unit)s"),
    Rule.DECIMALS: gettext_lazy("too many decimals, at most %(most)s are allowed"),
    Rule.GIRTH: gettext_lazy("the length plus the distance around must be at most %(most)s cm"),
    Rule.OPTION: gettext_lazy("“%(code)s” does not go with Deliver to Post Office"),
    Rule.OPTION_ONCE: gettext_lazy("one of them is given twice"),
    Rule.ONE_PROOF_OF_AGE: gettext_lazy("only one proof of age is allowed"),
    Rule.NO_AMOUNT: gettext_lazy("“%(code)s” takes no amount"),
    Rule.COVERAGE: gettext_lazy("coverage needs an amount of at most $%(most)s"),
    Rule.COVERAGE_DECIMALS: gettext_lazy("the amount of coverage has too many decimals, at most %(most)s are allowed"),
    Rule.SIGNATURE: gettext_lazy("coverage of more than $%(most)s needs a signature"),
    Rule.THERMAL: gettext_lazy("ZPL needs paper of 4 × 6 inches"),
    Rule.CUSTOMER: gettext_lazy("this must be 7 to 10 digits"),
    Rule.CONTRACT: gettext_lazy("this must be 1 to 10 digits"),
    Rule.PDF_ONLY: gettext_lazy("without a contract there is only PDF"),
    Rule.SHORT_ENDING: gettext_lazy("without a contract at most %(most)s letters fit after the last dot"),
    OwnRule.NO_COLUMN: gettext_lazy("the file for EST 2.0 has no column for “%(code)s”"),
    OwnRule.NO_ARTICLE: gettext_lazy("the file for EST 2.0 has no article number for “%(code)s”"),
    OwnRule.FORMULA: gettext_lazy("“%(sign)s” would make it a formula; write it without"),
    OwnRule.LETTER: gettext_lazy("the file cannot hold “%(sign)s”; write it with other letters"),
    OwnRule.ANOTHERS: gettext_lazy("another parcel has one of these numbers: %(numbers)s"),
}


def objection_to(request: ShipmentRequest) -> Refused | None:
    """Return the first rule of Deliver to Post Office that ``request`` breaks, in the active language; else None."""
    try:
        check_shipment(carrier_request(request))
    except InvalidRequest as error:
        return refusal(error)
    return None


def objection_to_recipient(recipient: Recipient) -> Refused | None:
    """Return the first rule that a recipient breaks, in the active language; else None."""
    return _first_of(broken_by_recipient(recipient))


def objection_to_sender(sender: Sender) -> Refused | None:
    """Return the first rule that a sender breaks, in the active language; else None."""
    return _first_of(check_sender(sender))


def objection_to_parcel(parcel: Parcel, service: str, options: Sequence[ShipmentOption]) -> Refused | None:
    """Return the first rule that a parcel with its service and options breaks, in the active language; else None."""
    return _first_of(_broken_by_parcel(parcel, service, options))


def objections_to_parcel(parcel: Parcel, service: str, options: Sequence[ShipmentOption]) -> list[tuple[str, str]]:
    """Return every rule that a parcel breaks: which of FIELDS, and what is said of it in the active language."""
    broken = _broken_by_parcel(parcel, service, options)
    return [(each.field, refusal(InvalidRequest(OPERATION, *each)).said) for each in broken]


def _broken_by_parcel(parcel: Parcel, service: str, options: Sequence[ShipmentOption]) -> Iterator[Broken]:
    if service not in tuple(carrier.Service):
        yield Broken("service", Rule.SERVICE)
    yield from check_parcel(parcel)
    yield from check_options(options)


def _first_of(broken: Iterable[Broken]) -> Refused | None:
    try:
        refuse(OPERATION, broken)
    except InvalidRequest as error:
        return refusal(error)
    return None


def breaks(field: str, rule: OwnRule, **values: str) -> Refused:
    """Return the refusal of what breaks a rule of our own."""
    return refusal(InvalidRequest(OPERATION, field, rule, values))


def refusal(error: InvalidRequest) -> Refused:
    """Return the answer to a request that breaks a rule: which field, and what it must be."""
    kept = {"field": error.field, "rule": str(error.template), "values": error.values}
    said = _sentence(error.field, error.template, error.values)
    return Refused(reason=Reason.INVALID, said=said, rule=json.dumps(kept, default=str))


def worded(text: str) -> str:
    """Return a rule that ``Refused.rule`` kept as code and values in the active language; any other text as it is."""
    try:
        kept = json.loads(text)
        return _sentence(kept["field"], kept["rule"], kept["values"])
    except (KeyError, TypeError, ValueError):
        return text


def part_of(text: str) -> str:
    """Return of which part of a request ``Refused.rule`` tells, such as ``"parcel"``; ``""`` for any other text."""
    try:
        return str(json.loads(text)["field"]).partition(".")[0]
    except (KeyError, TypeError, ValueError):
        return ""


def _sentence(field: str, rule: str, values: Mapping[str, object]) -> str:
    # Canada Post's XML writer has one more rule, which nothing reaches that keeps these.
    words = str(SENTENCES.get(rule, rule))
    told = words % values if values else words
    return _("%(field)s: %(rule)s.") % {"field": FIELDS.get(field, gettext_lazy("Shipment")), "rule": told}
