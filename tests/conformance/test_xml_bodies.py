"""The answers that our own tests read are ones that Canada Post's schemas allow."""

import pytest

from tests.canadapost.webservices import bodies
from tests.conformance.schemas import NEEDS_FACTS, faults

pytestmark = NEEDS_FACTS
PEOPLE = bodies.person("destination", "Ann") + bodies.person("recipient", "Ann")


@pytest.mark.parametrize(
    ("schema_name", "body"),
    [
        ("postoffice", bodies.OFFICES),
        ("postoffice", bodies.OFFICE_DETAIL),
        ("rating", bodies.QUOTES),
        ("discovery", bodies.OPTION),
        ("shipment", bodies.shipment_info()),
        ("shipment", bodies.shipments(bodies.shipment_info("1"), bodies.shipment_info("2", request_id=""))),
        ("shipment", bodies.shipments(hrefs=("https://a.example/1", "https://a.example/2"))),
        ("shipment", bodies.details(PEOPLE)),
        ("shipment", bodies.TICKET),
        ("ncshipment", bodies.NON_CONTRACT_INFO),
        ("ncshipment", bodies.non_contract_details(PEOPLE)),
        ("track", bodies.tracking_summary()),
        ("track", bodies.tracking_detail("1", bodies.occurrence("3000", "2026-11-25", "Seen"))),
        ("messages", bodies.messages(("1", "a"), ("2", "b"))),
        ("messages", bodies.messages()),
    ],
)
def test_a_body_of_our_tests_is_valid(schema_name: str, body: str) -> None:
    assert faults(schema_name, body.encode()) == []
