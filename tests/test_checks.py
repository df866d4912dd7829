"""``manage.py check`` names each missing or wrong setting, and the fix."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps
from django.conf import global_settings
from django.conf import settings as now
from django.core import checks as django_checks
from django.core.checks import CheckMessage, Tags
from django.middleware.locale import LocaleMiddleware
from django.test import override_settings
from django.utils import formats as django_formats
from django.utils import translation

from deliver_to_po import conf
from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.checks import adapter, carrier, handoff, orders, shape, surroundings
from deliver_to_po.checks.messages import EXAMPLE_ADAPTER
from deliver_to_po.shipping import Made, ShipmentRequest, ShippingSystem
from tests.child import ROOT, start_django

pytestmark = pytest.mark.order_model

Check = Callable[..., list[CheckMessage]]
BY_CANADA_POST = conf.DEFAULTS["SHIPPING_SYSTEMS"]["default"]
OPENSTREETMAP = "tile.openstreetmap.org"


class HalfAnAdapter(OrderAdapter[Any]):
    """An adapter whose author stopped in the middle."""

    def goes_to_post_office(self, order: Any) -> bool:
        return True


class AdapterThatSearchesTooMuch(OrderAdapter[Any]):
    """An adapter that names what its order does not have."""

    search_fields = ("pk", "nope", "^pk")


class AdapterThatAnswersOtherwise(HalfAnAdapter):
    """An adapter with methods that nobody can ask, beside such as are only written otherwise."""

    search_fields = None  # type: ignore[assignment]
    is_paid = True  # type: ignore[assignment]

    def parcels(self) -> Any:  # type: ignore[override]
        return []

    def price(self, *asked: Any) -> Any:
        return None

    @staticmethod
    def reference(order: Any) -> str:
        return str(order.pk)

    def next_url(self, request: Any, then: str = "/review/") -> str:
        return then


class AdapterThatForgotAComma(OrderAdapter[Any]):
    """An adapter whose search_fields are no tuple."""

    search_fields = "number"


class SystemWithoutD2po(ShippingSystem):
    """A shipping system whose author has seen no label of it."""

    def create(self, request: ShipmentRequest) -> Made:
        return Made(shipment_id="1")


def d2po(**changes: Any) -> Any:
    """Return the suite's settings with ``changes``; a dict changes the keys of a dict."""
    written: dict[str, Any] = {**now.DELIVER_TO_PO}
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(written.get(key), dict)
        written[key] = {**written[key], **value} if nested else value
    return override_settings(DELIVER_TO_PO=written)


def ids(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id).removeprefix("deliver_to_po.") for message in messages]


def words(message: CheckMessage) -> str:
    return f"{message.msg} {message.hint}"


def all_of_ours() -> list[CheckMessage]:
    return [message for message in django_checks.run_checks() if str(message.id).startswith("deliver_to_po.")]


def test_the_suites_own_settings_are_right_but_for_background_work() -> None:
    assert ids(all_of_ours()) == ["W059"]


def test_without_the_setting_the_lines_to_add_are_shown(settings: Any) -> None:
    del settings.DELIVER_TO_PO
    (message,) = shape.check_settings()
    assert ids([message]) == ["E001"]
    assert 'DELIVER_TO_PO = {"ORDER_MODEL": "shop.Order"' in words(message)


WRONG: list[tuple[Check, dict[str, Any], str, tuple[str, ...]]] = [
    (shape.check_settings, {"ORDER_MODLE": "x"}, "E002", ('DELIVER_TO_PO["ORDER_MODLE"]', "“ORDER_MODEL”")),
    (shape.check_settings, {"CANADA_POST": {"CLIENTID": ""}}, "E002", ('["CANADA_POST"]["CLIENTID"]', "“CLIENT_ID”")),
    (shape.check_settings, {"HANDOFF": {"LEASE": 9}}, "E002", ('["HANDOFF"]["LEASE"]', "“LEASE_SECONDS”")),
    (
        shape.check_settings,
        {"ZZZ": 1},
        "E002",
        ('DELIVER_TO_PO["ZZZ"]', "Choose one of: BASE_TEMPLATE, CACHE, CANADA_POST"),
    ),
    (shape.check_settings, {"BASE_URL": "x"}, "E002", ('["BASE_URL"]', 'belongs in DELIVER_TO_PO["CANADA_POST"].')),
    (
        shape.check_settings,
        {"clientid": "x"},
        "E002",
        ("clientid", 'mean “DELIVER_TO_PO["CANADA_POST"]["CLIENT_ID"]”?'),
    ),
    (shape.check_settings, {"HANDOFF": {"RELEASE": "x"}}, "E002", ('["RELEASE"]', "belongs in DELIVER_TO_PO.")),
    (shape.check_settings, {"CANADA_POST": {"CLIENT_ID": None}}, "E003", ("None", "no default", "os.environ.get(")),
    (shape.check_settings, {"CANADA_POST": None}, "E003", ('["CANADA_POST"]', "a dict", "None")),
    (shape.check_settings, {"CANADA_POST": {"LIVE": "no"}}, "E003", ('["LIVE"]', "True or False", "str")),
    (shape.check_settings, {"CANADA_POST": {"CALLS_PER_MINUTE": -1}}, "E003", ("CALLS_PER_MINUTE", "0 or more")),
    (
        shape.check_settings,
        {"CANADA_POST": {"READ_TIMEOUT_SECONDS": 0}},
        "E003",
        ("READ_TIMEOUT_SECONDS", "greater than 0"),
    ),
    (shape.check_settings, {"CANADA_POST": {"TOTAL_TIMEOUT_SECONDS": -1}}, "E003", ("TOTAL_TIMEOUT_SECONDS", "-1")),
    (shape.check_settings, {"SEARCH_TIMEOUT_SECONDS": True}, "E003", ("SEARCH_TIMEOUT_SECONDS", "seconds", "True")),
    (shape.check_settings, {"DRAFT_LIFETIME": 48}, "E003", ("DRAFT_LIFETIME", "timedelta", "48")),
    (shape.check_settings, {"RECIPIENT_LIFETIME": timedelta(0)}, "E003", ("RECIPIENT_LIFETIME", "timedelta above 0")),
    (shape.check_settings, {"OFFICES_PER_PAGE": 0}, "E003", ("OFFICES_PER_PAGE", "whole number above 0")),
    (shape.check_settings, {"HANDOFF": {"RETRY_AFTER_SECONDS": ()}}, "E003", ("RETRY_AFTER_SECONDS", "tuple")),
    (shape.check_settings, {"HANDOFF": {"LABEL_AFTER_SECONDS": (-1,)}}, "E003", ("LABEL_AFTER_SECONDS", "0 or more")),
    (orders.check_order_model, {"ORDER_MODEL": None}, "E010", ("ORDER_MODEL", "shop.Order")),
    (orders.check_order_model, {"ORDER_MODEL": "Order"}, "E010", ("ORDER_MODEL", "app_label.Model")),
    (orders.check_order_model, {"ORDER_MODEL": "auth.Grup"}, "E011", ("“auth.Grup”", "Did you mean “auth.Group”?")),
    (adapter.check_order_adapter, {"ORDER_ADAPTER": None}, "E020", ("ORDER_ADAPTER", EXAMPLE_ADAPTER)),
    (adapter.check_order_adapter, {"ORDER_ADAPTER": "shop.nowhere.A"}, "E021", ("“shop.nowhere.A”", "No module named")),
    (adapter.check_order_adapter, {"ORDER_ADAPTER": "datetime.date"}, "E022", ("“datetime.date”", "OrderAdapter")),
    (carrier.check_canada_post, {"CANADA_POST": {"CLIENT_ID": ""}}, "E030", ("CLIENT_ID", "Developer Portal")),
    (carrier.check_canada_post, {"CANADA_POST": {"CLIENT_SECRET": " "}}, "E030", ("CLIENT_SECRET", "environment")),
    (carrier.check_canada_post, {"CANADA_POST": {"CUSTOMER_NUMBER": ""}}, "E030", ("CUSTOMER_NUMBER", "agreement")),
    (carrier.check_canada_post, {"CANADA_POST": {"CONTRACT_ID": ""}}, "E030", ("CONTRACT_ID", "contract")),
    (carrier.check_canada_post, {"CANADA_POST": {"CUSTOMER_NUMBER": "…"}}, "E038", ("CUSTOMER_NUMBER", "7 to 10")),
    (carrier.check_canada_post, {"CANADA_POST": {"CONTRACT_ID": "4000 0000"}}, "E038", ("CONTRACT_ID", "1 to 10")),
    (carrier.check_canada_post, {"CANADA_POST": {"MOBO": "12345678901"}}, "E038", ("MOBO", "7 to 10 digits")),
    (carrier.check_canada_post, {"CANADA_POST": {"GROUP_PREFIX": "x" * 22}}, "E039", ("GROUP_PREFIX", "21 characters")),
    (carrier.check_canada_post, {"CANADA_POST": {"GROUP_PREFIX": "a\nb"}}, "E039", ("GROUP_PREFIX", "on one line")),
    (carrier.check_canada_post, {"CANADA_POST": {"GROUP_PREFIX": "a "}}, "E039", ("GROUP_PREFIX", "without spaces")),
    (
        carrier.check_canada_post,
        {"CANADA_POST": {"LABEL_FORMAT": "ZPL"}},
        "E046",
        ("LABEL_FORMAT", "“ZPL”", "Did you mean “ZPL 4x6”?"),
    ),
    (shape.check_settings, {"CUT_OFF": "5 pm"}, "E003", ("CUT_OFF", "“17:00”")),
    (shape.check_settings, {"CUT_OFF": "24:00"}, "E003", ("CUT_OFF", "“17:00”")),
    (shape.check_settings, {"DEPOSIT_DAYS": ()}, "E003", ("DEPOSIT_DAYS", "1 for Monday")),
    (shape.check_settings, {"DEPOSIT_DAYS": (0,)}, "E003", ("DEPOSIT_DAYS", "7 for Sunday")),
    (shape.check_settings, {"CANADA_POST": {"GROUP_PREFIX": 7}}, "E003", ("GROUP_PREFIX", "a string", "7")),
    (carrier.check_canada_post, {"CANADA_POST": {"API": "soap"}}, "E031", ("“soap”", "“portal”", "“webservices”")),
    (
        carrier.check_canada_post,
        {"CANADA_POST": {"API": "webservices", "PASSWORD": ""}},
        "E030",
        ("PASSWORD", "API key"),
    ),
    (
        carrier.check_canada_post,
        {"CANADA_POST": {"API": "webservices", "USERNAME": " "}},
        "E030",
        ("USERNAME", "API key"),
    ),
    (
        carrier.check_canada_post,
        {"CANADA_POST": {"WITHOUT_CONTRACT": True}},
        "E036",
        ("WITHOUT_CONTRACT", "“webservices”"),
    ),
    (
        carrier.check_canada_post,
        {
            "CANADA_POST": {
                "API": "webservices",
                "WITHOUT_CONTRACT": True,
                "CONTRACT_ID": "",
            }
        },
        "W037",
        ("WITHOUT_CONTRACT", "without a contract"),
    ),
    (carrier.check_canada_post, {"CANADA_POST": {"BASE_URL": "ftp://cp"}}, "E032", ("BASE_URL", conf.PORTAL_URL)),
    (carrier.check_canada_post, {"CANADA_POST": {"BASE_URL": "https://a:b/"}}, "E032", ("BASE_URL", "http or https")),
    (carrier.check_canada_post, {"CANADA_POST": {"BASE_URL": "http://cp.example"}}, "E033", ("cp.example", "https")),
    (
        handoff.check_handoff,
        {"HANDOFF": {"LEASE_SECONDS": 9.0}},
        "E040",
        ("9 seconds", "3 × ", "TOTAL_TIMEOUT_SECONDS"),
    ),
    (handoff.check_handoff, {"RELEASE": "on_placed"}, "E041", ("“on_placed”", "Did you mean “on_placing”?")),
    (handoff.check_handoff, {"REFUND_EMAIL": "zoë at shop"}, "E047", ("REFUND_EMAIL", "refunds@example.com")),
    (
        handoff.check_handoff,
        {"CANADA_POST": {"API": "webservices", "WITHOUT_CONTRACT": True}},
        "W048",
        ("REFUND_EMAIL", "without a contract"),
    ),
    (shape.check_settings, {"CANADA_POST": {"API": ["portal"]}}, "E003", ("CANADA_POST", "API", "a string")),
    (shape.check_settings, {"REFUND_EMAIL": None}, "E003", ("REFUND_EMAIL", "a string")),
    (surroundings.check_cache, {"CACHE": "defualt"}, "E052", ("“defualt”", "Did you mean “default”?")),
    (surroundings.check_base_template, {"BASE_TEMPLATE": "shop/no.html"}, "E053", ("“shop/no.html”", "“content”")),
    (surroundings.check_privacy_officer, {"PRIVACY_OFFICER": ""}, "W057", ("PRIVACY_OFFICER", "privacy@example.com")),
    (surroundings.check_site_url, {"SITE_URL": ""}, "W068", ("SITE_URL", "https://shop.example.com", "NOTICES")),
    (
        surroundings.check_morning_mail,
        {"MORNING_MAIL_AT": "07:00", "CLERKS": []},
        "W089",
        ("MORNING_MAIL_AT", "CLERKS", "nobody is written to", "desk@shop.example.com"),
    ),
]


@pytest.mark.parametrize(("check", "changes", "expected", "said"), WRONG, ids=[f"{row[2]}-{row[1]}" for row in WRONG])
def test_a_wrong_setting_is_named_with_its_fix(
    check: Check, changes: dict[str, Any], expected: str, said: tuple[str, ...]
) -> None:
    with d2po(**changes):
        messages = check()
    assert ids(messages) == [expected]
    for part in said:
        assert part in words(messages[0])


@pytest.mark.django_db  # Django's own check of JSON fields asks SQLite, once in a process.
@pytest.mark.parametrize("changes", [row[1] for row in WRONG], ids=[f"{row[2]}-{row[1]}" for row in WRONG])
def test_no_wrong_setting_makes_another_check_fail(changes: dict[str, Any]) -> None:
    with d2po(**changes):
        assert all_of_ours()


@pytest.mark.parametrize(("check", "changes"), [row[:2] for row in WRONG], ids=[f"{row[2]}-{row[1]}" for row in WRONG])
def test_the_checks_speak_english_as_djangos_own_do(check: Check, changes: dict[str, Any]) -> None:
    with d2po(**changes):
        with translation.override("fr"):
            in_french = [words(message) for message in check()]
        assert in_french == [words(message) for message in check()]


def test_a_secret_of_the_wrong_kind_is_not_shown() -> None:
    with d2po(CANADA_POST={"CLIENT_SECRET": ["hush-hush"]}):
        (message,) = shape.check_settings()
    assert "hush-hush" not in words(message)


def test_each_method_that_the_adapter_must_have_is_named() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.HalfAnAdapter"):
        messages = adapter.check_order_adapter()
    assert ids(messages) == ["E023"] * 4
    for message, method in zip(messages, ("parcels", "ship_from", "next_url", "home_delivery_url"), strict=True):
        assert f"HalfAnAdapter.{method}() is not implemented" in message.msg
        assert "Return " in str(message.hint)


def test_what_the_order_cannot_be_searched_by_is_named() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.AdapterThatSearchesTooMuch"):
        found = [message for message in adapter.check_order_adapter() if message.id == "deliver_to_po.E024"]
    assert [message.msg.rpartition("by ")[2] for message in found] == ["“nope”.", "“^pk”."]
    assert conf.order_model() in words(found[0])


def test_search_fields_without_a_comma_are_named() -> None:
    with d2po(ORDER_ADAPTER=f"{__name__}.AdapterThatForgotAComma"):
        assert ids(adapter.check_order_adapter()) == [*["E023"] * 5, "E025"]


@pytest.mark.parametrize(
    "url", ["http://localhost:8001", "http://127.0.0.1:1", "http://[::1]:1", "http://cp.localhost"]
)
def test_plain_http_is_fine_for_an_emulator_on_this_machine(url: str) -> None:
    with d2po(CANADA_POST={"BASE_URL": url}):
        assert carrier.check_canada_post() == []


@pytest.mark.parametrize(
    ("systems", "expected", "said"),
    [
        ({}, ["E042"], "“default”"),
        ({"default": {}}, ["E043"], 'DELIVER_TO_PO["SHIPPING_SYSTEMS"]["default"] has no BACKEND'),
        ({"default": {"BACKEND": "no.Where"}}, ["E043"], "“no.Where” cannot be imported"),
        ({"default": {"BACKEND": "datetime.date"}}, ["E043"], "not a subclass of ShippingSystem"),
        (
            {"default": {**conf.DEFAULTS["SHIPPING_SYSTEMS"]["default"], "OPTIONS": {"PAPER": "A4"}}},
            ["E044"],
            "the shipping system “default” has no such option",
        ),
        *(
            (
                {**conf.DEFAULTS["SHIPPING_SYSTEMS"], name: BY_CANADA_POST},
                ["E073"],
                f'["{name}"]: the name of a shipping',
            )
            for name in ("a/b", "x" * 41, "", 3)
        ),
        ({"default": {**BY_CANADA_POST, "OPTION": {}}}, ["E075"], '["default"]["OPTION"]: nobody reads this'),
        ({"default": {**BY_CANADA_POST, "OPTIONS": [{}]}}, ["E078"], '["OPTIONS"] must be a dict; it is of type list'),
        ({"default": {**BY_CANADA_POST, "OPTIONS": None}}, ["E078"], '["OPTIONS"] must be a dict'),
        ({"default": {"BACKEND": ""}}, ["E043"], 'DELIVER_TO_PO["SHIPPING_SYSTEMS"]["default"] has no BACKEND'),
        (
            {**conf.DEFAULTS["SHIPPING_SYSTEMS"], "other": {"BACKEND": f"{__name__}.SystemWithoutD2po"}},
            ["E045"],
            'DELIVER_TO_PO["SHIPPING_SYSTEMS"]["other"]: nobody has seen that “tests.test_checks.SystemWithoutD2po”',
        ),
    ],
)
def test_a_shipping_system_that_cannot_be_used_is_named(systems: Any, expected: list[str], said: str) -> None:
    with override_settings(DELIVER_TO_PO={**now.DELIVER_TO_PO, "SHIPPING_SYSTEMS": systems}):
        messages = handoff.check_shipping_systems()
    assert ids(messages) == expected
    assert said in messages[0].msg


def test_the_defaults_pass_every_check_of_the_hand_off() -> None:
    with override_settings(DELIVER_TO_PO={}):
        assert handoff.check_handoff() + handoff.check_shipping_systems() == []


@pytest.mark.parametrize("prefix", ["", "x" * 21, "Île-des-Sœurs", "rue Main 2"])
def test_a_prefix_of_groups_that_canada_post_takes_is_right(prefix: str) -> None:
    with d2po(CANADA_POST={"GROUP_PREFIX": prefix}):
        assert carrier.check_canada_post() == []


def test_a_shipping_system_without_deliver_to_post_office_is_told_how_to_get_it() -> None:
    with d2po(SHIPPING_SYSTEMS={"default": {"BACKEND": f"{__name__}.SystemWithoutD2po"}}):
        (message,) = handoff.check_shipping_systems()
    assert "Nothing is sent." in message.msg
    assert "supports_d2po to True" in words(message)


def storage(backend: str = "django.core.files.storage.FileSystemStorage", **options: Any) -> dict[str, Any]:
    return {**now.STORAGES, "deliver_to_po": {"BACKEND": backend, "OPTIONS": options}}


def test_without_a_storage_of_labels_the_lines_to_paste_are_shown(settings: Any) -> None:
    settings.STORAGES = {alias: storage for alias, storage in settings.STORAGES.items() if alias != "deliver_to_po"}
    (message,) = surroundings.check_label_storage()
    assert ids([message]) == ["E050"]
    assert surroundings.STORAGE_LINES in words(message)


def test_a_storage_that_cannot_be_imported_is_named(settings: Any) -> None:
    settings.STORAGES = storage("no.Where")
    assert ids(surroundings.check_label_storage()) == ["E050"]


def test_labels_must_not_lie_where_everybody_can_read_them(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = storage(location=str(tmp_path / "labels"))
    assert surroundings.check_label_storage() == []
    for options in (
        {"location": str(tmp_path / "media")},
        {"location": str(tmp_path / "media" / "labels")},
        {},
        {"location": str(tmp_path / "labels"), "base_url": "/labels/"},
    ):
        settings.STORAGES = storage(**options)
        (message,) = surroundings.check_label_storage()
        assert ids([message]) == ["E051"], options
        assert "public" in message.msg


@pytest.mark.parametrize("options", [{"default_acl": "public-read"}, {"querystring_auth": False}])
def test_a_public_bucket_is_no_place_for_labels(options: dict[str, Any]) -> None:
    assert surroundings._why_public({"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options})


@pytest.mark.parametrize(
    ("check", "app", "expected"),
    [
        (surroundings.check_installed_apps, "leaflet", "E054"),
        (surroundings.check_installed_apps, "django.contrib.sessions", "E055"),
        (surroundings.check_installed_apps, "django.contrib.messages", "E055"),
    ],
)
def test_an_app_that_is_missing_is_named(
    check: Check, app: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name != app)
    messages = check()
    assert ids(messages) == [expected]
    assert app in words(messages[0])


def test_times_without_zones_are_refused_before_a_buyer_searches(settings: Any) -> None:
    settings.USE_TZ = False
    (message,) = surroundings.check_time_zones()
    assert ids([message]) == ["E065"]
    assert "USE_TZ = True" in words(message)
    assert "E065" in ids(all_of_ours())


def test_a_shop_that_writes_itself_needs_to_say_nothing_of_where_it_is_or_how_it_mails(
    change_settings: Any, settings: Any
) -> None:
    change_settings(SITE_URL="", NOTICES=False)
    mail_by_smtp(settings, timeout=None)
    assert surroundings.check_site_url() == []
    assert surroundings.check_mail_timeout() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"MORNING_MAIL_AT": "07:00", "CLERKS": ["desk@shop.example.com"]},
        {"MORNING_MAIL_AT": None, "CLERKS": ["desk@shop.example.com"]},
        {"MORNING_MAIL_AT": None, "CLERKS": []},
        {"MORNING_MAIL_AT": "7 h", "CLERKS": []},
        {"MORNING_MAIL_AT": "07:00", "CLERKS": "ann@example.com"},
    ],
)
def test_a_morning_mail_needs_somebody_who_gets_it_and_nobody_needs_a_morning_mail(
    change_settings: Any, changes: dict[str, Any]
) -> None:
    """What is no time or no list of addresses is another check's."""
    change_settings(**changes)
    assert surroundings.check_morning_mail() == []


def mail_by_smtp(settings: Any, timeout: int | None, host: str = "mail.example.com") -> None:
    """Let the shop send its mail by SMTP, as its Django has it set."""
    if django.VERSION >= (6, 1):
        options = {"host": host, "timeout": timeout}
        settings.MAILERS = {"default": {"BACKEND": surroundings.SMTP, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = surroundings.SMTP, host, timeout


def test_a_mail_server_is_not_waited_for_without_an_end(settings: Any) -> None:
    mail_by_smtp(settings, timeout=20)
    assert surroundings.check_mail_timeout() == []
    mail_by_smtp(settings, timeout=None, host="localhost")
    assert surroundings.check_mail_timeout() == []
    mail_by_smtp(settings, timeout=None)
    (message,) = surroundings.check_mail_timeout()
    assert ids([message]) == ["W069"]
    assert "timeout" in words(message).lower()


@pytest.mark.parametrize("url", ["shop.example.com", "https://", "ftp://shop.example.com", 7, None])
def test_where_the_shop_is_must_be_an_address(change_settings: Any, url: Any) -> None:
    change_settings(SITE_URL=url)
    (message,) = shape.check_settings()
    assert ids([message]) == ["E003"]
    assert "https://shop.example.com" in message.msg
    assert surroundings.check_site_url() == []


@pytest.mark.parametrize("clerks", ["ann@example.com", ["ann"], 7, [None]])
def test_clerks_are_addresses(change_settings: Any, clerks: Any) -> None:
    change_settings(CLERKS=clerks)
    assert ids(shape.check_settings()) == ["E003"]


def test_without_a_locale_middleware_there_is_a_warning(settings: Any) -> None:
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "locale" not in path]
    (message,) = surroundings.check_middleware()
    assert ids([message]) == ["W056"]
    assert surroundings.LOCALE_MIDDLEWARE in words(message)


LOCALE = surroundings.LOCALE_MIDDLEWARE


class TheShopsOwn(LocaleMiddleware):
    """Django's, as a shop may change it."""


@pytest.mark.parametrize("language_code", ["en-us", "fr-ca", "fr"])
@pytest.mark.parametrize("middleware", [LOCALE, f"{__name__}.TheShopsOwn"])
def test_a_browser_that_may_choose_any_of_djangos_languages_is_warned_of(
    middleware: str, language_code: str, settings: Any
) -> None:
    settings.MIDDLEWARE, settings.LANGUAGE_CODE = [middleware], language_code
    settings.LANGUAGES = global_settings.LANGUAGES
    (message,) = surroundings.check_languages()
    assert ids([message]) == ["W070"]
    assert 'LANGUAGES = [("fr-ca", "Français")]' in words(message)


def test_what_cannot_be_called_as_it_is_asked_is_named_with_what_to_write() -> None:
    path = f"{__name__}.AdapterThatAnswersOtherwise"
    with d2po(ORDER_ADAPTER=path):
        found = {str(message.msg): message.hint for message in adapter.check_order_adapter()}
    assert (
        found[f"{path}.parcels cannot be called as it is asked."] == "Write it as a method: def parcels(self, order)."
    )
    assert f"{path}.is_paid cannot be called as it is asked." in found
    assert f"{path}.search_fields is no tuple of strings." in found
    assert len([told for told in found if "cannot be called" in told]) == 2


class Elsewhere:
    """A router that sends one app to a database of its own."""

    def __init__(self, label: str):
        self.label = label

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        return "elsewhere" if model._meta.app_label == self.label else None


def test_rows_that_a_router_sends_to_a_database_of_their_own_are_named(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [Elsewhere("deliver_to_po")]
    (message,) = orders.check_one_database()
    assert ids([message]) == ["E074"]
    assert "deliver_to_po.Delivery elsewhere than to “default”" in words(message)


def test_a_router_of_other_apps_is_left_alone(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [Elsewhere("statistics")]
    assert orders.check_one_database() == []


AS_DJANGO_5_2 = {
    "TIME_FORMAT": "H\xa0h\xa0i",
    "DATETIME_FORMAT": "j F Y, H\xa0h\xa0i",
    "SHORT_DATETIME_FORMAT": "Y-m-d H\xa0h\xa0i",
}


def _write_french_times(formats: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in formats.items():
        monkeypatch.setattr("django.conf.locale.fr_CA.formats." + name, value)
    # Django keeps what it has read.
    monkeypatch.setattr(django_formats, "_format_cache", {})
    monkeypatch.setattr(django_formats, "_format_modules_cache", {})


@pytest.mark.parametrize("wrong", AS_DJANGO_5_2)
def test_times_that_django_writes_wrong_in_canadian_french_are_warned_of(
    wrong: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Django 5.2 does."""
    settings.LANGUAGES = [("fr-ca", "Français")]
    mended: dict[str, str] = {}
    exec(surroundings.FRENCH_TIMES, mended)  # noqa: S102 - it is our own hint
    right = {name: mended[name] for name in AS_DJANGO_5_2}
    _write_french_times({**right, wrong: AS_DJANGO_5_2[wrong]}, monkeypatch)
    (message,) = surroundings.check_french_times()
    assert ids([message]) == ["W072"]
    _write_french_times(right, monkeypatch)
    assert surroundings.check_french_times() == []


def test_a_shop_whose_french_is_fr_is_not_warned_of_the_times_of_another(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("fr", "Français")], "fr"
    _write_french_times(AS_DJANGO_5_2, monkeypatch)
    assert surroundings.check_french_times() == []


@pytest.mark.parametrize(
    ("middleware", "languages"),
    [
        ([LOCALE], [("fr-ca", "Français")]),
        ([LOCALE], [("en", "English"), ("fr", "Français")]),
        ([LOCALE], global_settings.LANGUAGES[:-1]),
        # Everybody sees LANGUAGE_CODE: the shop's pages and the step speak the same.
        ([], global_settings.LANGUAGES),
        (["django.middleware.common.CommonMiddleware"], global_settings.LANGUAGES),
    ],
)
def test_a_shop_that_names_its_languages_or_has_only_one_is_left_alone(
    middleware: list[str], languages: Any, settings: Any
) -> None:
    settings.MIDDLEWARE, settings.LANGUAGES = middleware, languages
    assert surroundings.check_languages() == []


BLOCKS = "{% block content %}{% block title %}{% endblock %}{% endblock %}"
PAGES = {
    "bare.html": "<title>{% block title %}{% endblock %}</title><main>{% block main %}{% endblock %}</main>",
    "of-bare.html": "{% extends 'bare.html' %}{% block main %}<p>Shop</p>{% endblock %}",
    "untitled.html": "<main>{% block content %}{% endblock %}</main>",
    "of-untitled.html": "{% extends 'untitled.html' %}{% block heading %}{% endblock %}",
    "full.html": "<title>{% block title %}Shop{% endblock %}</title><main>{% block content %}{% endblock %}</main>",
    "of-full.html": "{% extends 'full.html' %}",
    "inside.html": "{% extends 'bare.html' %}{% block main %}{% block content %}{% endblock %}{% endblock %}",
    "in-an-if.html": f"{{% if user %}}{BLOCKS}{{% endif %}}",
    "of-a-variable.html": "{% extends chosen %}",
    "of-none.html": "{% extends 'none.html' %}",
    "deliver_to_po/base.html": "{% extends 'deliver_to_po/base.html' %}",
}


@pytest.fixture
def pages(settings: Any) -> None:
    """Let the shop have PAGES beside the apps' templates."""
    loaders = [("django.template.loaders.locmem.Loader", PAGES), "django.template.loaders.app_directories.Loader"]
    backend = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": backend, "OPTIONS": {"loaders": loaders}}]


@pytest.mark.parametrize("page", ["bare.html", "of-bare.html"])
def test_a_base_template_without_the_block_that_the_step_fills_is_refused(page: str, pages: None) -> None:
    with d2po(BASE_TEMPLATE=page):
        (message,) = surroundings.check_base_template()
    assert ids([message]) == ["E067"]
    assert f"“{page}” has no block “content”" in words(message)
    assert "{% block content %}{% endblock %}" in words(message)


@pytest.mark.parametrize("page", ["untitled.html", "of-untitled.html"])
def test_a_base_template_without_a_title_is_warned_of(page: str, pages: None) -> None:
    with d2po(BASE_TEMPLATE=page):
        assert surroundings.check_base_template() == []
        (message,) = surroundings.check_base_title()
    assert ids([message]) == ["W071"]
    assert f"“{page}” has no block “title”" in words(message)
    assert "{% block title %}{% endblock %}" in words(message)


LACKING = {"bare.html", "of-bare.html", "untitled.html", "of-untitled.html", "of-none.html"}


@pytest.mark.parametrize("page", sorted(PAGES.keys() - LACKING))
def test_a_base_template_that_may_have_the_block_is_left_alone(page: str, pages: None) -> None:
    with d2po(BASE_TEMPLATE=page):
        assert surroundings.check_base_template() == []


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"untitled.html", "of-untitled.html"}))
def test_a_base_template_that_may_have_a_title_is_left_alone(page: str, pages: None) -> None:
    with d2po(BASE_TEMPLATE=page):
        assert surroundings.check_base_title() == []


def test_a_template_that_the_base_template_extends_is_missed_by_its_name(pages: None) -> None:
    with d2po(BASE_TEMPLATE="of-none.html"):
        (message,) = surroundings.check_base_template()
    assert ids([message]) == ["E053"]
    assert "no template is called “none.html”" in words(message)


OF_A_PROXY: list[tuple[str, Any]] = [
    ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
    ("USE_X_FORWARDED_HOST", True),
    ("USE_X_FORWARDED_PORT", True),
]
READS_A_PROXY = [
    "xff.middleware.XForwardedForMiddleware",
    "x_forwarded_for.middleware.XForwardedForMiddleware",
    "django_forwarded.Forwarded",
    "shop.middleware.SetRemoteAddrFromForwardedFor",
    "shop.middleware.real_ip",
    "shop.middleware.RemoteIPMiddleware",
]


@pytest.mark.parametrize(("name", "value"), OF_A_PROXY)
def test_settings_that_tell_of_a_proxy_ask_how_many_there_are(name: str, value: Any, settings: Any) -> None:
    setattr(settings, name, value)
    (message,) = surroundings.check_proxies()
    assert ids([message]) == ["W066"]
    assert name in words(message)
    assert '"TRUSTED_PROXIES": 1' in words(message)
    assert "W066" in ids(all_of_ours())


@pytest.mark.parametrize("path", READS_A_PROXY)
def test_middleware_that_reads_who_called_a_proxy_asks_how_many_there_are(path: str, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, path]
    (message,) = surroundings.check_proxies()
    assert ids([message]) == ["W066"]
    assert f"“{path}”" in words(message)


@pytest.mark.parametrize(
    "more", [{"TRUSTED_PROXIES": 0}, {"TRUSTED_PROXIES": 2}, {"SEARCHES_PER_VISITOR_PER_MINUTE": 0}]
)
def test_who_says_how_many_proxies_there_are_or_limits_nobody_is_not_warned(
    more: dict[str, Any], settings: Any, change_settings: Any
) -> None:
    for name, value in OF_A_PROXY:
        setattr(settings, name, value)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, *READS_A_PROXY]
    change_settings(**more)
    assert surroundings.check_proxies() == []


@pytest.mark.parametrize("key", ["TRUSTED_PROXIES", "SEARCHES_PER_VISITOR_PER_MINUTE"])
def test_a_number_of_proxies_that_is_none_is_told_of_once(key: str, settings: Any, change_settings: Any) -> None:
    settings.USE_X_FORWARDED_HOST = True
    change_settings(**{key: "many"})
    assert surroundings.check_proxies() == []
    assert len([message for message in all_of_ours() if key in words(message)]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "django.contrib.auth.middleware.RemoteUserMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "shop.forwarded.middleware.CartMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "corsheaders.middleware.CorsMiddleware",
    ],
)
def test_without_a_sign_of_a_proxy_nobody_is_asked(path: str, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, path]
    assert surroundings.check_proxies() == []


def test_unset_map_tiles_are_warned_of_since_they_ask_a_third_party(settings: Any) -> None:
    settings.LEAFLET_CONFIG = {}
    (message,) = surroundings.check_map_tiles()
    assert ids([message]) == ["W058"]
    assert OPENSTREETMAP in words(message)
    assert "Referrer-Policy" in words(message)


def test_a_backend_without_workers_is_warned_of_with_the_command_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    (message,) = handoff.check_task_backend()
    assert ids([message]) == ["W059"]
    assert "d2po_handoff --loop" in words(message)
    monkeypatch.setattr(handoff, "works_in_background", lambda: True)
    assert handoff.check_task_backend() == []


def test_tasks_of_the_package_need_its_app_where_django_has_none(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    monkeypatch.setattr(handoff, "DJANGO_HAS_TASKS", False)
    (message,) = handoff.check_task_apps()
    assert ids([message]) == ["W061"]
    assert "Add “django_tasks” to INSTALLED_APPS" in words(message)
    monkeypatch.setattr(handoff, "DJANGO_HAS_TASKS", True)
    assert handoff.check_task_apps() == []
    monkeypatch.setattr(handoff, "DJANGO_HAS_TASKS", False)
    monkeypatch.setattr(apps, "is_installed", lambda name: True)
    assert handoff.check_task_apps() == []


def test_pages_without_an_address_are_warned_of_with_the_line_to_add(settings: Any) -> None:
    assert surroundings.check_pages() == []
    settings.ROOT_URLCONF = "django.conf.urls.i18n"
    (message,) = surroundings.check_pages()
    assert ids([message]) == ["W060"]
    assert surroundings.URLS_LINE in words(message)
    del settings.ROOT_URLCONF
    assert surroundings.check_pages() == []


def test_an_order_app_without_migrations_is_only_warned_of(settings: Any) -> None:
    label = conf.order_model().partition(".")[0]
    settings.MIGRATION_MODULES = {label: None}
    (message,) = orders.check_order_migrations()
    assert ids([message]) == ["W012"]
    assert f"makemigrations {label}" in words(message)


FRESH_SETTINGS = """
SECRET_KEY = "tests-only"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
INSTALLED_APPS += ["django.contrib.messages", "leaflet", "deliver_to_po", "shop"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
STORAGES = {"deliver_to_po": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
DELIVER_TO_PO = {
    "ORDER_MODEL": "shop.Order",
    "ORDER_ADAPTER": "shop.post_offices.ShopAdapter",
    "CANADA_POST": {"CLIENT_ID": "-", "CLIENT_SECRET": "-", "CUSTOMER_NUMBER": "0001234567", "CONTRACT_ID": "40000000"},
}
"""
NO_ORDER = "from django.db import migrations\nclass Migration(migrations.Migration):\n    pass\n"


@pytest.fixture
def fresh_shop(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Make a project whose order nobody has made a migration for; return what runs ``manage.py`` in it."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "models.py").write_text(
        "from django.db import models\nclass Order(models.Model):\n    number = models.CharField(max_length=35)\n"
    )
    head = "from deliver_to_po.adapter import OrderAdapter\nclass ShopAdapter(OrderAdapter):\n"
    methods = "".join(f"    def {name}(self, order): ...\n" for name in adapter.REQUIRED_METHODS)
    (shop / "post_offices.py").write_text(head + methods)
    (tmp_path / "settings.py").write_text(FRESH_SETTINGS)
    path = os.pathsep.join((str(tmp_path), str(ROOT)))

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments, "--settings=settings"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return manage


@pytest.mark.parametrize(
    "files",
    [{}, {"__init__.py": ""}, {"__init__.py": "", "0001_initial.py": NO_ORDER}],
    ids=["no migrations", "an empty package", "none that makes the order"],
)
def test_a_fresh_shop_can_make_the_migration_that_is_missing(
    fresh_shop: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, files: dict[str, str]
) -> None:
    for name, text in files.items():
        (tmp_path / "shop" / "migrations").mkdir(exist_ok=True)
        (tmp_path / "shop" / "migrations" / name).write_text(text)
    made = fresh_shop("makemigrations", "shop")
    assert made.returncode == 0, made.stderr
    assert "Create model Order" in made.stdout
    assert "(deliver_to_po.W012) No migration creates shop.Order yet" in made.stderr
    checked = fresh_shop("check")
    if "0001_initial.py" in files:
        assert "(deliver_to_po.E013)" in checked.stderr
        assert "run_before" in checked.stderr
    else:
        assert checked.returncode == 0, checked.stderr
        assert fresh_shop("migrate").returncode == 0


@pytest.fixture
def late_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> str:
    """Give the order's app migrations that make the order in the second one, after ours; return the app's label."""
    label, _, model = conf.order_model().partition(".")
    # Another name each time: an imported migration stays imported.
    package = tmp_path / f"late_{tmp_path.name}"
    package.mkdir()
    head = "from django.db import migrations\nclass Migration(migrations.Migration):\n"
    (package / "__init__.py").touch()
    (package / "0001_initial.py").write_text(f"{head}    pass\n")
    (package / "0002_order.py").write_text(
        f"{head}    dependencies = [({label!r}, '0001_initial')]\n"
        f"    operations = [migrations.CreateModel({model!r}, fields=[])]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MIGRATION_MODULES = {label: package.name}
    return label


def test_an_order_that_is_made_too_late_is_named_with_the_line_to_add(late_order: str) -> None:
    (message,) = orders.check_order_migrations()
    assert ids([message]) == ["E013"]
    assert f"{late_order}/migrations/0002_order.py" in words(message)
    assert 'run_before = [("deliver_to_po", "0001_initial")]' in words(message)


def test_the_line_that_is_shown_is_the_cure(late_order: str, tmp_path: Path) -> None:
    with (tmp_path / f"late_{tmp_path.name}" / "0002_order.py").open("a") as migration:
        migration.write(f"    {orders.RUN_BEFORE}\n")
    assert orders.check_order_migrations() == []


@pytest.mark.django_db
def test_the_column_in_the_database_is_compared_with_the_setting() -> None:
    whole_numbers = apps.get_model(conf.order_model())._meta.pk.get_internal_type() != "UUIDField"
    assert orders.check_order_column(databases=["default"]) == []
    with d2po(ORDER_MODEL="sessions.Session" if whole_numbers else "auth.Group"):
        (message,) = orders.check_order_column(databases=["default"])
        assert ids([message]) == ["E014"]
        assert "migrate deliver_to_po zero" in words(message)
    with d2po(ORDER_MODEL="auth.Group" if whole_numbers else "deliver_to_po.Delivery"):
        assert ids(orders.check_order_column(databases=["default"])) == ["E015"]


def test_the_database_is_asked_only_when_django_says_so() -> None:
    assert orders.check_order_column(databases=None) == []
    assert Tags.database in orders.check_order_column.tags  # type: ignore[attr-defined]


@pytest.mark.parametrize("written", [None, [], {}, {"ORDER_MODEL": None}, {"ORDER_MODEL": "Order"}], ids=str)
def test_starting_without_an_order_model_ends_with_what_to_write(written: Any) -> None:
    started = start_django(apps=("django.contrib.admin", "leaflet", "deliver_to_po"), DELIVER_TO_PO=written)
    assert started.returncode == 1
    last = started.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert 'DELIVER_TO_PO["ORDER_MODEL"] must name the model of your orders' in last
    assert 'DELIVER_TO_PO = {"ORDER_MODEL": "shop.Order", "ORDER_ADAPTER": "shop.post_offices.ShopAdapter"}' in last


def test_django_starts_with_every_other_setting_missing_and_check_names_them() -> None:
    check = (
        "from django.core.checks import run_checks\n"
        "print(*sorted({m.id.partition('.')[2] for m in run_checks() if m.id.startswith('deliver_to_po')}))"
    )
    started = start_django(
        apps=("django.contrib.admin", "leaflet", "deliver_to_po"),
        then=check,
        DELIVER_TO_PO={"ORDER_MODEL": "orders_uuid.Purchas"},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == ["E011", "E020", "E030", "E050", "W056", "W057", "W058", "W059", "W068"]


def test_there_is_no_zpl_without_a_contract() -> None:
    account = {"WITHOUT_CONTRACT": True, "API": "webservices"}
    with d2po(CANADA_POST={"LABEL_FORMAT": "ZPL 4x6", **account}):
        [message] = [found for found in carrier.check_canada_post() if ids([found]) == ["E046"]]
    assert "only PDF" in message.msg
    with d2po(CANADA_POST={"LABEL_FORMAT": "PDF 8.5x11", **account}):
        assert "E046" not in ids(carrier.check_canada_post())


def test_a_cache_that_keeps_nothing_is_named(settings: Any) -> None:
    settings.CACHES = {**settings.CACHES, "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    with d2po(CACHE="nothing"):
        [message] = surroundings.check_cache()
    assert message.id == "deliver_to_po.W090"
    assert "“nothing”" in message.msg
    with d2po(CACHE="default"):
        assert surroundings.check_cache() == []
