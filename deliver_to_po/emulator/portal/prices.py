"""Prices in the portal's shapes."""

from decimal import Decimal
from typing import Any

from deliver_to_po.emulator.prices import Cost


def shipment_price(cost: Cost) -> dict[str, Any]:
    return {
        "serviceCode": cost.service,
        "baseAmount": amount(cost.base),
        "pricedOptions": [{"optionCode": code, "optionPrice": amount(price)} for code, price in cost.options],
        "adjustments": [{"adjustmentCode": "FUELSC", "adjustmentAmount": amount(cost.fuel)}],
        "preTaxAmount": amount(cost.before_tax),
        "gstAmount": amount(cost.gst),
        "pstAmount": 0,
        "hstAmount": amount(cost.hst),
        "dueAmount": amount(cost.due),
        "serviceStandard": service_standard(cost),
        "ratedWeight": amount(cost.weight_kg),
    }


def service_standard(cost: Cost) -> dict[str, Any]:
    """Return when a parcel should arrive."""
    return {
        "amDelivery": False,
        "guaranteedDelivery": cost.guaranteed,
        "expectedTransitTime": cost.days,
        "expectedDeliveryDate": cost.delivered_on.isoformat(),
    }


def amount(number: Decimal) -> float | int:
    """Return a number as JSON holds it: without decimals where it has none."""
    return int(number) if number == number.to_integral_value() else float(number)
