"""The hot paths that need no database: each case is one call, made with data of the size that shops see."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from deliver_to_po.canadapost.portal.postoffices import read_offices
from deliver_to_po.canadapost.portal.shipping import build_shipment
from deliver_to_po.canadapost.types import Account, Address, Parcel, Recipient, Sender, Service, ShipmentRequest
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen

WORDS = SpecimenWords(
    sender=("Boutique Tilleul", "4500, rue des Tilleuls", "Montréal QC  H2X 1Y4"),
    office=("Comptoir du Coin", "3080, av. Carling", "Ottawa ON  K2B 7K0"),
    recipient="Marie-Ève Côté",
    service="Expedited Parcel",
    tracking_pin="7023210039414604",
)
REQUEST = ShipmentRequest(
    request_id="0" * 32,
    group_id="2026-11-25",
    service=Service.EXPEDITED_PARCEL,
    office_id="0000102978",
    sender=Sender(company="Tilleul", phone="514-555-0142", address=Address("1 Example St", "Ottawa", "ON", "K1A0B1")),
    recipient=Recipient(
        name="Marie-Ève Côté",
        phone="613-555-0199",
        email="marie@example.com",
        address=Address("23, rue du Jardin", "Ottawa", "ON", "K1K4T3"),
    ),
    parcel=Parcel(Decimal("1.25"), Decimal(30), Decimal(20), Decimal(10)),
    reference="ORDER-1001",
)
ACCOUNT = Account(customer_number="0007023210", mobo="0007023210", contract_id="0040000001")


def _office(number: int) -> dict[str, Any]:
    return {
        "officeId": f"{number:010}",
        "name": "Comptoir du Coin",
        "location": "Plage Cristal",
        "distance": 1.2,
        "bilingualDesignation": True,
        "address": {
            "officeAddress": "3080, av. Carling",
            "city": "Ottawa",
            "province": "ON",
            "postalCode": "K2B7K0",
            "latitude": 45.3545,
            "longitude": -75.8061,
        },
    }


OFFICES = [_office(number) for number in range(1, 51)]

CASES: dict[str, Callable[[], object]] = {
    "draw a specimen label": lambda: render_specimen(WORDS),
    "write a shipment request": lambda: build_shipment(REQUEST, ACCOUNT),
    "read 50 post offices": lambda: read_offices("find offices", OFFICES),
}
