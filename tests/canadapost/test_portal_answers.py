"""What each operation of the portal sends and what it makes of the answer, the published samples among them."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import responses

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.portal.manifests import build_transmit
from deliver_to_po.canadapost.portal.rating import build_rates
from deliver_to_po.canadapost.types import (
    Artifact,
    Coordinates,
    Link,
    Manifest,
    NearAddress,
    NearCoordinates,
    NearPostalCode,
    Rate,
    RateRequest,
    Service,
    ShipmentOption,
    TransmitRequest,
)
from tests.canadapost.portal import (
    ACCOUNT,
    BASE,
    MADE,
    MANIFEST,
    PIN,
    RATES,
    SHIPPING,
    TOKEN,
    TOKEN_URL,
    TRANSMIT,
    make_client,
)
from tests.conformance.schemas import NEEDS_FACTS, facts
from tests.factories import PARCEL, SENDER

NOTHING: list[dict[str, Any]] = [{"json": []}, {"status": 404}]
SHIPMENT = f"{SHIPPING}/shipments/{MADE.shipment_id}"


def _sample(name: str) -> Any:
    return json.loads((facts() / "samples" / f"portal_{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def post() -> Any:
    """Return a Canada Post that knows the token and nothing else yet."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(TOKEN_URL, json=TOKEN)
        yield mock


def _sent(post: Any) -> Any:
    return post.calls[-1].request


@NEEDS_FACTS
def test_offices_are_searched_by_street_city_and_province(post: Any) -> None:
    post.get(BASE + "/postoffice/v1/post-offices", json=_sample("postoffice_nearest_INFERRED"))
    [office] = make_client().find_offices(NearAddress("ON", "Ottawa", "Carling"), maximum=9)
    assert office.office_id == "0000102978"
    assert _sent(post).params == {
        "d2po": "true",
        "maximum": "9",
        "province": "ON",
        "city": "Ottawa",
        "streetName": "Carling",
    }


def test_a_search_without_a_street_sends_none(post: Any) -> None:
    post.get(BASE + "/postoffice/v1/post-offices", json={"postOffices": []})
    assert make_client().find_offices(NearAddress("QC", "Trois-Rivières", " ")) == []
    assert "streetName" not in _sent(post).params


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (NearPostalCode("K1A 0B1"), "postal_code"),
        (NearPostalCode("K1A0B１"), "postal_code"),
        (NearAddress("Ontario", "Ottawa"), "province"),
        (NearAddress("ON", " "), "city"),
        (NearAddress("ON", "Ottawa", "x" * 65), "street"),
        (NearCoordinates(Coordinates(float("nan"), -75)), "coordinates.latitude"),
        (NearCoordinates(Coordinates(48.85, 2.35)), "coordinates.longitude"),
    ],
)
def test_a_search_that_cannot_be_understood_is_not_sent(post: Any, query: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make_client().find_offices(query)
    assert caught.value.field == field
    assert not post.calls


OWN = {"errors": [{"errorCode": "1234", "message": "No post office is near."}]}
GATEWAY = {"httpCode": "404", "httpMessage": "Not Found", "moreInformation": "No resources match requested URI"}


@pytest.mark.parametrize(
    "answer",
    [
        {"json": []},
        {"status": 404, "json": OWN},
        {"status": 400, "json": OWN},
        {"status": 404, "json": {"messages": {"message": {"code": "1234", "description": "none"}}}},
    ],
)
def test_none_near_is_an_empty_list_or_canada_posts_own_message(post: Any, answer: dict[str, Any]) -> None:
    post.get(BASE + "/postoffice/v1/post-offices", **answer)
    assert make_client().find_offices(NearPostalCode("K1A0B1")) == []


def _said(code: str) -> dict[str, Any]:
    return {"errors": [{"errorCode": code, "message": "Something else."}]}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 404}, errors.Unavailable),
        ({"status": 404, "json": GATEWAY}, errors.Unavailable),
        ({"status": 404, "json": [GATEWAY]}, errors.Unavailable),
        ({"status": 404, "body": "<html>Not found</html>"}, errors.Unavailable),
        ({"status": 404, "body": "gone", "content_type": "text/html; charset=utf-8"}, errors.Unavailable),
        ({"status": 400, "body": "<!DOCTYPE HTML>"}, errors.Unavailable),
        ({"status": 404, "json": _said("Server")}, errors.Unavailable),
        ({"status": 400}, errors.Refused),
        ({"status": 400, "json": GATEWAY}, errors.Refused),
        ({"status": 400, "json": {"errors": []}}, errors.Refused),
        ({"status": 400, "json": _said("9105")}, errors.Refused),
        ({"status": 404, "json": _said("AA003")}, errors.Refused),
        ({"status": 401, "json": _said("AA004")}, errors.Refused),
        ({"status": 406, "json": OWN}, errors.Refused),
    ],
)
def test_a_search_that_fails_in_any_other_way_is_not_none_near(
    post: Any, answer: dict[str, Any], error: type[errors.CanadaPostError]
) -> None:
    post.get(BASE + "/postoffice/v1/post-offices", **answer)
    with pytest.raises(error) as caught:
        make_client().find_offices(NearPostalCode("K1A0B1"))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"body": "<html>Maintenance</html>"}, errors.Unavailable),
        ({"json": GATEWAY}, errors.Unavailable),
        ({"json": [GATEWAY]}, errors.Unavailable),
        ({"body": ""}, errors.NotFound),
        ({"json": OWN}, errors.NotFound),
        ({"json": {**OWN, "httpCode": "404"}}, errors.NotFound),
    ],
)
def test_neither_a_page_nor_the_gateway_says_that_an_office_is_gone(
    post: Any, answer: dict[str, Any], error: type[errors.CanadaPostError]
) -> None:
    post.get(BASE + "/postoffice/v1/post-offices/102978/details", status=404, **answer)
    with pytest.raises(error) as caught:
        make_client().office("102978")
    assert type(caught.value) is error


def test_a_page_in_place_of_a_search_does_not_say_that_nothing_was_made(post: Any) -> None:
    post.get(SHIPPING + "/shipments", status=404, body="<html>Maintenance</html>")
    with pytest.raises(errors.Unavailable):
        make_client().find_shipments("a" * 32)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (204, "", None),
        (200, "", None),
        (200, "\r\n", None),
        (200, "<html>Maintenance</html>", errors.UnknownOutcome),
        (200, "{}", errors.UnknownOutcome),
        (200, json.dumps({"errors": [{"errorCode": "8064", "message": "Too late"}]}), errors.UnknownOutcome),
        (201, "", errors.UnknownOutcome),
        (202, "", errors.UnknownOutcome),
        (206, "", errors.UnknownOutcome),
        (302, "", errors.UnknownOutcome),
        (404, "<html>Maintenance</html>", errors.UnknownOutcome),
        (404, "", errors.NotFound),
    ],
)
def test_a_void_is_done_only_when_the_answer_says_so(
    post: Any, status: int, body: str, error: type[errors.CanadaPostError] | None
) -> None:
    post.delete(SHIPMENT, status=status, body=body)
    if error is None:
        make_client().void_shipment(MADE.shipment_id)
        return
    with pytest.raises(error) as caught:
        make_client().void_shipment(MADE.shipment_id)
    assert type(caught.value) is error


def test_an_office_whose_id_is_no_number_is_not_there(post: Any) -> None:
    for office_id in ("", "abc", "..", "1/2", "１２３"):
        with pytest.raises(errors.NotFound):
            make_client().office(office_id)
    assert not post.calls


@NEEDS_FACTS
def test_prices_are_asked_under_the_contract_and_read_with_their_taxes(post: Any) -> None:
    post.post(BASE + "/rating/v1/prices", json=_sample("rating_prices_response_shape"))
    [rate] = make_client().rates(RATES)
    assert rate == Rate(
        service="DOM.EP",
        service_name="Expedited Parcel",
        base=Decimal("14.2"),
        due=Decimal("18.86"),
        taxes=Decimal("2.17"),
        transit_days=2,
        expected_delivery=date(2026, 11, 26),
        guaranteed=True,
    )
    assert json.loads(_sent(post).body) == _sample("rating_prices_request_d2po") | {
        "customerNumber": ACCOUNT.customer_number,
        "contractId": ACCOUNT.contract_id,
    } | {"services": ["DOM.EP", "DOM.XP"]}


def test_a_price_without_a_standard_says_nothing_of_the_time(post: Any) -> None:
    row = {"serviceCode": "DOM.EP", "priceDetails": {"base": 1, "due": "2.00"}, "serviceStandard": {}}
    post.post(BASE + "/rating/v1/prices", json=[row])
    [rate] = make_client().rates(RATES)
    assert (rate.transit_days, rate.expected_delivery, rate.taxes) == (None, None, Decimal(0))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"origin_postal_code": "k1a0b1"}, "origin_postal_code"),
        ({"destination_postal_code": ""}, "destination_postal_code"),
        ({"options": ()}, "options"),
        ({"options": (ShipmentOption("D2PO", Decimal(1)),)}, "options"),
        ({"options": (ShipmentOption("D2PO"), ShipmentOption("LAD"))}, "options"),
        ({"services": ("DOM.RP",)}, "services"),
        ({"parcel": dataclasses.replace(PARCEL, weight_kg=Decimal("30.001"))}, "parcel.weight_kg"),
        ({"parcel": dataclasses.replace(PARCEL, length_cm=Decimal(201))}, "parcel.length_cm"),
        ({"mailing_date": date(2026, 11, 24)}, "mailing_date"),
    ],
)
def test_a_price_that_canada_post_does_not_give_is_not_asked_for(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        build_rates("rates", RateRequest(**{**_fields(RATES), **changes}), ACCOUNT, today=date(2026, 11, 25))
    assert caught.value.field == field


def _fields(request: RateRequest) -> dict[str, Any]:
    return {name: getattr(request, name) for name in RateRequest.__dataclass_fields__}


def test_no_service_named_means_both_and_a_mailing_date_is_sent() -> None:
    request = RateRequest("K1A0B1", "K2B7K0", PARCEL, services=(), mailing_date=date(2026, 11, 25))
    body = build_rates("rates", request, ACCOUNT, today=date(2026, 11, 25))
    assert body["services"] == [service.value for service in Service]
    assert body["expectedMailingDate"] == "2026-11-25"


@NEEDS_FACTS
def test_services_options_and_what_goes_with_d2po(post: Any) -> None:
    post.get(BASE + "/rating/v1/services", json=[{"serviceCode": "DOM.EP", "serviceName": "Expedited Parcel"}])
    post.get(
        BASE + "/rating/v1/services/DOM.EP",
        json={
            "serviceCode": "DOM.EP",
            "serviceName": "Expedited Parcel",
            "options": [{"optionCode": "D2PO"}, {"optionCode": "SO"}],
            "restrictions": {
                "weightRestriction": {"min": 0, "max": 30000},
                "dimensionalRestrictions": {"length": {"max": 200.0}, "lengthPlusGirthMax": 300},
            },
        },
    )
    post.get(BASE + "/rating/v1/options/D2PO", json=_sample("rating_option_d2po_response_shape"))
    client = make_client()
    assert [service.code for service in client.services()] == ["DOM.EP"]
    details = client.service("DOM.EP")
    limits = (details.max_weight_kg, details.max_length_cm, details.max_length_and_girth_cm)
    assert limits == (Decimal(30), Decimal(200), Decimal(300))
    assert details.options == ("D2PO", "SO")
    option = client.option("D2PO")
    assert option.qualifier_required
    assert option.goes_with("SO")
    assert not option.goes_with("HFP")


@NEEDS_FACTS
def test_what_a_shipment_costs_and_what_was_charged(post: Any) -> None:
    price = _sample("shipment_price_response")
    receipt = _sample("create_shipment_response_transmitted")["shipmentReceipt"]
    post.get(SHIPMENT + "/receipt", json=receipt)
    client = make_client()
    for answer in (price, [price]):
        post.upsert("GET", SHIPMENT + "/price", json=answer)
        found = client.shipment_price(MADE.shipment_id)
        assert (found.service, found.due, found.taxes) == ("DOM.RP", Decimal("169.99"), Decimal("26.97"))
    charged = client.shipment_receipt(MADE.shipment_id)
    assert (charged.amount, charged.authorization) == (Decimal("18.86"), "AA1111")
    assert charged.charged_at == datetime(2026, 11, 24, 20, tzinfo=UTC)


@NEEDS_FACTS
def test_the_details_of_a_shipment_have_the_recipients_own_address(post: Any) -> None:
    post.get(SHIPMENT + "/details", json=_sample("shipment_details_response"))
    held = make_client().shipment_details(MADE.shipment_id)
    assert (held.recipient_address.city, held.recipient_address.postal_code) == ("Flagstone", "90210")


@NEEDS_FACTS
@pytest.mark.parametrize(
    ("find", "parameters"),
    [
        (lambda client: client.find_shipments("a" * 32), {"request-id": "a" * 32}),
        (lambda client: client.find_by_pin(PIN), {"tracking-pin": PIN}),
        (lambda client: client.find_by_group("été 1&2"), {"group-id": "été 1&2"}),
    ],
)
def test_a_shipment_is_found_by_one_thing_alone(post: Any, find: Any, parameters: dict[str, str]) -> None:
    link = {"rel": "shipment", "href": SHIPMENT, "mediaType": "application/json"}
    post.get(SHIPPING + "/shipments", json=[link, {"rel": "other", "href": "https://evil.test/"}])
    post.get(SHIPMENT, json=_sample("get_shipment_response") | {"customerRequestId": "a" * 32})
    [found] = find(make_client())
    assert found.shipment_id == MADE.shipment_id
    assert post.calls[1].request.params == parameters
    for nothing in NOTHING:
        post.upsert("GET", SHIPPING + "/shipments", **nothing)
        assert find(make_client()) == []


def test_links_that_lead_elsewhere_are_not_followed(post: Any) -> None:
    post.get(SHIPPING + "/shipments", json=[{"rel": "shipment", "href": "https://evil.test/shipments/1"}])
    with pytest.raises(errors.Unreadable, match="leads elsewhere"):
        make_client().find_by_pin(PIN)
    assert all(str(call.request.url).startswith(BASE) for call in post.calls)


@NEEDS_FACTS
def test_a_refund_is_asked_for_with_an_address_to_answer_to(post: Any) -> None:
    post.post(SHIPMENT + "/refund", json=_sample("refund_response"))
    ticket = make_client().refund_shipment(MADE.shipment_id, "desk@example.com")
    assert (ticket.ticket_id, ticket.date) == ("0109648332", date(2014, 10, 10))
    assert json.loads(_sent(post).body) == {"email": "desk@example.com"}


@pytest.mark.parametrize("email", ["", "desk", "desk@example", "côté@example.com", "d" * 50 + "@example.com"])
def test_a_refund_without_an_address_to_answer_to_is_not_asked_for(post: Any, email: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make_client().refund_shipment(MADE.shipment_id, email)
    assert caught.value.field == "email"
    assert not post.calls


def test_a_refund_before_transmission_is_refused_with_its_code(post: Any) -> None:
    post.post(SHIPMENT + "/refund", status=400, json={"errors": [{"errorCode": "7291", "message": "Use Void."}]})
    with pytest.raises(errors.Refused) as caught:
        make_client().refund_shipment(MADE.shipment_id, "desk@example.com")
    assert caught.value.codes == ("7291",)


@NEEDS_FACTS
def test_groups_are_listed_and_handed_over(post: Any) -> None:
    post.get(SHIPPING + "/groups", json=_sample("groups_response"))
    post.post(SHIPPING + "/manifests", json=_sample("transmit_response"))
    client = make_client()
    assert client.groups() == ["e33333"]
    assert client.transmit(TRANSMIT) == ["123"]
    sent = json.loads(_sent(post).body)
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
    post.get(SHIPPING + "/manifests/123", json=_sample("manifest_response"))
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
    assert _sent(post).headers["Accept"] == "application/pdf"
    with pytest.raises(errors.NotReady):
        client.manifest_document(Manifest("1", "P"))
    with pytest.raises(errors.Unreadable):
        client.manifest_document(Manifest("1", "P", (Link("artifact", "https://evil.test/x", ""),)))


@NEEDS_FACTS
def test_where_a_parcel_was_last_seen(post: Any) -> None:
    url = f"{BASE}/tracking/v1/pins/{PIN}/summaries"
    post.get(url, json=[row | {"pin": PIN} for row in _sample("tracking_summaries_response")])
    summary = make_client().tracking_summary(PIN)
    assert summary.seen
    assert (summary.description, summary.expected_delivery) == ("Item processed", date(2026, 1, 14))
    assert summary.delivered_on is None


@NEEDS_FACTS
@pytest.mark.parametrize("part", ["summaries", "details"])
@pytest.mark.parametrize("nothing", ["404", "004", "empty"])
def test_a_parcel_without_history_is_not_seen(post: Any, part: str, nothing: str) -> None:
    no_history = [row | {"pin": PIN} for row in _sample("tracking_summaries_no_history")]
    replies: dict[str, dict[str, Any]] = {"404": {"status": 404}, "004": {"json": no_history}, "empty": {"json": []}}
    post.get(f"{BASE}/tracking/v1/pins/{PIN}/{part}", **replies[nothing])
    client = make_client()
    if part == "summaries":
        assert not client.tracking_summary(PIN).seen
    else:
        assert client.tracking_details(PIN).events == ()


@NEEDS_FACTS
def test_every_event_of_a_parcel_newest_first(post: Any) -> None:
    post.get(f"{BASE}/tracking/v1/pins/{PIN}/details", json=_sample("tracking_details_d2po_ready"))
    details = make_client().tracking_details(PIN)
    assert [event.code for event in details.events] == [1701, 1703, 3000]
    ready = details.events[0]
    assert (ready.date, ready.time, ready.office_id) == (date(2026, 11, 26), "10:05:00", "102978")
    assert details.events[1].office_id == ""
    assert details.expected_delivery == date(2026, 11, 26)


@pytest.mark.parametrize("written", ["2026-11-26", "2026-11-26T00:00:00", "2026-11-26T00:00:00.000Z"])
def test_dates_are_their_first_ten_characters_and_codes_are_numbers(post: Any, written: str) -> None:
    event = {"eventIdentifier": "0174", "eventDate": written}
    body = {"activeExists": True, "archiveExists": False, "significantEvents": [event]}
    post.get(f"{BASE}/tracking/v1/pins/{PIN}/details", json=body)
    [read] = make_client().tracking_details(PIN).events
    assert (read.code, read.date) == (174, date(2026, 11, 26))


def test_neither_active_nor_archived_is_not_seen(post: Any) -> None:
    post.get(f"{BASE}/tracking/v1/pins/{PIN}/details", json={"activeExists": False, "archiveExists": False})
    assert make_client().tracking_details(PIN).events == ()


@NEEDS_FACTS
def test_outages_are_read_in_every_likely_shape(post: Any) -> None:
    url = BASE + "/serviceinfo/v1/shipments-service"
    rows = _sample("serviceinfo_INFERRED")
    for body in (rows, {"messages": rows}, {"infoMessages": {"infoMessage": rows}}, rows[0]):
        post.upsert("GET", url, json=body)
        [outage] = make_client().outages()
        assert outage.ends_at > outage.starts_at
    for nothing in [*NOTHING, {"json": {}}, {"json": [{"messageText": "Sometime soon"}]}]:
        post.upsert("GET", url, **nothing)
        assert make_client().outages() == []


@pytest.mark.parametrize("bad", ["", "..", "1/../2", "1?x=1", "a b", "١٢٣", "9" * 41])
def test_an_id_that_would_change_the_address_is_not_sent(post: Any, bad: str) -> None:
    client = make_client()
    asks: list[Callable[[str], object]] = [
        client.shipment_details,
        client.shipment_price,
        client.shipment_receipt,
        client.void_shipment,
        client.manifest,
        client.tracking_summary,
        client.tracking_details,
        client.find_by_pin,
        lambda value: client.refund_shipment(value, "desk@example.com"),
    ]
    for ask in asks:
        with pytest.raises(InvalidRequest):
            ask(bad)
    by_code: list[Callable[[str], object]] = [client.service, client.option]
    for ask in by_code:
        if bad != "..":
            with pytest.raises(InvalidRequest):
                ask(bad)
    assert not post.calls
