"""The one Canada Post: built from settings, shared where it must be, and never real by mistake."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.transport import Answer, Timeouts, Transport
from deliver_to_po.canadapost.portal.client import NonContractPortal, PortalCanadaPost
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from deliver_to_po.core import conf
from deliver_to_po.core.carrier import HostKind, canada_post, canada_post_over, forbidden_reason, gave_up, host_kind
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.client import CacheCounts, shared_caller
from deliver_to_po.core.conf import CanadaPostSettings, app_settings
from deliver_to_po.emulator.memory.events import StoredOutage
from deliver_to_po.emulator.server import EmulatorServer

OTTAWA = NearPostalCode("K1A0B1")
HOSTS: dict[HostKind, tuple[str, ...]] = {
    HostKind.LOOPBACK: (
        *("http://127.0.0.1:8899", "http://localhost.:8899", "http://LOCALHOST", "http://127.1", "http://0x7f.1"),
        *("http://2130706433", "http://[::1]:8899", "http://[::ffff:127.0.0.1]", "http://user:word@127.0.0.1"),
    ),
    HostKind.SANDBOX: (
        conf.WEB_SERVICES_SANDBOX_URL,
        "https://ct.soa-gw.canadapost.ca./rs",
        "https://CT.SOA-GW.canadapost.ca",
        "https://user:word@ct.soa-gw.canadapost.ca",
    ),
    HostKind.PRODUCTION: (
        conf.PORTAL_URL,
        conf.WEB_SERVICES_URL,
        "https://soa-gw.canadapost.ca.",
        "https://SOA-GW.canadapost.ca:443/rs",
        "https://user:word@soa-gw.canadapost.ca",
        "https://127.0.0.1@soa-gw.canadapost.ca",
        "http://Api.CanadaPost-PostesCanada.ca./anything",
    ),
    HostKind.OTHER: (
        "https://proxy.example",
        "https://canadapost.ca",
        "https://soa-gw.canadapost.ca.example",
        "http://10.0.0.1",
        "https://localhost.example",
    ),
    HostKind.NONE: ("", "soa-gw.canadapost.ca", "https://soa-gw.canadapost.ca\\@127.0.0.1", "https://[::1"),
}
EVERY_HOST = [(kind, url) for kind, urls in HOSTS.items() for url in urls]
# What may be made where, when the delivery is as real as LIVE says.
ALLOWED = {
    True: {HostKind.PRODUCTION, HostKind.OTHER},
    False: {HostKind.LOOPBACK, HostKind.SANDBOX, HostKind.OTHER},
}


def settings_of(url: str, *, api: str = "portal", live: bool = False) -> CanadaPostSettings:
    return app_settings.canada_post._replace(base_url=url, api=api, live=live)


@pytest.mark.parametrize(("kind", "url"), EVERY_HOST)
def test_a_host_is_judged_alike_in_every_spelling(kind: HostKind, url: str) -> None:
    assert host_kind(settings_of(url)) == kind


@pytest.mark.parametrize("kind", HOSTS)
def test_nothing_is_made_that_is_not_as_real_as_the_setting(kind: HostKind) -> None:
    url = HOSTS[kind][0]
    assert forbidden_reason(settings_of(url, live=False), live=True) == Reason.LIVE_OFF
    assert forbidden_reason(settings_of(url, live=True), live=False) == Reason.TEST_ONLY


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("kind", HOSTS)
def test_a_shipment_is_made_only_at_a_host_that_is_as_real(kind: HostKind, live: bool) -> None:
    reasons = {forbidden_reason(settings_of(HOSTS[kind][0], api=api, live=live), live=live) for api in conf.APIS}
    assert reasons == {Reason.NONE if kind in ALLOWED[live] else Reason.WRONG_HOST}


@pytest.mark.parametrize(
    ("api", "live", "reason"),
    [
        # The portal has no sandbox: with LIVE off nothing is made at its only host.
        ("portal", False, Reason.WRONG_HOST),
        ("portal", True, Reason.NONE),
        ("webservices", False, Reason.NONE),
        ("webservices", True, Reason.NONE),
    ],
)
def test_at_canada_posts_own_addresses_what_the_shop_places_may_be_made(api: str, live: bool, reason: Reason) -> None:
    assert forbidden_reason(settings_of(conf.own_url(api, live=live), api=api, live=live), live=live) == reason


@pytest.mark.parametrize(
    ("written", "api", "kind"),
    [
        ({}, "", PortalCanadaPost),
        ({"API": "portal"}, "", PortalCanadaPost),
        ({"WITHOUT_CONTRACT": True}, "", NonContractPortal),
        ({}, "webservices", WebServicesCanadaPost),
        ({"API": "webservices"}, "", WebServicesCanadaPost),
        ({"API": "webservices", "WITHOUT_CONTRACT": True}, "", NonContractCanadaPost),
        ({"API": "webservices"}, "portal", PortalCanadaPost),
    ],
)
def test_the_setting_chooses_the_api_and_another_can_be_spoken(
    change_settings: Any, written: dict[str, str], api: str, kind: type
) -> None:
    change_settings(CANADA_POST=written)
    assert type(canada_post(api=api)) is kind


def test_the_account_is_the_shops(change_settings: Any) -> None:
    change_settings(CANADA_POST={"CUSTOMER_NUMBER": "0001234567", "CONTRACT_ID": "41", "MOBO": "0007654321"})
    account = canada_post().account
    assert (account.customer_number, account.contract_id, account.mobo) == ("0001234567", "41", "0007654321")


def test_one_token_serves_every_client_until_a_setting_changes(emulator: EmulatorServer, change_settings: Any) -> None:
    for _ in range(2):
        canada_post().find_offices(OTTAWA, maximum=1)
    assert emulator.calls["token"] == 1
    right = app_settings.canada_post.client_secret
    change_settings(CANADA_POST={"CLIENT_SECRET": "another"})
    with pytest.raises(errors.CredentialsRefused):
        canada_post().find_offices(OTTAWA, maximum=1)
    before = emulator.calls["token"]
    change_settings(CANADA_POST={"CLIENT_SECRET": right})
    canada_post().find_offices(OTTAWA, maximum=1)
    assert emulator.calls["token"] == before + 1


def test_background_work_leaves_a_share_to_people_who_wait(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"CALLS_PER_MINUTE": 4})
    canada_post(background=True).find_offices(OTTAWA, maximum=1)
    canada_post(background=True).find_offices(OTTAWA, maximum=1)
    with pytest.raises(errors.Throttled):
        canada_post(background=True).find_offices(OTTAWA, maximum=1)
    assert canada_post().find_offices(OTTAWA, maximum=1)


def test_accounts_do_not_share_a_limit(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(CANADA_POST={"CALLS_PER_MINUTE": 1})
    with pytest.raises(errors.Throttled):
        canada_post().find_offices(OTTAWA, maximum=1)
    change_settings(CANADA_POST={"API": "webservices", "USERNAME": "somebody-else"})
    with pytest.raises(errors.CredentialsRefused):
        canada_post().find_offices(OTTAWA, maximum=1)


def test_an_operation_may_be_given_less_time(emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "delay", seconds=2, count=None)
    with pytest.raises(errors.Unavailable):
        canada_post(total_seconds=0.2).find_offices(OTTAWA, maximum=1)


def test_a_process_that_reaches_nobody_stops_calling_until_our_settings_change(
    change_settings: Any, settings: Any
) -> None:
    change_settings(CANADA_POST={"BASE_URL": "http://127.0.0.1:9"})
    assert not gave_up()
    for _ in range(6):
        with pytest.raises(errors.Unavailable):
            canada_post().find_offices(OTTAWA, maximum=1)
    assert gave_up()
    settings.TIME_ZONE = "America/Halifax"
    assert gave_up()
    change_settings(OFFICES_PER_PAGE=4)
    assert not gave_up()


class Listening(Transport):
    """Keeps the name of each operation it sends."""

    def __init__(self, base_url: str, timeouts: Timeouts, operations: list[str]) -> None:
        super().__init__(base_url, timeouts)
        self._operations = operations

    def call(self, operation: str, method: str, url: str, **request: Any) -> Answer:
        self._operations.append(operation)
        return super().call(operation, method, url, **request)


def listening(operations: list[str]) -> Callable[[str, Timeouts], Transport]:
    return lambda base_url, timeouts: Listening(base_url, timeouts, operations)


def test_over_a_transport_of_its_own_a_client_asks_for_its_own_token(emulator: EmulatorServer) -> None:
    canada_post().find_offices(OTTAWA, maximum=1)
    operations: list[str] = []
    canada_post_over(listening(operations)).find_offices(OTTAWA, maximum=1)
    assert operations == ["token", "find post offices"]
    assert emulator.calls["token"] == 2


def test_counts_are_kept_in_the_cache_that_the_shop_named(cache_of_this_process: None) -> None:
    cache.clear()
    counts = CacheCounts()
    counts.add("calls", 1, 60)
    counts.add("calls", 9, 60)
    counts.increase("calls", 2)
    assert cache.get("calls") == 3
    assert counts.get_many(["calls", "none"]) == {"calls": 3}


def test_a_count_that_left_the_cache_stays_gone(cache_of_this_process: None) -> None:
    cache.clear()
    CacheCounts().increase("gone", 1)
    assert CacheCounts().get_many(["gone"]) == {}


def test_what_is_no_number_is_no_count(cache_of_this_process: None) -> None:
    cache.set("calls", "many")
    assert CacheCounts().get_many(["calls"]) == {}


@pytest.mark.parametrize("how", ["Broken", "Full", "Silent", "Denying"])
def test_while_the_cache_fails_or_takes_no_more_this_process_counts_for_itself(settings: Any, how: str) -> None:
    settings.CACHES = {"default": {"BACKEND": f"tests.broken_cache.{how}Cache"}}
    counts, other = CacheCounts(), CacheCounts()
    counts.add("calls", 1, 60)
    counts.increase("calls", 2)
    assert counts.get_many(["calls"]) == {"calls": 3}
    assert other.get_many(["calls"]) == {}


@pytest.mark.parametrize("api", conf.APIS)
def test_each_api_is_read_for_what_canada_post_says_of_an_error(
    emulator: EmulatorServer, change_settings: Any, api: str
) -> None:
    change_settings(CANADA_POST={"API": api})
    emulator.faults.add("find_offices", "403", count=None)
    with pytest.raises(errors.NotEntitled) as raised:
        canada_post().find_offices(OTTAWA, maximum=1)
    assert "A fault that was asked for." in raised.value.explain()


@pytest.mark.parametrize(("code", "said"), [("fr-ca", "Cette nuit"), ("en-us", "Tonight")])
def test_whoever_names_no_language_hears_canada_post_in_the_shops(
    emulator: EmulatorServer, settings: Any, code: str, said: str
) -> None:
    settings.LANGUAGE_CODE = code
    emulator.state.add_outage(StoredOutage("Tonight", "Cette nuit", timezone.now(), timezone.now()))
    assert [outage.text for outage in canada_post().outages()] == [said]


@pytest.mark.usefixtures("cache_of_this_process")
@pytest.mark.parametrize("api", ["portal", "webservices"])
def test_calls_of_one_account_are_not_counted_with_those_of_another(api: str) -> None:
    def waits(account: str) -> bool:
        settings = app_settings.canada_post._replace(api=api, client_id=account, username=account, calls_per_minute=1)
        return shared_caller(settings)._throttle.wait_seconds("rating", background=False) > 0

    assert [waits(account) for account in ("one", "other", "one")] == [False, False, True]
