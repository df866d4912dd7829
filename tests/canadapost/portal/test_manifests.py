"""Groups, manifests and their documents over the portal."""

import json
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.portal.manifests import build_transmit, read_manifests
from deliver_to_po.canadapost.types import Artifact, Link, Manifest, TransmitRequest
from tests.canadapost.portal.samples import last_request, sample
from tests.canadapost.portal_requests import ACCOUNT, BASE, MANIFEST, SHIPPING, TRANSMIT, make_client
from tests.conformance.schemas import NEEDS_FACTS
from tests.factories import SENDER


@NEEDS_FACTS
def test_groups_are_listed_and_handed_over(post: Any) -> None:
    post.get(SHIPPING + "/groups", json=sample("groups_response"))
    post.post(SHIPPING + "/manifests", json=sample("transmit_response"))
    client = make_client()
    assert client.groups() == ["e33333"]
    assert client.transmit(TRANSMIT) == ["123"]
    sent = json.loads(last_request(post).body)
    assert sent["methodOfPayment"] == "Account"
    assert (sent["groupIds"], sent["requestedShippingPoint"]) == (["2026-11-25"], SENDER.address.postal_code)
    assert {"customerReference", "excludedShipments", "cpcPickupIndicator"}.isdisjoint(sent)


def test_what_is_left_out_of_a_manifest_and_its_reference_are_sent() -> None:
    body = build_transmit("transmit", TransmitRequest(("g",), SENDER, "ref", ("1", "2"), detailed=False), ACCOUNT)
    assert (body["customerReference"], body["excludedShipments"]) == ("ref", ["1", "2"])
    assert body["detailedManifests"] is False


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (TransmitRequest((), SENDER), "group_ids"),
        (TransmitRequest(tuple(str(n) for n in range(51)), SENDER), "group_ids"),
        (TransmitRequest(("g", "g"), SENDER), "group_ids"),
        (TransmitRequest(("g" * 33,), SENDER), "group_ids"),
        (TransmitRequest(("g",), SENDER, "r" * 13), "reference"),
        (TransmitRequest(("g",), SENDER, excluded=("../1",)), "excluded"),
        (TransmitRequest(("g",), SENDER, excluded=("1", "1")), "excluded"),
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


def test_only_links_to_manifests_are_read_as_such() -> None:
    links = [{"rel": rel, "href": f"https://api.example.com/{rel}/{rel}-1"} for rel in ("self", "manifest")]
    assert read_manifests("list", links) == ["manifest-1"]
