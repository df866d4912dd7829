"""Builds the client of Canada Post from settings, cache and language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

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
from deliver_to_po.core.conf import CanadaPostSettings
from deliver_to_po.core.configured import made_once
from deliver_to_po.core.shared_cache import with_cache

MakeTransport: TypeAlias = Callable[[str, Timeouts], Transport]


def client_of(
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


def client_over(settings: CanadaPostSettings, make_transport: MakeTransport, language: Language) -> CanadaPost:
    """Return a client that shares nothing with others: neither what carries its calls, nor its token."""
    return client_of(settings, _new_caller(settings, make_transport), language, _new_tokens(settings))


class CacheCounts:
    """The throttle's counts, in the shared cache. What it does not take is kept in this process: nothing waits for it.

    A cache that is full, or may only be read, still answers what it holds.
    """

    def __init__(self) -> None:
        self._memory = MemoryCounts()

    def add(self, key: str, value: float, seconds: int) -> None:
        # A cache that hides that it fails says that the key is there, or nothing.
        if not with_cache(lambda cache: cache.add(key, value, seconds) or cache.get(key) is not None, False):
            self._memory.add(key, value, seconds)

    def increase(self, key: str, by: int) -> None:

        def increase(cache: BaseCache) -> bool:
            try:
                return type(cache.incr(key, by)) is int
            except ValueError:
                # The cache has dropped the number, or never took it.
                return False

        if not with_cache(increase, False):
            self._memory.increase(key, by)

    def get_many(self, keys: Sequence[str]) -> Mapping[str, float]:
        found: Mapping[str, Any] = with_cache(lambda cache: cache.get_many(keys), {})
        numbers = {key: value for key, value in found.items() if isinstance(value, int | float)}
        return {**self._memory.get_many(keys), **numbers}


@made_once
def shared_caller(settings: CanadaPostSettings) -> Caller:
    """Return the caller that all clients with these settings share, with its connections, throttle and breaker."""
    return _new_caller(settings, Transport)


def _new_caller(settings: CanadaPostSettings, make_transport: MakeTransport) -> Caller:
    timeouts = Timeouts(settings.connect_timeout_seconds, settings.read_timeout_seconds, settings.total_timeout_seconds)
    error_of: ErrorOf = portal_error
    limits, who = portal_limits(settings.calls_per_minute), settings.client_id
    if settings.api == "webservices":
        # Late, since it loads what reads XML.
        from deliver_to_po.canadapost.webservices.answers import error_of

        limits = webservices_limits(settings.calls_per_minute, settings.tracking_calls_per_minute)
        who = settings.username
    throttle = Throttle(CacheCounts(), limits, f"{settings.base_url} {who}")
    return Caller(make_transport(settings.base_url, timeouts), error_of, throttle, Breaker())


@made_once
def _shared_tokens(settings: CanadaPostSettings) -> TokenSource:
    return _new_tokens(settings)


def _new_tokens(settings: CanadaPostSettings) -> TokenSource:
    return TokenSource(Credentials(settings.client_id, settings.client_secret))
