"""What the portal alone asks for and answers; what both APIs share is in tests/conformance/test_both_apis.py."""

import dataclasses
import json
from datetime import date
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.types import Link, NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from tests.canadapost.portal.samples import NOTHING, SHIPMENT, last_request, sample
from tests.canadapost.portal_requests import BASE, MADE, SHIPPING, make_client
from tests.conformance.schemas import NEEDS_FACTS


@pytest.fixture
def client(emulator: EmulatorServer) -> CanadaPost:
    return canada_post()


@pytest.mark.parametrize("variant", ["array", "object", "kebab", "text"])
def test_every_likely_shape_of_post_offices_is_read_alike(emulator: EmulatorServer, variant: Any) -> None:
    expected = canada_post().find_offices(NearPostalCode("K1A0B1"))
    emulator.configure(variant=variant)
    assert canada_post().find_offices(NearPostalCode("K1A0B1")) == expected
    assert canada_post().office(expected[0].office_id).hours is not None


def test_a_page_in_place_of_a_search_does_not_say_that_nothing_was_made(post: Any) -> None:
    post.get(SHIPPING + "/shipments", status=404, body="<html>Maintenance</html>")
    with pytest.raises(errors.Unavailable):
        make_client().find_shipments("a" * 32)


@NEEDS_FACTS
def test_a_shipment_is_found_by_one_thing_alone(post: Any) -> None:
    link = {"rel": "shipment", "href": SHIPMENT, "mediaType": "application/json"}
    post.get(SHIPPING + "/shipments", json=[link, {"rel": "other", "href": "https://evil.test/"}])
    post.get(SHIPMENT, json=sample("get_shipment_response") | {"customerRequestId": "a" * 32})
    [found] = make_client().find_shipments("a" * 32)
    assert found.shipment_id == MADE.shipment_id
    assert post.calls[1].request.params == {"requestId": "a" * 32}
    for nothing in NOTHING:
        post.upsert("GET", SHIPPING + "/shipments", **nothing)
        assert make_client().find_shipments("a" * 32) == []


@pytest.mark.parametrize(
    ("find", "parameters"),
    [
        (lambda client: client.find_by_group("été 1&2"), {"groupId": "été 1&2"}),
        (lambda client: client.find_by_day(date(2026, 11, 25)), {"noManifest": "true", "date": "20261125"}),
    ],
)
def test_a_group_and_a_day_are_listed_by_one_call(post: Any, find: Any, parameters: dict[str, str]) -> None:
    post.get(SHIPPING + "/shipments", json=[{"rel": "shipment", "href": f"{SHIPPING}/shipments/{n}"} for n in (1, 2)])
    assert find(make_client()) == ["1", "2"]
    assert [call.request.params for call in post.calls][1:] == [parameters]
    for nothing in NOTHING:
        post.upsert("GET", SHIPPING + "/shipments", **nothing)
        assert find(make_client()) == []


def test_links_that_lead_elsewhere_are_not_followed(post: Any) -> None:
    post.get(SHIPPING + "/shipments", json=[{"rel": "shipment", "href": "https://evil.test/shipments/1"}])
    with pytest.raises(errors.Unreadable, match="leads elsewhere"):
        make_client().find_shipments("a" * 32)
    assert all(str(call.request.url).startswith(BASE) for call in post.calls)


@NEEDS_FACTS
def test_a_refund_is_asked_for_with_an_address_to_answer_to(post: Any) -> None:
    post.post(SHIPMENT + "/refund", json=sample("refund_response"))
    ticket = make_client().refund_shipment(MADE.shipment_id, "desk@example.com")
    assert (ticket.ticket_id, ticket.date) == ("0109648332", date(2014, 10, 10))
    assert json.loads(last_request(post).body) == {"email": "desk@example.com"}


@pytest.mark.parametrize(
    ("named", "asked"), [("application/json", "application/pdf"), ("application/zpl", "application/zpl")]
)
def test_a_label_whose_link_says_json_is_asked_for_as_a_pdf(post: Any, named: str, asked: str) -> None:
    href = BASE + "/shipping/v1/artifacts/1/0"
    post.get(href, body=b"%PDF-1.7 %%EOF")
    make_client().label(dataclasses.replace(MADE, links=(Link("label", href, named),)))
    assert last_request(post).headers["Accept"] == asked
