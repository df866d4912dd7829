"""What Canada Post checks beyond its schemas, written down once more from its pages: the judge over the emulator."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

PROVINCES = ["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"]
KNOWN_OPTIONS = {"SO", "COV", "PA18", "PA19", "PA21", "HFP", "LAD", "DNS", "DC", "COD", "D2PO"}
Body = Mapping[str, Any]


def as_body(element: etree._Element) -> Any:
    """Return an XML body under the portal's names; every value stays text, but flags."""
    children = list(element.iterchildren("*"))
    name = etree.QName(element).localname
    if name in ("options", "group-ids", "excluded-shipments", "services", "sku-list"):
        return [as_body(child) for child in children]
    if children:
        return {_camel(child): as_body(child) for child in children}
    text = re.sub(r"[\t\r\n]", " ", "".join(str(part) for part in element.itertext()))
    return _flag(name, text)


def rules_hold(body: Body, *, contract: str, accepts: Any, needs_dimensions: bool = True) -> bool:
    """Say whether a body that fits its schema breaks none of the rules; ``accepts`` tells D2PO offices by id."""
    spec = body["deliverySpec"]
    options = spec.get("options", [])
    codes = [option["optionCode"] for option in options]
    return all(
        (
            _is_sent_in_one_way(body, codes),
            _is_paid(body, spec["settlementInfo"], contract),
            _is_in_canada(spec["sender"]["addressDetails"]) and _is_whole(spec["sender"]["addressDetails"]),
            _has_an_addressee(spec["destination"]),
            _fits_a_service(spec, needs_dimensions),
            _options_are_complete(options, codes),
            _prints(spec.get("printPreferences", {})),
            "D2PO" not in codes or _d2po_holds(spec, options, codes, accepts),
        )
    )


def _is_sent_in_one_way(body: Body, codes: list[str]) -> bool:
    one_way = ("groupId" in body) != ("transmitShipment" in body)
    one_point = ("requestedShippingPoint" in body) != ("shippingPointId" in body)
    return one_way and one_point and not (body.get("quickshipLabelRequested") and "D2PO" in codes)


def _is_paid(body: Body, settlement: Body, contract: str) -> bool:
    method, given = settlement["intendedMethodOfPayment"], settlement.get("contractId", "")
    if given and given.lstrip("0") != contract.lstrip("0"):
        return False
    if ("groupId" in body or method == "Account") and not given:
        return False
    return method in ("CreditCard", "Account", "SupplierAccount")


def _has_an_addressee(destination: Body) -> bool:
    address = destination["addressDetails"]
    if not (destination.get("name") or destination.get("company")):
        return False
    return not _is_in_canada(address) or _is_whole(address)


def _is_in_canada(address: Body) -> bool:
    return bool(address["countryCode"].upper() == "CA")


def _is_whole(address: Body) -> bool:
    complete = bool(address.get("addressLine1")) and bool(address.get("city"))
    code = re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", address.get("postalZipCode", ""))
    return complete and address.get("provState") in PROVINCES and code is not None


def _fits_a_service(spec: Body, needs_dimensions: bool) -> bool:
    parcel = spec["parcelCharacteristics"]
    said = parcel.get("dimensions", {})
    sides = [Decimal(str(said[name])) for name in ("length", "width", "height") if said]
    if spec["serviceCode"] not in ("DOM.RP", "DOM.EP", "DOM.XP", "DOM.PC") or (not sides and needs_dimensions):
        return False
    if Decimal(str(parcel["weight"])) > 30:
        return False
    return not sides or (max(sides) <= 200 and sides[0] + 2 * (sides[1] + sides[2]) <= 300)


def _options_are_complete(options: list[Body], codes: list[str]) -> bool:
    if len(set(codes)) < len(codes) or set(codes) - KNOWN_OPTIONS:
        return False
    for option in options:
        if option["optionCode"] == "COV":
            amount = Decimal(str(option.get("optionAmount", 0)))
            if not 0 < amount <= 5000 or (amount > 100 and "SO" not in codes):
                return False
    return True


def _prints(printing: Body) -> bool:
    return printing.get("encoding") != "ZPL" or printing.get("outputFormat") == "4x6"


def _d2po_holds(spec: Body, options: list[Body], codes: list[str], accepts: Any) -> bool:
    destination = spec["destination"]
    office = next(option.get("optionQualifier2", "") for option in options if option["optionCode"] == "D2PO")
    phone = destination.get("clientVoiceNumber", "")
    return (
        spec["serviceCode"] in ("DOM.EP", "DOM.XP")
        and not {"HFP", "LAD", "DNS", "BFLF"} & set(codes)
        and re.fullmatch(r"[0-9]+", office) is not None
        and accepts(office)
        and bool(destination.get("name", "").strip())
        and re.fullmatch(r"\+?[0-9 ().\-]{10,}([xXpP ]+[0-9]+)?", phone) is not None
        and destination["addressDetails"]["countryCode"].upper() == "CA"
        and bool(spec.get("notification", {}).get("onDelivery"))
    )


def _camel(element: etree._Element) -> str:
    return re.sub("-(.)", lambda match: match[1].upper(), etree.QName(element).localname)


def _flag(name: str, text: str) -> Any:
    if name in ("transmit-shipment", "cpc-pickup-indicator") or name.startswith(("on-", "quickship", "provide-")):
        return text.strip() in ("true", "1", "")
    return text.strip() if name in ("weight", "length", "width", "height", "option-amount") else text
