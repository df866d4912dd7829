"""One HTTP call to Canada Post: connect, read and total deadlines, a size cap, links kept to the configured host."""

import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from deliver_to_po.canadapost.errors import Unavailable, UnknownOutcome, Unreadable

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, between two reads, and in all."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """Return the media type without parameters, in lower case."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Deadline:
    """Ends a call at its total deadline by shutting its socket down, whatever the peer still drips."""

    _current = threading.local()

    def __init__(self, seconds: float):
        self.ends_at = time.monotonic() + seconds
        self.passed = False
        self._connection: HTTPConnection | None = None
        self._timer = threading.Timer(max(seconds, 0), self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        Deadline._current.value = self
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._connection = None
        Deadline._current.value = None

    @classmethod
    def watch(cls, connection: HTTPConnection) -> None:
        """Let the deadline of this thread's call, if any, end this connection."""
        deadline = getattr(cls._current, "value", None)
        if deadline is not None:
            deadline._connection = connection

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return self.ends_at - time.monotonic()

    def _end(self) -> None:
        self.passed = True
        connection = self._connection
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.shutdown(2)
            except OSError:
                connection.close()


class _Watched(HTTPConnection):
    def getresponse(self) -> Any:
        Deadline.watch(self)
        return super().getresponse()


class _WatchedTls(HTTPSConnection):
    def getresponse(self) -> Any:
        Deadline.watch(self)
        return super().getresponse()


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class _WatchedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


def session() -> requests.Session:
    """Return a session with pooled connections that verifies TLS and takes nothing from the environment."""
    made = requests.Session()
    made.trust_env = False
    adapter = _WatchedAdapter(pool_connections=4, pool_maxsize=16, max_retries=0)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


class Transport:
    """Sends calls below one base URL. Never logs, and never puts a URL, header or body into an error."""

    def __init__(self, base_url: str, timeouts: Timeouts, *, http: requests.Session | None = None):
        self.base_url = base_url.rstrip("/")
        self.timeouts = timeouts
        self._http = http or session()

    def within(self, total_seconds: float | None) -> "Transport":
        """Return the same transport with a shorter total deadline."""
        if total_seconds is None or total_seconds >= self.timeouts.total:
            return self
        times = self.timeouts
        shorter = Timeouts(min(times.connect, total_seconds), min(times.read, total_seconds), total_seconds)
        return Transport(self.base_url, shorter, http=self._http)

    def owns(self, url: str) -> bool:
        """Say whether ``url`` lies on the configured host and below the configured path."""
        ours, theirs = urlsplit(self.base_url), urlsplit(url)
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc) and theirs.path.startswith(
            ours.path.rstrip("/") + "/"
        )

    def call(
        self,
        operation: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        repeatable: bool,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one call and return the whole answer, whatever its status.

        Redirects are followed for GET only, and without credentials when they lead to another host. Raises
        Unavailable when nothing was sent or when ``repeatable``, UnknownOutcome when something may have been done.
        """
        with Deadline(self.timeouts.total) as deadline, _typed(operation, deadline, repeatable):
            request = {"params": params, "json": json, "data": form}
            sent_headers = dict(headers)
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._send(operation, method, url, sent_headers, deadline, request)
                target = answer.headers.get("Location", "")
                if method != "GET" or answer.status not in (301, 302, 303, 307, 308) or not target:
                    return answer
                url, request = urljoin(url, target), {}
                if not self.owns(url):
                    sent_headers = {"Accept": sent_headers.get("Accept", "*/*")}
            raise Unavailable(operation, why="too many redirects")

    def _send(
        self,
        operation: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        deadline: Deadline,
        request: Mapping[str, Any],
    ) -> Answer:
        if deadline.left <= 0:
            raise requests.Timeout
        response = self._http.request(
            method,
            url,
            headers=headers,
            timeout=(min(self.timeouts.connect, deadline.left), min(self.timeouts.read, deadline.left)),
            allow_redirects=False,
            stream=True,
            **request,
        )
        with response:
            return Answer(response.status_code, response.headers, _read(operation, response))


def _read(operation: str, response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Unreadable(operation, status=response.status_code, why=f"more than {MAX_BODY_BYTES} bytes")
    return bytes(body)


@contextmanager
def _typed(operation: str, deadline: Deadline, repeatable: bool) -> Any:
    try:
        yield
    except requests.RequestException as error:
        why = "no answer within the deadline" if deadline.passed else _kind(error)
        if repeatable or _nothing_was_sent(error):
            raise Unavailable(operation, why=why) from None
        raise UnknownOutcome(operation, why=why) from None


def _kind(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    return "no connection" if _nothing_was_sent(error) else "connection lost"


def _nothing_was_sent(error: requests.RequestException) -> bool:
    """Say whether ``error`` came before a byte of the request left: there was no connection, or no trust in it."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    cause: Any = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, urllib3.exceptions.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
