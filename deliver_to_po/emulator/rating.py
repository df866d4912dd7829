"""The calls about prices and options: the same over both APIs, each under its own paths."""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.formats import Format
from deliver_to_po.emulator.quotes import option_offered, quotes
from deliver_to_po.emulator.schema.tables import MAILING_SCENARIO


@dataclass(frozen=True)
class Rating:
    """The paths of one API."""

    format: Format
    prices: str
    services: str
    options: str

    def rates(self, call: Call) -> Response:
        """Answer the prices of the services that carry a parcel within Canada."""
        costs = quotes(call, self.format.body(call, "mailing-scenario", MAILING_SCENARIO))
        services = f"{call.base}{self.services}"
        links = [self.format.link("service", f"{services}/{cost.service}?country=CA") for cost in costs]
        found = [told.quote(call, cost, at) for cost, at in zip(costs, links, strict=True)]
        return self.format.answer("price-quotes", found)

    def option(self, call: Call, code: str) -> Response:
        """Answer an option, and which others it excludes."""
        return self.format.answer("option", told.option(call, option_offered(code)))

    def operations(self) -> Sequence[Operation]:
        return (
            self.format.operation("rates", "POST", self.prices, self.rates, "rating"),
            self.format.operation("option", "GET", f"{self.options}/<code>", self.option, "rating"),
        )
