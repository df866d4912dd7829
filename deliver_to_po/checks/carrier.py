"""CANADA_POST: who pays, and where requests go."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.core.checks import CheckMessage
from django.utils.translation import gettext as _

from deliver_to_po.checks.messages import error, setting_name
from deliver_to_po.checks.shape import is_right
from deliver_to_po.conf import PORTAL_URL, app_settings

SECTION = "CANADA_POST"
ACCOUNT = ("CLIENT_ID", "CLIENT_SECRET", "CUSTOMER_NUMBER", "CONTRACT_ID")
APIS = ("portal",)


def check_canada_post(**_kwargs: object) -> list[CheckMessage]:
    """Check the account, the API and the address that requests go to."""
    if not is_right(SECTION):
        return []
    return [*_account(), *_api(), *_address()]


def _account() -> Iterator[CheckMessage]:
    for key in ACCOUNT:
        if is_right(SECTION, key) and not getattr(app_settings.canada_post, key.lower()).strip():
            yield error(
                30,
                _("%(setting)s is empty.") % {"setting": setting_name(SECTION, key)},
                _(
                    "Take it from your account at Canada Post (the Developer Portal shows client ID and secret, your "
                    "agreement the customer number and the contract), and read it from the environment."
                ),
            )


def _api() -> Iterator[CheckMessage]:
    api = app_settings.canada_post.api
    if is_right(SECTION, "API") and api not in APIS:
        yield error(
            31,
            _("%(setting)s is “%(value)s”, which cannot be used yet.")
            % {"setting": setting_name(SECTION, "API"), "value": api},
            _("Set it to “%(value)s”.") % {"value": APIS[0]},
        )


def _address() -> Iterator[CheckMessage]:
    if not is_right(SECTION, "BASE_URL"):
        return
    setting = setting_name(SECTION, "BASE_URL")
    url = _split(app_settings.canada_post.base_url)
    if url is None:
        message = _("%(setting)s is no http or https address.") % {"setting": setting}
        yield error(32, message, _("Leave it out to use Canada Post's own, %(url)s.") % {"url": PORTAL_URL})
    elif url.scheme == "http" and not is_loopback(url.hostname):
        message = _("%(setting)s sends secrets and addresses over plain http to %(host)s.")
        yield error(
            33,
            message % {"setting": setting, "host": url.hostname},
            _("Use https. Plain http is only for an emulator on this machine."),
        )
    if url and is_right(SECTION, "LIVE") and app_settings.canada_post.live and is_loopback(url.hostname):
        yield error(
            34,
            _("%(live)s is on, but %(setting)s points at this machine.")
            % {"live": setting_name(SECTION, "LIVE"), "setting": setting},
            _("Turn LIVE off to use the emulator, or leave BASE_URL out to use Canada Post's own."),
        )


def _split(address: str) -> SplitResult | None:
    """Return the parts of an http or https address, or None when ``address`` is none."""
    try:
        url = urlsplit(address)
        _port = url.port
    except ValueError:
        return None
    return url if url.scheme in ("http", "https") and url.hostname else None


def is_loopback(host: str | None) -> bool:
    """Say whether ``host`` is this machine: a name or address that never leaves it."""
    name = (host or "").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
