"""Reads prices and options; raises Unreadable."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.reading import check_price
from deliver_to_po.canadapost.types import OptionInfo, Rate

TAXES = ("gst", "pst", "hst")


def read_rates(operation: str, body: Any) -> list[Rate]:
    return [_rate(operation, row) for row in fields.rows(operation, body, "prices")]


def _rate(operation: str, row: Mapping[str, Any]) -> Rate:
    price = fields.mapping(operation, row.get("priceDetails"), "priceDetails")
    # Prices of rating name no currency and are in CAD; one that names another must not be charged as CAD.
    if any(fields.text(place.get("currency")) not in ("", "CAD") for place in (row, price)):
        raise Unreadable(operation, why="a price in another currency")
    base, due = (fields.required_decimal(operation, price, key) for key in ("base", "due"))
    taxes = _taxes(operation, price.get("taxes"))
    extras = [_sum(operation, price, "options", "optionPrice"), _sum(operation, price, "adjustments", "adjustmentCost")]
    check_price(operation, base, *extras, taxes, due=due)
    standard = row.get("serviceStandard")
    standard = standard if isinstance(standard, Mapping) else {}
    return Rate(
        service=fields.required_text(operation, row, "serviceCode"),
        service_name=fields.text(row.get("serviceName")),
        base=base,
        due=due,
        taxes=taxes,
        transit_days=fields.told(fields.integer, operation, standard, "expectedTransitTime"),
        expected_delivery=fields.told(fields.day, operation, standard, "expectedDeliveryDate"),
        guaranteed=fields.boolean(standard.get("guaranteedDelivery")),
    )


def _taxes(operation: str, body: Any) -> Decimal:
    """Return the sum of the taxes. A tax without an amount is not 0: the price before tax would be too high."""
    listed = {} if body is None else fields.mapping(operation, body, "taxes")
    taxes = [fields.mapping(operation, tax, name) for name in TAXES if (tax := listed.get(name)) is not None]
    return sum((fields.required_decimal(operation, tax, "amt") for tax in taxes), Decimal(0))


def _sum(operation: str, price: Mapping[str, Any], name: str, key: str) -> Decimal:
    rows = fields.optional_rows(operation, price.get(name), name)
    return sum((fields.decimal(operation, row, key) or Decimal(0) for row in rows), Decimal(0))


def read_option(operation: str, body: Any) -> OptionInfo:
    row = fields.mapping(operation, body, "option")
    return OptionInfo(
        code=fields.required_text(operation, row, "optionCode"),
        conflicts=_codes(operation, row.get("conflictingOptions")),
    )


def _codes(operation: str, body: Any) -> tuple[str, ...]:
    """Return option codes from a list of texts or of objects."""
    if body is None:
        return ()
    if not isinstance(body, list):
        raise Unreadable(operation, why="no list of options")
    codes = (fields.text(row.get("optionCode") if isinstance(row, Mapping) else row) for row in body)
    return tuple(code for code in codes if code)
