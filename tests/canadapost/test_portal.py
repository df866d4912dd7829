"""The portal client against the emulator: what each operation gives, and what each error becomes."""

import dataclasses
import logging
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.canadapost.types import (
    Coordinates,
    Manifest,
    NearCoordinates,
    NearPostalCode,
    PostOffice,
    RateRequest,
    ShipmentStatus,
    TransmitRequest,
)
from deliver_to_po.carrier import canada_post
from deliver_to_po.emulator.portal import shipping as emulated
from deliver_to_po.emulator.server import EmulatorServer
from tests.factories import PARCEL, RECIPIENT, SENDER, make_request


@pytest.fixture
def client(emulator: EmulatorServer) -> CanadaPost:
    return canada_post()


def test_the_nearest_offices_come_nearest_first_with_distance(client: CanadaPost) -> None:
    offices = client.find_offices(NearPostalCode("K1A0B1"), maximum=7)
    distances = [office.distance_km for office in offices if office.distance_km is not None]
    assert len(distances) == 7
    assert distances == sorted(distances)


def test_an_office_is_found_again_at_its_own_coordinates(client: CanadaPost, office: PostOffice) -> None:
    assert office.coordinates is not None
    nearest = client.find_offices(NearCoordinates(office.coordinates))
    assert nearest[0].office_id == office.office_id


def test_the_detail_has_the_hours(client: CanadaPost, office: PostOffice) -> None:
    hours = client.office(office.office_id).hours
    assert hours is not None
    assert hours.on(3)


def test_names_come_in_the_language_asked_for(emulator: EmulatorServer) -> None:
    query = NearPostalCode("H2X1Y4")
    english, french = (canada_post(language).find_offices(query) for language in ("en", "fr"))
    assert [o.office_id for o in english] == [o.office_id for o in french]
    assert [(o.name, o.location) for o in english] != [(o.name, o.location) for o in french]


@pytest.mark.parametrize("variant", ["array", "object", "kebab", "text"])
def test_every_likely_shape_of_post_offices_is_read_alike(emulator: EmulatorServer, variant: Any) -> None:
    expected = canada_post().find_offices(NearPostalCode("K1A0B1"))
    usual = emulator.world.config
    emulator.world.config = dataclasses.replace(usual, variant=variant)
    try:
        assert canada_post().find_offices(NearPostalCode("K1A0B1")) == expected
        assert canada_post().office(expected[0].office_id).hours is not None
    finally:
        emulator.world.config = usual


def test_none_near_is_an_empty_list(client: CanadaPost) -> None:
    assert client.find_offices(NearPostalCode("X0A0H0")) == []


def test_an_office_that_is_not_there_is_not_found(client: CanadaPost) -> None:
    with pytest.raises(errors.NotFound):
        client.office("0099999999")


def test_a_shipment_is_made_with_what_d2po_needs(
    client: CanadaPost, office: PostOffice, emulator: EmulatorServer
) -> None:
    request = make_request(office_id=office.office_id)
    made = client.create_shipment(request)
    [stored] = emulator.shipments
    spec = stored.body["deliverySpec"]
    assert made.status == ShipmentStatus.CREATED
    assert is_tracking_number(made.tracking_pin)
    assert spec["options"] == [{"optionCode": "D2PO", "optionQualifier2": office.office_id}]
    assert spec["destination"]["name"] == RECIPIENT.name
    assert spec["destination"]["addressDetails"]["postalZipCode"] == RECIPIENT.address.postal_code
    assert spec["destination"]["clientVoiceNumber"] == RECIPIENT.phone
    assert spec["notification"] == {
        "email": RECIPIENT.email,
        "onShipment": True,
        "onException": True,
        "onDelivery": True,
    }
    assert stored.body["groupId"] == request.group_id
    assert "transmitShipment" not in stored.body


def test_a_shipment_is_found_by_its_request_id_and_holds_what_was_sent(client: CanadaPost, office: PostOffice) -> None:
    request = make_request(office_id=office.office_id)
    made = client.create_shipment(request)
    [found] = client.find_shipments(request.request_id)
    details = client.shipment_details(found.shipment_id)
    assert found == made
    assert (details.office_id, details.service) == (office.office_id, request.service)
    assert (details.recipient_name, details.recipient_address) == (RECIPIENT.name, RECIPIENT.address)


@pytest.mark.parametrize(("known", "unknown"), [("request-id", "requestId"), ("requestId", "request-id")])
def test_a_shipment_is_found_whichever_spelling_canada_post_knows(
    client: CanadaPost, office: PostOffice, monkeypatch: pytest.MonkeyPatch, known: str, unknown: str
) -> None:
    monkeypatch.delitem(emulated._LOOK_UPS, unknown)
    assert known in emulated._LOOK_UPS
    request = make_request(office_id=office.office_id)
    made = client.create_shipment(request)
    assert list(client.find_shipments(request.request_id)) == [made]
    assert list(client.find_shipments("0" * 32)) == []


def test_nothing_is_found_under_an_id_never_sent(client: CanadaPost) -> None:
    assert list(client.find_shipments("0" * 32)) == []


def test_the_same_request_id_again_exists_already(client: CanadaPost, office: PostOffice) -> None:
    request = make_request(office_id=office.office_id)
    client.create_shipment(request)
    with pytest.raises(errors.AlreadyExists) as caught:
        client.create_shipment(request)
    assert caught.value.codes == ("7314",)


def test_a_broken_rule_is_refused_before_any_call(client: CanadaPost, emulator: EmulatorServer) -> None:
    with pytest.raises(errors.InvalidRequest):
        client.create_shipment(make_request(office_id=""))
    assert emulator.calls.get("create_shipment", 0) == 0


def test_what_canada_post_refuses_carries_its_code_and_text(client: CanadaPost) -> None:
    with pytest.raises(errors.Refused) as caught:
        client.create_shipment(make_request(office_id="0099999999"))
    assert caught.value.codes
    assert caught.value.explain()


def test_a_label_is_a_pdf_once_it_is_ready(client: CanadaPost, office: PostOffice, emulator: EmulatorServer) -> None:
    made = client.create_shipment(make_request(office_id=office.office_id))
    usual = emulator.world.config
    emulator.world.config = dataclasses.replace(usual, label_waits=1)
    try:
        with pytest.raises(errors.NotReady):
            client.label(made)
        label = client.label(made)
    finally:
        emulator.world.config = usual
    assert label.media_type == "application/pdf"
    assert label.content.startswith(b"%PDF")


def test_a_voided_shipment_cannot_be_voided_again(client: CanadaPost, office: PostOffice) -> None:
    made = client.create_shipment(make_request(office_id=office.office_id))
    client.void_shipment(made.shipment_id)
    with pytest.raises((errors.NotFound, errors.Refused)):
        client.void_shipment(made.shipment_id)


def test_an_expired_token_is_renewed_once(client: CanadaPost, emulator: EmulatorServer) -> None:
    client.find_offices(NearPostalCode("K1A0B1"))
    emulator.state.expire_tokens()
    assert client.find_offices(NearPostalCode("K1A0B1"))
    assert emulator.calls["token"] == 2


def test_wrong_credentials_are_their_own_error(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"CLIENT_SECRET": "wrong"})
    with pytest.raises(errors.CredentialsRefused):
        canada_post().find_offices(NearPostalCode("K1A0B1"))


READS = [
    ("401", errors.CredentialsRefused),
    ("403", errors.NotEntitled),
    # As the gateway says it: the address is not there, and nothing is said of post offices.
    ("404", errors.Unavailable),
    ("429", errors.Throttled),
    ("slm", errors.Throttled),
    ("400", errors.Refused),
    ("500", errors.Unavailable),
    ("503", errors.Unavailable),
    ("html", errors.Unreadable),
    ("garbage", errors.Unreadable),
    ("truncate", errors.CanadaPostError),
    ("reset", errors.Unavailable),
    ("delay", errors.Unavailable),
]


@pytest.mark.parametrize(("fault", "error"), READS)
def test_a_failed_search_has_the_error_of_its_reaction(
    emulator: EmulatorServer, change_settings: Any, fault: str, error: type[Exception]
) -> None:
    change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": 0.5})
    emulator.faults.add("find_offices", fault, count=None)
    with pytest.raises(error):
        canada_post().find_offices(NearPostalCode("K1A0B1"))


CREATES = [
    ("401", errors.CredentialsRefused),
    ("403", errors.NotEntitled),
    ("429", errors.Throttled),
    ("slm", errors.Throttled),
    ("400", errors.Refused),
    ("500", errors.UnknownOutcome),
    ("html", errors.UnknownOutcome),
    ("garbage", errors.UnknownOutcome),
    ("truncate", errors.UnknownOutcome),
    ("reset", errors.UnknownOutcome),
    ("delay", errors.UnknownOutcome),
]


@pytest.mark.parametrize(("fault", "error"), CREATES)
def test_a_failed_create_is_never_taken_for_harmless(
    emulator: EmulatorServer, change_settings: Any, office: PostOffice, fault: str, error: type[Exception]
) -> None:
    change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": 0.5})
    emulator.faults.add("create_shipment", fault, count=None)
    with pytest.raises(error):
        canada_post().create_shipment(make_request(office_id=office.office_id))


def test_nobody_listening_means_nothing_was_sent(change_settings: Any) -> None:
    change_settings(CANADA_POST={"BASE_URL": "http://127.0.0.1:9"})
    with pytest.raises(errors.Unavailable):
        canada_post().create_shipment(make_request())


def test_neither_logs_nor_errors_hold_anything_personal(
    emulator: EmulatorServer, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = dataclasses.replace(RECIPIENT, name="Canary Serin", email="canary@example.com", phone="613-555-0142")
    request = make_request(office_id=office.office_id, recipient=person)
    texts = []
    for fault in ("400", "500", "garbage", "reset"):
        emulator.faults.add("create_shipment", fault)
        with pytest.raises(errors.CanadaPostError) as caught:
            canada_post().create_shipment(request)
        texts += [str(caught.value), repr(caught.value)]
    said = "\n".join([*texts, caplog.text])
    for secret in ("Canary", "canary@", "555-0142", "rue du Jardin", "emulator-secret", "Bearer"):
        assert secret not in said


def test_a_point_is_sent_with_five_decimals_at_most(emulator: EmulatorServer) -> None:
    from deliver_to_po.canadapost.portal.postoffices import search_params

    params = search_params("search", NearCoordinates(Coordinates(45.123456789, -75.987654321)), 50)
    assert (params["latitude"], params["longitude"]) == ("45.12346", "-75.98765")


def test_a_group_is_transmitted_to_a_manifest_and_then_only_a_refund_is_left(
    client: CanadaPost, office: PostOffice
) -> None:
    made = client.create_shipment(make_request(office_id=office.office_id))
    assert "2026-11-25" in client.groups()
    [manifest_id] = client.transmit(TransmitRequest(("2026-11-25",), SENDER))
    document = client.manifest_document(_once_ready(client, manifest_id))
    assert document.content.startswith(b"%PDF")
    with pytest.raises(errors.Refused) as caught:
        client.void_shipment(made.shipment_id)
    assert caught.value.codes == ("8064",)
    assert client.refund_shipment(made.shipment_id, "desk@example.com").ticket_id


def _once_ready(client: CanadaPost, manifest_id: str) -> Manifest:
    for _ in range(10):
        try:
            return client.manifest(manifest_id)
        except errors.NotReady:
            continue
    raise AssertionError("a manifest is ready after ten questions")


def test_both_services_have_a_price_and_say_what_goes_with_d2po(client: CanadaPost) -> None:
    rates = client.rates(RateRequest("K1A0B1", "H2X1Y4", PARCEL))
    assert {rate.service for rate in rates} == {"DOM.EP", "DOM.XP"}
    assert all(rate.due >= rate.base for rate in rates)
    assert not client.option("D2PO").goes_with("HFP")
    assert "D2PO" in client.service("DOM.XP").options
