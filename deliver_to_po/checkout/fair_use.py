"""Fair use: how often one visitor may make Canada Post be asked, also behind a shop's proxy."""

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
# Where nobody has said how many proxies there are, an address may be a proxy with many buyers behind it. All of them
# together stay below what Canada Post allows the shop.
BUYERS_BEHIND_AN_ADDRESS = 5
NETWORK_BITS = 64
# Some proxies write the port as well.
WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+")


def count_question(request: HttpRequest) -> None:
    """Count a question that Canada Post may have to be asked; raises TooManySearches above SEARCHES_PER_MINUTE.

    What the cache answers costs nothing and is not counted. While the cache fails nothing is: the throttle still is.
    """
    allowed = app_settings.searches_per_minute
    if not allowed:
        return
    proxies = app_settings.trusted_proxies
    if proxies is not None:
        counts = [_count("address", address_behind(request, proxies)) <= allowed]
    else:
        key = _session_key(request)
        address = address_behind(request, 0)
        counts = [_count("address", address) <= allowed * BUYERS_BEHIND_AN_ADDRESS]
        # A buyer has a session by now: there is something in the basket. Who has none shares what one visitor may.
        counts += [_count("session", key) <= allowed if key else _count("without session", address) <= allowed]
    if not all(counts):
        raise TooManySearches


def _session_key(request: HttpRequest) -> str | None:
    """Return the key of the visitor's session, None where there is none or a made-up key names none."""
    session = getattr(request, "session", None)
    if session is None:
        return None
    # Only reading it tells whether there is one.
    session.get(SESSION_KEY)
    return cast("str | None", session.session_key)


def address_behind(request: HttpRequest, proxies: int) -> str:
    """Return the address that the outermost of ``proxies`` was called from; an IPv6 one as its network of 64 bits.

    Only what the shop's own proxies wrote counts: what a visitor wrote into the header stands left of it. A request
    that came past the proxies is taken by the address that it came from.
    """
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    peer = str(request.META.get("REMOTE_ADDR") or "")
    chain = [*told, peer]
    address = chain[-1 - proxies] if proxies < len(chain) else peer
    return _network(address) or _network(peer)


def _network(address: str) -> str:
    if match := WITH_PORT.fullmatch(address):
        address = match[1] or match[2]
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(int(found) >> NETWORK_BITS)
    return str(found)


def _count(kind: str, who: str | None) -> int:
    """Count one more for ``who`` in this minute; the cache never holds an address or a session's key as it is."""
    digest = salted_hmac("deliver_to_po.fair_use", f"{kind} {who}", algorithm="sha256").hexdigest()[:32]
    key = f"deliver_to_po.fair_use.{digest}"
    return attempt(lambda cache: _one_more(cache, key), 0)


def _one_more(cache: BaseCache, key: str) -> int:
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:
        # The window ended, or the cache let go of it, in between.
        return 1
