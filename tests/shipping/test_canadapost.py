"""Canada Post as a shipping system: what may be sent where, in which group, and how a lost shipment is found."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from deliver_to_po import conf
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.rules import GROUP_ID_LENGTH
from deliver_to_po.canadapost.types import Artifact, ShipmentDetails, ShipmentInfo, ShipmentStatus
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


def _answers(monkeypatch: pytest.MonkeyPatch, **methods: Any) -> None:
    """Let Canada Post be what answers these methods."""
    stub = SimpleNamespace(capabilities=Capabilities(find_by_request_id=True), **methods)
    monkeypatch.setattr("deliver_to_po.shipping.canadapost.canada_post", lambda **_: stub)


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
    assert len(system.group(DAY)) == GROUP_ID_LENGTH


def test_a_shipment_lies_in_the_group_that_it_was_asked_for(
    either_api: str, system: CanadaPostShipping, nearby: Office, emulator: EmulatorServer
) -> None:
    assert isinstance(system.create(asked(office=nearby, group="main-street-2026-11-26")), Made)
    assert [made.group_id for made in emulator.shipments] == ["main-street-2026-11-26"]


# Live or test


@pytest.mark.parametrize(
    ("switch", "live", "reason"),
    [(False, True, Reason.LIVE_OFF), (True, False, Reason.TEST_ONLY)],
)
def test_a_shipment_of_the_other_kind_is_never_sent(
    system: CanadaPostShipping,
    nearby: Office,
    emulator: EmulatorServer,
    change_settings: Any,
    switch: bool,
    live: bool,
    reason: Reason,
) -> None:
    change_settings(CANADA_POST={"LIVE": switch})
    assert system.obstacle(live=live) == NotYet(reason=reason)
    assert system.create(asked(office=nearby, live=live)) == NotYet(reason=reason)
    assert emulator.shipments == []


@pytest.mark.parametrize("live", [False, True])
def test_a_shipment_of_the_kind_that_the_shop_makes_meets_no_obstacle(
    system: CanadaPostShipping, change_settings: Any, live: bool
) -> None:
    # Neither this machine nor Canada Post itself, such as a proxy of the shop's.
    change_settings(CANADA_POST={"LIVE": live, "BASE_URL": "https://proxy.example"})
    assert system.obstacle(live=live) is None


@pytest.mark.parametrize(
    "where", [{"API": "portal", "BASE_URL": ""}, {"API": "webservices", "BASE_URL": conf.WEB_SERVICES_URL}]
)
def test_no_test_is_sent_to_the_production_host(
    system: CanadaPostShipping, change_settings: Any, monkeypatch: pytest.MonkeyPatch, where: dict[str, str]
) -> None:
    change_settings(CANADA_POST=where)
    monkeypatch.setattr("deliver_to_po.shipping.canadapost.canada_post", _nobody_may_be_called)
    assert system.create(asked()) == NotYet(reason=Reason.LIVE_OFF)


def _nobody_may_be_called(**_: object) -> None:
    pytest.fail("Canada Post was called")


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


def test_a_request_that_breaks_a_rule_meets_an_objection(system: CanadaPostShipping) -> None:
    objection = system.objection(asked(service="DOM.RP"))
    assert objection is not None
    assert objection.reason == Reason.INVALID


def test_a_label_keeps_the_format_that_it_has(system: CanadaPostShipping, monkeypatch: pytest.MonkeyPatch) -> None:
    zpl = Artifact(b"^XA^XZ", "application/zpl")
    _answers(monkeypatch, label=lambda _shipment: zpl)
    assert system.label(Made(shipment_id="1")) == Label(b"^XA^XZ", "application/zpl")


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


def test_what_another_request_made_is_never_the_same(
    system: CanadaPostShipping, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, other = asked(), ShipmentInfo("1", ShipmentStatus.CREATED, request_id="f" * 32)
    held = ShipmentDetails(
        ShipmentStatus.CREATED,
        tracking_pin="",
        service=request.service,
        office_id=request.office.office_id,
        recipient_name=request.recipient.name,
        recipient_address=request.recipient.address,
    )
    mine = replace(other, request_id=request.request_id)
    _answers(monkeypatch, find_shipments=lambda _id: [other, mine], shipment_details=lambda _id: held)
    found = system.look_up(request)
    assert not isinstance(found, NotYet)
    assert [each.same for each in found] == [False, True]


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
