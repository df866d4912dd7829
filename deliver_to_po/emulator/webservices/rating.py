"""The web services' prices, services and options."""

from functools import partial

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.catalogue import (
    HEAVIEST_KG,
    LARGEST_COVERAGE,
    LARGEST_LENGTH_AND_GIRTH_CM,
    LONGEST_SIDE_CM,
    OPTIONS,
    SERVICES,
)
from deliver_to_po.emulator.prices import FUEL_PERCENT, Cost
from deliver_to_po.emulator.quotes import quotes
from deliver_to_po.emulator.refusals import NoSuchThing
from deliver_to_po.emulator.schema.tables import MAILING_SCENARIO, RATE_NS
from deliver_to_po.emulator.webservices.bodies import body_of
from deliver_to_po.emulator.webservices.xml_answers import Maker, as_xml, link, words

MEDIA_TYPE = "application/vnd.cpc.ship.rate-v4+xml"
PATH = "/rs/ship"


def rates(call: Call) -> Response:
    """Answer the prices of the services that carry a parcel within Canada."""
    scenario = body_of(call, MEDIA_TYPE, RATE_NS, "mailing-scenario", MAILING_SCENARIO)
    make = Maker(RATE_NS)
    return as_xml(make("price-quotes", *(_quote(call, make, cost) for cost in quotes(call, scenario))), MEDIA_TYPE)


def service(call: Call, code: str) -> Response:
    """Answer what a service takes: grams and centimetres."""
    offered = SERVICES.get(code)
    if offered is None:
        raise NoSuchThing("service")
    make = Maker(RATE_NS)
    described = make(
        "service",
        make("service-code", code),
        make("service-name", call.text(offered.name, offered.name_fr)),
        make("options", *(_option_of_service(call, make, option) for option in offered.options)),
        make(
            "restrictions",
            make("weight-restriction", min="1", max=str(HEAVIEST_KG * 1000)),
            make(
                "dimensional-restrictions",
                *(make(side, min="0.1", max=str(LONGEST_SIDE_CM)) for side in ("length", "width", "height")),
                make("length-plus-girth-max", str(LARGEST_LENGTH_AND_GIRTH_CM)),
            ),
            make("can-ship-in-mailing-tube", "true"),
            make("can-ship-unpackaged", "true"),
            make("allowed-as-return-service", words(code != "DOM.PC")),
        ),
    )
    return as_xml(described, MEDIA_TYPE)


def option(call: Call, code: str) -> Response:
    """Answer an option, and which others it excludes or needs."""
    offered = OPTIONS.get(code)
    if offered is None:
        raise NoSuchThing("option")
    make = Maker(RATE_NS)
    described = make(
        "option",
        make("option-code", code),
        make("option-name", call.text(offered.name, offered.name_fr)),
        make("option-class", offered.kind),
        make("prints-on-label", "true"),
        make("qualifier-required", words(offered.qualifier_required)),
    )
    for name, codes in (("conflicting-options", offered.conflicts), ("prerequisite-options", offered.needs)):
        if codes:
            described.append(make(name, *(make("option-code", other) for other in codes)))
    return as_xml(described, MEDIA_TYPE)


def _quote(call: Call, make: Maker, cost: Cost) -> etree._Element:
    offered = SERVICES[cost.service]
    return make(
        "price-quote",
        make("service-code", cost.service),
        _service_link(call, make, "service-link", cost.service),
        make("service-name", call.text(offered.name, offered.name_fr)),
        _price_details(call, make, cost),
        make("weight-details"),
        make(
            "service-standard",
            make("am-delivery", "false"),
            make("guaranteed-delivery", words(cost.guaranteed)),
            make("expected-transit-time", str(cost.days)),
            make("expected-delivery-date", cost.delivered_on.isoformat()),
        ),
    )


def _price_details(call: Call, make: Maker, cost: Cost) -> etree._Element:
    details = make(
        "price-details",
        make("base", str(cost.base)),
        make(
            "taxes",
            make("gst", str(cost.gst), percent=str(cost.gst_percent)),
            make("pst", "0"),
            make("hst", str(cost.hst), percent=str(cost.hst_percent)),
        ),
        make("due", str(cost.due)),
    )
    if cost.options:
        details.append(make("options", *(_priced_option(call, make, code, str(price)) for code, price in cost.options)))
    fuel = make(
        "adjustment",
        make("adjustment-code", "FUELSC"),
        make("adjustment-name", call.text("Fuel surcharge", "Supplément pour carburant")),
        make("adjustment-cost", str(cost.fuel)),
        make("qualifier", make("percent", str(FUEL_PERCENT))),
    )
    details.append(make("adjustments", fuel))
    return details


def _priced_option(call: Call, make: Maker, code: str, price: str) -> etree._Element:
    return make(
        "option",
        make("option-code", code),
        make("option-name", call.text(OPTIONS[code].name, OPTIONS[code].name_fr)),
        make("option-price", price),
    )


def _option_of_service(call: Call, make: Maker, code: str) -> etree._Element:
    offered = OPTIONS[code]
    described = make(
        "option",
        make("option-code", code),
        make("option-name", call.text(offered.name, offered.name_fr)),
        link(make, "option", f"{call.base}{PATH}/option/{code}", MEDIA_TYPE),
        make("mandatory", "false"),
        make("qualifier-required", words(offered.qualifier_required)),
    )
    if code == "COV":
        described.append(make("qualifier-max", str(LARGEST_COVERAGE)))
    return described


def _service_link(call: Call, make: Maker, name: str, code: str) -> etree._Element:
    made = link(make, "service", f"{call.base}{PATH}/service/{code}?country=CA", MEDIA_TYPE)
    made.tag = f"{{{RATE_NS}}}{name}"
    return made


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE, limit="rating")
OPERATIONS = (
    _operation("rates", "POST", f"{PATH}/price", rates),
    _operation("service", "GET", f"{PATH}/service/<code>", service),
    _operation("option", "GET", f"{PATH}/option/<code>", option),
)
