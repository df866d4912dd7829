"""The portal's prices, services and options."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.json_answers import JSON, as_json
from deliver_to_po.emulator.portal.bodies import body_of
from deliver_to_po.emulator.quotes import option_offered, quotes, service_offered
from deliver_to_po.emulator.schema.tables import MAILING_SCENARIO

PATH = "/rating/v1"


def rates(call: Call) -> Response:
    """Answer the prices of the services that carry a parcel."""
    costs = quotes(call, body_of(call, MAILING_SCENARIO))
    services = f"{call.base}{PATH}/services"
    links = [told.link("service", f"{services}/{cost.service}?country=CA", JSON) for cost in costs]
    return as_json([told.quote(call, cost, at) for cost, at in zip(costs, links, strict=True)])


def service(call: Call, code: str) -> Response:
    """Answer what a service takes: in grams and centimetres, as in the web services."""
    offered = service_offered(code)
    links = {each: told.link("option", f"{call.base}{PATH}/options/{each}", JSON) for each in offered.options}
    return as_json(told.service(call, offered, links))


def option(call: Call, code: str) -> Response:
    """Answer an option, and which others it excludes."""
    return as_json(told.option(call, option_offered(code)))


OPERATIONS = (
    Operation("rates", "POST", f"{PATH}/prices", rates, limit="rating"),
    Operation("service", "GET", f"{PATH}/services/<code>", service, limit="rating"),
    Operation("option", "GET", f"{PATH}/options/<code>", option, limit="rating"),
)
