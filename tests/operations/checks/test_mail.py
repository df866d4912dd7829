"""E-mails need to know where the shop is, who reads them, and a server that somebody gives up on."""

from typing import Any

import django
import pytest

from deliver_to_po.operations.checks import mail, shape
from tests.operations.checks.told import Row, assert_told, ids, words

WRONG = [
    Row(mail.check_site_url, {"SITE_URL": ""}, "W068", ("SITE_URL", "https://shop.example.com", "NOTICES")),
    Row(
        mail.check_morning_mail,
        {"MORNING_MAIL_AT": "07:00", "CLERKS": []},
        "W089",
        # What is wrong first, and then what to do.
        ("MORNING_MAIL_AT", "CLERKS", "nobody is written to. Say who", "desk@shop.example.com"),
    ),
]


def test_a_shop_that_writes_itself_needs_to_say_nothing_of_where_it_is_or_how_it_mails(
    change_settings: Any, settings: Any
) -> None:
    change_settings(SITE_URL="", NOTICES=False)
    mail_by_smtp(settings, timeout=None)
    assert mail.check_site_url() == []
    assert mail.check_mail_timeout() == []


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
    assert mail.check_morning_mail() == []


def mail_by_smtp(settings: Any, timeout: int | None, host: str = "mail.example.com") -> None:
    """Let the shop send its mail by SMTP, as its Django has it set."""
    if django.VERSION >= (6, 1):
        options = {"host": host, "timeout": timeout}
        settings.MAILERS = {"default": {"BACKEND": mail.SMTP, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = mail.SMTP, host, timeout


def test_a_shop_without_a_default_mailer_is_not_asked_how_long_it_waits(settings: Any) -> None:
    settings.MAILERS = {"shop": {"BACKEND": mail.SMTP}}
    assert mail.check_mail_timeout() == []


def test_the_clerks_mail_needs_an_end_too(change_settings: Any, settings: Any) -> None:
    change_settings(NOTICES=False, CLERKS=["desk@shop.example.com"])
    mail_by_smtp(settings, timeout=None)
    assert ids(mail.check_mail_timeout()) == ["W069"]


def test_a_mail_server_is_not_waited_for_without_an_end(settings: Any) -> None:
    mail_by_smtp(settings, timeout=20)
    assert mail.check_mail_timeout() == []
    mail_by_smtp(settings, timeout=None, host="localhost")
    assert mail.check_mail_timeout() == []
    mail_by_smtp(settings, timeout=None)
    (message,) = mail.check_mail_timeout()
    assert "timeout" in words(message).lower()


@pytest.mark.parametrize(
    "url",
    [
        "shop.example.com",
        "https://",
        "ftp://shop.example.com",
        "https://example.com/?shop=1",
        "https://a.ca/#b",
        7,
        None,
    ],
)
def test_where_the_shop_is_must_be_an_address(change_settings: Any, url: Any) -> None:
    change_settings(SITE_URL=url)
    assert_told(shape.check_settings(), "E003", "https://shop.example.com")
    assert mail.check_site_url() == []
