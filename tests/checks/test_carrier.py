"""CANADA_POST: the address that requests go to."""

from typing import Any

import pytest
from django.core.checks import CheckMessage

from deliver_to_po import conf
from deliver_to_po.checks.carrier import check_canada_post


def found(change_settings: Any, **changes: Any) -> list[CheckMessage]:
    change_settings(CANADA_POST=changes)
    return check_canada_post()


@pytest.mark.parametrize(
    "url", ["cp.example", "https://", "https://[::1", "https://a b.example", "https://a\\@b.example"]
)
def test_an_address_that_cannot_be_read_is_named(change_settings: Any, url: str) -> None:
    (message,) = found(change_settings, BASE_URL=url)
    assert (message.id, "not an http or https URL" in message.msg) == ("deliver_to_po.E032", True)


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
    (message,) = found(change_settings, API=api, LIVE=live, BASE_URL="ftp://cp")
    assert str(message.hint).endswith(f"{own}.")


@pytest.mark.parametrize(
    ("api", "names"), [("portal", "CLIENT_ID, CLIENT_SECRET"), ("webservices", "USERNAME, PASSWORD")]
)
def test_credentials_in_the_address_are_refused_without_showing_them(
    change_settings: Any, api: str, names: str
) -> None:
    (message,) = found(change_settings, API=api, BASE_URL="https://somebody:hush-hush@cp.example")
    assert message.id == "deliver_to_po.E032"
    assert names in str(message.hint)
    assert "hush" not in f"{message.msg} {message.hint}"


@pytest.mark.parametrize("url", ["http://127.1:8899", "http://LOCALHOST.:1", "http://[::ffff:127.0.0.1]:1"])
def test_plain_http_is_fine_on_this_machine_however_it_is_spelled(change_settings: Any, url: str) -> None:
    assert found(change_settings, BASE_URL=url) == []


def test_plain_http_elsewhere_is_refused_with_the_host_that_it_leads_to(change_settings: Any) -> None:
    (message,) = found(change_settings, BASE_URL="http://127.0.0.1.CP.example./x")
    assert (message.id, message.msg.endswith("127.0.0.1.cp.example.")) == ("deliver_to_po.E033", True)


@pytest.mark.parametrize("url", ["", conf.PORTAL_URL, "https://proxy.example/canada-post", 5])
def test_https_elsewhere_is_fine_and_the_wrong_kind_is_left_to_another_check(change_settings: Any, url: Any) -> None:
    assert found(change_settings, BASE_URL=url) == []
