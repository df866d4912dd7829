"""The price of a shipment in the web services' shape."""

from lxml import etree

from deliver_to_po.emulator.prices import Cost
from deliver_to_po.emulator.webservices.xml_answers import Maker, words


def shipment_price(make: Maker, cost: Cost) -> etree._Element:
    """Return what a contract shipment costs in CAD; version 8 spells it ``expected-transmit-time``."""
    options = (
        make("priced-option", make("option-code", code), make("option-price", str(price)))
        for code, price in cost.options
    )
    fuel = make("adjustment", make("adjustment-code", "FUELSC"), make("adjustment-amount", str(cost.fuel)))
    return make(
        "shipment-price",
        make("service-code", cost.service),
        make("base-amount", str(cost.base)),
        make("priced-options", *options),
        make("adjustments", fuel),
        make("pre-tax-amount", str(cost.before_tax)),
        make("gst-amount", str(cost.gst)),
        make("pst-amount", "0"),
        make("hst-amount", str(cost.hst)),
        make("due-amount", str(cost.due)),
        make(
            "service-standard",
            make("am-delivery", "false"),
            make("guaranteed-delivery", words(cost.guaranteed)),
            make("expected-transmit-time", str(cost.days)),
            make("expected-delivery-date", cost.delivered_on.isoformat()),
        ),
        make("rated-weight", f"{cost.weight_kg:f}"),
    )
