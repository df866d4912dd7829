"""Fair use: how often one visitor may make us ask Canada Post, also behind a shop's proxy."""

import re
from ipaddress import IPv6Address, ip_address
from typing import cast

from django.core.cache import BaseCache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import TooManySearches
from deliver_to_po.shared_cache import attempt

WINDOW_SECONDS = 60
# If TRUSTED_PROXIES is not set, an IP address may be that of a proxy with many buyers behind it. Together they may ask
# this many times as often as one of them, which stays below what Canada Post allows the shop.
BUYERS_BEHIND_AN_IP = 5
NETWORK_BITS = 64
# Far more than the proxies of any shop write at its end.
LONGEST_HEADER = 2000
# Some proxies write the port as well.
WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+")


def count_question(request: HttpRequest) -> None:
    """Count a question that Canada Post may have to be asked.

    Raises TooManySearches above SEARCHES_PER_VISITOR_PER_MINUTE. Call it only for what the cache cannot answer. If the
    cache is down we skip this limit; the throttle still applies.
    """
    _count_up("", request)


def count_draft(request: HttpRequest) -> None:
    """Count a draft that a visitor makes us store; raises TooManySearches above the same limit as for questions."""
    _count_up("draft ", request)


def _count_up(what: str, request: HttpRequest) -> None:
    allowed = app_settings.searches_per_visitor_per_minute
    if not allowed:
        return
    proxies = app_settings.trusted_proxies
    if proxies is not None:
        counts = [_count(f"{what}ip", client_ip(request, proxies)) <= allowed]
    else:
        key = _session_key(request)
        ip = client_ip(request, 0)
        counts = [_count(f"{what}ip", ip) <= allowed * BUYERS_BEHIND_AN_IP]
        # A buyer has something in the basket by now, so a session. All visitors without one share one visitor's limit.
        own = _count(f"{what}session", key) if key else _count(f"{what}without session", ip)
        counts.append(own <= allowed)
    if not all(counts):
        raise TooManySearches


def _session_key(request: HttpRequest) -> str | None:
    """Return the key of the visitor's session, None if there is no session or the key in the cookie is made up."""
    session = getattr(request, "session", None)
    if session is None:
        return None
    # Django drops a made-up key only when the session is read.
    session.get(SESSION_KEY)
    return cast("str | None", session.session_key)


def client_ip(request: HttpRequest, proxies: int) -> str:
    """Return the IP address that called the outermost of the shop's ``proxies``; of an IPv6 address its /64 network.

    X-Forwarded-For is read from the right, where the shop's own proxies write: a visitor can only add entries on the
    left. A request that did not come through all the proxies counts by the IP address that it came from.
    """
    header = request.headers.get("X-Forwarded-For", "")[-LONGEST_HEADER:]
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


def _count(kind: str, who: str | None) -> int:
    """Count one more for ``who`` in this minute; the cache holds only a hash of an IP address or a session's key."""
    digest = salted_hmac("deliver_to_po.fair_use", f"{kind} {who}", algorithm="sha256").hexdigest()[:32]
    key = f"deliver_to_po.fair_use.{digest}"
    return attempt(lambda cache: _one_more(cache, key), 0)


def _one_more(cache: BaseCache, key: str) -> int:
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:
        # The minute ended, or the cache evicted the count, since the line before.
        return 1
