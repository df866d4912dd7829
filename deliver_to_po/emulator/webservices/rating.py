"""The web services' prices, services and options."""

from functools import partial
from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.quotes import option_offered, quotes, service_offered
from deliver_to_po.emulator.schema.tables import MAILING_SCENARIO, RATE_NS
from deliver_to_po.emulator.webservices.bodies import body_of
from deliver_to_po.emulator.webservices.xml_answers import as_xml, element

MEDIA_TYPE = "application/vnd.cpc.ship.rate-v4+xml"
PATH = "/rs/ship"


def rates(call: Call) -> Response:
    """Answer the prices of the services that carry a parcel within Canada."""
    costs = quotes(call, body_of(call, MEDIA_TYPE, RATE_NS, "mailing-scenario", MAILING_SCENARIO))
    services = f"{call.base}{PATH}/service"
    links = [told.link("service", f"{services}/{cost.service}?country=CA", MEDIA_TYPE) for cost in costs]
    return _answer("price-quotes", [told.quote(call, cost, at) for cost, at in zip(costs, links, strict=True)])


def service(call: Call, code: str) -> Response:
    """Answer what a service takes: grams and centimetres."""
    offered = service_offered(code)
    options = {
        option: told.link("option", f"{call.base}{PATH}/option/{option}", MEDIA_TYPE) for option in offered.options
    }
    return _answer("service", told.service(call, offered, options))


def option(call: Call, code: str) -> Response:
    """Answer an option, and which others it excludes."""
    return _answer("option", told.option(call, option_offered(code)))


def _answer(name: str, what: Any) -> Response:
    return as_xml(element(RATE_NS, name, what), MEDIA_TYPE)


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE, limit="rating")
OPERATIONS = (
    _operation("rates", "POST", f"{PATH}/price", rates),
    _operation("service", "GET", f"{PATH}/service/<code>", service),
    _operation("option", "GET", f"{PATH}/option/<code>", option),
)
