"""One HTTP call to Canada Post: within its deadline, up to a size, following redirects only where they may lead."""

import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests
import urllib3

from deliver_to_po.canadapost.calling.connections import session
from deliver_to_po.canadapost.calling.deadline import Deadline, OutOfTime
from deliver_to_po.canadapost.calling.public_hosts import leads_inside
from deliver_to_po.canadapost.errors import Unavailable, UnknownOutcome, Unreadable

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_REDIRECTS = 3
WITHOUT_CREDENTIALS = ("Accept", "Accept-Encoding")
REDIRECTS = (301, 302, 303, 307, 308)
DEFAULT_PORTS = {"http": 80, "https": 443}
_CHUNK_BYTES = 64 * 1024

CATCHABLE = (requests.RequestException, urllib3.exceptions.HTTPError, OutOfTime, OSError, UnicodeError, zlib.error)
BEFORE_SENDING = (
    OutOfTime,
    UnicodeError,
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.ProxyError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NewConnectionError,
)


class Timeouts(NamedTuple):
    """Seconds to connect, to wait for more bytes, and in all for one operation of the client."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True)
class Answer:
    """What Canada Post answered: the status, the headers and the whole body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """Return the media type without parameters, in lower case."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Transport:
    """Sends calls below one base URL. Never logs, and never puts a URL, header or body into an error."""

    def __init__(self, base_url: str, timeouts: Timeouts, *, http: requests.Session | None = None):
        self.base_url = base_url.rstrip("/")
        self.timeouts = timeouts
        self._http = http or session()

    def within(self, total_seconds: float | None) -> "Transport":
        if total_seconds is None or total_seconds >= self.timeouts.total:
            return self
        times = self.timeouts
        shorter = Timeouts(min(times.connect, total_seconds), min(times.read, total_seconds), total_seconds)
        return Transport(self.base_url, shorter, http=self._http)

    def budget(self) -> Deadline:
        """Return the deadline of an operation, for a ``with``: every call inside shares it."""
        return Deadline(self.timeouts.total)

    def owns(self, url: str) -> bool:
        """Say whether ``url`` lies on the configured host and below the configured path."""
        ours, theirs = urlsplit(self.base_url), _split(url)
        return (
            theirs is not None
            and _origin(theirs) == _origin(ours)
            and "@" not in theirs.netloc
            and theirs.path.startswith(ours.path.rstrip("/") + "/")
            # Dots could lead out of the path again.
            and not {".", ".."} & set(unquote(theirs.path).replace("\\", "/").split("/"))
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
        body: bytes | None = None,
        document: bool = False,
    ) -> Answer:
        """Send one call and return the whole answer, whatever its status.

        Redirects are followed for GET only and never from https to http. A redirect away from the configured host
        and path is followed only to a ``document`` (a label, a manifest), without credentials, and to no private
        address unless the configured host has one, as the emulator's. Raises Unavailable when nothing was sent or when
        ``repeatable``, UnknownOutcome when something may have been done, and Unreadable for an answer that is too
        long. Unavailable has a status when an answer came: a redirect that is not followed.
        """
        with self.budget() as deadline, _typed_errors(operation, deadline, repeatable):
            request = {"params": params, "json": json, "data": body if form is None else form}
            sent_headers = {**headers, "Accept-Encoding": "gzip"}
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._send(operation, method, url, sent_headers, deadline, request)
                target = answer.headers.get("Location", "")
                if method != "GET" or answer.status not in REDIRECTS or not target:
                    return answer
                url, request = _next(operation, answer.status, url, target), {}
                if not self.owns(url):
                    if not document:
                        why = "a redirect away from the configured host and path"
                        raise Unavailable(operation, status=answer.status, why=why)
                    if leads_inside(url) and not leads_inside(self.base_url):
                        raise Unavailable(operation, status=answer.status, why="a redirect to a private address")
                    sent_headers = {key: sent_headers.get(key, "*/*") for key in WITHOUT_CREDENTIALS}
            raise Unavailable(operation, status=answer.status, why="too many redirects")

    def _send(
        self,
        operation: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        deadline: Deadline,
        request: Mapping[str, Any],
    ) -> Answer:
        # Asked once: nobody takes a time-out of 0, which it may be a moment later.
        left = deadline.check()
        response = self._http.request(
            method,
            url,
            headers=headers,
            timeout=(min(self.timeouts.connect, left), min(self.timeouts.read, left)),
            allow_redirects=False,
            stream=True,
            **request,
        )
        with response:
            body = _read(operation, response)
        if deadline.passed:
            # When the deadline shuts the socket down, a body without an announced length seems to have ended.
            raise requests.Timeout
        return Answer(response.status_code, response.headers, body)


def _split(url: str) -> SplitResult | None:
    if not url.isascii() or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)


def _next(operation: str, status: int, url: str, target: str) -> str:
    try:
        # For the library that makes the calls a backslash is a slash, and for urlsplit a letter.
        found = urlsplit(urljoin(url, target.replace("\\", "/")))
    except ValueError:
        raise Unavailable(operation, status=status, why="a redirect to no address") from None
    if found.scheme != "https" and found.scheme != urlsplit(url).scheme:
        raise Unavailable(operation, status=status, why="a redirect away from https")
    return found.geturl()


def _read(operation: str, response: requests.Response) -> bytes:
    """Return the whole body, decompressed piece by piece so that a small one cannot become a huge one."""
    body = bytearray()
    packed = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip", ""):
        raise Unreadable(operation, status=response.status_code, why="packed in a way that was not asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed == "gzip" else None
    for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
        body += unpacker.decompress(chunk, MAX_BODY_BYTES + 1 - len(body)) if unpacker else chunk
        if len(body) > MAX_BODY_BYTES:
            raise Unreadable(operation, status=response.status_code, why=f"more than {MAX_BODY_BYTES} bytes")
    if unpacker and body and not unpacker.eof:
        raise urllib3.exceptions.ProtocolError("the packed body ends early")
    return bytes(body)


@contextmanager
def _typed_errors(operation: str, deadline: Deadline, repeatable: bool) -> Iterator[None]:
    try:
        yield
    except CATCHABLE as error:
        why = "no answer within the deadline" if deadline.passed or isinstance(error, OutOfTime) else _kind(error)
        if repeatable or nothing_was_sent(error):
            raise Unavailable(operation, why=why) from None
        raise UnknownOutcome(operation, why=why) from None


def _kind(error: Exception) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    return "no connection" if nothing_was_sent(error) else "connection lost"


def nothing_was_sent(error: BaseException) -> bool:
    """Say whether ``error`` came before any byte of the request was sent: no connection, or none that is trusted."""
    if isinstance(error, BEFORE_SENDING):
        return True
    cause: Any = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, urllib3.exceptions.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, BEFORE_SENDING)
