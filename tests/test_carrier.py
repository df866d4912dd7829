"""The client is built from settings, and counts its calls where all processes see them."""

from typing import Any

import pytest
from django.core.cache import caches

from deliver_to_po import carrier
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from deliver_to_po.carrier import CacheCounts, canada_post
from deliver_to_po.conf import app_settings
from deliver_to_po.emulator.server import EmulatorServer


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"API": "portal"}, PortalCanadaPost),
        ({"API": "webservices"}, WebServicesCanadaPost),
        ({"API": "webservices", "NON_CONTRACT": True}, NonContractCanadaPost),
    ],
)
def test_the_client_is_the_one_of_the_api_that_was_chosen(
    change_settings: Any, changes: dict[str, Any], kind: type
) -> None:
    change_settings(CANADA_POST=changes)
    assert type(canada_post()) is kind


def test_clients_share_a_caller_until_the_settings_change(change_settings: Any) -> None:
    shared = carrier._shared_caller(app_settings.canada_post)
    assert carrier._shared_caller(app_settings.canada_post) is shared
    change_settings(OFFICES_SHOWN=5)
    assert carrier._shared_caller(app_settings.canada_post) is not shared


def test_a_number_is_added_once_and_increased_in_the_shared_cache() -> None:
    caches["default"].delete_many(["counted", "bystander"])
    counts = CacheCounts()
    counts.add("bystander", 7, 60)
    counts.add("counted", 5, 60)
    counts.add("counted", 1, 60)
    counts.increase("counted", 2)
    assert counts.get_many(["counted", "bystander", "missing"]) == {"counted": 7, "bystander": 7}
    assert caches["default"].get("counted") == 7


def test_a_number_that_the_cache_has_dropped_stays_dropped(caplog: pytest.LogCaptureFixture) -> None:
    caches["default"].delete("dropped")
    counts = CacheCounts()
    counts.increase("dropped", 1)
    assert counts.get_many(["dropped"]) == {}
    assert caplog.text == ""


def test_what_is_no_number_is_not_counted() -> None:
    caches["default"].set("odd", "text", 60)
    assert CacheCounts().get_many(["odd"]) == {}


def test_while_the_cache_fails_numbers_are_kept_in_this_process(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.canadapost.broken_cache.BrokenCache"}}
    counts = CacheCounts()
    counts.add("counted", 5, 60)
    counts.increase("counted", 2)
    assert counts.get_many(["counted"]) == {"counted": 7}
    assert CacheCounts().get_many(["counted"]) == {}


def test_clients_share_a_token_until_the_settings_change(emulator: EmulatorServer, change_settings: Any) -> None:
    for _ in range(2):
        canada_post().find_offices(NearPostalCode("K1A0B1"))
    assert emulator.calls["token"] == 1
    change_settings(OFFICES_SHOWN=5)
    canada_post().find_offices(NearPostalCode("K1A0B1"))
    assert emulator.calls["token"] == 2
