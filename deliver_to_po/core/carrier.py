"""Builds the client of Canada Post from settings, cache and language."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum

from django.core.cache import BaseCache

from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.calling.caller import Caller, ErrorOf
from deliver_to_po.canadapost.calling.throttle import MemoryCounts, Throttle, portal_limits, webservices_limits
from deliver_to_po.canadapost.calling.transport import Timeouts, Transport
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.portal.answers import error_of as portal_error
from deliver_to_po.canadapost.portal.auth import Credentials, TokenSource
from deliver_to_po.canadapost.portal.client import NonContractPortal, PortalCanadaPost
from deliver_to_po.canadapost.types import Account, Language
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.conf import (
    PORTAL_URL,
    WEB_SERVICES_SANDBOX_URL,
    WEB_SERVICES_URL,
    CanadaPostSettings,
    app_settings,
)
from deliver_to_po.core.configured import made_once
from deliver_to_po.core.hosts import host_of, is_loopback
from deliver_to_po.core.shared_cache import with_cache_or

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
    language: Language = "en",
    *,
    total_seconds: float | None = None,
    background: bool = False,
    patient: bool = True,
    api: str = "",
) -> CanadaPost:
    """Return the client in ``language``; each of its operations takes at most ``total_seconds``.

    Calls made in the ``background`` leave a share of the allowed calls to people who wait. Without being ``patient``
    they raise Throttled at once instead of waiting for their turn, and are tried once. ``api`` is for a shipment that
    was made otherwise than the shop does now: through another API, or with a contract or without.
    """
    settings = app_settings.canada_post.speaking(api)
    caller = _shared_caller(settings).within(total_seconds, background=background, patient=patient)
    return _client(settings, caller, language)


def gave_up() -> bool:
    """Say whether this process makes no calls just now because several in a row did not reach Canada Post."""
    return _shared_caller(app_settings.canada_post).gave_up


def canada_post_over(make_transport: Callable[[str, Timeouts], Transport], language: Language = "en") -> CanadaPost:
    """Return a client that uses the given transport and asks for a token of its own; it shares nothing with others."""
    settings = app_settings.canada_post
    return _client(settings, _new_caller(settings, make_transport), language, _new_tokens(settings))


def _client(
    settings: CanadaPostSettings, caller: Caller, language: Language, tokens: TokenSource | None = None
) -> CanadaPost:
    contract = None if settings.without_contract else settings.contract_id
    account = Account(settings.customer_number, contract, settings.mobo)
    if settings.api == "webservices":
        # Late, since it loads what reads XML.
        from deliver_to_po.canadapost.webservices.calls import ApiKey
        from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
        from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost

        client = NonContractCanadaPost if settings.without_contract else WebServicesCanadaPost
        return client(caller, ApiKey(settings.username, settings.password), account, language)
    portal = NonContractPortal if settings.without_contract else PortalCanadaPost
    return portal(caller, tokens or _shared_tokens(settings), account, language)


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


class CacheCounts:
    """The throttle's counts, in the shared cache. If that fails they are kept in this process: nothing waits for it."""

    def __init__(self) -> None:
        self._memory = MemoryCounts()

    def add(self, key: str, value: float, seconds: int) -> None:
        with_cache_or(lambda cache: cache.add(key, value, seconds), lambda: self._memory.add(key, value, seconds))

    def increase(self, key: str, by: int) -> None:

        def increase(cache: BaseCache) -> None:
            # The cache has dropped the number: there is nothing to add to.
            with suppress(ValueError):
                cache.incr(key, by)

        with_cache_or(increase, lambda: self._memory.increase(key, by))

    def get_many(self, keys: Sequence[str]) -> Mapping[str, float]:
        found = with_cache_or(lambda cache: cache.get_many(keys), lambda: self._memory.get_many(keys))
        return {key: value for key, value in found.items() if isinstance(value, int | float)}


@made_once
def _shared_caller(settings: CanadaPostSettings) -> Caller:
    """Return the caller that all clients with these settings share, with its connections, throttle and breaker."""
    return _new_caller(settings, Transport)


def _new_caller(settings: CanadaPostSettings, make_transport: Callable[[str, Timeouts], Transport]) -> Caller:
    timeouts = Timeouts(settings.connect_timeout_seconds, settings.read_timeout_seconds, settings.total_timeout_seconds)
    xml = settings.api == "webservices"
    limits = (
        webservices_limits(settings.calls_per_minute, settings.tracking_calls_per_minute)
        if xml
        else portal_limits(settings.calls_per_minute)
    )
    key = f"{settings.base_url} {settings.username if xml else settings.client_id}"
    throttle = Throttle(CacheCounts(), limits, key)
    return Caller(make_transport(settings.base_url, timeouts), _error_of(settings), throttle, Breaker())


def _error_of(settings: CanadaPostSettings) -> ErrorOf:
    if settings.api != "webservices":
        return portal_error
    from deliver_to_po.canadapost.webservices.answers import error_of

    return error_of


@made_once
def _shared_tokens(settings: CanadaPostSettings) -> TokenSource:
    return _new_tokens(settings)


def _new_tokens(settings: CanadaPostSettings) -> TokenSource:
    return TokenSource(Credentials(settings.client_id, settings.client_secret))
