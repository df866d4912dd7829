"""Canada Post as a shipping system: what may be sent where, in which group, and how a lost shipment is found."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost import types as carrier
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.portal.client import NonContractPortal, PortalCanadaPost
from deliver_to_po.core import conf
from deliver_to_po.core.choices import Reason, Scan
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.shipping import Made, NotYet, Office, Tracked
from deliver_to_po.shipping.canadapost import GROUP_PREFIX_LENGTH, CanadaPostShipping
from deliver_to_po.shipping.canadapost_request import carrier_request
from deliver_to_po.shipping.registry import shipping_system
from tests.shipping.requests import asked
from tests.ways import WITHOUT_CONTRACT

DAY = date(2026, 11, 26)


@pytest.fixture
def system() -> CanadaPostShipping:
    return CanadaPostShipping("default", {})


@time_machine.travel(datetime(2026, 11, 27, 3, 45, tzinfo=UTC), tick=False)
def test_a_day_that_is_over_in_the_east_is_not_sent_from_the_west(change_settings: Any) -> None:
    change_settings(TIME_ZONE="America/Vancouver")
    assert shop_day() == DAY
    assert carrier_request(asked(mailing_date=DAY)).mailing_date is None
    assert carrier_request(asked(mailing_date=DAY + timedelta(days=1))).mailing_date == DAY + timedelta(days=1)


# Groups


@pytest.mark.parametrize(("prefix", "group"), [("", "2026-11-26"), ("main-street", "main-street-2026-11-26")])
def test_a_day_s_group_begins_with_the_shop_s_prefix(
    system: CanadaPostShipping, change_settings: Any, prefix: str, group: str
) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": prefix})
    assert system.group(DAY) == group


def test_a_shop_that_names_no_prefix_has_one_of_its_own_which_outlives_a_change_of_its_key(
    system: CanadaPostShipping, change_settings: Any, settings: Any
) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": None})
    before = system.group(DAY)
    assert re.fullmatch("shop-[0-9a-f]{8}-2026-11-26", before)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    now = system.group(DAY)
    assert (now == before, system.is_own_group(now), system.is_own_group(before)) == (False, True, False)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert system.is_own_group(before)


def test_the_longest_prefix_makes_the_longest_group(system: CanadaPostShipping, change_settings: Any) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": "x" * GROUP_PREFIX_LENGTH})
    assert len(system.group(DAY)) == lengths.GROUP_ID


# Live or test

# One of each kind of host; their spellings are in tests/core/test_carrier.py.
EMULATOR, SANDBOX, PRODUCTION = "http://127.0.0.1:9", conf.WEB_SERVICES_SANDBOX_URL, conf.PORTAL_URL
PROXY = "https://proxy.example"


class RecordingCanadaPost:
    """Stands for the client, so that no test can reach a host that is real: keeps what would have been sent."""

    capabilities = Capabilities(void=True)

    def __init__(self) -> None:
        self.created: list[str] = []

    def create_shipment(self, request: carrier.ShipmentRequest) -> carrier.ShipmentInfo:
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
        (False, True, (EMULATOR, SANDBOX, PRODUCTION, PROXY), Reason.LIVE_OFF),
        (True, False, (EMULATOR, SANDBOX, PRODUCTION, PROXY), Reason.TEST_ONLY),
        (False, False, (PRODUCTION,), Reason.WRONG_HOST),
        (True, True, (EMULATOR, SANDBOX), Reason.WRONG_HOST),
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
@pytest.mark.parametrize(("live", "urls"), [(False, (EMULATOR, SANDBOX, PROXY)), (True, (PRODUCTION, PROXY))])
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


@pytest.mark.parametrize("way", ["portal", "portal by card"], indirect=True)
def test_a_suspended_shipment_is_made_and_says_so_and_is_not_transmitted(
    way: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    emulator.configure(suspend_shipments=True)
    answer = system.create(asked(office=nearby))
    assert isinstance(answer, Made)
    assert (answer.suspended, answer.transmitted) == (True, False)


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
def test_without_a_contract_a_shipment_is_transmitted_whatever_word_its_status_has(
    way: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    sent = asked(office=nearby)
    answer = system.create(sent)
    assert isinstance(answer, Made)
    assert answer.transmitted
    emulator.state.set_status(answer.shipment_id, "reconciled")
    found = system.look_up(sent)
    assert not isinstance(found, NotYet)
    assert [(each.same, each.made.transmitted) for each in found] == [(True, True)]


def test_the_label_of_a_shipment_is_found_by_its_numbers_where_only_a_person_has_seen_it(
    way: str, system: CanadaPostShipping, nearby: Office, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(office=nearby, number=1, parcels=2)
    made, other = system.create(request), system.create(asked(office=nearby, number=2, parcels=2))
    assert isinstance(made, Made)
    assert isinstance(other, Made)
    found = Made(shipment_id=made.shipment_id, tracking_number=made.tracking_number)
    assert system.label(found) == system.label(made)
    mistyped = Made(shipment_id=made.shipment_id, tracking_number=other.tracking_number)
    assert isinstance(system.label(mistyped), NotYet)
    assert isinstance(system.label(Made(shipment_id=made.shipment_id)), NotYet)
    of_another = Made(shipment_id=other.shipment_id, data={"request_id": request.request_id})
    assert isinstance(system.label(of_another), NotYet)
    zeros = Made(shipment_id=made.shipment_id, tracking_number=f"00{made.tracking_number}")
    assert system.label(zeros) == system.label(made)
    with monkeypatch.context() as untold:
        held = system._canada_post.shipment(made.shipment_id)
        untold.setattr(type(system._canada_post), "shipment", lambda *args: replace(held, tracking_pin=""))
        assert system.label(found) == system.label(made)
    without_number = Made(shipment_id=made.shipment_id, data={"request_id": request.request_id})
    time_machine.move_to(datetime.now(UTC) + timedelta(hours=3))
    assert system.label(without_number) == system.label(made)


# Looking up


def test_a_manifest_that_cannot_be_had_is_not_one_without_parcels(
    api: str, system: CanadaPostShipping, emulator: EmulatorServer
) -> None:
    emulator.faults.add("get_manifest", "500", count=None)
    assert isinstance(system.in_manifest("1"), NotYet)


def test_a_shipment_whose_details_cannot_be_had_is_not_judged(
    api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    sent = asked(office=nearby)
    assert isinstance(system.create(sent), Made)
    emulator.faults.add("shipment_details", "500", count=None)
    answer = system.look_up(sent)
    assert isinstance(answer, NotYet)
    assert answer.reason == Reason.UNAVAILABLE


def test_an_office_id_with_other_leading_zeros_is_the_same_office(
    api: str, system: CanadaPostShipping, nearby: Office
) -> None:
    sent = asked(office=nearby)
    system.create(sent)
    again = asked(request_id=sent.request_id, office=_spelled_otherwise(nearby))
    found = system.look_up(again)
    assert not isinstance(found, NotYet)
    assert [each.same for each in found] == [True]


def _spelled_otherwise(office: Office) -> Office:
    return Office(f"0{office.office_id.lstrip('0')}", "", "", "", "", "", "")


def configured() -> CanadaPostShipping:
    made = shipping_system("default")
    assert isinstance(made, CanadaPostShipping)
    return made


def test_a_shipment_stays_with_the_api_that_it_was_released_for(change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "webservices", "BASE_URL": conf.WEB_SERVICES_SANDBOX_URL})
    assert configured().api == "webservices"
    portal = configured().speaking("portal")
    assert (portal.api, portal._settings.base_url) == ("portal", conf.PORTAL_URL)
    assert type(portal._canada_post) is PortalCanadaPost
    assert configured().speaking("").api == "webservices"


def test_a_shipment_stays_without_the_contract_that_the_shop_got_since(change_settings: Any) -> None:
    change_settings(CANADA_POST={"BASE_URL": "https://proxy.example"})
    before = configured().speaking("portal by card")
    assert (before.api, before._settings.base_url) == ("portal by card", "https://proxy.example")
    assert type(before._canada_post) is NonContractPortal
    change_settings(CANADA_POST={"WITHOUT_CONTRACT": True})
    assert configured().api == "portal by card"
    assert type(configured().speaking("portal")._canada_post) is PortalCanadaPost


# Where a parcel is


def test_a_parcel_is_followed_to_the_post_office_that_has_it(
    api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    made = system.create(asked(office=nearby))
    assert isinstance(made, Made)
    assert system.can_track
    emulator.move_parcel(made.tracking_number, "ready")
    tracked = system.track(made.tracking_number)
    assert isinstance(tracked, Tracked)
    assert [sighting.scan for sighting in tracked.sightings] == [Scan.READY]
    assert comparable_office_id(tracked.sightings[0].office_id) == comparable_office_id(nearby.office_id)
    assert tracked.expected_on is not None
    assert not tracked.comes_back


@pytest.mark.parametrize(
    ("operation", "question"),
    [
        ("tracking_details", lambda system: system.track("7023210039414604")),
        ("tracking_by_reference", lambda system: system.numbers_of("A-1", date(2026, 11, 25), date(2026, 11, 26))),
    ],
    ids=["where it is", "its number"],
)
def test_a_question_about_a_parcel_waits_for_no_turn_and_tries_nothing_twice(
    operation: str, question: Any, api: str, system: CanadaPostShipping, emulator: EmulatorServer
) -> None:
    emulator.faults.add(operation, "429", seconds=30)
    for _ in range(2):
        answer = question(system)
        assert isinstance(answer, NotYet)
        assert answer.reason == Reason.THROTTLED
        assert answer.seconds is not None
        assert answer.seconds > 20
    assert emulator.calls[operation] == 1
