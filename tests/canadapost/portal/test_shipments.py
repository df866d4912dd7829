"""Reading the portal's shipments: a status that we do not know and one odd link lose nothing else."""

from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal.manifests import read_shipment_ids
from deliver_to_po.canadapost.portal.shipments import read_details, read_shipment, read_ticket
from deliver_to_po.canadapost.types import Address, Link, ShipmentDetails, ShipmentInfo, ShipmentStatus
from tests.canadapost.portal.samples import SHIPMENT, sample
from tests.canadapost.portal_requests import MADE, make_client
from tests.conformance.schemas import NEEDS_FACTS

ADDRESS = {"addressLine1": "23 rue du Jardin", "city": "Ottawa", "provState": "ON", "postalZipCode": "K1K4T3"}
RECIPIENT = {"name": "Marie-Ève Côté", "addressDetails": ADDRESS}


def shipment(**more: Any) -> dict[str, Any]:
    return {"shipmentId": 3478, "shipmentStatus": "created", "trackingPin": "7023210039414604", **more}


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("created", ShipmentStatus.CREATED),
        ("transmitted", ShipmentStatus.TRANSMITTED),
        ("SUSPENDED", ShipmentStatus.SUSPENDED),
        ("reconciled", ShipmentStatus.OTHER),
        (7, ShipmentStatus.OTHER),
    ],
)
def test_a_status_that_we_do_not_know_makes_no_shipment_unreadable(written: Any, status: ShipmentStatus) -> None:
    assert read_shipment("op", shipment(shipmentStatus=written)).status == status
    details = {"shipmentDetail": {"deliverySpec": {"destination": RECIPIENT}}, "shipmentStatus": written}
    assert read_details("op", details).status == status


@pytest.mark.parametrize("missing", [None, "", " ", [], {}])
def test_a_shipment_without_a_status_is_unreadable_since_its_label_may_not_be_valid(missing: Any) -> None:
    with pytest.raises(Unreadable):
        read_shipment("op", shipment(shipmentStatus=missing))


def test_a_shipment_is_read_whole() -> None:
    read = read_shipment("op", shipment(customerRequestId="a", links=[{"rel": "label", "href": "https://x.test/1"}]))
    links = (Link("label", "https://x.test/1", "application/json"),)
    assert read == ShipmentInfo("3478", ShipmentStatus.CREATED, "7023210039414604", "a", links)


def test_one_odd_link_hides_no_other() -> None:
    links = [{"rel": "self"}, None, "x", {"rel": "label", "href": "https://canada-post.test/1"}, {"href": ["y"]}]
    assert [link.rel for link in read_shipment("op", shipment(links=links)).links] == ["label"]
    assert read_shipment("op", shipment()).links == ()


def test_links_none_of_which_can_be_read_are_not_none() -> None:
    with pytest.raises(Unreadable):
        read_shipment("op", shipment(links=[{"rel": "label"}]))
    with pytest.raises(Unreadable):
        read_shipment_ids("op", [{"rel": "shipment"}])


def test_only_links_to_shipments_lead_to_any() -> None:
    links = [{"rel": rel, "href": f"https://x.test/{rel}"} for rel in ("self", "shipment")]
    assert read_shipment_ids("op", links) == ["shipment"]
    with pytest.raises(Unreadable):
        read_shipment_ids("op", [{"rel": "shipment", "href": "/"}])


@pytest.mark.parametrize("missing", ["serviceTicketId", "serviceTicketDate"])
def test_a_shipment_without_an_id_and_a_refund_without_number_or_day_are_unreadable(missing: str) -> None:
    with pytest.raises(Unreadable):
        read_shipment("op", shipment(shipmentId=""))
    with pytest.raises(Unreadable):
        read_ticket("op", {"serviceTicketId": "1", "serviceTicketDate": "2026-11-26", missing: None})


def test_white_space_around_the_code_of_an_option_hides_no_office() -> None:
    options = [{"optionCode": " D2PO\n", "optionQualifier2": " 0000102978 "}]
    details = {"shipmentDetail": {"deliverySpec": {"destination": RECIPIENT, "options": options}}}
    assert read_details("op", {**details, "shipmentStatus": "created"}).office_id == "0000102978"


@pytest.mark.parametrize(
    ("told", "price"),
    [
        ({"dueAmount": "18.86"}, Decimal("18.86")),
        ([{"dueAmount": 11}], Decimal(11)),
        (None, None),
        ({"dueAmount": "free"}, None),
        (["11"], None),
        ([{"dueAmount": 11}, {"dueAmount": 12}], None),
    ],
)
def test_the_price_comes_alone_or_in_a_list_of_one_and_one_that_cannot_be_read_is_unknown(
    told: Any, price: Decimal | None
) -> None:
    assert read_shipment("op", shipment(shipmentPrice=told)).price == price


@NEEDS_FACTS
def test_the_details_of_a_shipment_have_the_recipients_own_address(post: Any) -> None:
    told = sample("shipment_details_response")
    told["shipmentDetail"]["deliverySpec"]["options"].append({"optionCode": "D2PO", "optionQualifier2": "0000102978"})
    post.get(SHIPMENT + "/details", json=told)
    assert make_client().shipment_details(MADE.shipment_id) == ShipmentDetails(
        status=ShipmentStatus.CREATED,
        service="DOM.RP",
        office_id="0000102978",
        recipient_name="Pete Pickup",
        recipient_address=Address("43 Palm St", "Flagstone", "CA", "90210", line_2="Apt 9"),
        reference="custref1",
    )
