"""Sales taxes on goods and on their delivery, by the province that they are delivered to. Amounts in CAD.

Rates as of 1 April 2025, when Nova Scotia's became 14 %. Source: Canada Revenue Agency, "Charge and collect the tax –
Which rate to charge", and for PST and QST the revenue agencies of the four provinces. A real shop looks them up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
GST, PST, QST, HST = "GST", "PST", "QST", "HST"


def _percent(number: str) -> Decimal:
    return Decimal(number)


_FEDERAL = (GST, _percent("5"))
# Manitoba calls its provincial tax the retail sales tax; the federal tables list it as PST.
RATES: dict[str, tuple[tuple[str, Decimal], ...]] = {
    "AB": (_FEDERAL,),
    "BC": (_FEDERAL, (PST, _percent("7"))),
    "MB": (_FEDERAL, (PST, _percent("7"))),
    "NB": ((HST, _percent("15")),),
    "NL": ((HST, _percent("15")),),
    "NS": ((HST, _percent("14")),),
    "NT": (_FEDERAL,),
    "NU": (_FEDERAL,),
    "ON": ((HST, _percent("13")),),
    "PE": ((HST, _percent("15")),),
    "QC": (_FEDERAL, (QST, _percent("9.975"))),
    "SK": (_FEDERAL, (PST, _percent("6"))),
    "YT": (_FEDERAL,),
}


@dataclass(frozen=True)
class Tax:
    """One tax: its English name, its rate in percent, and what it comes to."""

    name: str
    percent: Decimal
    amount: Decimal

    def to_json(self) -> list[str]:
        """Return it as texts."""
        return [self.name, str(self.percent), str(self.amount)]


def taxes(taxable: Decimal, province: str) -> tuple[Tax, ...]:
    """Return what is charged on ``taxable``, goods and delivery together, each tax rounded to the cent by itself.

    None of them is charged on another. A province that is not known has the federal tax alone.
    """
    return tuple(
        Tax(name, percent, (taxable * percent / 100).quantize(CENT, ROUND_HALF_UP))
        for name, percent in RATES.get(province, (_FEDERAL,))
    )


def from_json(rows: Iterable[list[str]]) -> tuple[Tax, ...]:
    """Read what ``Tax.to_json`` wrote of several."""
    return tuple(Tax(name, Decimal(percent), Decimal(amount)) for name, percent, amount in rows)
