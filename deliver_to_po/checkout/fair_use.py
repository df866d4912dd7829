"""Fair use: how often one visitor may make Canada Post be asked, also behind a shop's proxy."""

import re
from ipaddress import IPv6Address, ip_address

from django.core.cache import BaseCache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from deliver_to_po.conf import app_settings
from deliver_to_po.errors import TooManySearches
from deliver_to_po.offices.cache import attempt

WINDOW_SECONDS = 60
# Where nobody has said how many proxies there are, an address may be a proxy with many buyers behind it.
BUYERS_BEHIND_AN_ADDRESS = 10
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
        session = getattr(request, "session", None)
        key = session.session_key if session is not None else None
        counts = [_count("address", address_behind(request, 0)) <= allowed * BUYERS_BEHIND_AN_ADDRESS]
        counts += [_count("session", key) <= allowed] if key else []
    if not all(counts):
        raise TooManySearches


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
