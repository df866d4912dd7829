"""CANADA_POST: the address that requests go to."""

from typing import Any

import pytest
from django.core.checks import CheckMessage

from deliver_to_po.core import conf
from deliver_to_po.operations.checks import carrier
from deliver_to_po.operations.checks.carrier import check_canada_post
from tests.operations.checks.told import Row, assert_told, d2po, ids, words


def wrong(expected: str, *said: str, **changes: Any) -> Row:
    return Row(carrier.check_canada_post, {"CANADA_POST": changes}, expected, said)


WRONG = [
    wrong("E030", "CLIENT_ID", "Developer Portal", CLIENT_ID=""),
    wrong("E030", "CLIENT_SECRET", "environment", CLIENT_SECRET=" "),
    # As a file of secrets ends.
    wrong("E030", "CLIENT_SECRET", "white space", CLIENT_SECRET="emulator-secret\n"),
    wrong("E030", "CUSTOMER_NUMBER", "agreement", CUSTOMER_NUMBER=""),
    wrong("E030", "CONTRACT_ID", "contract", CONTRACT_ID=""),
    wrong("E038", "CUSTOMER_NUMBER", "7 to 10", CUSTOMER_NUMBER="…"),
    wrong("E038", "CONTRACT_ID", "1 to 10", CONTRACT_ID="4000 0000"),
    wrong("E038", "MOBO", "7 to 10 digits", MOBO="12345678901"),
    wrong("E039", "GROUP_PREFIX", "21 characters", GROUP_PREFIX="x" * 22),
    wrong("E039", "GROUP_PREFIX", "on one line", GROUP_PREFIX="a\nb"),
    wrong("W083", "GROUP_PREFIX", "is empty", GROUP_PREFIX=""),
    wrong("E039", "GROUP_PREFIX", "without spaces", GROUP_PREFIX="a "),
    # The two that are as near print on different printers.
    wrong("E046", "LABEL_FORMAT", "“4x6”", "one of: PDF 4x6, PDF 8.5x11, ZPL 4x6.", LABEL_FORMAT="4x6"),
    wrong("E031", "“soap”", "“portal”", "“webservices”", API="soap"),
    wrong("E030", "PASSWORD", "API key", API="webservices", PASSWORD=""),
    wrong("E030", "USERNAME", "API key", API="webservices", USERNAME=" "),
    wrong(
        "W037",
        "WITHOUT_CONTRACT",
        "without a contract",
        "“portal”",
        API="webservices",
        WITHOUT_CONTRACT=True,
        CONTRACT_ID="",
    ),
    wrong(
        "W036", "WITHOUT_CONTRACT", "CONTRACT_ID", "charged to a card", WITHOUT_CONTRACT=True, CONTRACT_ID="40000001"
    ),
    wrong("E032", "BASE_URL", conf.PORTAL_URL, BASE_URL="ftp://cp"),
    wrong("E032", "BASE_URL", "http or https", BASE_URL="https://a:b/"),
    wrong("E033", "cp.example", "https", BASE_URL="http://cp.example"),
]


def found(change_settings: Any, **changes: Any) -> list[CheckMessage]:
    change_settings(CANADA_POST=changes)
    return check_canada_post()


@pytest.mark.parametrize(
    "url", ["cp.example", "https://", "https://[::1", "https://a b.example", "https://a\\@b.example"]
)
def test_an_address_that_cannot_be_read_is_named(change_settings: Any, url: str) -> None:
    assert_told(found(change_settings, BASE_URL=url), "E032", "not an http or https URL")


@pytest.mark.parametrize(
    ("api", "live", "own"),
    [
        ("portal", False, conf.PORTAL_URL),
        ("webservices", False, conf.WEB_SERVICES_SANDBOX_URL),
        ("webservices", True, conf.WEB_SERVICES_URL),
    ],
)
def test_the_address_that_is_used_instead_is_the_one_of_this_shop(
    change_settings: Any, api: str, live: bool, own: str
) -> None:
    assert_told(found(change_settings, API=api, LIVE=live, BASE_URL="ftp://cp"), "E032", f" {own}.")


@pytest.mark.parametrize(
    ("api", "names"), [("portal", "CLIENT_ID, CLIENT_SECRET"), ("webservices", "USERNAME, PASSWORD")]
)
def test_credentials_in_the_address_are_refused_without_showing_them(
    change_settings: Any, api: str, names: str
) -> None:
    (message,) = found(change_settings, API=api, BASE_URL="https://somebody:hush-hush@cp.example")
    assert_told([message], "E032", names)
    assert "hush" not in words(message)


def test_plain_http_elsewhere_is_refused_with_the_host_that_it_leads_to(change_settings: Any) -> None:
    assert_told(found(change_settings, BASE_URL="http://127.0.0.1.CP.example./x"), "E033", " 127.0.0.1.cp.example. ")


@pytest.mark.parametrize("url", ["", conf.PORTAL_URL, "https://proxy.example/canada-post", 5])
def test_https_elsewhere_is_fine_and_the_wrong_kind_is_left_to_another_check(change_settings: Any, url: Any) -> None:
    assert found(change_settings, BASE_URL=url) == []


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost:8001", "http://127.0.0.1:1", "http://[::1]:1", "http://cp.localhost"),
        *("http://127.1:8899", "http://LOCALHOST.:1", "http://[::ffff:127.0.0.1]:1"),
    ],
)
def test_plain_http_is_fine_for_an_emulator_on_this_machine_however_it_is_spelled(url: str) -> None:
    with d2po(CANADA_POST={"BASE_URL": url}):
        assert carrier.check_canada_post() == []


@pytest.mark.parametrize("prefix", [None, "x" * 21, "Île-des-Sœurs", "rue Main 2"])
def test_a_prefix_of_groups_that_canada_post_takes_is_right(prefix: str | None) -> None:
    with d2po(CANADA_POST={"GROUP_PREFIX": prefix}):
        assert carrier.check_canada_post() == []


def test_a_shop_without_a_contract_needs_none_on_the_portal_and_prints_as_it_likes() -> None:
    with d2po(CANADA_POST={"WITHOUT_CONTRACT": True, "CONTRACT_ID": "", "LABEL_FORMAT": "ZPL 4x6"}):
        assert carrier.check_canada_post() == []


def test_there_is_no_zpl_without_a_contract_over_xml() -> None:
    account = {"WITHOUT_CONTRACT": True, "API": "webservices"}
    with d2po(CANADA_POST={"LABEL_FORMAT": "ZPL 4x6", **account}):
        [message] = [found for found in carrier.check_canada_post() if ids([found]) == ["E046"]]
    assert "only PDF" in message.msg
    with d2po(CANADA_POST={"LABEL_FORMAT": "PDF 8.5x11", **account}):
        assert "E046" not in ids(carrier.check_canada_post())
