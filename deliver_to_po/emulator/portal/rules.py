"""What Canada Post checks beyond the schema: payment, addresses, and the rules of Deliver to Post Office.

Codes are Canada Post's where it published one; those that begin with EMU- are invented, since nobody has seen what the
portal answers. The sentences are this project's own.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deliver_to_po.emulator.answers import Problem
from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.portal.postoffices import accepting_office

SERVICES = ("DOM.RP", "DOM.EP", "DOM.XP", "DOM.PC")
D2PO_SERVICES = ("DOM.EP", "DOM.XP")
OPTIONS = ("SO", "COV", "PA18", "PA19", "PA21", "HFP", "LAD", "DNS", "D2PO", "DC", "COD")
OPTIONS_AGAINST_D2PO = ("HFP", "LAD", "DNS", "BFLF")
PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
HEAVIEST_KG = 30
LONGEST_SIDE_CM = 200
LARGEST_LENGTH_AND_GIRTH_CM = 300
LARGEST_COVERAGE = 5000
COVERAGE_WITHOUT_SIGNATURE = 100
PHONE = re.compile(r"\+?[0-9 ().\-]{10,}([xp ]+[0-9]+)?", re.IGNORECASE)

Body = Mapping[str, Any]


def broken_rules(call: Call, body: Body) -> Iterator[Problem]:
    """Yield every rule that a body of the right shape breaks."""
    spec = body["deliverySpec"]
    yield from _way_of_sending(call, body)
    yield from _payment(call, body, spec["settlementInfo"])
    yield from _destination(call, spec["destination"])
    yield from _parcel(call, spec)
    yield from _options(call, spec)
    if any(option["optionCode"] == "D2PO" for option in spec.get("options", ())):
        yield from _d2po(call, spec)


def _way_of_sending(call: Call, body: Body) -> Iterator[Problem]:
    if ("groupId" in body) == ("transmitShipment" in body):
        text = call.said("Give either groupId or transmitShipment.", "Indiquez soit groupId, soit transmitShipment.")
        yield Problem("EMU-GROUP", text)
    if "requestedShippingPoint" in body and "shippingPointId" in body:
        yield Problem("9186", call.said("Give only one shipping point.", "Indiquez un seul point d'expédition."))
    elif "requestedShippingPoint" not in body and "shippingPointId" not in body:
        code = "9187" if "cpcPickupIndicator" in body else "EMU-SHIPPING-POINT"
        yield Problem(code, call.said("A shipping point is needed.", "Un point d'expédition est requis."))
    if body.get("quickshipLabelRequested") and _has_option(body["deliverySpec"], "D2PO"):
        yield Problem(
            "7230", call.said("D2PO does not go with Quick Ship.", "D2PO ne va pas avec l'expédition rapide.")
        )


def _payment(call: Call, body: Body, settlement: Body) -> Iterator[Problem]:
    method, contract = settlement["intendedMethodOfPayment"], settlement.get("contractId")
    if method not in ("CreditCard", "Account", "SupplierAccount") or (method == "Account" and not contract):
        text = call.said("Choose another method of payment.", "Choisissez un autre mode de paiement.")
        yield Problem("1711", text)
    if contract and contract.lstrip("0") != call.world.config.contract_id.lstrip("0"):
        text = call.said("This contract is not the customer's.", "Ce contrat n'est pas celui du client.")
        yield Problem("2561", text)
    if "groupId" in body and not contract:
        yield Problem("7302", call.said("A group needs a contract.", "Un groupe exige un contrat."))


def _destination(call: Call, destination: Body) -> Iterator[Problem]:
    if not (destination.get("name") or destination.get("company")):
        text = call.said("The destination needs a name or a company.", "La destination exige un nom ou une entreprise.")
        yield Problem("EMU-DESTINATION", text)
    address = destination["addressDetails"]
    if address["countryCode"].upper() != "CA":
        return
    if not address.get("addressLine1"):
        yield Problem("1156", call.said("Address line 1 is needed.", "La ligne d'adresse 1 est requise."))
    if not address.get("city"):
        yield Problem("1157", call.said("The city is needed.", "La ville est requise."))
    if address.get("provState") not in PROVINCES:
        yield Problem(
            "1159", call.said("The province is needed, in two letters.", "La province est requise (2 lettres).")
        )
    if not re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", address.get("postalZipCode", "")):
        text = call.said("The postal code is written A9A9A9.", "Le code postal s'écrit A9A9A9.")
        yield Problem("EMU-POSTAL-CODE", text)


def _parcel(call: Call, spec: Body) -> Iterator[Problem]:
    if spec["serviceCode"] not in SERVICES:
        yield Problem("7289", call.said("The service is not offered.", "Le service n'est pas offert."))
    parcel = spec["parcelCharacteristics"]
    if "dimensions" not in parcel:
        text = call.said("Length, width and height are needed.", "La longueur, la largeur et la hauteur sont requises.")
        yield Problem("9162", text)
        return
    longest, *others = sorted(parcel["dimensions"].values(), reverse=True)
    too_long = longest > LONGEST_SIDE_CM or longest + 2 * sum(others) > LARGEST_LENGTH_AND_GIRTH_CM
    if too_long or parcel["weight"] > HEAVIEST_KG:
        yield Problem("9111", call.said("No service carries such a parcel.", "Aucun service ne prend un tel colis."))


def _options(call: Call, spec: Body) -> Iterator[Problem]:
    given = spec.get("options", ())
    codes = [option["optionCode"] for option in given]
    if set(codes) - set(OPTIONS) or len(set(codes)) < len(codes):
        text = call.said("An option is not known or given twice.", "Une option est inconnue ou donnée deux fois.")
        yield Problem("EMU-OPTION", text)
    for coverage in (option.get("optionAmount") for option in given if option["optionCode"] == "COV"):
        if coverage is None or coverage > LARGEST_COVERAGE:
            text = call.said("The coverage is missing or too high.", "La couverture est absente ou trop élevée.")
            yield Problem("1719", text)
        elif coverage > COVERAGE_WITHOUT_SIGNATURE and "SO" not in codes:
            text = call.said("The COV option requires the SO option.", "L'option COV exige l'option SO.")
            yield Problem("7050", text)
    printing = spec.get("printPreferences", {})
    if printing.get("encoding") == "ZPL" and printing.get("outputFormat") != "4x6":
        yield Problem("9191", call.said("ZPL needs 4x6 thermal paper.", "ZPL exige du papier thermique 4x6."))


def _d2po(call: Call, spec: Body) -> Iterator[Problem]:
    if spec["serviceCode"] not in D2PO_SERVICES:
        text = call.said("D2PO goes with DOM.EP and DOM.XP.", "D2PO va avec DOM.EP et DOM.XP.")
        yield Problem("EMU-D2PO-SERVICE", text)
    if any(_has_option(spec, code) for code in OPTIONS_AGAINST_D2PO):
        text = call.said("Another option conflicts with D2PO.", "Une autre option est incompatible avec D2PO.")
        yield Problem("9134", text)
    office_id = next(o for o in spec["options"] if o["optionCode"] == "D2PO").get("optionQualifier2", "")
    if not office_id.isdigit() or accepting_office(call, office_id) is None:
        text = call.said("This post office takes no such parcels.", "Ce bureau de poste ne prend pas de tels colis.")
        yield Problem("EMU-D2PO-OFFICE", text)
    yield from _d2po_recipient(call, spec)


def _d2po_recipient(call: Call, spec: Body) -> Iterator[Problem]:
    destination = spec["destination"]
    if not destination.get("name", "").strip():
        text = call.said("D2PO needs the recipient's name.", "D2PO exige le nom du destinataire.")
        yield Problem("EMU-D2PO-NAME", text)
    if not PHONE.fullmatch(destination.get("clientVoiceNumber", "")):
        text = call.said("D2PO needs the recipient's phone.", "D2PO exige le téléphone du destinataire.")
        yield Problem("EMU-D2PO-PHONE", text)
    if destination["addressDetails"]["countryCode"].upper() != "CA":
        text = call.said("D2PO needs a Canadian address.", "D2PO exige une adresse canadienne.")
        yield Problem("EMU-D2PO-COUNTRY", text)
    if not spec.get("notification", {}).get("onDelivery"):
        text = call.said(
            "D2PO needs an e-mail notification on delivery.", "D2PO exige un avis par courriel à la livraison."
        )
        yield Problem("EMU-D2PO-NOTIFICATION", text)


def _has_option(spec: Body, code: str) -> bool:
    return any(option["optionCode"] == code for option in spec.get("options", ()))
