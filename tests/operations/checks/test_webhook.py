"""A webhook that may not be used is named before anything is sent, and its secret never is."""

import base64
import sys
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.test import override_settings

from deliver_to_po.operations.checks.handoff import check_shipping_systems
from deliver_to_po.operations.checks.webhook import check_parcel_webhook, check_webhooks
from tests.operations.checks.told import assert_told, ids

BACKEND = "deliver_to_po.shipping.webhook.Webhook"
KEY = base64.b64encode(b"nobody must ever read this key").decode()
GOOD = {"URL": "https://parcels.example.com/d2po", "SECRET": f"whsec_{KEY}", "HAS_SHOWN_A_LABEL": True}


def told(check: Any, **options: Any) -> list[CheckMessage]:
    used = {name: value for name, value in {**GOOD, **options}.items() if value is not None}
    systems = {"default": {"BACKEND": BACKEND, "OPTIONS": used}}
    with override_settings(DELIVER_TO_PO={"SHIPPING_SYSTEMS": systems}):
        messages: list[CheckMessage] = check()
    return messages


@pytest.mark.parametrize("check", [check_webhooks, check_shipping_systems])
def test_a_webhook_that_is_set_up_passes(check: Any) -> None:
    assert told(check) == []


@pytest.mark.parametrize(
    ("options", "number", "said"),
    [
        ({"URL": None}, "E079", '["OPTIONS"]["URL"] is missing'),
        ({"URL": "parcels.example.com"}, "E079", "is no address"),
        ({"URL": "http://parcels.example.com/"}, "E079", "is not https"),
        ({"TOTAL_TIMEOUT_SECONDS": 600}, "E079", "is no number up to 30"),
        ({"HAS_SHOWN_A_LABEL": "yes"}, "E079", "neither True nor False"),
        ({"SECRET": None}, "E080", '["OPTIONS"]["SECRET"] is missing'),
        ({"SECRET": KEY}, "E080", "does not start with “whsec_”"),
        ({"SECRET": f"whsec_{KEY[:20]}"}, "E080", "has 15 bytes, not 24 to 64"),
        ({"SECRET": f"whsec_!{KEY}"}, "E080", "is not base64"),
        ({"SECRET": [f"whsec_{KEY}", KEY]}, "E080", "does not start"),
    ],
)
def test_what_is_wrong_with_it_is_named(options: dict[str, Any], number: str, said: str) -> None:
    [message] = told(check_webhooks, **options)
    assert message.id == f"deliver_to_po.{number}"
    assert said in message.msg
    assert message.hint
    assert KEY[:15] not in f"{message.msg} {message.hint}"


def test_one_whose_labels_nobody_has_seen_is_told_which_option_says_so() -> None:
    assert_told(told(check_shipping_systems, HAS_SHOWN_A_LABEL=None), "E045", "OPTIONS[“HAS_SHOWN_A_LABEL”] to True")


@pytest.mark.parametrize("system", [None, {}, {"BACKEND": "no.Where"}, {"BACKEND": BACKEND, "OPTIONS": 5}])
def test_what_is_no_webhook_is_another_checks(system: Any) -> None:
    with override_settings(DELIVER_TO_PO={"SHIPPING_SYSTEMS": {"default": system}}):
        assert check_webhooks() == []


def test_a_shop_without_the_extra_is_checked_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "standardwebhooks", None)
    for name in ("deliver_to_po.shipping.webhook", "deliver_to_po.shipping.signing"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with override_settings(DELIVER_TO_PO={}):
        assert check_webhooks() == []
        assert check_shipping_systems() == []
    assert_told(told(check_shipping_systems), "E043", "standardwebhooks", "django-deliver-to-po[webhook]")


@pytest.mark.parametrize(
    ("webhook", "numbers"),
    [
        ({}, []),
        ({"URL": "", "SECRET": ""}, []),
        ({"URL": GOOD["URL"], "SECRET": GOOD["SECRET"]}, []),
        ({"URL": "http://orders.example.com/"}, ["E079", "E080"]),
        ({"SECRET": KEY}, ["E079", "E080"]),
    ],
)
def test_where_another_system_is_told_of_parcels_is_checked_too(webhook: dict[str, str], numbers: list[str]) -> None:
    with override_settings(DELIVER_TO_PO={"PARCEL_WEBHOOK": webhook}):
        messages = check_parcel_webhook()
    assert ids(messages) == numbers
    assert all(message.msg.startswith('DELIVER_TO_PO["PARCEL_WEBHOOK"]') for message in messages)
    assert KEY[:15] not in "".join(message.msg for message in messages)


def test_without_its_extra_nobody_can_be_told_of_parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deliver_to_po.shipping.webhook", None)
    with override_settings(DELIVER_TO_PO={"PARCEL_WEBHOOK": {"URL": GOOD["URL"], "SECRET": GOOD["SECRET"]}}):
        assert_told(check_parcel_webhook(), "E097", "[webhook]")
