"""Each setting: its default, what the shop wrote instead, and what follows from several of them."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from deliver_to_po.core import conf
from deliver_to_po.core.conf import AppSettings, CanadaPostSettings, Setting, app_settings, order_model, own_url
from deliver_to_po.core.defaults import DEFAULTS

# Property: key, its value by default, what a shop writes, and what the property then is.
TOP_LEVEL: dict[str, tuple[str, Any, Any, Any]] = {
    "order_adapter": ("ORDER_ADAPTER", None, "shop.post_offices.ShopAdapter", "shop.post_offices.ShopAdapter"),
    "shipping_systems": (
        "SHIPPING_SYSTEMS",
        DEFAULTS["SHIPPING_SYSTEMS"],
        {"default": {"BACKEND": "shop.shipping.Own"}},
        {"default": {"BACKEND": "shop.shipping.Own"}},
    ),
    "release": ("RELEASE", "when_paid", "on_placing", "on_placing"),
    "base_template": ("BASE_TEMPLATE", "deliver_to_po/base.html", "shop/base.html", "shop/base.html"),
    "draft_lifetime": ("DRAFT_LIFETIME", timedelta(days=2), timedelta(hours=1), timedelta(hours=1)),
    "cache": ("CACHE", "default", "fast", "fast"),
    "search_cache_lifetime": ("SEARCH_CACHE_LIFETIME", timedelta(hours=6), timedelta(hours=1), timedelta(hours=1)),
    "search_stale_lifetime": ("SEARCH_STALE_LIFETIME", timedelta(days=2), timedelta(days=9), timedelta(days=9)),
    "office_lifetime": ("OFFICE_LIFETIME", timedelta(days=7), timedelta(days=1), timedelta(days=1)),
    "searches_per_visitor_per_minute": ("SEARCHES_PER_VISITOR_PER_MINUTE", 30, 5, 5),
    "trusted_proxies": ("TRUSTED_PROXIES", None, 2, 2),
    "search_timeout_seconds": ("SEARCH_TIMEOUT_SECONDS", 3.0, 1, 1.0),
    "time_zone": ("TIME_ZONE", "", "America/Vancouver", "America/Vancouver"),
    "cut_off": ("CUT_OFF", time(17), "12:30", time(12, 30)),
    "deposit_days": ("DEPOSIT_DAYS", frozenset({1, 2, 3, 4, 5}), (2, 6), frozenset({2, 6})),
    "offices_per_page": ("OFFICES_PER_PAGE", 10, 4, 4),
    "map_open_at_start": ("MAP_OPEN_AT_START", False, True, True),
    "tracking": ("TRACKING", True, False, False),
    "days_from_own_parcels": ("DAYS_FROM_OWN_PARCELS", False, True, True),
    "numbers_by_reference": ("NUMBERS_BY_REFERENCE", False, True, True),
    "hold_days": ("HOLD_DAYS", 15, None, None),
    "parcel_webhook": (
        "PARCEL_WEBHOOK",
        {"URL": "", "SECRET": ""},
        {"URL": "https://orders.example.com/"},
        {"URL": "https://orders.example.com/", "SECRET": ""},
    ),
    "privacy_officer": ("PRIVACY_OFFICER", "", "Ann", "Ann"),
    "site_url": ("SITE_URL", "", "https://shop.example.com/", "https://shop.example.com"),
    "choose_again_link_lifetime": (
        "CHOOSE_AGAIN_LINK_LIFETIME",
        timedelta(days=14),
        timedelta(days=3),
        timedelta(days=3),
    ),
    "notices": ("NOTICES", True, False, False),
    "tell": (
        "TELL",
        frozenset({"CHOOSE", "LAST_DAYS", "ELSEWHERE", "RETURNING"}),
        {"READY": True, "CHOOSE": False},
        frozenset({"READY", "LAST_DAYS", "ELSEWHERE", "RETURNING"}),
    ),
    "buyer_may": (
        "BUYER_MAY",
        frozenset({"CORRECT", "CHOOSE_OFFICE"}),
        {"CORRECT": False, "CANCEL": True},
        frozenset({"CHOOSE_OFFICE", "CANCEL"}),
    ),
    "morning_mail_at": ("MORNING_MAIL_AT", None, "07:30", time(7, 30)),
    "checkout_tests": ("CHECKOUT_TESTS", "", "shop.tests.Checkout", "shop.tests.Checkout"),
    "clerks": ("CLERKS", (), ["ann@example.com"], ("ann@example.com",)),
    "recipient_lifetime": ("RECIPIENT_LIFETIME", timedelta(days=180), timedelta(days=30), timedelta(days=30)),
    "export_lifetime": ("EXPORT_LIFETIME", timedelta(days=30), timedelta(days=9), timedelta(days=9)),
    "manifest_lifetime": ("MANIFEST_LIFETIME", timedelta(days=90), timedelta(days=30), timedelta(days=30)),
    "refund_email": ("REFUND_EMAIL", "", "refunds@shop.example", "refunds@shop.example"),
}
NESTED = {"canada_post": "CANADA_POST", "handoff": "HANDOFF"}
CANADA_POST: dict[str, tuple[Any, Any]] = {
    "API": ("portal", "webservices"),
    "BASE_URL": (conf.PORTAL_URL, "https://proxy.example"),
    "CLIENT_ID": ("", "id"),
    "CLIENT_SECRET": ("", "secret"),
    "USERNAME": ("", "user"),
    "PASSWORD": ("", "word"),
    "CUSTOMER_NUMBER": ("", "1234567"),
    "MOBO": ("", "7654321"),
    "CONTRACT_ID": ("", "40000000"),
    "GROUP_PREFIX": (None, "main-street"),
    "LABEL_FORMAT": ("PDF 4x6", "ZPL 4x6"),
    "WITHOUT_CONTRACT": (False, True),
    "LIVE": (False, True),
    "CONNECT_TIMEOUT_SECONDS": (3.0, 1.0),
    "READ_TIMEOUT_SECONDS": (10.0, 2.0),
    "TOTAL_TIMEOUT_SECONDS": (20.0, 4.0),
    "CALLS_PER_MINUTE": (240, 0),
    "TRACKING_CALLS_PER_MINUTE": (20, 500),
}
HANDOFF: dict[str, tuple[Any, Any]] = {
    "LEASE_SECONDS": (120.0, 60.0),
    "LOOK_UP_AFTER_SECONDS": ((2.0, 10.0, 60.0, 300.0, 600.0), (1.0, 2.0)),
    "RETRY_AFTER_SECONDS": ((5.0, 30.0, 120.0, 600.0), (3.0,)),
    "LABEL_AFTER_SECONDS": ((1.0, 2.0, 5.0, 30.0), (4.0,)),
    "GIVE_UP_AFTER": (timedelta(hours=24), timedelta(hours=2)),
}
SECTIONS = {"canada_post": CANADA_POST, "handoff": HANDOFF}


@pytest.fixture
def written(settings: Any) -> Any:
    """Return a function that makes its arguments all that the shop wrote."""

    def write(**keys: Any) -> AppSettings:
        settings.DELIVER_TO_PO = keys
        return app_settings

    return write


def inside(read: AppSettings, section: str) -> dict[str, Any]:
    """Return what a section is read as, by its keys."""
    return {key: getattr(getattr(read, section), key.lower()) for key in SECTIONS[section]}


def carrier(**changes: Any) -> CanadaPostSettings:
    """Return the settings under CANADA_POST, all by default but for ``changes``."""
    values = {key.lower(): default for key, (default, _) in CANADA_POST.items()}
    return CanadaPostSettings(**{**values, **changes})


def test_every_setting_is_looked_at_here() -> None:
    names = {name for name, value in vars(AppSettings).items() if isinstance(value, property | Setting)}
    assert names == {*TOP_LEVEL, *NESTED}
    assert {key for key, *_ in TOP_LEVEL.values()} | {"ORDER_MODEL", *NESTED.values()} == set(DEFAULTS)
    assert set(CANADA_POST) == set(DEFAULTS["CANADA_POST"])
    assert set(HANDOFF) == set(DEFAULTS["HANDOFF"])


def test_a_setting_that_is_left_out_has_its_default(written: Any) -> None:
    nothing = written()
    assert {name: getattr(nothing, name) for name in TOP_LEVEL} == {name: row[1] for name, row in TOP_LEVEL.items()}


def test_a_setting_is_what_the_shop_wrote() -> None:
    read = {}
    for name, (key, _, value, _) in TOP_LEVEL.items():
        with override_settings(DELIVER_TO_PO={key: value}):
            read[name] = getattr(app_settings, name)
    assert read == {name: row[3] for name, row in TOP_LEVEL.items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_key_of_a_section_that_is_left_out_has_its_default(written: Any, section: str) -> None:
    assert inside(written(), section) == {key: default for key, (default, _) in SECTIONS[section].items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_key_of_a_section_is_what_the_shop_wrote_and_leaves_the_others(written: Any, section: str) -> None:
    defaults = {key: default for key, (default, _) in SECTIONS[section].items()}
    for key, (_, other) in SECTIONS[section].items():
        follows = {"BASE_URL": conf.WEB_SERVICES_SANDBOX_URL} if key == "API" else {}
        read = inside(written(**{NESTED[section]: {key: other, "NO_SUCH_KEY": 1}}), section)
        assert read == {**defaults, **follows, key: other}


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
