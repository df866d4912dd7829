"""Each setting: its default, what the shop wrote instead, and what follows from several of them."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from deliver_to_po.core import conf
from deliver_to_po.core.conf import AppSettings, CanadaPostSettings, Setting, app_settings, order_model, own_url
from deliver_to_po.core.defaults import DEFAULTS

# What is read as something else than the shop writes: by default, what a shop writes, and what that becomes.
READ: dict[str, tuple[Any, Any, Any]] = {
    "search_stale_lifetime": (timedelta(days=2), timedelta(days=9), timedelta(days=9)),
    "cut_off": (time(17), "12:30", time(12, 30)),
    "deposit_days": (frozenset({1, 2, 3, 4, 5}), (2, 6), frozenset({2, 6})),
    "parcel_webhook": (
        {"URL": "", "SECRET": ""},
        {"URL": "https://orders.example.com/"},
        {"URL": "https://orders.example.com/", "SECRET": ""},
    ),
    "site_url": ("", "https://shop.example.com/", "https://shop.example.com"),
    "tell": (
        frozenset({"CHOOSE", "LAST_DAYS", "ELSEWHERE", "RETURNING"}),
        {"READY": True, "CHOOSE": False},
        frozenset({"READY", "LAST_DAYS", "ELSEWHERE", "RETURNING"}),
    ),
    "buyer_may": (
        frozenset({"CORRECT", "CHOOSE_OFFICE"}),
        {"CORRECT": False, "CANCEL": True},
        frozenset({"CHOOSE_OFFICE", "CANCEL"}),
    ),
    "morning_mail_at": (None, "07:30", time(7, 30)),
    "clerks": ((), ["ann@example.com"], ("ann@example.com",)),
}
SECTIONS = {
    "canada_post": {**DEFAULTS["CANADA_POST"], "BASE_URL": conf.PORTAL_URL},
    "handoff": DEFAULTS["HANDOFF"],
}
NAMES = {name for name, value in vars(AppSettings).items() if isinstance(value, property | Setting)}


def another(default: Any) -> Any:
    """Return another value of the same kind."""
    match default:
        case bool():
            return not default
        case int() | float():
            return default + 1
        case timedelta():
            return default * 2
        case tuple():
            return (1.0,)
    return "another"


ALL = READ | {
    name: (DEFAULTS[name.upper()], *2 * [another(DEFAULTS[name.upper()])]) for name in NAMES - {*READ, *SECTIONS}
}


@pytest.fixture
def written(settings: Any) -> Any:
    """Return a function that makes its arguments all that the shop wrote."""

    def write(**keys: Any) -> AppSettings:
        settings.DELIVER_TO_PO = keys
        return app_settings

    return write


def inside(read: AppSettings, section: str) -> dict[str, Any]:
    return {key: getattr(getattr(read, section), key.lower()) for key in SECTIONS[section]}


def carrier(**changes: Any) -> CanadaPostSettings:
    """Return the settings under CANADA_POST, all by default but for ``changes``."""
    values = {key.lower(): default for key, default in SECTIONS["canada_post"].items()}
    return CanadaPostSettings(**{**values, **changes})


def test_every_setting_can_be_read() -> None:
    assert {name.upper() for name in NAMES} | {"ORDER_MODEL"} == set(DEFAULTS)


def test_a_setting_that_is_left_out_has_its_default(written: Any) -> None:
    nothing = written()
    assert {name: getattr(nothing, name) for name in ALL} == {name: default for name, (default, _, _) in ALL.items()}


def test_a_setting_is_what_the_shop_wrote() -> None:
    read = {}
    for name, (_, value, _) in ALL.items():
        with override_settings(DELIVER_TO_PO={name.upper(): value}):
            read[name] = getattr(app_settings, name)
    assert read == {name: becomes for name, (_, _, becomes) in ALL.items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_key_of_a_section_is_what_the_shop_wrote_and_leaves_the_others(written: Any, section: str) -> None:
    defaults = SECTIONS[section]
    assert inside(written(), section) == defaults
    for key, default in defaults.items():
        read = inside(written(**{section.upper(): {key: another(default), "NO_SUCH_KEY": 1}}), section)
        assert read == {**defaults, key: another(default)}


def test_a_section_that_is_changed_in_place_is_read_anew(written: Any) -> None:
    section = {"API": "portal", "LIVE": False}
    written(CANADA_POST=section)
    assert app_settings.canada_post.live is False
    section["LIVE"] = True
    assert (app_settings.canada_post.live, app_settings.canada_post.base_url) == (True, conf.PORTAL_URL)


def test_a_value_that_cannot_be_compared_is_read_all_the_same(written: Any) -> None:
    read = written(CANADA_POST={"CLIENT_ID": ["a list"]}).canada_post
    assert read == CanadaPostSettings(**{**carrier()._asdict(), "client_id": ["a list"]})


def test_a_setting_is_read_anew_each_time(written: Any) -> None:
    assert written(OFFICES_PER_PAGE=4).offices_per_page == 4
    assert written(OFFICES_PER_PAGE=5).offices_per_page == 5


@pytest.mark.parametrize("nothing", [None, [], "DELIVER_TO_PO"])
def test_what_is_no_dict_counts_as_nothing_written(settings: Any, nothing: Any) -> None:
    settings.DELIVER_TO_PO = nothing
    assert conf.user_settings() == {}
    assert app_settings.offices_per_page == 10


def test_without_the_setting_nothing_is_written(settings: Any) -> None:
    del settings.DELIVER_TO_PO
    assert conf.user_settings() == {}


def test_an_answer_is_never_thrown_away_while_it_is_fresh(written: Any) -> None:
    kept = written(SEARCH_CACHE_LIFETIME=timedelta(days=3), SEARCH_STALE_LIFETIME=timedelta(days=1))
    assert kept.search_stale_lifetime == timedelta(days=3)


def test_the_order_model_is_what_the_shop_names(written: Any) -> None:
    written(ORDER_MODEL="shop.Order")
    assert order_model() == "shop.Order"


@pytest.mark.parametrize("label", [None, "", "Order", "shop.models.Order", 5])
def test_a_missing_order_model_says_what_to_write(written: Any, label: Any) -> None:
    written(ORDER_MODEL=label)
    with pytest.raises(ImproperlyConfigured, match=r'\["ORDER_MODEL"\] must name the model of your orders'):
        order_model()


@pytest.mark.parametrize(
    ("api", "live", "url"),
    [
        ("portal", False, conf.PORTAL_URL),
        ("portal", True, conf.PORTAL_URL),
        ("webservices", False, conf.WEB_SERVICES_SANDBOX_URL),
        ("webservices", True, conf.WEB_SERVICES_URL),
    ],
)
def test_each_api_has_an_address_of_canada_posts_own(written: Any, api: str, live: bool, url: str) -> None:
    assert own_url(api, live=live) == url
    assert written(CANADA_POST={"API": api, "LIVE": live}).canada_post.base_url == url


def test_an_environment_is_live_or_test_at_one_address() -> None:
    here, there = "https://one.example", "https://two.example"
    environments = [carrier(live=live, base_url=url).environment for live in (False, True) for url in (here, there)]
    assert environments == [f"test {here}", f"test {there}", f"live {here}", f"live {there}"]


@pytest.mark.parametrize("api", ["", "portal"])
def test_the_chosen_api_is_spoken_as_it_is_set(api: str) -> None:
    settings = carrier(base_url="https://proxy.example")
    assert settings.speaking(api) is settings


@pytest.mark.parametrize(("live", "url"), [(False, conf.WEB_SERVICES_SANDBOX_URL), (True, conf.WEB_SERVICES_URL)])
def test_the_other_api_is_spoken_at_its_own_address(live: bool, url: str) -> None:
    settings = carrier(base_url="https://proxy.example", live=live, customer_number="1234567")
    other = settings.speaking("webservices")
    assert (other.api, other.base_url, other.live, other.customer_number) == ("webservices", url, live, "1234567")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/prefix", "http://LOCALHOST.:9", "http://0x7f.1:9"])
def test_an_emulator_speaks_both_apis_at_one_address(url: str) -> None:
    assert carrier(base_url=url).speaking("webservices").base_url == url


def test_settings_can_be_logged() -> None:
    secrets = dict.fromkeys(("client_id", "client_secret", "username", "password"), "canary")
    shown = repr(carrier(**secrets, customer_number="canary", contract_id="canary", mobo="canary"))
    assert conf.PORTAL_URL in shown
    assert "canary" not in shown
