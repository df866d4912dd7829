"""The one Canada Post of this process, and whether shipments are real there."""

from enum import Enum
from typing import TYPE_CHECKING

from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.conf import (
    PORTAL_URL,
    WEB_SERVICES_SANDBOX_URL,
    WEB_SERVICES_URL,
    CanadaPostSettings,
    app_settings,
)
from deliver_to_po.core.hosts import host_of, is_loopback
from deliver_to_po.core.language import shop_language

# What builds the client is loaded by whoever first calls Canada Post.
if TYPE_CHECKING:
    from deliver_to_po.canadapost.client import CanadaPost
    from deliver_to_po.core.client import MakeTransport

PRODUCTION_HOSTS = {host_of(url) for url in (PORTAL_URL, WEB_SERVICES_URL)}
SANDBOX_HOST = host_of(WEB_SERVICES_SANDBOX_URL)


class HostKind(Enum):
    """What stands at a base URL."""

    LOOPBACK = "this machine, which only an emulator can be"
    SANDBOX = "Canada Post's sandbox, where nothing is real"
    PRODUCTION = "Canada Post, where shipments are real"
    OTHER = "another host, such as a proxy of the shop's"
    NONE = "no host, or an address that cannot be read"


# Where a real delivery, and where a test, may be made.
FOR_REAL = (HostKind.PRODUCTION, HostKind.OTHER)
FOR_TESTS = (HostKind.LOOPBACK, HostKind.SANDBOX, HostKind.OTHER)


def canada_post(
    language: Language | None = None,
    *,
    total_seconds: float | None = None,
    background: bool = False,
    patient: bool = True,
    api: str = "",
) -> "CanadaPost":
    """Return the client in ``language``, else the shop's own; each of its operations takes at most ``total_seconds``.

    Calls made in the ``background`` leave a share of the allowed calls to people who wait. Without being ``patient``
    they raise Throttled at once instead of waiting for their turn, and are tried once. ``api`` is for a shipment that
    was made otherwise than the shop does now: through another API, or with a contract or without.
    """
    from deliver_to_po.core.client import client_of, shared_caller

    settings = app_settings.canada_post.speaking(api)
    caller = shared_caller(settings).within(total_seconds, background=background, patient=patient)
    return client_of(settings, caller, language or shop_language())


def gave_up() -> bool:
    """Say whether this process makes no calls just now because several in a row did not reach Canada Post."""
    from deliver_to_po.core.client import shared_caller

    return shared_caller(app_settings.canada_post).gave_up


def canada_post_over(make_transport: "MakeTransport", language: Language = "en") -> "CanadaPost":
    """Return a client that uses the given transport and asks for a token of its own; it shares nothing with others."""
    from deliver_to_po.core.client import client_over

    return client_over(app_settings.canada_post, make_transport, language)


def host_kind(settings: CanadaPostSettings) -> HostKind:
    """Return what stands at the base URL, however its host is spelled.

    At the portal the credentials decide whether shipments are real, and the code cannot tell them apart: its host
    always counts as production.
    """
    host = host_of(settings.base_url)
    if not host:
        return HostKind.NONE
    if is_loopback(host):
        return HostKind.LOOPBACK
    if host in PRODUCTION_HOSTS:
        return HostKind.PRODUCTION
    return HostKind.SANDBOX if host == SANDBOX_HOST else HostKind.OTHER


def forbidden_reason(settings: CanadaPostSettings, *, live: bool) -> Reason:
    """Return why no shipment may be created now for a delivery that is ``live`` or a test; ``Reason.NONE`` when it may.

    Ask this right before each create, with the settings of the API that it goes to. A real delivery needs LIVE and a
    host where labels are real; a test is never made while LIVE is on, nor on Canada Post's production host.
    """
    if live != settings.live:
        return Reason.LIVE_OFF if live else Reason.TEST_ONLY
    allowed = FOR_REAL if live else FOR_TESTS
    return Reason.NONE if host_kind(settings) in allowed else Reason.WRONG_HOST
