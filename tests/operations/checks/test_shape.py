"""The settings themselves: each key known, each value of its kind."""

from datetime import timedelta
from typing import Any

import pytest

from deliver_to_po.operations.checks import shape
from tests.operations.checks.told import Row, d2po, ids, words

WRONG = [
    Row(shape.check_settings, {"ORDER_MODLE": "x"}, "E002", ('DELIVER_TO_PO["ORDER_MODLE"]', "“ORDER_MODEL”")),
    Row(
        shape.check_settings, {"CANADA_POST": {"CLIENTID": ""}}, "E002", ('["CANADA_POST"]["CLIENTID"]', "“CLIENT_ID”")
    ),
    Row(shape.check_settings, {"HANDOFF": {"LEASE": 9}}, "E002", ('["HANDOFF"]["LEASE"]', "“LEASE_SECONDS”")),
    Row(
        shape.check_settings,
        {"ZZZ": 1},
        "E002",
        ('DELIVER_TO_PO["ZZZ"]', "Choose one of: BASE_TEMPLATE, BUYER_MAY, CACHE, CANADA_POST"),
    ),
    Row(shape.check_settings, {"BASE_URL": "x"}, "E002", ('["BASE_URL"]', 'belongs in DELIVER_TO_PO["CANADA_POST"].')),
    Row(
        shape.check_settings,
        {"clientid": "x"},
        "E002",
        ("clientid", 'mean “DELIVER_TO_PO["CANADA_POST"]["CLIENT_ID"]”?'),
    ),
    Row(shape.check_settings, {"HANDOFF": {"RELEASE": "x"}}, "E002", ('["RELEASE"]', "belongs in DELIVER_TO_PO.")),
    Row(shape.check_settings, {"CANADA_POST": {"CLIENT_ID": None}}, "E003", ("None", "no default", "os.environ.get(")),
    Row(shape.check_settings, {"CANADA_POST": None}, "E003", ('["CANADA_POST"]', "a dict", "None")),
    Row(shape.check_settings, {"CANADA_POST": {"LIVE": "no"}}, "E003", ('["LIVE"]', "True or False", "it is 'no'.")),
    Row(shape.check_settings, {"CANADA_POST": {"CALLS_PER_MINUTE": -1}}, "E003", ("CALLS_PER_MINUTE", "0 or more")),
    Row(
        shape.check_settings,
        {"CANADA_POST": {"READ_TIMEOUT_SECONDS": 0}},
        "E003",
        ("READ_TIMEOUT_SECONDS", "greater than 0"),
    ),
    Row(shape.check_settings, {"CANADA_POST": {"TOTAL_TIMEOUT_SECONDS": -1}}, "E003", ("TOTAL_TIMEOUT_SECONDS", "-1")),
    Row(shape.check_settings, {"SEARCH_TIMEOUT_SECONDS": True}, "E003", ("SEARCH_TIMEOUT_SECONDS", "seconds", "True")),
    Row(shape.check_settings, {"DRAFT_LIFETIME": 48}, "E003", ("DRAFT_LIFETIME", "timedelta", "48")),
    Row(
        shape.check_settings, {"RECIPIENT_LIFETIME": timedelta(0)}, "E003", ("RECIPIENT_LIFETIME", "timedelta above 0")
    ),
    Row(shape.check_settings, {"OFFICES_PER_PAGE": 0}, "E003", ("OFFICES_PER_PAGE", "whole number above 0")),
    Row(shape.check_settings, {"HANDOFF": {"RETRY_AFTER_SECONDS": ()}}, "E003", ("RETRY_AFTER_SECONDS", "tuple")),
    Row(
        shape.check_settings, {"HANDOFF": {"LABEL_AFTER_SECONDS": (-1,)}}, "E003", ("LABEL_AFTER_SECONDS", "0 or more")
    ),
    Row(shape.check_settings, {"CUT_OFF": "5 pm"}, "E003", ("CUT_OFF", "“17:00”", "it is '5 pm'.")),
    Row(shape.check_settings, {"CUT_OFF": "24:00"}, "E003", ("CUT_OFF", "“17:00”")),
    Row(shape.check_settings, {"DEPOSIT_DAYS": ()}, "E003", ("DEPOSIT_DAYS", "1 for Monday")),
    Row(shape.check_settings, {"DEPOSIT_DAYS": (0,)}, "E003", ("DEPOSIT_DAYS", "7 for Sunday")),
    Row(shape.check_settings, {"CANADA_POST": {"GROUP_PREFIX": 7}}, "E003", ("GROUP_PREFIX", "a string", "7")),
    Row(shape.check_settings, {"CANADA_POST": {"API": ["portal"]}}, "E003", ("CANADA_POST", "API", "a string")),
    Row(shape.check_settings, {"REFUND_EMAIL": None}, "E003", ("REFUND_EMAIL", "a string")),
]


@pytest.mark.parametrize("row", WRONG, ids=str)
def test_a_wrong_setting_is_named_with_its_fix(row: Row) -> None:
    row.assert_named()


def test_without_the_setting_the_lines_to_add_are_shown(settings: Any) -> None:
    del settings.DELIVER_TO_PO
    (message,) = shape.check_settings()
    assert ids([message]) == ["E001"]
    assert 'DELIVER_TO_PO = {"ORDER_MODEL": "shop.Order"' in words(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"CANADA_POST": {"CLIENT_SECRET": ["hush-hush"]}},
        {"CANADA_POST": {"PASSWORD": b"hush-hush"}},
        {"CANADA_POST": ["hush-hush"]},
        {"SHIPPING_SYSTEMS": "hush-hush"},
    ],
    ids=str,
)
def test_a_secret_of_the_wrong_kind_is_not_shown(changes: dict[str, Any]) -> None:
    with d2po(**changes):
        (message,) = shape.check_settings()
    assert "hush-hush" not in words(message)


def test_a_long_value_of_the_wrong_kind_is_shortened() -> None:
    with d2po(CUT_OFF="5" * 500):
        (message,) = shape.check_settings()
    assert "'555" in message.msg
    assert len(message.msg) < 200


@pytest.mark.parametrize("clerks", ["ann@example.com", ["ann"], 7, [None]])
def test_clerks_are_addresses(change_settings: Any, clerks: Any) -> None:
    change_settings(CLERKS=clerks)
    assert ids(shape.check_settings()) == ["E003"]
