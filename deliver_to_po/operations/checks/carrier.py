"""CANADA_POST: who pays, and where requests go."""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import SplitResult, urlsplit

from django.core.checks import CheckMessage

from deliver_to_po.canadapost.constraints import check_text
from deliver_to_po.canadapost.rules import CONTRACT, CUSTOMER
from deliver_to_po.core.conf import APIS, LABEL_FORMATS, app_settings, own_url
from deliver_to_po.core.hosts import host_of, is_loopback
from deliver_to_po.operations.checks.messages import error, setting_name, warning
from deliver_to_po.operations.checks.shape import is_right
from deliver_to_po.shipping.canadapost import GROUP_PREFIX_LENGTH

SECTION = "CANADA_POST"
NUMBERS = {"CUSTOMER_NUMBER": CUSTOMER, "MOBO": CUSTOMER, "CONTRACT_ID": CONTRACT}
CREDENTIALS = {"portal": ("CLIENT_ID", "CLIENT_SECRET"), "webservices": ("USERNAME", "PASSWORD")}


def check_canada_post(**_kwargs: object) -> list[CheckMessage]:
    """Check the account, the API and the address that requests go to."""
    if not is_right(SECTION):
        return []
    return [*_account(), *_numbers(), *_group_prefix(), *_label_format(), *_api(), *_address()]


def _account() -> Iterator[CheckMessage]:
    settings = app_settings.canada_post
    needed = [*CREDENTIALS.get(str(settings.api), ()), "CUSTOMER_NUMBER"]
    if not settings.without_contract:
        needed.append("CONTRACT_ID")
    for key in filter(partial(is_right, SECTION), needed):
        value = getattr(settings, key.lower())
        # A file of secrets ends with a new line; E038 says it of a number.
        if not value.strip() or (value != value.strip() and key not in NUMBERS):
            yield error(
                30,
                f"{setting_name(SECTION, key)} is empty, or has white space around it.",
                "Copy it from your Canada Post account and read it from the environment. The Developer Portal "
                "shows the client ID and secret; the older Developer Program shows the API key's user name and "
                "password; your agreement shows the customer number and contract.",
            )
    if settings.without_contract and is_right(SECTION, "CONTRACT_ID") and settings.contract_id.strip():
        yield warning(
            36,
            f"{setting_name(SECTION, 'WITHOUT_CONTRACT')} is on, so CONTRACT_ID is not used: each parcel is charged "
            "to a card at once.",
            "Take out the one that is not yours.",
        )


def _numbers() -> Iterator[CheckMessage]:
    for key, pattern in NUMBERS.items():
        number, setting = getattr(app_settings.canada_post, key.lower()), setting_name(SECTION, key)
        if is_right(SECTION, key) and number.strip() and not re.fullmatch(pattern, number, re.ASCII):
            least, most = re.findall("[0-9]+", pattern.partition("{")[2])
            yield error(
                38,
                f"{setting} is not made of {least} to {most} digits.",
                "Copy it from your agreement, with leading zeros, without spaces or hyphens.",
            )


def _group_prefix() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "GROUP_PREFIX"):
        return
    prefix, setting = app_settings.canada_post.group_prefix, setting_name(SECTION, "GROUP_PREFIX")
    if prefix is None:
        return
    if not prefix and not app_settings.canada_post.without_contract:
        yield warning(
            83,
            f"{setting} is empty, so the groups of another shop with the same customer number may have the same names.",
            "Leave it out to get one of your shop's own, or name your shop, such as “main-street”. Transmit what waits "
            "first: a group is transmitted only while its name begins with the prefix.",
        )
    broken = list(check_text(setting, prefix, GROUP_PREFIX_LENGTH, required=False))
    if broken or prefix != prefix.strip():
        yield error(
            39,
            f"{setting} cannot begin the name of a group at Canada Post.",
            f"Use at most {GROUP_PREFIX_LENGTH} characters on one line, without spaces around them, such as "
            "“main-street”.",
        )


def _label_format() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "LABEL_FORMAT"):
        return
    settings, setting = app_settings.canada_post, setting_name(SECTION, "LABEL_FORMAT")
    if settings.label_format not in LABEL_FORMATS:
        yield error(
            46,
            f"{setting} is “{settings.label_format}”, which is not a label that Canada Post makes.",
            f"Choose one of: {', '.join(LABEL_FORMATS)}.",
        )
    elif _xml_without_contract() and "ZPL" in settings.label_format:
        yield error(
            46,
            f"{setting} is “{settings.label_format}”, but without a contract the XML web services have only PDF.",
            "Leave it out.",
        )


def _api() -> Iterator[CheckMessage]:
    api, setting = app_settings.canada_post.api, setting_name(SECTION, "API")
    if is_right(SECTION, "API") and api not in APIS:
        yield error(
            31,
            f"{setting} is “{api}”, which is not one of Canada Post's APIs.",
            f"Set it to “{APIS[0]}” or “{APIS[1]}”.",
        )
    if _xml_without_contract():
        yield warning(
            37,
            f"{setting_name(SECTION, 'WITHOUT_CONTRACT')} is on, but whether the XML web services take Deliver to Post "
            "Office without a contract is unproven.",
            f"Set {setting_name(SECTION, 'API')} to “{APIS[0]}”. Or make one shipment, look at its label, and watch "
            "where the parcel goes before you rely on it.",
        )


def _xml_without_contract() -> bool:
    settings = app_settings.canada_post
    return is_right(SECTION, "WITHOUT_CONTRACT") and settings.without_contract and settings.api == "webservices"


def _address() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "BASE_URL"):
        return
    setting = setting_name(SECTION, "BASE_URL")
    settings = app_settings.canada_post
    url, host = _split(settings.base_url), host_of(settings.base_url)
    if url is None or not host:
        yield error(
            32,
            f"{setting} is not an http or https URL.",
            f"Leave it out to use Canada Post's own, {own_url(settings.api, live=settings.live)}.",
        )
    elif "@" in url.netloc:
        # They would be sent as the user name and password of every call, in place of the token.
        yield error(
            32,
            f"{setting} holds a user name or a password.",
            f"Write the address alone. Credentials go into {', '.join(CREDENTIALS.get(str(settings.api), ()))}.",
        )
    elif url.scheme == "http" and not is_loopback(host):
        yield error(
            33,
            f"{setting} sends secrets and addresses over plain http to {host}.",
            "Use https. Plain http is only for an emulator on this machine.",
        )


def _split(address: str) -> SplitResult | None:
    """Return the parts of an http or https address, or None when ``address`` is none."""
    try:
        url = urlsplit(address)
        _port = url.port
    except ValueError:
        return None
    return url if url.scheme in ("http", "https") else None
