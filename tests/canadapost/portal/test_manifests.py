"""Groups, manifests and their documents over the portal."""

import dataclasses
import json
from datetime import date
from typing import Any

import pytest
from responses.matchers import query_param_matcher

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.bodies import transmit
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.types import Artifact, Link, Manifest, TransmitRequest
from tests.canadapost.portal.samples import last_request, sample
from tests.canadapost.portal_requests import ACCOUNT, BASE, MANIFEST, SHIPPING, TRANSMIT, make_client
from tests.conformance.schemas import NEEDS_FACTS
from tests.factories import SENDER

LEAST: dict[str, Any] = {
    "groupIds": ["2026-11-25"],
    "requestedShippingPoint": "K1A0B1",
    "detailedManifests": True,
    "methodOfPayment": "Account",
    "manifestAddress": {
        "manifestCompany": "Example Shop",
        "phoneNumber": "613-555-0100",
        "addressDetails": {
            "addressLine1": "1 Example St",
            "city": "Ottawa",
            "provState": "ON",
            "countryCode": "CA",
            "postalZipCode": "K1A0B1",
        },
    },
}


@NEEDS_FACTS
def test_groups_are_listed_and_handed_over(post: Any) -> None:
    post.get(SHIPPING + "/groups", json=sample("groups_response"))
    post.post(SHIPPING + "/manifests", json=sample("transmit_response"))
    client = make_client()
    assert client.groups() == ["e33333"]
    assert client.transmit(TRANSMIT) == ["123"]
    assert json.loads(last_request(post).body) == LEAST


def test_the_most_that_a_transmission_says() -> None:
    named = dataclasses.replace(SENDER, name="Sam")
    most = transmit("transmit", TransmitRequest(("g", "h"), named, ("1", "2")), ACCOUNT, says_country=True)
    assert most == {
        **LEAST,
        "groupIds": ["g", "h"],
        "manifestAddress": {**LEAST["manifestAddress"], "manifestName": "Sam"},
        "excludedShipments": ["1", "2"],
    }


def test_a_transmission_makes_one_manifest_at_least(post: Any) -> None:
    post.post(SHIPPING + "/manifests", json=[{"rel": "self", "href": SHIPPING + "/manifests"}])
    with pytest.raises(errors.UnknownOutcome):
        make_client().transmit(TRANSMIT)


@pytest.mark.parametrize("names", [("from", "to"), ("startDate", "endDate")])
def test_manifests_are_looked_for_between_two_days_in_either_spelling(post: Any, names: tuple[str, str]) -> None:
    url, link = SHIPPING + "/manifests", {"rel": "manifest", "href": SHIPPING + "/manifests/123"}
    post.get(url, json=[link], match=[query_param_matcher(dict(zip(names, ("20261125", "20261126"), strict=True)))])
    post.get(url, status=404)
    assert make_client().find_manifests(date(2026, 11, 25), date(2026, 11, 26)) == ["123"]


def test_the_shipments_of_a_manifest_are_listed_at_its_link(post: Any) -> None:
    href = SHIPPING + "/shipments?manifest-id=123"
    post.get(href, json=[{"rel": rel, "href": f"{SHIPPING}/shipments/{rel}-1"} for rel in ("self", "shipment")])
    link = Link("manifestShipments", href, "application/json")
    assert make_client().manifest_shipments(Manifest("123", "P1", (link,))) == ["shipment-1"]
    assert make_client().manifest_shipments(Manifest("123", "P1")) == []


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (TransmitRequest((), SENDER), "group_ids"),
        (TransmitRequest(tuple(str(n) for n in range(51)), SENDER), "group_ids"),
        (TransmitRequest(("g", "g"), SENDER), "group_ids"),
        (TransmitRequest(("g" * 33,), SENDER), "group_ids"),
        (TransmitRequest(("g",), SENDER, ("../1",)), "excluded"),
        (TransmitRequest(("g",), SENDER, ("1", "1")), "excluded"),
    ],
)
def test_what_cannot_be_transmitted_is_not_sent(post: Any, request_: TransmitRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make_client().transmit(request_)
    assert caught.value.field == field
    assert not post.calls


@NEEDS_FACTS
def test_a_manifest_is_asked_for_until_it_is_there(post: Any) -> None:
    making = {"errors": [{"errorCode": "9153", "message": "not yet"}]}
    post.get(SHIPPING + "/manifests/123", status=400, json=making)
    post.get(SHIPPING + "/manifests/123", json=sample("manifest_response"))
    client = make_client()
    with pytest.raises(errors.NotReady):
        client.manifest("123")
    manifest = client.manifest("123")
    assert (manifest.manifest_id, manifest.po_number) == ("123", "D906402103")
    assert manifest.link("artifact") is not None


def test_the_document_of_a_manifest_is_asked_for_as_a_pdf(post: Any) -> None:
    href = BASE + "/shipping/v1/artifacts/2/0"
    post.get(href, status=202)
    post.get(href, body=b"%PDF-1.7 %%EOF")
    client = make_client()
    with pytest.raises(errors.NotReady):
        client.manifest_document(MANIFEST)
    assert client.manifest_document(MANIFEST) == Artifact(b"%PDF-1.7 %%EOF", "application/pdf")
    assert last_request(post).headers["Accept"] == "application/pdf"
    with pytest.raises(errors.NotReady):
        client.manifest_document(Manifest("1", "P"))
    with pytest.raises(errors.Unreadable):
        client.manifest_document(Manifest("1", "P", (Link("artifact", "https://evil.test/x", ""),)))
