"""What the tests of shipping systems ask a system for, and what a subclass of ``ShippingSystemTests`` may override."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from deliver_to_po.core.configured import subclass_named
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.shipping import (
    Address,
    Made,
    Office,
    Parcel,
    Recipient,
    Sender,
    ShipmentRequest,
    ShippingSystem,
    Transmission,
)

DAY = date(2026, 11, 26)

OFFICE = Office("0000102978", "Comptoir du Coin", "Plage Cristal", "3080, av. Carling", "Ottawa", "ON", "K2B7K0")
RECIPIENT = Recipient(
    name="Marie-Ève Côté",
    phone="613-555-0199",
    email="marie@example.com",
    address=Address("23, rue du Jardin", "Ottawa", "ON", "K1K4T3", line_2="App. 4"),
)
SENDER = Sender("Example Shop", "613-555-0100", Address("1 Example Street", "Ottawa", "ON", "K1A0B1"))
PARCEL = Parcel(Decimal("1.25"), Decimal(30), Decimal(20), Decimal(10))


class Hooks:
    """The system under test, what it is asked for, and what its server is told to do."""

    #: The dotted path of the class, or the class itself.
    backend: ClassVar[str | type[ShippingSystem]] = ""
    #: What stands in its OPTIONS.
    options: ClassVar[Mapping[str, Any]] = {}
    #: How often a label is asked for before the lack of one is a mistake; a manifest may take longer.
    label_tries: ClassVar[int] = 3

    def reset(self) -> None:
        """Forget what earlier tests have sent; nothing by default, since each request has an id of its own."""

    def make_request(self, **changes: Any) -> ShipmentRequest:
        """Return a request that the system takes, with a new id; override it for an office that the system knows."""
        values: dict[str, Any] = {
            "request_id": uuid.uuid4().hex,
            "reference": "ORDER-1001",
            "service": "DOM.EP",
            "office": OFFICE,
            "recipient": RECIPIENT,
            "sender": SENDER,
            "parcel": PARCEL,
            "group": self.make_system().group(DAY),
        }
        return ShipmentRequest(**{**values, **changes})

    def make_transmission(self, *shipment_ids: str, **changes: Any) -> Transmission:
        """Return the transmission of shipments that were made by ``make_request``."""
        values: dict[str, Any] = {
            "groups": (self.make_system().group(DAY),),
            "shipment_ids": shipment_ids,
            "sender": SENDER,
            "since": shop_day(),
        }
        return Transmission(**{**values, **changes})

    def lose_the_answer(self) -> None:
        """Let the next shipment be made, but its answer get lost, as by a time-out.

        Needed for every system that can look up.
        """
        raise NotImplementedError("write lose_the_answer(): how does the answer of your system get lost?")

    def transmitted(self, made: Made) -> Made:
        """Return a shipment that was made just now as it is once the system has taken it over.

        Needed for every system that can refund, unless it takes a shipment over when it makes it.
        """
        if made.transmitted:
            return made
        raise NotImplementedError("write transmitted(): how does your system take a shipment over?")

    def make_system(self) -> ShippingSystem:
        """Return a new instance, as the registry makes one."""
        return self._backend("conformance", self.options)

    @property
    def _backend(self) -> type[ShippingSystem]:
        if isinstance(self.backend, type):
            return self.backend
        return subclass_named(self.backend, ShippingSystem, f"{type(self).__name__}.backend")

    @pytest.fixture
    def system(self) -> ShippingSystem:
        """Return the system under test, after ``reset``."""
        self.reset()
        return self.make_system()
