"""Reading the portal's shipments: a status that we do not know and one odd link lose nothing else."""

from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal.shipments import read_details, read_shipment, read_shipment_links
from deliver_to_po.canadapost.types import ShipmentStatus

ADDRESS = {"addressLine1": "23 rue du Jardin", "city": "Ottawa", "provState": "ON", "postalZipCode": "K1K4T3"}
RECIPIENT = {"name": "Marie-Ève Côté", "addressDetails": ADDRESS}


def shipment(**more: Any) -> dict[str, Any]:
    """Return the answer to a create."""
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


def test_one_odd_link_hides_no_other() -> None:
    links = [{"rel": "self"}, None, "x", {"rel": "label", "href": "https://canada-post.test/1"}, {"href": ["y"]}]
    assert [link.rel for link in read_shipment("op", shipment(links=links)).links] == ["label"]
    assert read_shipment("op", shipment()).links == ()


def test_links_none_of_which_can_be_read_are_not_none() -> None:
    with pytest.raises(Unreadable):
        read_shipment("op", shipment(links=[{"rel": "label"}]))
    with pytest.raises(Unreadable):
        read_shipment_links("op", [{"rel": "shipment"}])


def test_white_space_around_the_code_of_an_option_hides_no_office() -> None:
    options = [{"optionCode": " D2PO\n", "optionQualifier2": " 0000102978 "}]
    details = {"shipmentDetail": {"deliverySpec": {"destination": RECIPIENT, "options": options}}}
    assert read_details("op", {**details, "shipmentStatus": "created"}).office_id == "0000102978"
