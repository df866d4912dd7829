"""The portal's prices, services and options."""

from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import (
    HEAVIEST_KG,
    LARGEST_COVERAGE,
    LARGEST_LENGTH_AND_GIRTH_CM,
    LONGEST_SIDE_CM,
    OPTIONS,
    SERVICES,
    ServiceOffered,
)
from deliver_to_po.emulator.json_answers import as_json, link
from deliver_to_po.emulator.portal.bodies import body_of
from deliver_to_po.emulator.portal.prices import amount, service_standard
from deliver_to_po.emulator.prices import FUEL_PERCENT, Cost
from deliver_to_po.emulator.quotes import quotes
from deliver_to_po.emulator.refusals import NoSuchThing
from deliver_to_po.emulator.schema.tables import MAILING_SCENARIO

PATH = "/rating/v1"


def rates(call: Call) -> Response:
    """Answer the prices of the services that carry a parcel."""
    return as_json([_quote(call, cost) for cost in quotes(call, body_of(call, MAILING_SCENARIO))])


def service(call: Call, code: str) -> Response:
    """Answer what a service takes: in grams and centimetres, as in the web services."""
    offered = SERVICES.get(code)
    if offered is None:
        raise NoSuchThing("service")
    return as_json(
        {
            "serviceCode": code,
            "serviceName": call.text(offered.name, offered.name_fr),
            "options": [_option_of_service(call, option) for option in offered.options],
            "restrictions": _restrictions(offered),
        }
    )


def option(call: Call, code: str) -> Response:
    """Answer an option, and which others it excludes or needs."""
    offered = OPTIONS.get(code)
    if offered is None:
        raise NoSuchThing("option")
    return as_json(
        {
            "optionCode": code,
            "optionName": call.text(offered.name, offered.name_fr),
            "optionClass": offered.kind,
            "printsOnLabel": True,
            "qualifierRequired": offered.qualifier_required,
            "conflictingOptions": list(offered.conflicts),
            "prerequisiteOptions": list(offered.needs),
        }
    )


def _quote(call: Call, cost: Cost) -> dict[str, Any]:
    offered = SERVICES[cost.service]
    taxes: dict[str, Any] = {"gst": {"amt": amount(cost.gst)}, "pst": {"amt": 0}, "hst": {"amt": amount(cost.hst)}}
    for name, percent in (("gst", cost.gst_percent), ("hst", cost.hst_percent)):
        taxes[name] |= {"percent": amount(percent)} if percent else {}
    return {
        "serviceCode": cost.service,
        "serviceName": call.text(offered.name, offered.name_fr),
        "serviceLink": link("service", _service_address(call, cost.service)),
        "priceDetails": {
            "base": amount(cost.base),
            "taxes": taxes,
            "due": amount(cost.due),
            "options": [_priced_option(call, code, price) for code, price in cost.options],
            "adjustments": [
                {
                    "adjustmentCode": "FUELSC",
                    "adjustmentName": call.text("Fuel surcharge", "Supplément pour carburant"),
                    "adjustmentCost": amount(cost.fuel),
                    "qualifier": {"percent": amount(FUEL_PERCENT)},
                }
            ],
        },
        "weightDetails": {},
        "serviceStandard": service_standard(cost),
    }


def _priced_option(call: Call, code: str, price: Any) -> dict[str, Any]:
    return {
        "optionCode": code,
        "optionName": call.text(OPTIONS[code].name, OPTIONS[code].name_fr),
        "optionPrice": amount(price),
    }


def _option_of_service(call: Call, code: str) -> dict[str, Any]:
    offered = OPTIONS[code]
    described: dict[str, Any] = {
        "optionCode": code,
        "optionName": call.text(offered.name, offered.name_fr),
        "link": link("option", f"{call.base}{PATH}/options/{code}"),
        "mandatory": False,
        "qualifierRequired": offered.qualifier_required,
    }
    return described | ({"qualifierMax": LARGEST_COVERAGE} if code == "COV" else {})


def _restrictions(offered: ServiceOffered) -> dict[str, Any]:
    return {
        "weightRestriction": {"min": 1, "max": HEAVIEST_KG * 1000},
        "dimensionalRestrictions": {
            "length": {"min": 0.1, "max": LONGEST_SIDE_CM},
            "width": {"min": 0.1, "max": LONGEST_SIDE_CM},
            "height": {"min": 0.1, "max": LONGEST_SIDE_CM},
            "lengthPlusGirthMax": LARGEST_LENGTH_AND_GIRTH_CM,
        },
        "canShipInMailingTube": True,
        "canShipUnpackaged": True,
        "allowedAsReturnService": offered.code != "DOM.PC",
    }


def _service_address(call: Call, code: str) -> str:
    return f"{call.base}{PATH}/services/{code}?country=CA"


OPERATIONS = (
    Operation("rates", "POST", f"{PATH}/prices", rates, limit="rating"),
    Operation("service", "GET", f"{PATH}/services/<code>", service, limit="rating"),
    Operation("option", "GET", f"{PATH}/options/<code>", option, limit="rating"),
)
