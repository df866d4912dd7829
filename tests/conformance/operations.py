"""Every operation that a client has, told something personal, by the emulator's name for what it calls."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from deliver_to_po.canadapost.client import CanadaPost, ChargedAtOnce
from deliver_to_po.canadapost.types import (
    Address,
    Link,
    NearAddress,
    RateRequest,
    Recipient,
    ShipmentInfo,
    ShipmentRequest,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from tests.factories import PARCEL

TODAY = datetime.now(UTC).date()
PERSON = Recipient(
    name="Canary Serin",
    phone="613-555-0142",
    email="canary@example.com",
    address=Address("77 Canary Lane", "Canaryville", "ON", "K1K4T3", line_2="Canary 9"),
)


def operations(client: CanadaPost, request: ShipmentRequest, base_url: str) -> dict[str, Callable[[], object]]:
    """Return each operation as a function without arguments; ``base_url`` is where the label's link leads."""
    label = Link("label", f"{base_url}/rs/artifact/1/2/0", "application/pdf")
    made = ShipmentInfo("347881315405043891", ShipmentStatus.CREATED, links=(label,))
    address = request.recipient.address
    asks: dict[str, Callable[[], object]] = {
        "find_offices": lambda: client.find_offices(NearAddress(address.province, address.city, "Canary Lane")),
        "office_details": lambda: client.office("0000012345"),
        "rates": lambda: client.rates(RateRequest("K1A0B1", address.postal_code, PARCEL)),
        "option": lambda: client.option("D2PO"),
        "create_shipment": lambda: client.create_shipment(request),
        "find_shipments": lambda: client.find_by_group("canary-group"),
        "shipment_details": lambda: client.shipment_details(made.shipment_id),
        "void_shipment": lambda: client.void_shipment(made.shipment_id),
        "refund_shipment": lambda: client.refund_shipment(made.shipment_id, PERSON.email),
        "label": lambda: client.label(made),
        "tracking_details": lambda: client.tracking_details("7023210039414604"),
        "tracking_by_reference": lambda: client.find_pins("Canary-1", TODAY - timedelta(days=1), TODAY),
    }
    if isinstance(client, ChargedAtOnce):
        asks["find_shipments"] = lambda: client.find_shipments("0" * 32)
        del asks["void_shipment"]
    return {name_of(name, client): ask for name, ask in asks.items()}


def name_of(operation: str, client: CanadaPost) -> str:
    """Return how the emulator calls an operation where a client calls it: another address has another name."""
    own = "shipment" in operation and isinstance(client, NonContractCanadaPost)
    return operation.replace("shipment", "ncshipment") if own else operation
