"""Where an address leads: its host in one spelling, and whether that is this machine."""

from ipaddress import IPv4Address, IPv6Address
from socket import inet_aton
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the host that an address leads to, in one spelling: lower case, no final dot, IP addresses as usual.

    Returns ``""`` for an address without a host, and for one that two readers could take for two different hosts.
    """
    # A backslash ends the host for the library that makes the calls, and does not end it for urlsplit.
    if not url.isprintable() or " " in url or "\\" in url:
        return ""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _one_spelling(host)


def is_loopback(host: str | None) -> bool:
    """Say whether ``host``, in any spelling, is this machine: a name or address that never leaves it.

    ``0.0.0.0`` and ``::`` count, since a connection to them ends at this machine too.
    """
    name = _one_spelling(host or "")
    address = _ip_address(name)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return name == "localhost" or name.endswith(".localhost")


def _one_spelling(host: str) -> str:
    """Return a host name or address so that two that lead to the same place are equal."""
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        name = host
    name = name.rstrip(".").lower()
    return str(_ip_address(name) or name)


def _ip_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that ``host`` is written as, None when it is a name."""
    if host.split() != [host]:
        return None
    try:
        # The C library, which opens the connection, also takes 127.1, 0x7f.1 and 2130706433 for 127.0.0.1.
        return IPv4Address(inet_aton(host))
    except (OSError, ValueError):
        pass
    try:
        address = IPv6Address(host)
    except ValueError:
        return None
    return address.ipv4_mapped or address
