"""Fair use: how often one visitor may make us ask Canada Post, also behind a shop's proxy."""

import re
import time
from functools import partial
from ipaddress import IPv6Address, ip_address
from typing import cast

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.core.cache import BaseCache
from django.http import HttpRequest

from deliver_to_po.checkout.choice import Visitor
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shared_cache import own_key, with_cache
from deliver_to_po.errors import TooManySearches

WINDOW_SECONDS = 60
# If TRUSTED_PROXIES is not set, an IP address may be that of a proxy with many buyers behind it. Together they may ask
# this many times as often as one of them, which stays below what Canada Post allows the shop.
BUYERS_BEHIND_AN_IP = 5
NETWORK_BITS = 64
# Some proxies write the port as well.
WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+")


def visitor_of(request: HttpRequest, *, has_session: bool = True) -> Visitor:
    """Return whom to count for what ``request`` asks and stores; by the IP address alone where it has no session.

    Each raises TooManySearches above SEARCHES_PER_VISITOR_PER_MINUTE: call ``ask`` only for what the cache cannot
    answer. If the cache is down we skip this limit; the throttle still applies.
    """
    # The check has a count of its own, so that many searches and choices do not cost a buyer it.
    return Visitor(*(partial(_count_up, what, request, has_session) for what in ("", "draft ", "check ")))


def count_change(request: HttpRequest) -> None:
    """Count a change that a buyer makes after the order; raises TooManySearches above the same limit."""
    _count_up("change ", request, True)


def _count_up(what: str, request: HttpRequest, has_session: bool) -> None:
    allowed = app_settings.searches_per_visitor_per_minute
    if not allowed:
        return
    proxies = app_settings.trusted_proxies
    if proxies is not None:
        _let_through(f"{what}ip", client_ip(request, proxies), allowed)
        return
    key, ip = _session_key(request) if has_session else None, client_ip(request, 0)
    # The visitor's own limit comes first: what it refuses does not count for the others behind the same address.
    # A buyer has something in the basket by now, so a session. All visitors without one share one visitor's limit.
    _let_through(f"{what}session" if key else f"{what}without session", key or ip, allowed)
    _let_through(f"{what}ip", ip, allowed * BUYERS_BEHIND_AN_IP)


def _let_through(kind: str, who: str, allowed: int) -> None:
    if _count(kind, who) > allowed:
        raise TooManySearches


def _session_key(request: HttpRequest) -> str | None:
    """Return the key of the visitor's session, None if there is no session or the key in the cookie is made up."""
    session = getattr(request, "session", None)
    if session is None:
        return None
    # Django drops a made-up key only when the session is read.
    session.get(USER_KEY)
    return cast("str | None", session.session_key)


def client_ip(request: HttpRequest, proxies: int) -> str:
    """Return the IP address that called the outermost of the shop's ``proxies``; of an IPv6 address its /64 network.

    X-Forwarded-For is read from the right, where the shop's own proxies write: a visitor can only add entries on the
    left. A request that did not come through all the proxies counts by the IP address that it came from.
    """
    header = request.headers.get("X-Forwarded-For", "")
    forwarded = [part.strip() for part in header.split(",") if part.strip()]
    peer = str(request.META.get("REMOTE_ADDR") or "")
    chain = [*forwarded, peer]
    ip = chain[-1 - proxies] if proxies < len(chain) else peer
    return _network(ip) or _network(peer)


def _network(ip: str) -> str:
    """Return an IP address without its port, an IPv6 one as its /64 network; ``""`` if it is not an IP address."""
    if match := WITH_PORT.fullmatch(ip):
        ip = match[1] or match[2]
    try:
        found = ip_address(ip)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(int(found) >> NETWORK_BITS)
    return str(found)


def _count(kind: str, who: str) -> int:
    """Count one more for ``who`` in this minute; the cache holds only a hash of an IP address or a session's key."""
    # In files and in a database every count renews how long the key is kept, so the minute is part of the key.
    minute = int(time.time()) // WINDOW_SECONDS
    key = own_key("fair use", str(minute), kind, who)
    return with_cache(lambda cache: _one_more(cache, key), 0)


def _one_more(cache: BaseCache, key: str) -> int:
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        # A cache that hides that it fails returns nothing.
        return cache.incr(key) or 0
    except ValueError:
        # The cache evicted the count since the line before.
        return 1
