"""The services and options that the emulator offers, and which of them exclude each other."""

from dataclasses import dataclass
from decimal import Decimal

HEAVIEST_KG = 30
LONGEST_SIDE_CM = 200
LARGEST_LENGTH_AND_GIRTH_CM = 300
LARGEST_COVERAGE = 5000
COVERAGE_WITHOUT_SIGNATURE = 100
D2PO = "D2PO"


@dataclass(frozen=True)
class ServiceOffered:
    """A service: its names, the parts of its invented price (CAD, CAD a kilogram) and its transit time in days."""

    code: str
    name: str
    name_fr: str
    base: Decimal
    per_kg: Decimal
    days: int
    guaranteed: bool
    options: tuple[str, ...]


@dataclass(frozen=True)
class OptionOffered:
    """An option: its names, class, price in CAD, and the options that it excludes."""

    code: str
    name: str
    name_fr: str
    kind: str
    price: Decimal = Decimal(0)
    qualifier_required: bool = False
    conflicts: tuple[str, ...] = ()


_USUAL = ("SO", "COV", "PA18", "PA19", "PA21", "HFP", "LAD", "DNS", "DC", "COD")
_WITH_D2PO = (*_USUAL, D2PO)


def _cad(amount: str) -> Decimal:
    return Decimal(amount)


SERVICES = {
    service.code: service
    for service in (
        ServiceOffered("DOM.RP", "Regular Parcel", "Colis standard", _cad("10.10"), _cad("1.05"), 6, False, _USUAL),
        ServiceOffered(
            "DOM.EP", "Expedited Parcel", "Colis accélérés", _cad("11.20"), _cad("1.15"), 4, True, _WITH_D2PO
        ),
        ServiceOffered("DOM.XP", "Xpresspost", "Xpresspost", _cad("15.90"), _cad("1.85"), 2, True, _WITH_D2PO),
        ServiceOffered("DOM.PC", "Priority", "Priorité", _cad("24.50"), _cad("2.60"), 1, True, _USUAL),
    )
}
D2PO_SERVICES = tuple(code for code, service in SERVICES.items() if D2PO in service.options)

_AGAINST_D2PO = ("HFP", "LAD", "DNS")
_TWO = Decimal("2.00")
OPTIONS = {
    option.code: option
    for option in (
        OptionOffered("SO", "Signature", "Signature", "FEAT", _TWO, conflicts=("LAD",)),
        OptionOffered("COV", "Coverage", "Couverture", "FEAT", qualifier_required=True),
        OptionOffered("PA18", "Proof of Age Required - 18", "Preuve d'âge requise - 18", "FEAT", _TWO),
        OptionOffered("PA19", "Proof of Age Required - 19", "Preuve d'âge requise - 19", "FEAT", _TWO),
        OptionOffered("PA21", "Proof of Age Required - 21", "Preuve d'âge requise - 21", "FEAT", _TWO),
        OptionOffered("HFP", "Card for Pickup", "Annoncer par carte", "DEL", conflicts=("LAD", "DNS", D2PO)),
        OptionOffered("LAD", "Leave at Door", "Laisser à la porte", "DEL", conflicts=("SO", "HFP", "DNS", D2PO)),
        OptionOffered("DNS", "Do not Safe Drop", "Ne pas laisser en lieu sûr", "DEL", conflicts=("HFP", "LAD", D2PO)),
        OptionOffered("DC", "Delivery Confirmation", "Confirmation de livraison", "FEAT"),
        OptionOffered("COD", "Collect on Delivery", "Envoi contre remboursement", "FEAT", qualifier_required=True),
        OptionOffered(
            D2PO,
            "Deliver to Post Office",
            "Livrer au bureau de poste",
            "DEL",
            qualifier_required=True,
            conflicts=_AGAINST_D2PO,
        ),
    )
}
# BFLF is not offered here; it is listed so that it is refused as a conflict.
OPTIONS_AGAINST_D2PO = (*_AGAINST_D2PO, "BFLF")
