"""One call: its deadline is kept whatever the peer does, its size is bounded, and it leads only where it may."""

import gzip
import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
import urllib3

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling import public_hosts
from deliver_to_po.canadapost.calling.transport import MAX_BODY_BYTES, MAX_REDIRECTS, Answer, Timeouts, Transport
from tests.canadapost.portal_requests import BASE, Peer, seconds_of, serve

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _then(first: bytes, then: Callable[[Peer], None]) -> Callable[[Peer], None]:
    def answer(peer: Peer) -> None:
        peer.send(first)
        then(peer)

    return answer


def _drip(content: bytes, every_seconds: float = 0.02) -> Callable[[Peer], None]:
    return lambda peer: peer.drip(content, every_seconds)


DRIPS: dict[str, Callable[[Peer], None]] = {
    "status line": _drip(b"H"),
    "headers": _then(HEAD, _drip(b"X-Header: more\r\n")),
    "informational answers": _drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "announced body": _then(HEAD + b"Content-Length: 100000\r\n\r\n", _drip(b" ")),
    "endless body": _then(HEAD + b"\r\n", _drip(b" ")),
    "chunked body": _then(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", _drip(b"1\r\n \r\n")),
    "silence": Peer.keep_silent,
    "half a body": _then(HEAD + b"Content-Length: 9\r\n\r\n[]", Peer.keep_silent),
}


def _transport(base_url: str, total: float = 0.4, **times: float) -> Transport:
    return Transport(base_url, Timeouts(times.get("connect", 2.0), times.get("read", 5.0), total))


def _call(transport: Transport, method: str = "GET", path: str = "/x", **request: Any) -> Answer:
    repeatable = method == "GET"
    return transport.call("test", method, transport.base_url + path, headers={}, repeatable=repeatable, **request)


@pytest.mark.parametrize("drip", DRIPS)
def test_the_deadline_is_kept_whatever_drips(drip: str) -> None:
    def call() -> None:
        with pytest.raises(errors.Unavailable):
            _call(_transport(base_url, 0.2))

    with serve(DRIPS[drip]) as base_url:
        assert seconds_of(call) < 4


@pytest.mark.parametrize("drip", DRIPS)
def test_what_was_sent_and_not_answered_in_time_has_an_unknown_outcome(drip: str) -> None:
    with serve(DRIPS[drip]) as base_url, pytest.raises(errors.UnknownOutcome):
        _call(_transport(base_url), "POST", json={})


def test_a_handshake_that_never_ends_is_kept_to_the_deadline() -> None:
    def call() -> None:
        with pytest.raises(errors.CanadaPostError):
            _call(_transport(base_url.replace("http:", "https:"), connect=5.0))

    # A TLS record that announces more than ever comes.
    with serve(_then(b"\x16\x03\x03\x40\x00\x02", _drip(b"\0"))) as base_url:
        assert seconds_of(call) < 4


def test_the_end_of_one_deadline_leaves_a_later_call_alone() -> None:
    reply = HEAD + b"Content-Length: 2\r\n\r\n[]"

    def answer(peer: Peer) -> None:
        while True:
            peer.send(reply)
            if not peer._connection.recv(65536):
                return

    with serve(answer) as base_url:
        transport = _transport(base_url, total=0.2)
        assert _call(transport).body == b"[]"
        threading.Event().wait(0.3)
        assert _call(transport).body == b"[]"


def test_a_body_that_is_too_long_is_not_read_to_its_end() -> None:
    def answer(peer: Peer) -> None:
        peer.send(HEAD + b"\r\n")
        for _ in range(4 * MAX_BODY_BYTES // 65536):
            peer.send(b" " * 65536)

    with serve(answer) as base_url, pytest.raises(errors.Unreadable, match="more than"):
        _call(_transport(base_url, total=5))


def test_a_small_packed_body_does_not_become_a_huge_one() -> None:
    bomb = gzip.compress(b" " * (50 * MAX_BODY_BYTES // 8))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with serve(lambda peer: peer.send(head + bomb)) as base_url, pytest.raises(errors.Unreadable, match="more than"):
        _call(_transport(base_url, total=10))


@pytest.mark.parametrize(
    ("encoding", "body", "error"),
    [
        ("gzip", gzip.compress(b"[]", mtime=0), None),
        ("identity", b"[]", None),
        ("gzip", gzip.compress(b"[]" * 999, mtime=0)[:-9], errors.Unavailable),
        ("gzip", b"not packed at all", errors.Unavailable),
        ("br", b"[]", errors.Unreadable),
    ],
)
def test_only_what_was_asked_for_is_unpacked(encoding: str, body: bytes, error: type[Exception] | None) -> None:
    head = HEAD + f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serve(lambda peer: peer.send(head + body)) as base_url:
        if error is None:
            assert _call(_transport(base_url, total=5)).body == b"[]"
        else:
            with pytest.raises(error):
                _call(_transport(base_url, total=5))


@pytest.mark.parametrize(
    "reply", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n"]
)
def test_what_is_no_http_is_a_typed_error(reply: bytes) -> None:
    with serve(lambda peer: peer.send(reply)) as base_url:
        with pytest.raises(errors.Unavailable):
            _call(_transport(base_url, total=3))
        with pytest.raises(errors.UnknownOutcome):
            _call(_transport(base_url, total=3), "POST", json={})


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (BASE + "/shipping/v1/1", True),
        ("https://CANADA-POST.test:443/prod/portal/x", True),
        (BASE, False),
        (BASE + "elsewhere", False),
        (BASE + "/../../admin", False),
        (BASE + "/%2e%2E/%2e%2e/admin", False),
        (BASE + "/..\\admin", False),
        ("http://canada-post.test/prod/portal/x", False),
        ("https://canada-post.test:8443/prod/portal/x", False),
        ("https://canada-post.test@evil.test/prod/portal/x", False),
        ("https://user@canada-post.test/prod/portal/x", False),
        ("https://evil.test/prod/portal/x", False),
        ("//evil.test/prod/portal/x", False),
        ("https://[canada-post.test/prod/portal/x", False),
        ("https://canada-post.test:99999/prod/portal/x", False),
        (BASE + "/a\r\nHost: evil", False),
        (BASE + "/\ud800", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_a_link_is_followed_only_to_our_host_and_path(url: str, ours: bool) -> None:
    assert Transport(BASE, Timeouts(1, 1, 1)).owns(url) is ours


@responses.activate
def test_a_redirect_elsewhere_carries_no_credentials() -> None:
    responses.get(BASE + "/x", status=302, headers={"Location": "https://files.test/label.pdf"})
    responses.get("https://files.test/label.pdf", body=b"%PDF")
    transport = Transport(BASE, Timeouts(1, 1, 5))
    headers = {"Authorization": "Bearer canary", "Accept": "application/pdf", "Accept-Language": "en-CA"}
    answer = transport.call(
        "label", "GET", BASE + "/x", headers=headers, repeatable=True, params={"city": "Canary"}, document=True
    )
    sent = responses.calls[1].request
    assert answer.body == b"%PDF"
    assert "Authorization" not in sent.headers
    assert "Canary" not in str(sent.url)
    assert sent.headers["Accept"] == "application/pdf"


@responses.activate
def test_credentials_that_were_left_behind_do_not_come_back_on_the_way_home() -> None:
    responses.get(BASE + "/x", status=302, headers={"Location": "https://files.test/1"})
    responses.get("https://files.test/1", status=302, headers={"Location": BASE + "/y"})
    responses.get(BASE + "/y", body=b"%PDF")
    headers = {"Authorization": "Bearer canary", "Accept": "application/pdf"}
    transport = Transport(BASE, Timeouts(1, 1, 5))
    transport.call("label", "GET", BASE + "/x", headers=headers, repeatable=True, document=True)
    assert ["Authorization" in call.request.headers for call in responses.calls] == [True, False, False]


ELSEWHERE = [
    "https://files.test/label.pdf",
    "https://files.test/prod/portal/y",
    "https://canada-post.test/elsewhere",
    "https://canada-post.test:8443/prod/portal/y",
    "//files.test/y",
    "../../elsewhere",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@responses.activate
def test_only_a_document_is_followed_away_from_our_host_and_path(target: str) -> None:
    responses.get(BASE + "/x", status=302, headers={"Location": target})
    with pytest.raises(errors.Unavailable, match="away from"):
        _call(Transport(BASE, Timeouts(1, 1, 5)))
    assert len(responses.calls) == 1


PRIVATE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:192.168.0.1]", "[fd00::1]", "[fe80::1%25eth0]"]
# For the library that makes the calls the host ends at the backslash.
PRIVATE += ["10.1.2.3\\@198.41.0.4", "10.1.2.3\\.files.test"]


def document_by_way_of(base: str, target: str) -> errors.Unavailable | None:
    responses.get(base + "/x", status=302, headers={"Location": target})
    responses.get(target, body=b"%PDF")
    try:
        _call(Transport(base, Timeouts(1, 1, 5)), document=True)
    except errors.Unavailable as error:
        return error
    return None


@pytest.mark.parametrize("host", PRIVATE)
@responses.activate
def test_a_document_is_not_followed_into_our_own_network(host: str) -> None:
    refused = document_by_way_of(BASE, f"https://{host}/label.pdf")
    assert "private address" in str(refused)
    assert len(responses.calls) == 1


@responses.activate
def test_a_name_that_leads_into_our_own_network_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"files.test": "10.1.2.3"}
    monkeypatch.setattr(public_hosts, "_addresses", lambda host: [found[host]] if host in found else [])
    assert "private address" in str(document_by_way_of(BASE, "https://files.test/label.pdf"))


@pytest.mark.parametrize(
    ("base", "target"),
    [(BASE, "https://198.41.0.4/label.pdf"), ("http://127.0.0.1:8200/prod", "http://127.0.0.1:8300/label.pdf")],
)
@responses.activate
def test_a_public_address_is_followed_and_an_emulators_own_machine(base: str, target: str) -> None:
    assert document_by_way_of(base, target) is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@responses.activate
def test_a_redirect_within_our_path_keeps_them(status: int) -> None:
    responses.get(BASE + "/x", status=status, headers={"Location": "y"})
    responses.get(BASE + "/y", body=b"[]")
    Transport(BASE, Timeouts(1, 1, 5)).call(
        "test", "GET", BASE + "/x", headers={"Authorization": "Bearer t"}, repeatable=True
    )
    assert responses.calls[1].request.headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize("document", [True, False])
@pytest.mark.parametrize("target", ["http://canada-post.test/prod/portal/y", "ftp://x/", "https://[bad", BASE + "/x"])
@responses.activate
def test_a_redirect_to_plain_http_to_nowhere_or_in_circles_is_not_followed(target: str, document: bool) -> None:
    responses.get(BASE + "/x", status=302, headers={"Location": target})
    with pytest.raises(errors.Unavailable):
        _call(Transport(BASE, Timeouts(1, 1, 5)), document=document)
    assert len(responses.calls) <= MAX_REDIRECTS + 1
    assert all(str(call.request.url).startswith(BASE + "/x") for call in responses.calls)


@responses.activate
def test_a_redirect_of_a_create_is_never_followed() -> None:
    responses.post(BASE + "/x", status=307, headers={"Location": BASE + "/y"})
    assert _call(Transport(BASE, Timeouts(1, 1, 5)), "POST", json={}).status == 307


def _wrapped(reason: Exception) -> requests.ConnectionError:
    """Return an error as requests raises it for a ``reason`` of urllib3's."""
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/x", reason))  # type: ignore[arg-type]


NEVER_SENT: dict[str, Exception] = {
    "connect timeout": requests.ConnectTimeout(),
    "connect timeout of urllib3": urllib3.exceptions.ConnectTimeoutError(),
    "connect timeout within": _wrapped(urllib3.exceptions.ConnectTimeoutError()),
    "no connection": urllib3.exceptions.NewConnectionError(None, "refused"),  # type: ignore[arg-type]
    "no connection within": _wrapped(urllib3.exceptions.NewConnectionError(None, "refused")),  # type: ignore[arg-type]
    "unknown name": _wrapped(
        urllib3.exceptions.NameResolutionError("x.test", None, socket.gaierror("unknown"))  # type: ignore[arg-type]
    ),
    "no address": requests.exceptions.InvalidURL(),
    "a header that cannot be sent": UnicodeEncodeError("latin-1", "é", 0, 1, "no"),
    "an untrusted certificate": _wrapped(urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed"))),
}
PERHAPS_DONE: dict[str, Exception] = {
    "read timeout": requests.ReadTimeout(),
    "reset": requests.ConnectionError(
        urllib3.exceptions.ProtocolError("aborted", http.client.RemoteDisconnected("closed"))
    ),
    "reset within": _wrapped(urllib3.exceptions.ProtocolError("aborted", ConnectionResetError())),
    "bare": requests.ConnectionError(),
    "broken chunks": requests.exceptions.ChunkedEncodingError(),
    "TLS trouble": _wrapped(urllib3.exceptions.SSLError(ssl.SSLError("bad record"))),
    "TLS trouble without a word": _wrapped(urllib3.exceptions.SSLError()),
    "operating system": OSError(),
    "unpacking": zlib.error(),
}


@pytest.mark.parametrize("trouble", NEVER_SENT)
@responses.activate
def test_before_anything_was_sent_certainly_nothing_was_made(trouble: str) -> None:
    responses.post(BASE + "/x", body=NEVER_SENT[trouble])
    with pytest.raises(errors.Unavailable):
        _call(Transport(BASE, Timeouts(1, 1, 5)), "POST", json={})


@pytest.mark.parametrize("trouble", PERHAPS_DONE)
@responses.activate
def test_once_something_was_sent_the_outcome_of_a_deed_is_unknown(trouble: str) -> None:
    responses.post(BASE + "/x", body=PERHAPS_DONE[trouble])
    responses.get(BASE + "/x", body=PERHAPS_DONE[trouble])
    transport = Transport(BASE, Timeouts(1, 1, 5))
    with pytest.raises(errors.UnknownOutcome):
        _call(transport, "POST", json={})
    with pytest.raises(errors.Unavailable):
        _call(transport)


def test_a_connection_that_is_refused_certainly_made_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(errors.Unavailable, match="no connection"):
        _call(_transport(f"http://127.0.0.1:{port}", total=5), "POST", json={})


def test_a_deadline_that_has_passed_before_the_call_made_nothing() -> None:
    with pytest.raises(errors.Unavailable, match="deadline"):
        _call(_transport("http://127.0.0.1:9", total=0), "POST", json={})


def test_an_answer_shows_neither_its_headers_nor_its_body() -> None:
    shown = f"{Answer(200, {'X-Canary': 'canary'}, b'canary')!r} {Answer(200, {'X-Canary': 'canary'}, b'canary')}"
    assert "canary" not in shown.lower()
    assert "200" in shown


@pytest.mark.parametrize(
    ("header", "media_type"),
    [("application/PDF; charset=x", "application/pdf"), (" text/html ", "text/html"), ("", "")],
)
def test_a_media_type_is_read_without_its_parameters(header: str, media_type: str) -> None:
    assert Answer(200, {"Content-Type": header}, b"").media_type == media_type
    assert Answer(200, {}, b"").media_type == ""


def test_a_shorter_deadline_shortens_every_time_out_and_a_longer_one_nothing() -> None:
    transport = Transport(BASE, Timeouts(connect=3, read=5, total=10))
    assert transport.within(4).timeouts == Timeouts(3, 4, 4)
    assert transport.within(2).timeouts == Timeouts(2, 2, 2)
    assert transport.within(None) is transport.within(10) is transport.within(20) is transport
    assert transport.within(2).base_url == BASE


@responses.activate
def test_every_call_has_time_outs_that_the_deadline_bounds() -> None:
    responses.get(BASE + "/x", body=b"[]")
    _call(Transport(BASE, Timeouts(connect=3, read=9, total=5)))
    connect, read = responses.calls[0].request.req_kwargs["timeout"]  # type: ignore[attr-defined]
    assert connect == 3
    assert 4 < read <= 5
