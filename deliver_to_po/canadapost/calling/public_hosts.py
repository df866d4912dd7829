"""Whether an address leads to a host of this machine or its network, where an answer from outside must not send us."""

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit


def leads_inside(url: str) -> bool:
    """Say whether the host of ``url`` has any address that is not public. One without an address cannot be reached."""
    return any(
        not _is_public(ip_address(text)) for text in _addresses((urlsplit(url).hostname or "").partition("%")[0])
    )


def _addresses(host: str) -> list[str]:
    with suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        # An address within one network may end with that network's name.
        return [str(where[0]).partition("%")[0] for *_kind, where in found]
    return []


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    within = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return bool(within.is_global and not within.is_multicast)
