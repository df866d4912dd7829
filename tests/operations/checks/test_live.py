"""With LIVE on, nothing may be left of what the shop was tried out with."""

from typing import Any

import pytest

from deliver_to_po.core import conf
from deliver_to_po.emulator.config import EmulatorConfig
from deliver_to_po.operations.checks import live
from tests.operations.checks.told import assert_told

TILES = "https://tiles.example.com/{z}/{x}/{y}.png"
# A shop that ships for real.
REAL: dict[str, Any] = {
    "API": "portal",
    "LIVE": True,
    "BASE_URL": "",
    "CLIENT_ID": "a-shop",
    "CLIENT_SECRET": "a-secret",
    "USERNAME": "a-shop",
    "PASSWORD": "a-secret",
    "CUSTOMER_NUMBER": "0001234567",
    "CONTRACT_ID": "0041234567",
    "CALLS_PER_MINUTE": 240,
}


@pytest.fixture
def live_shop(change_settings: Any, settings: Any) -> Any:
    """Return a function that turns LIVE on in a shop that is ready for it, with changes under CANADA_POST."""
    settings.LEAFLET_CONFIG = {"TILES": [("Map", TILES, {"attribution": "©"})]}
    cache = {"LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": live.ENTRIES}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", **cache}}

    def turn_on(**changes: Any) -> None:
        change_settings(CANADA_POST={**REAL, **changes})

    return turn_on


@pytest.mark.parametrize("api", conf.APIS)
def test_a_shop_that_is_ready_has_nothing_to_mend(live_shop: Any, api: str) -> None:
    live_shop(API=api)
    assert live.check_live() == []


def test_with_live_off_everything_may_be_the_emulators(change_settings: Any) -> None:
    change_settings(CANADA_POST={"LIVE": False})
    assert live.check_live() == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8899", "http://LOCALHOST.:8899", "http://0x7f.1:8899", "http://[::ffff:127.0.0.1]:8899"]
)
def test_this_machine_is_refused_in_every_spelling(live_shop: Any, url: str) -> None:
    live_shop(BASE_URL=url)
    assert_told(live.check_live(), "E034", "this machine")


@pytest.mark.parametrize("url", [conf.WEB_SERVICES_SANDBOX_URL, "https://CT.soa-gw.canadapost.ca./"])
def test_the_sandbox_is_refused_in_every_spelling(live_shop: Any, url: str) -> None:
    live_shop(API="webservices", BASE_URL=url)
    assert_told(live.check_live(), "E034", "Canada Post's sandbox")


@pytest.mark.parametrize(
    ("api", "key", "value"),
    [
        ("portal", "CLIENT_ID", "emulator"),
        ("portal", "CLIENT_SECRET", "emulator-secret"),
        ("webservices", "USERNAME", "emulator"),
        ("webservices", "PASSWORD", " emulator-secret"),
        ("portal", "CUSTOMER_NUMBER", "0007023210"),
        ("portal", "CUSTOMER_NUMBER", "7023210"),
        ("webservices", "CONTRACT_ID", "0040000001"),
    ],
)
def test_what_is_the_emulators_is_named(live_shop: Any, api: str, key: str, value: str) -> None:
    live_shop(API=api, **{key: value})
    assert_told(live.check_live(), "E064", f": {key}. ", "your own account")


def test_what_the_other_api_uses_is_not_minded(live_shop: Any) -> None:
    live_shop(USERNAME="emulator", PASSWORD="emulator-secret")
    assert live.check_live() == []


def test_all_that_is_the_emulators_is_one_message(live_shop: Any) -> None:
    live_shop(CLIENT_ID="emulator", CLIENT_SECRET="emulator-secret", CONTRACT_ID="40000001")
    assert_told(live.check_live(), "E064", "CLIENT_ID, CLIENT_SECRET, CONTRACT_ID")


def test_the_check_knows_the_emulators_own_customer() -> None:
    config = EmulatorConfig()
    for names in live.OF_THE_EMULATOR.values():
        assert list(names.values()) == [config.client_id, config.client_secret]
    numbers = {"CUSTOMER_NUMBER": config.customer_number, "CONTRACT_ID": config.contract_id}
    assert numbers == live.NUMBERS_OF_THE_EMULATOR


def test_no_limit_on_calls_is_warned_of(live_shop: Any) -> None:
    live_shop(CALLS_PER_MINUTE=0)
    assert_told(live.check_live(), "W062", '["CALLS_PER_MINUTE"] is 0', "240")


def test_a_cache_that_each_process_has_for_itself_is_warned_of(live_shop: Any, settings: Any) -> None:
    live_shop()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert_told(live.check_live(), "W096", "prices", "CALLS_PER_MINUTE", "RedisCache")


@pytest.mark.parametrize("kind", ["db.DatabaseCache", "filebased.FileBasedCache"])
def test_a_cache_that_soon_forgets_is_warned_of(live_shop: Any, settings: Any, kind: str) -> None:
    live_shop()
    cache: dict[str, Any] = {"BACKEND": f"django.core.cache.backends.{kind}", "LOCATION": "here"}
    settings.CACHES = {"default": cache}
    assert_told(live.check_live(), "W094", "300 entries", "MAX_ENTRIES")
    settings.CACHES = {"default": {**cache, "OPTIONS": {"MAX_ENTRIES": 10_000}}}
    assert live.check_live() == []


@pytest.mark.parametrize("cache", ["none", 5])
def test_a_cache_that_is_not_there_is_another_checks(live_shop: Any, change_settings: Any, cache: Any) -> None:
    live_shop()
    change_settings(CACHE=cache)
    assert live.check_live() == []


@pytest.mark.parametrize(
    "tiles",
    [
        "http://127.0.0.1:8899/tiles/{z}/{x}/{y}.svg",
        [("Map", TILES, "©"), ("Drawn", "http://localhost:8899/tiles/{z}/{x}/{y}.svg", {"attribution": "©"})],
        [["Drawn", "//127.1/tiles/{z}/{x}/{y}.svg", "©"]],
    ],
)
def test_a_map_that_no_buyer_sees_is_warned_of(live_shop: Any, settings: Any, tiles: Any) -> None:
    live_shop()
    settings.LEAFLET_CONFIG = {"TILES": tiles}
    assert_told(live.check_live(), "W063", "TILES", "buyers' browsers")


def test_links_in_emails_that_lead_to_this_machine_are_warned_of(live_shop: Any, change_settings: Any) -> None:
    live_shop()
    change_settings(SITE_URL="http://localhost:8000")
    assert_told(live.check_live(), "W063", "SITE_URL", "buyers' browsers")


@pytest.mark.parametrize("tiles", [TILES, "/tiles/{z}/{x}/{y}.png", [("Map", TILES, "©")], [], None, [("Map",)], [5]])
def test_other_tiles_are_fine(live_shop: Any, settings: Any, tiles: Any) -> None:
    live_shop()
    settings.LEAFLET_CONFIG = {"TILES": tiles}
    assert live.check_live() == []


def test_without_a_map_there_is_none_to_warn_of(live_shop: Any, settings: Any) -> None:
    live_shop()
    del settings.LEAFLET_CONFIG
    assert live.check_live() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"LIVE": "yes", "CLIENT_ID": "emulator"},
        {"BASE_URL": None},
        {"BASE_URL": 5},
        {"CALLS_PER_MINUTE": "0"},
        {"CLIENT_ID": None},
        {"CONTRACT_ID": 40},
    ],
)
def test_a_value_of_the_wrong_kind_is_left_to_the_check_of_kinds(live_shop: Any, wrong: dict[str, Any]) -> None:
    live_shop(**wrong)
    assert live.check_live() == []
