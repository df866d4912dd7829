"""Canada Post as a shipping system: what may be sent where, in which group, and how a lost shipment is found."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from deliver_to_po import conf
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost import types as carrier
from deliver_to_po.choices import Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.shipping import Label, Made, NotYet, Office, Refused
from deliver_to_po.shipping.canadapost import GROUP_PREFIX_LENGTH, CanadaPostShipping
from tests.shipping.requests import asked

DAY = date(2026, 11, 26)


@pytest.fixture
def system() -> CanadaPostShipping:
    """Return Canada Post as the registry makes it."""
    return CanadaPostShipping("default", {})


@pytest.mark.parametrize(("language", "name"), [("en", "Canada Post"), ("fr", "Postes Canada")])
def test_staff_read_its_name_in_their_language(language: str, name: str) -> None:
    with translation.override(language):
        assert str(CanadaPostShipping.name) == name


def test_it_is_known_to_make_deliver_to_post_office_labels() -> None:
    assert CanadaPostShipping.supports_d2po is True


# Groups


@pytest.mark.parametrize(("prefix", "group"), [("", "2026-11-26"), ("main-street", "main-street-2026-11-26")])
def test_a_day_s_group_begins_with_the_shop_s_prefix(
    system: CanadaPostShipping, change_settings: Any, prefix: str, group: str
) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": prefix})
    assert system.group(DAY) == group


def test_the_longest_prefix_makes_the_longest_group(system: CanadaPostShipping, change_settings: Any) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": "x" * GROUP_PREFIX_LENGTH})
    assert len(system.group(DAY)) == lengths.GROUP_ID


def test_a_shipment_lies_in_the_group_that_it_was_asked_for(
    either_api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    assert isinstance(system.create(asked(office=nearby, group="main-street-2026-11-26")), Made)
    assert [made.group_id for made in emulator.shipments] == ["main-street-2026-11-26"]


# Live or test

# Spellings of hosts, by what stands there.
EMULATOR = (
    "http://127.0.0.1:9",
    "http://localhost.:9",
    "http://127.1:9",
    "http://0x7f.1:9",
    "http://[::ffff:127.0.0.1]:9",
)
SANDBOX = (conf.WEB_SERVICES_SANDBOX_URL, "https://CT.soa-gw.canadapost.ca./")
PRODUCTION = (
    conf.PORTAL_URL,
    conf.WEB_SERVICES_URL,
    "https://soa-gw.canadapost.ca./",
    "https://SOA-GW.CanadaPost.ca",
    "https://user:word@soa-gw.canadapost.ca",
)
PROXY = ("https://proxy.example",)


class RecordingCanadaPost:
    """Stands for the client, so that no test can reach a host that is real: keeps what would have been sent."""

    def __init__(self) -> None:
        self.created: list[str] = []

    def create_shipment(self, request: carrier.ShipmentRequest) -> carrier.ShipmentInfo:
        """Keep the id of the request."""
        self.created.append(request.request_id)
        return carrier.ShipmentInfo(shipment_id="1", status=carrier.ShipmentStatus.CREATED)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> RecordingCanadaPost:
    """Put the stand-in in the place of the client."""
    made = RecordingCanadaPost()
    monkeypatch.setattr("deliver_to_po.shipping.canadapost.canada_post", lambda **_: made)
    return made


@pytest.mark.parametrize("api", conf.APIS)
@pytest.mark.parametrize(
    ("switch", "live", "urls", "reason"),
    [
        (False, True, (*EMULATOR, *SANDBOX, *PRODUCTION, *PROXY), Reason.LIVE_OFF),
        (True, False, (*EMULATOR, *SANDBOX, *PRODUCTION, *PROXY), Reason.TEST_ONLY),
        (False, False, PRODUCTION, Reason.WRONG_HOST),
        (True, True, (*EMULATOR, *SANDBOX), Reason.WRONG_HOST),
    ],
)
def test_nothing_is_created_where_it_would_be_more_or_less_real_than_it_is_meant(
    system: CanadaPostShipping,
    recorded: RecordingCanadaPost,
    change_settings: Any,
    api: str,
    switch: bool,
    live: bool,
    urls: tuple[str, ...],
    reason: Reason,
) -> None:
    for url in urls:
        change_settings(CANADA_POST={"API": api, "LIVE": switch, "BASE_URL": url})
        assert system.obstacle(live=live) == NotYet(reason=reason), url
        assert system.create(asked(live=live)) == NotYet(reason=reason), url
    assert recorded.created == []


@pytest.mark.parametrize("api", conf.APIS)
@pytest.mark.parametrize(("live", "urls"), [(False, (*EMULATOR, *SANDBOX, *PROXY)), (True, (*PRODUCTION, *PROXY))])
def test_what_is_as_real_as_the_place_where_it_is_made_is_created(
    system: CanadaPostShipping,
    recorded: RecordingCanadaPost,
    change_settings: Any,
    api: str,
    live: bool,
    urls: tuple[str, ...],
) -> None:
    requests = [asked(live=live) for _ in urls]
    for url, request in zip(urls, requests, strict=True):
        change_settings(CANADA_POST={"API": api, "LIVE": live, "BASE_URL": url})
        assert system.obstacle(live=live) is None, url
        assert isinstance(system.create(request), Made), url
    assert recorded.created == [request.request_id for request in requests]


def test_the_api_that_a_shipment_was_released_for_decides_where_it_would_be_made(
    system: CanadaPostShipping, recorded: RecordingCanadaPost, change_settings: Any
) -> None:
    # In the sandbox the web services take tests; the portal has no sandbox.
    change_settings(CANADA_POST={"API": "webservices", "BASE_URL": ""})
    assert system.speaking("portal").create(asked()) == NotYet(reason=Reason.WRONG_HOST)
    assert recorded.created == []
    assert isinstance(system.speaking("webservices").create(asked()), Made)


# What is made


def test_a_suspended_shipment_is_made_and_says_so(
    system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    usual = emulator.config
    emulator.configure(suspend_shipments=True)
    try:
        answer = system.create(asked(office=nearby))
    finally:
        emulator.world.config = usual
    assert isinstance(answer, Made)
    assert answer.suspended


def test_without_a_contract_a_shipment_is_transmitted_when_it_is_made(
    system: CanadaPostShipping, nearby: Office, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": True})
    answer = system.create(asked(office=nearby))
    assert isinstance(answer, Made)
    assert answer.transmitted
    assert not system.can_look_up


def test_a_label_that_is_still_being_made_is_asked_for_again(
    either_api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    made = system.create(asked(office=nearby))
    assert isinstance(made, Made)
    usual = emulator.config
    emulator.configure(label_waits=1)
    try:
        first, second = system.label(made), system.label(made)
    finally:
        emulator.world.config = usual
    assert isinstance(first, NotYet)
    assert first.reason == Reason.LABEL_NOT_READY
    assert isinstance(second, Label)


def test_the_label_of_a_shipment_is_found_by_its_numbers_where_only_a_person_has_seen_it(
    either_api: str, system: CanadaPostShipping, nearby: Office
) -> None:
    made, other = system.create(asked(office=nearby)), system.create(asked(office=nearby))
    assert isinstance(made, Made)
    assert isinstance(other, Made)
    found = Made(shipment_id=made.shipment_id, tracking_number=made.tracking_number)
    assert system.label(found) == system.label(made)
    mistyped = Made(shipment_id=made.shipment_id, tracking_number=other.tracking_number)
    assert isinstance(system.label(mistyped), NotYet)
    assert isinstance(system.label(Made(shipment_id=made.shipment_id)), NotYet)


def test_an_office_that_takes_no_parcels_is_a_refusal_with_what_canada_post_says(
    either_api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    emulator.state.close_office(nearby.office_id, "gone")
    answer = system.create(asked(office=nearby))
    assert isinstance(answer, Refused)
    assert answer.reason == Reason.REFUSED
    assert answer.codes
    assert answer.codes[0] in answer.said


# Looking up


def test_one_of_a_group_is_found_by_its_request_id(either_api: str, system: CanadaPostShipping, nearby: Office) -> None:
    requests = [asked(office=nearby) for _ in range(3)]
    made = [system.create(request) for request in requests]
    found = system.look_up(requests[1])
    assert not isinstance(found, NotYet)
    assert [(each.made, each.same) for each in found] == [(made[1], True)]


def test_a_shipment_whose_details_cannot_be_had_is_not_judged(
    either_api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    sent = asked(office=nearby)
    assert isinstance(system.create(sent), Made)
    emulator.faults.add("shipment_details", "500", count=None)
    answer = system.look_up(sent)
    assert isinstance(answer, NotYet)
    assert answer.reason == Reason.UNAVAILABLE


def test_an_office_id_with_other_leading_zeros_is_the_same_office(
    either_api: str, system: CanadaPostShipping, nearby: Office
) -> None:
    sent = asked(office=nearby)
    system.create(sent)
    again = asked(request_id=sent.request_id, office=_spelled_otherwise(nearby))
    found = system.look_up(again)
    assert not isinstance(found, NotYet)
    assert [each.same for each in found] == [True]


def _spelled_otherwise(office: Office) -> Office:
    return Office(f"0{office.office_id.lstrip('0')}", "", "", "", "", "", "")
