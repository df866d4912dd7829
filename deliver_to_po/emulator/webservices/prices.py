"""Prices and receipts in the web services' shapes."""

from decimal import Decimal

from lxml import etree

from deliver_to_po.emulator.prices import Cost, today
from deliver_to_po.emulator.webservices.xml_answers import Maker, words


def shipment_price(make: Maker, cost: Cost) -> etree._Element:
    """Return what a contract shipment costs in CAD; version 8 spells it ``expected-transmit-time``."""
    return make(
        "shipment-price",
        make("service-code", cost.service),
        *amounts(make, cost),
        make("due-amount", str(cost.due)),
        service_standard(make, cost, "expected-transmit-time"),
        make("rated-weight", f"{cost.weight_kg:f}"),
    )


def amounts(make: Maker, cost: Cost) -> list[etree._Element]:
    """Return the amounts that contract and non-contract shipments share."""
    options = (
        make("priced-option", make("option-code", code), make("option-price", str(price)))
        for code, price in cost.options
    )
    fuel = make("adjustment", make("adjustment-code", "FUELSC"), make("adjustment-amount", str(cost.fuel)))
    return [
        make("base-amount", str(cost.base)),
        make("priced-options", *options),
        make("adjustments", fuel),
        make("pre-tax-amount", str(cost.before_tax)),
        make("gst-amount", str(cost.gst)),
        make("pst-amount", "0"),
        make("hst-amount", str(cost.hst)),
    ]


def service_standard(make: Maker, cost: Cost, time_name: str) -> etree._Element:
    """Return when a parcel should arrive."""
    return make(
        "service-standard",
        make("am-delivery", "false"),
        make("guaranteed-delivery", words(cost.guaranteed)),
        make(time_name, str(cost.days)),
        make("expected-delivery-date", cost.delivered_on.isoformat()),
    )


def card_receipt(make: Maker, due: Decimal) -> etree._Element:
    """Return an invented credit card receipt over an amount in CAD."""
    return make(
        "cc-receipt-details",
        make("merchant-name", "Emulator"),
        make("merchant-url", "emulator.invalid"),
        make("auth-code", "EMU001"),
        make("auth-timestamp", f"{today().isoformat()}T12:00:00-05:00"),
        make("card-type", "VIS"),
        make("charge-amount", str(due)),
        make("currency", "CAD"),
        make("transaction-type", "Sale"),
    )
