"""What a shipment costs at the emulator's Canada Post: invented, but always the same for the same parcel."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

_BASE = {"DOM.EP": 11.20, "DOM.XP": 15.90, "DOM.RP": 10.10, "DOM.PC": 24.50}
_PER_KG = {"DOM.EP": 1.15, "DOM.XP": 1.85, "DOM.RP": 1.05, "DOM.PC": 2.60}
_DAYS = {"DOM.EP": 4, "DOM.XP": 2, "DOM.RP": 6, "DOM.PC": 1}
_OPTION_PRICES = {"SO": 2.00, "PA18": 2.00, "PA19": 2.00, "PA21": 2.00}
_FUEL_RATE = 0.175
_GST_RATE = 0.05
_HST_RATES = {"ON": 0.13, "NB": 0.15, "NL": 0.15, "NS": 0.15, "PE": 0.15}


def price(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the price of a delivery specification in CAD, in the shape of the portal's price answer."""
    service, parcel = spec["serviceCode"], spec["parcelCharacteristics"]
    base = round(_BASE[service] + _PER_KG[service] * parcel["weight"], 2)
    options = [
        {"optionCode": option["optionCode"], "optionPrice": _option_price(option)} for option in spec.get("options", ())
    ]
    fuel = round(base * _FUEL_RATE, 2)
    before_tax = round(base + fuel + sum(option["optionPrice"] for option in options), 2)
    hst_rate = _HST_RATES.get(spec["destination"]["addressDetails"].get("provState", ""), 0.0)
    hst, gst = round(before_tax * hst_rate, 2), 0.0 if hst_rate else round(before_tax * _GST_RATE, 2)
    return {
        "serviceCode": service,
        "baseAmount": base,
        "pricedOptions": options,
        "adjustments": [{"adjustmentCode": "FUELSC", "adjustmentAmount": fuel}],
        "preTaxAmount": before_tax,
        "gstAmount": gst,
        "pstAmount": 0,
        "hstAmount": hst,
        "dueAmount": round(before_tax + gst + hst, 2),
        "serviceStandard": {
            "amDelivery": False,
            "guaranteedDelivery": service != "DOM.RP",
            "expectedTransitTime": _DAYS[service],
            "expectedDeliveryDate": (_mailing_day() + timedelta(days=_DAYS[service])).isoformat(),
        },
        "ratedWeight": parcel["weight"],
    }


def receipt(due: float) -> dict[str, Any]:
    """Return an invented credit card receipt over an amount in CAD."""
    return {
        "ccReceiptDetails": {
            "merchantName": "Emulator",
            "merchantUrl": "emulator.invalid",
            "authCode": "EMU001",
            "authTimestamp": f"{_mailing_day().isoformat()}T12:00:00-05:00",
            "cardType": "VIS",
            "currency": "CAD",
            "transactionType": "Sale",
            "chargeAmount": due,
        }
    }


def _option_price(option: Mapping[str, Any]) -> float:
    if option["optionCode"] == "COV":
        # The first hundred dollars are included.
        amount: float = option["optionAmount"]
        return round(max(0.0, amount - 100) / 100 * 2.5, 2)
    code: str = option["optionCode"]
    return _OPTION_PRICES.get(code, 0.0)


def _mailing_day() -> date:
    return datetime.now(UTC).date()
