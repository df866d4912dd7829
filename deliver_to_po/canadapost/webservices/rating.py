"""Prices, services and options by the XML API. Building raises InvalidRequest, reading Unreadable."""

from collections.abc import Iterable
from decimal import Decimal

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.reading import check_price
from deliver_to_po.canadapost.rules import check_account, check_rates
from deliver_to_po.canadapost.types import Account, OptionInfo, Rate, RateRequest, ServiceDetails
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read

OPERATION = "rates"
PRICES_PATH = "/rs/ship/price"
SERVICES_PATH = "/rs/ship/service"
MEDIA_TYPE = "application/vnd.cpc.ship.rate-v4+xml"
NAMESPACE = "http://www.canadapost.ca/ws/ship/rate-v4"
GRAMS_PER_KG = 1000
TAXES = ("gst", "pst", "hst")


def build_rate_request(request: RateRequest, account: Account) -> bytes:
    """Return the ``mailing-scenario``; raises InvalidRequest for what Canada Post gives no D2PO price for."""
    check_rates(OPERATION, request)
    check_account(OPERATION, account)
    return xml.write(OPERATION, NAMESPACE, "mailing-scenario", bodies.rates(request, account))


def service_path(code: str) -> str:
    return f"{SERVICES_PATH}/{code}"


def option_path(code: str) -> str:
    return f"/rs/ship/option/{code}"


def read_rates(operation: str, answer: Answer) -> list[Rate]:
    root = read(operation, answer, "price-quotes", namespace=NAMESPACE)
    return [_rate(operation, quote) for quote in xml.children(root, "price-quote")]


def _rate(operation: str, row: xml.Element) -> Rate:
    prices = xml.child(row, "price-details")
    # Prices name no currency and are in CAD; one that names another must not be charged as CAD.
    if any(xml.text(place, "currency") not in ("", "CAD") for place in (row, prices)):
        raise Unreadable(operation, why="a price in another currency")
    standard = xml.child(row, "service-standard")
    code = xml.text(row, "service-code")
    base, due = xml.decimal(xml.text(prices, "base")), xml.decimal(xml.text(prices, "due"))
    if not code or base is None or due is None:
        raise Unreadable(operation, why="a price without service, base or amount due")
    taxes = _sum(operation, "a tax", (xml.child(prices, "taxes", name) for name in TAXES))
    options = (xml.child(row, "option-price") for row in xml.children(xml.child(prices, "options"), "option"))
    adjustments = xml.children(xml.child(prices, "adjustments"), "adjustment")
    costs = (xml.child(row, "adjustment-cost") for row in adjustments)
    extras = [_sum(operation, "an option", options), _sum(operation, "an adjustment", costs)]
    check_price(operation, base, *extras, taxes, due=due)
    return Rate(
        service=code,
        service_name=xml.text(row, "service-name"),
        base=base,
        due=due,
        taxes=taxes,
        transit_days=xml.integer(xml.text(standard, "expected-transit-time")),
        expected_delivery=xml.day(xml.text(standard, "expected-delivery-date")),
        guaranteed=xml.boolean(xml.text(standard, "guaranteed-delivery")),
    )


def _sum(operation: str, what: str, elements: Iterable[xml.Element | None]) -> Decimal:
    """Return the sum of the amounts. An amount that we cannot read does not count as 0."""
    amounts = [xml.decimal(xml.text(element)) for element in elements if element is not None]
    if None in amounts:
        raise Unreadable(operation, why=f"{what} that is no number")
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def read_service(operation: str, answer: Answer) -> ServiceDetails:
    """Return what a service takes; its weights come in grams and its sides in centimetres. Raises Unreadable."""
    root = read(operation, answer, "service", namespace=NAMESPACE)
    code = xml.text(root, "service-code")
    if not code:
        raise Unreadable(operation, why="a service without its code")
    weight_g = _maximum(xml.child(root, "restrictions", "weight-restriction"))
    sides = xml.child(root, "restrictions", "dimensional-restrictions")
    return ServiceDetails(
        code=code,
        max_weight_kg=None if weight_g is None else weight_g / GRAMS_PER_KG,
        max_length_cm=_maximum(xml.child(sides, "length")),
        max_length_and_girth_cm=xml.decimal(xml.text(sides, "length-plus-girth-max")),
    )


def _maximum(element: xml.Element | None) -> Decimal | None:
    return None if element is None else xml.decimal(element.get("max", ""))


def read_option(operation: str, answer: Answer) -> OptionInfo:
    root = read(operation, answer, "option", namespace=NAMESPACE)
    code = xml.text(root, "option-code")
    if not code:
        raise Unreadable(operation, why="an option without its code")
    excluded = xml.children(xml.child(root, "conflicting-options"), "option-code")
    return OptionInfo(code, tuple(xml.one_line(row.text) for row in excluded))
