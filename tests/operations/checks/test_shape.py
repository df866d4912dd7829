"""The settings themselves: each key known, each value of its kind."""

from datetime import timedelta
from typing import Any

import pytest

from deliver_to_po.operations.checks import shape
from tests.operations.checks.told import Row, assert_told, d2po, ids, words


def wrong(expected: str, *said: str, **changes: Any) -> Row:
    return Row(shape.check_settings, changes, expected, said)


WRONG = [
    wrong("E002", 'DELIVER_TO_PO["ORDER_MODLE"]', "“ORDER_MODEL”", ORDER_MODLE="x"),
    wrong("E002", '["CANADA_POST"]["CLIENTID"]', "“CLIENT_ID”", CANADA_POST={"CLIENTID": ""}),
    wrong("E002", '["HANDOFF"]["LEASE"]', "“LEASE_SECONDS”", HANDOFF={"LEASE": 9}),
    wrong("E002", 'DELIVER_TO_PO["ZZZ"]', "Choose one of: BASE_TEMPLATE, BUYER_MAY, CACHE, CANADA_POST", ZZZ=1),
    wrong("E002", '["BASE_URL"]', 'belongs in DELIVER_TO_PO["CANADA_POST"].', BASE_URL="x"),
    wrong("E002", "clientid", 'mean “DELIVER_TO_PO["CANADA_POST"]["CLIENT_ID"]”?', clientid="x"),
    wrong("E002", '["RELEASE"]', "belongs in DELIVER_TO_PO.", HANDOFF={"RELEASE": "x"}),
    wrong("E003", "None", "no default", "os.environ.get(", CANADA_POST={"CLIENT_ID": None}),
    wrong("E003", '["CANADA_POST"]', "a dict", "None", CANADA_POST=None),
    wrong("E003", '["LIVE"]', "True or False", "it is 'no'.", CANADA_POST={"LIVE": "no"}),
    wrong("E003", "CALLS_PER_MINUTE", "0 or more", CANADA_POST={"CALLS_PER_MINUTE": -1}),
    wrong("E003", "READ_TIMEOUT_SECONDS", "greater than 0", CANADA_POST={"READ_TIMEOUT_SECONDS": 0}),
    wrong("E003", "TOTAL_TIMEOUT_SECONDS", "-1", CANADA_POST={"TOTAL_TIMEOUT_SECONDS": -1}),
    wrong("E003", "SEARCH_TIMEOUT_SECONDS", "seconds", "True", SEARCH_TIMEOUT_SECONDS=True),
    wrong("E003", "DRAFT_LIFETIME", "timedelta", "48", DRAFT_LIFETIME=48),
    wrong("E003", "EXPORT_LIFETIME", "timedelta above 0", EXPORT_LIFETIME=timedelta(0)),
    # Whoever counts with these meets an OverflowError.
    wrong("E003", "MANIFEST_LIFETIME", "100 years at most", MANIFEST_LIFETIME=timedelta.max),
    wrong("E003", "RECIPIENT_LIFETIME", "100 years at most", RECIPIENT_LIFETIME=timedelta.max),
    wrong("E003", "LEASE_SECONDS", "it is inf.", HANDOFF={"LEASE_SECONDS": float("inf")}),
    wrong("E003", "HOLD_DAYS", "a year at most", HOLD_DAYS=10**30),
    wrong("E003", "TIME_ZONE", "America/Toronto", TIME_ZONE=("America/Toronto", "x")),
    # Pages and e-mails count these in days.
    wrong("E003", "RECIPIENT_LIFETIME", "a day or more", RECIPIENT_LIFETIME=timedelta(hours=23)),
    wrong("E003", "CHOOSE_AGAIN_LINK_LIFETIME", "a day or more", CHOOSE_AGAIN_LINK_LIFETIME=timedelta(hours=12)),
    wrong("E003", "OFFICES_PER_PAGE", "whole number above 0", OFFICES_PER_PAGE=0),
    wrong("E003", "RETRY_AFTER_SECONDS", "tuple", HANDOFF={"RETRY_AFTER_SECONDS": ()}),
    wrong("E003", "LABEL_AFTER_SECONDS", "0 or more", HANDOFF={"LABEL_AFTER_SECONDS": (-1,)}),
    wrong("E003", "RETRY_AFTER_SECONDS", "the last above 0", HANDOFF={"RETRY_AFTER_SECONDS": (0, 0)}),
    wrong("E003", "CUT_OFF", "“17:00”", "it is '5 pm'.", CUT_OFF="5 pm"),
    wrong("E003", "CUT_OFF", "“17:00”", CUT_OFF="24:00"),
    wrong("E003", "DEPOSIT_DAYS", "1 for Monday", DEPOSIT_DAYS=()),
    wrong("E003", "DEPOSIT_DAYS", "7 for Sunday", DEPOSIT_DAYS=(0,)),
    wrong("E003", "GROUP_PREFIX", "a string", "7", CANADA_POST={"GROUP_PREFIX": 7}),
    wrong("E003", "CANADA_POST", "API", "a string", CANADA_POST={"API": ["portal"]}),
    wrong("E003", "REFUND_EMAIL", "a string", REFUND_EMAIL=None),
]


def test_without_the_setting_the_lines_to_add_are_shown(settings: Any) -> None:
    del settings.DELIVER_TO_PO
    assert_told(shape.check_settings(), "E001", 'DELIVER_TO_PO = {"ORDER_MODEL": "shop.Order"')


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


@pytest.mark.parametrize(
    "clerks", ["ann@example.com", ["ann"], 7, [None], ["ann@example.com, bo@example.com"], ["ann@example.com\n"]]
)
def test_clerks_are_addresses(change_settings: Any, clerks: Any) -> None:
    change_settings(CLERKS=clerks)
    assert ids(shape.check_settings()) == ["E003"]
