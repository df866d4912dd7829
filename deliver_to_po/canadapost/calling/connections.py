"""Pooled connections that keep to the deadline of their operation, and log nothing about what they carry."""

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeAlias

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from deliver_to_po.canadapost.calling.deadline import Deadline, OutOfTime

# What socket.getaddrinfo returns.
Address: TypeAlias = tuple[Any, Any, int, str, Any]


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None: the transport follows redirects itself, and requests would fail on a malformed one."""
        return None

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Let https go through the machine's proxy, and trust the certificates that the machine names."""
        if str(url).startswith("https:"):
            proxies, verify = get_environ_proxies(url), os.environ.get("REQUESTS_CA_BUNDLE") or verify
        return super().merge_environment_settings(url, proxies, stream, verify, cert)


def session() -> requests.Session:
    """Return a session with pooled connections that verifies TLS and keeps no cookies."""
    made = _Session()
    # What .netrc holds would take the place of our credentials.
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(pool_connections=4, pool_maxsize=16, max_retries=0)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


def connect(connection: HTTPConnection) -> socket.socket:
    """Return a connected socket within the connection's time-out, however many addresses the name has.

    Each address gets an equal share of the time that is left, so that IPv4 is still tried where IPv6 leads nowhere.
    Raises what urllib3 raises.
    """
    ends_at = time.monotonic() + _connect_seconds(connection)
    addresses = _resolve(connection, ends_at)
    refused: OSError | None = None
    for place, address in enumerate(addresses):
        share = (ends_at - time.monotonic()) / (len(addresses) - place)
        if share <= 0:
            break
        try:
            return _open(connection, address, share)
        except OSError as error:
            refused = error
    if refused is not None and not isinstance(refused, TimeoutError):
        raise NewConnectionError(connection, "no connection")
    raise ConnectTimeoutError(connection, "no connection in time")


def _connect_seconds(connection: HTTPConnection) -> float:
    deadline = Deadline.current()
    allowed = connection.timeout if isinstance(connection.timeout, int | float) else 10.0
    return allowed if deadline is None else min(allowed, deadline.left)


def _resolve(connection: HTTPConnection, ends_at: float) -> Sequence[Address]:
    """Return the addresses of the host. The look-up has no time-out of its own, so it runs in a thread."""
    answers: queue.SimpleQueue[Sequence[Address] | OSError] = queue.SimpleQueue()
    # urllib3 stores the name to look up apart from the name it displays.
    host, port = connection._dns_host.strip("[]"), connection.port

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError("no host name"))

    threading.Thread(target=look_up, daemon=True, name="look up Canada Post").start()
    try:
        found = answers.get(timeout=max(ends_at - time.monotonic(), 0.001))
    except queue.Empty:
        raise ConnectTimeoutError(connection, "the name was not looked up in time") from None
    if isinstance(found, OSError):
        raise NameResolutionError(connection.host, connection, socket.gaierror("unknown name"))
    return found


def _open(connection: HTTPConnection, address: Address, seconds: float) -> socket.socket:
    family, kind, protocol, _, where = address
    made = socket.socket(family, kind, protocol)
    try:
        for option in connection.socket_options or ():
            made.setsockopt(*option)
        made.settimeout(seconds)
        made.connect(where)
    except BaseException:
        made.close()
        raise
    return made


class _Kept(HTTPConnection):
    """A connection that the current deadline can end: while it opens, sends and reads."""

    def _new_conn(self) -> socket.socket:
        return _hold_new(connect(self))

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            _hold(self.sock)
        super().request(*args, **kwargs)


class _KeptTls(_Kept, HTTPSConnection):
    """The same over TLS."""


def _hold_new(connected: socket.socket) -> socket.socket:
    try:
        _hold(connected)
    except OutOfTime:
        connected.close()
        raise
    return connected


def _hold(connected: socket.socket) -> None:
    deadline = Deadline.current()
    if deadline is not None:
        deadline.hold(connected)


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Kept


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _KeptTls


POOLS = {"http": _HttpPool, "https": _HttpsPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


def _not_ours(_record: logging.LogRecord) -> bool:
    """Drop what urllib3 logs about our calls: at DEBUG that is each URL, with the street that was searched for."""
    return Deadline.current() is None


logging.getLogger("urllib3.connectionpool").addFilter(_not_ours)
