"""CANADA_POST: who pays, and where requests go."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from django.core.checks import CheckMessage
from django.utils.translation import gettext as _

from deliver_to_po.canadapost.constraints import check_text
from deliver_to_po.canadapost.rules import CONTRACT, CUSTOMER
from deliver_to_po.checks.messages import error, setting_name, warning
from deliver_to_po.checks.shape import is_right
from deliver_to_po.conf import APIS, app_settings, host_of, is_loopback, own_url
from deliver_to_po.shipping.canadapost import GROUP_PREFIX_LENGTH

SECTION = "CANADA_POST"
NUMBERS = {"CUSTOMER_NUMBER": CUSTOMER, "MOBO": CUSTOMER, "CONTRACT_ID": CONTRACT}
CREDENTIALS = {"portal": ("CLIENT_ID", "CLIENT_SECRET"), "webservices": ("USERNAME", "PASSWORD")}


def check_canada_post(**_kwargs: object) -> list[CheckMessage]:
    """Check the account, the API and the address that requests go to."""
    if not is_right(SECTION):
        return []
    return [*_account(), *_numbers(), *_group_prefix(), *_api(), *_address()]


def _account() -> Iterator[CheckMessage]:
    settings = app_settings.canada_post
    needed = [*CREDENTIALS.get(settings.api, ()), "CUSTOMER_NUMBER"]
    if not (settings.api == "webservices" and settings.without_contract):
        needed.append("CONTRACT_ID")
    for key in needed:
        if is_right(SECTION, key) and not getattr(settings, key.lower()).strip():
            yield error(
                30,
                _("%(setting)s is empty.") % {"setting": setting_name(SECTION, key)},
                _(
                    "Copy it from your Canada Post account and read it from the environment. The Developer Portal "
                    "shows the client ID and secret; the older Developer Program shows the API key's user name and "
                    "password; your agreement shows the customer number and contract."
                ),
            )


def _numbers() -> Iterator[CheckMessage]:
    for key, pattern in NUMBERS.items():
        number = getattr(app_settings.canada_post, key.lower())
        if is_right(SECTION, key) and number.strip() and not re.fullmatch(pattern, number, re.ASCII):
            least, most = re.findall("[0-9]+", pattern.partition("{")[2])
            yield error(
                38,
                _("%(setting)s is not made of %(least)s to %(most)s digits.")
                % {"setting": setting_name(SECTION, key), "least": least, "most": most},
                _("Copy it from your agreement, with leading zeros, without spaces or hyphens."),
            )


def _group_prefix() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "GROUP_PREFIX"):
        return
    prefix, setting = app_settings.canada_post.group_prefix, setting_name(SECTION, "GROUP_PREFIX")
    broken = list(check_text(setting, prefix, GROUP_PREFIX_LENGTH, required=False))
    if broken or prefix != prefix.strip():
        yield error(
            39,
            _("%(setting)s cannot begin the name of a group at Canada Post.") % {"setting": setting},
            _("Use at most %(longest)s characters on one line, without spaces around them, such as “%(example)s”.")
            % {"longest": GROUP_PREFIX_LENGTH, "example": "main-street"},
        )


def _api() -> Iterator[CheckMessage]:
    api = app_settings.canada_post.api
    if is_right(SECTION, "API") and api not in APIS:
        yield error(
            31,
            _("%(setting)s is “%(value)s”, which is not one of Canada Post's APIs.")
            % {"setting": setting_name(SECTION, "API"), "value": api},
            _("Set it to “%(first)s” or “%(second)s”.") % {"first": APIS[0], "second": APIS[1]},
        )
    if is_right(SECTION, "WITHOUT_CONTRACT") and app_settings.canada_post.without_contract:
        yield from _non_contract(api)


def _non_contract(api: str) -> Iterator[CheckMessage]:
    setting = setting_name(SECTION, "WITHOUT_CONTRACT")
    if api != "webservices":
        yield error(
            36,
            _("%(setting)s is on, but only the XML web services have shipments without a contract.")
            % {"setting": setting},
            _("Turn it off, or set %(api)s to “webservices”.") % {"api": setting_name(SECTION, "API")},
        )
    else:
        yield warning(
            37,
            _("%(setting)s is on, but Deliver to Post Office without a contract is unproven.") % {"setting": setting},
            _("Make one shipment, look at its label, and watch where the parcel goes before you rely on it."),
        )


def _address() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "BASE_URL"):
        return
    setting = setting_name(SECTION, "BASE_URL")
    settings = app_settings.canada_post
    url, host = _split(settings.base_url), host_of(settings.base_url)
    if url is None or not host:
        yield error(
            32,
            _("%(setting)s is not an http or https URL.") % {"setting": setting},
            _("Leave it out to use Canada Post's own, %(url)s.") % {"url": own_url(settings.api, live=settings.live)},
        )
    elif "@" in url.netloc:
        # They would be sent as the user name and password of every call, in place of the token.
        yield error(
            32,
            _("%(setting)s holds a user name or a password.") % {"setting": setting},
            _("Write the address alone. Credentials go into %(settings)s.")
            % {"settings": ", ".join(CREDENTIALS.get(settings.api, ()))},
        )
    elif url.scheme == "http" and not is_loopback(host):
        yield error(
            33,
            _("%(setting)s sends secrets and addresses over plain http to %(host)s.")
            % {"setting": setting, "host": host},
            _("Use https. Plain http is only for an emulator on this machine."),
        )


def _split(address: str) -> SplitResult | None:
    """Return the parts of an http or https address, or None when ``address`` is none."""
    try:
        url = urlsplit(address)
        _port = url.port
    except ValueError:
        return None
    return url if url.scheme in ("http", "https") else None
