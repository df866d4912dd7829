"""What a shipment costs in the emulator: an invented price, always the same for a parcel to a postal code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from deliver_to_po.emulator.catalogue import COVERAGE_WITHOUT_SIGNATURE, OPTIONS, SERVICES
from deliver_to_po.emulator.country.offices import office

_CENT = Decimal("0.01")
FUEL_PERCENT = Decimal("17.5")
# To the country, by the postal code, where 0 is its second character.
_RURAL, _RURAL_DAYS = Decimal("2.40"), 1
_GST = Decimal(5)
_HST = {"ON": Decimal(13), "NB": Decimal(15), "NL": Decimal(15), "NS": Decimal(15), "PE": Decimal(15)}
_FIRST_LETTERS = {
    "A": "NL",
    "B": "NS",
    "C": "PE",
    "E": "NB",
    "G": "QC",
    "H": "QC",
    "J": "QC",
    "R": "MB",
    "S": "SK",
    "T": "AB",
    "V": "BC",
    "X": "NT",
    "Y": "YT",
}


@dataclass(frozen=True)
class Cost:
    """A price in CAD and its parts; taxes with their percentage."""

    service: str
    base: Decimal
    options: tuple[tuple[str, Decimal], ...]
    fuel: Decimal
    gst: Decimal
    gst_percent: Decimal
    hst: Decimal
    hst_percent: Decimal
    weight_kg: Decimal
    days: int
    guaranteed: bool
    delivered_on: date

    @property
    def before_tax(self) -> Decimal:
        return self.base + self.fuel + sum((price for _, price in self.options), Decimal(0))

    @property
    def due(self) -> Decimal:
        return self.before_tax + self.gst + self.hst


def cost(service: str, weight_kg: Any, options: Iterable[Mapping[str, Any]], to: str, mailed_on: date) -> Cost:
    """Return what a parcel costs to a postal code: taxed in its province, dearer and a day later in the country."""
    offered, rural = SERVICES[service], to[1:2] == "0"
    weight = Decimal(str(weight_kg))
    base = (offered.base + offered.per_kg * weight + rural * _RURAL).quantize(_CENT)
    days = offered.days + rural * _RURAL_DAYS
    priced = tuple((option["optionCode"], _option_price(option)) for option in options)
    fuel = (base * FUEL_PERCENT / 100).quantize(_CENT)
    before_tax = base + fuel + sum((price for _, price in priced), Decimal(0))
    hst_percent = _HST.get(_province_of(to), Decimal(0))
    gst_percent = Decimal(0) if hst_percent else _GST
    return Cost(
        service=service,
        base=base,
        options=priced,
        fuel=fuel,
        gst=(before_tax * gst_percent / 100).quantize(_CENT),
        gst_percent=gst_percent,
        hst=(before_tax * hst_percent / 100).quantize(_CENT),
        hst_percent=hst_percent,
        weight_kg=weight,
        days=days,
        guaranteed=offered.guaranteed,
        delivered_on=_after_business_days(mailed_on, days),
    )


def cost_of_shipment(spec: Mapping[str, Any], mailed_on: date | None = None) -> Cost:
    """Return what a delivery specification costs; a D2PO parcel is taxed where its post office is."""
    return cost(
        spec["serviceCode"],
        spec["parcelCharacteristics"]["weight"],
        spec.get("options", ()),
        _postal_code_of(spec),
        mailed_on or today(),
    )


def _province_of(postal_code: str) -> str:
    """Return the province of a postal code, ON where its letter says nothing else."""
    return _FIRST_LETTERS.get(postal_code[:1], "ON")


def today() -> date:
    """Return the day on which parcels are mailed (UTC)."""
    return datetime.now(UTC).date()


def _postal_code_of(spec: Mapping[str, Any]) -> str:
    for option in spec.get("options", ()):
        found = office(str(option.get("optionQualifier2", ""))) if option["optionCode"] == "D2PO" else None
        if found is not None:
            return found.postal_code
    return str(spec["destination"]["addressDetails"].get("postalZipCode", ""))


def _option_price(option: Mapping[str, Any]) -> Decimal:
    if option["optionCode"] == "COV":
        # The first hundred dollars of coverage are free.
        beyond = max(Decimal(0), Decimal(str(option.get("optionAmount", 0))) - COVERAGE_WITHOUT_SIGNATURE)
        return (beyond / 100 * Decimal("2.5")).quantize(_CENT)
    offered = OPTIONS.get(option["optionCode"])
    return offered.price if offered else Decimal(0)


def _after_business_days(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
