"""What Canada Post checks beyond the schema: payment, addresses, and the rules of Deliver to Post Office.

One table for both APIs; bodies have the portal's names here. Codes are Canada Post's where it published one; those
that begin with EMU- are invented, since nobody has seen what is answered. The sentences are this project's own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.catalogue import (
    COVERAGE_WITHOUT_SIGNATURE,
    D2PO_SERVICES,
    HEAVIEST_KG,
    LARGEST_COVERAGE,
    LARGEST_LENGTH_AND_GIRTH_CM,
    LONGEST_SIDE_CM,
    OPTIONS,
    OPTIONS_AGAINST_D2PO,
    SERVICES,
)
from deliver_to_po.emulator.country.places import plain
from deliver_to_po.emulator.refusals import Problem

PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
PHONE = re.compile(r"(\+[2-9][0-9 ().\-]{6,}|\+?[0-9 ().\-]{10,})([xp ]+[0-9]+)?", re.IGNORECASE)

Body = Mapping[str, Any]


def broken_rules(call: Call, body: Body, *, needs_dimensions: bool) -> Iterator[Problem]:
    """Yield every rule that a body of the right shape breaks; a published non-contract parcel has no dimensions."""
    spec = body["deliverySpec"]
    yield from _way_of_sending(call, body)
    yield from _payment(call, body, spec["settlementInfo"])
    yield from _sender(call, spec["sender"])
    yield from _destination(call, spec["destination"])
    yield from _parcel(call, spec, needs_dimensions)
    yield from option_problems(call, spec.get("options", ()))
    yield from _printing(call, spec)
    if _has_option(spec, "D2PO"):
        yield from _d2po(call, spec)


def _way_of_sending(call: Call, body: Body) -> Iterator[Problem]:
    if ("groupId" in body) == ("transmitShipment" in body):
        yield call.problem(
            "EMU-GROUP", "Give either groupId or transmitShipment.", "Indiquez soit groupId, soit transmitShipment."
        )
    if "requestedShippingPoint" in body and "shippingPointId" in body:
        yield call.problem("9186", "Give only one shipping point.", "Indiquez un seul point d'expédition.")
    elif "requestedShippingPoint" not in body and "shippingPointId" not in body:
        code = "9187" if "cpcPickupIndicator" in body else "EMU-SHIPPING-POINT"
        yield call.problem(code, "A shipping point is needed.", "Un point d'expédition est requis.")
    if body.get("quickshipLabelRequested") and _has_option(body["deliverySpec"], "D2PO"):
        yield call.problem("7230", "D2PO does not go with Quick Ship.", "D2PO ne va pas avec l'expédition rapide.")


def _payment(call: Call, body: Body, settlement: Body) -> Iterator[Problem]:
    method, contract = settlement["intendedMethodOfPayment"], settlement.get("contractId")
    config = call.world.config
    by_account = contract and config.contract_id
    if method not in ("CreditCard", "Account", "SupplierAccount") or (method == "Account" and not by_account):
        yield call.problem("1711", "Choose another method of payment.", "Choisissez un autre mode de paiement.")
    yield from contract_problems(call, contract or "")
    if "groupId" in body and not by_account:
        yield call.problem("7302", "A group needs a contract.", "Un groupe exige un contrat.")
    if method == "CreditCard" and config.card == "none":
        yield call.problem("9174", "The profile has no default card.", "Le profil n'a pas de carte par défaut.")
    if method == "CreditCard" and config.card == "declined":
        yield call.problem("1182", "The default card was declined.", "La carte par défaut a été refusée.")


def _sender(call: Call, sender: Body) -> Iterator[Problem]:
    if sender["addressDetails"]["countryCode"].upper() != "CA":
        yield call.problem("8048", "The sender's address is in Canada.", "L'adresse de l'expéditeur est au Canada.")
    yield from _address(call, sender["addressDetails"])


def _destination(call: Call, destination: Body) -> Iterator[Problem]:
    if not (destination.get("name") or destination.get("company")):
        yield call.problem(
            "EMU-DESTINATION",
            "The destination needs a name or a company.",
            "La destination exige un nom ou une entreprise.",
        )
    yield from _address(call, destination["addressDetails"])


def _address(call: Call, address: Body) -> Iterator[Problem]:
    """Yield what an address in Canada lacks."""
    if address["countryCode"].upper() != "CA":
        return
    if not address.get("addressLine1"):
        yield call.problem("1156", "Address line 1 is needed.", "La ligne d'adresse 1 est requise.")
    if not address.get("city"):
        yield call.problem("1157", "The city is needed.", "La ville est requise.")
    if address.get("provState") not in PROVINCES:
        yield call.problem("1159", "The province is needed, in two letters.", "La province est requise (2 lettres).")
    if not re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", address.get("postalZipCode", "")):
        yield call.problem("EMU-POSTAL-CODE", "The postal code is written A9A9A9.", "Le code postal s'écrit A9A9A9.")


def _parcel(call: Call, spec: Body, needs_dimensions: bool) -> Iterator[Problem]:
    if spec["serviceCode"] not in SERVICES:
        yield call.problem("7289", "The service is not offered.", "Le service n'est pas offert.")
    parcel = spec["parcelCharacteristics"]
    if "dimensions" not in parcel and needs_dimensions:
        yield call.problem(
            "9162", "Length, width and height are needed.", "La longueur, la largeur et la hauteur sont requises."
        )
    else:
        yield from size_problems(call, parcel)


def too_large(parcel: Body) -> bool:
    """Say whether no service carries a parcel: 30 kg, 2 m a side, 3 m length and girth, by the sides as named."""
    if Decimal(str(parcel["weight"])) > HEAVIEST_KG:
        return True
    sides = parcel.get("dimensions", {})
    known = [Decimal(str(sides[name])) for name in ("length", "width", "height") if name in sides]
    if not known:
        return False
    length, *others = known
    return max(known) > LONGEST_SIDE_CM or length + 2 * sum(others) > LARGEST_LENGTH_AND_GIRTH_CM


def size_problems(call: Call, parcel: Body) -> Iterator[Problem]:
    """Yield that no service carries a parcel, where none does."""
    if too_large(parcel):
        yield call.problem("9111", "No service carries such a parcel.", "Aucun service ne prend un tel colis.")


def contract_problems(call: Call, contract: str) -> Iterator[Problem]:
    """Yield that a contract is not the customer's, where it is not."""
    if contract and contract.lstrip("0") != call.world.config.contract_id.lstrip("0"):
        yield call.problem("2561", "This contract is not the customer's.", "Ce contrat n'est pas celui du client.")


def option_problems(call: Call, given: Sequence[Body]) -> Iterator[Problem]:
    """Yield what is wrong with options, whatever they are given for."""
    codes = [option["optionCode"] for option in given]
    if set(codes) - set(OPTIONS) or len(set(codes)) < len(codes):
        yield call.problem(
            "EMU-OPTION", "An option is not known or given twice.", "Une option est inconnue ou donnée deux fois."
        )
    for coverage in (option.get("optionAmount") for option in given if option["optionCode"] == "COV"):
        if coverage is None or coverage > LARGEST_COVERAGE:
            yield call.problem(
                "1719", "The coverage is missing or too high.", "La couverture est absente ou trop élevée."
            )
        elif coverage > COVERAGE_WITHOUT_SIGNATURE and "SO" not in codes:
            yield call.problem("7050", "The COV option requires the SO option.", "L'option COV exige l'option SO.")


def _printing(call: Call, spec: Body) -> Iterator[Problem]:
    printing = spec.get("printPreferences", {})
    if printing.get("encoding") == "ZPL" and printing.get("outputFormat") != "4x6":
        yield call.problem("9191", "ZPL needs 4x6 thermal paper.", "ZPL exige du papier thermique 4x6.")


def _d2po(call: Call, spec: Body) -> Iterator[Problem]:
    if spec["serviceCode"] not in D2PO_SERVICES:
        codes = ", ".join(D2PO_SERVICES)
        yield call.problem("EMU-D2PO-SERVICE", f"D2PO goes only with {codes}.", f"D2PO va seulement avec {codes}.")
    if any(_has_option(spec, code) for code in OPTIONS_AGAINST_D2PO):
        yield call.problem(
            "9134", "Another option conflicts with D2PO.", "Une autre option est incompatible avec D2PO."
        )
    office_id = next(o for o in spec["options"] if o["optionCode"] == "D2PO").get("optionQualifier2", "")
    office = call.world.office(office_id, d2po_only=True) if office_id.isdigit() else None
    if office is None:
        yield call.problem(
            "EMU-D2PO-OFFICE",
            "This post office takes no such parcels.",
            "Ce bureau de poste ne prend pas de tels colis.",
        )
    elif plain(spec["destination"]["addressDetails"].get("addressLine1", "")) == plain(office.street):
        yield call.problem(
            "EMU-D2PO-ADDRESS",
            "The destination is the recipient's address, not the post office's.",
            "La destination est l'adresse du destinataire, pas celle du bureau de poste.",
        )
    yield from _d2po_recipient(call, spec)


def _d2po_recipient(call: Call, spec: Body) -> Iterator[Problem]:
    destination = spec["destination"]
    if not destination.get("name", "").strip():
        yield call.problem("EMU-D2PO-NAME", "D2PO needs the recipient's name.", "D2PO exige le nom du destinataire.")
    if not PHONE.fullmatch(destination.get("clientVoiceNumber", "")):
        yield call.problem(
            "EMU-D2PO-PHONE", "D2PO needs the recipient's phone.", "D2PO exige le téléphone du destinataire."
        )
    if destination["addressDetails"]["countryCode"].upper() != "CA":
        yield call.problem("EMU-D2PO-COUNTRY", "D2PO needs a Canadian address.", "D2PO exige une adresse canadienne.")
    if not spec.get("notification", {}).get("onDelivery"):
        yield call.problem(
            "EMU-D2PO-NOTIFICATION",
            "D2PO needs an e-mail notification on delivery.",
            "D2PO exige un avis par courriel à la livraison.",
        )


def _has_option(spec: Body, code: str) -> bool:
    return any(option["optionCode"] == code for option in spec.get("options", ()))
