"""Connections: whichever address answers within one time-out, verified, and silent about what they carry."""

import logging
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling import connections
from deliver_to_po.canadapost.calling.connections import connect
from deliver_to_po.canadapost.calling.deadline import Deadline, OutOfTime
from deliver_to_po.canadapost.calling.transport import Answer, Timeouts, Transport
from tests.canadapost.portal_requests import BASE, seconds_of, serve

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
ADDRESS = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 443))


def _transport(base_url: str, total: float = 5.0, connect: float = 2.0) -> Transport:
    return Transport(base_url, Timeouts(connect, 5.0, total))


def _call(transport: Transport, method: str = "GET") -> Answer:
    url = transport.base_url + "/x"
    return transport.call("test", method, url, headers={}, repeatable=method == "GET")


class _Connection:
    """As much of urllib3's connection as connecting needs."""

    timeout = 3.0
    host = _dns_host = "many.test"
    port = 443
    socket_options = None


def test_many_dead_addresses_share_one_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    shares: list[float] = []

    def open_nothing(_connection: object, _address: object, seconds: float) -> socket.socket:
        shares.append(seconds)
        now[0] += seconds
        raise TimeoutError

    monkeypatch.setattr(connections, "_resolve", lambda *_: [ADDRESS] * 6)
    monkeypatch.setattr(connections, "_open", open_nothing)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with pytest.raises(ConnectTimeoutError):
        connect(_Connection())  # type: ignore[arg-type]
    assert len(shares) == 6
    assert sum(shares) == pytest.approx(3.0)


def test_an_address_that_leads_nowhere_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda peer: peer.send(REPLY)) as base_url:
        port = int(base_url.rpartition(":")[2])
        real = connections._open

        def open_second(connection: Any, address: Any, seconds: float) -> socket.socket:
            if address[4][0] == "::1":
                raise TimeoutError
            return real(connection, address, seconds)

        found = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))]
        found += [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]  # type: ignore[list-item]
        monkeypatch.setattr(connections, "_resolve", lambda *_: found)
        monkeypatch.setattr(connections, "_open", open_second)
        assert _call(_transport(base_url)).status == 200


def test_a_name_that_is_not_looked_up_in_time_means_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: done.wait(5))

    def call() -> None:
        with pytest.raises(errors.Unavailable):
            _call(_transport("http://slow.test", total=2, connect=0.2), "POST")

    assert seconds_of(call) < 4
    done.set()


@pytest.mark.parametrize(
    ("refusals", "error"),
    [
        ([ConnectionRefusedError(), OSError()], NewConnectionError),
        ([TimeoutError(), ConnectionRefusedError()], NewConnectionError),
        ([ConnectionRefusedError(), TimeoutError()], ConnectTimeoutError),
        ([], ConnectTimeoutError),
    ],
)
def test_without_any_connection_the_last_address_says_why(
    monkeypatch: pytest.MonkeyPatch, refusals: list[OSError], error: type[Exception]
) -> None:
    def refuse(*_: object) -> socket.socket:
        raise left.pop(0)

    left = list(refusals)
    monkeypatch.setattr(connections, "_resolve", lambda *_: [ADDRESS] * len(refusals))
    monkeypatch.setattr(connections, "_open", refuse)
    with pytest.raises(error) as caught:
        connect(_Connection())  # type: ignore[arg-type]
    assert type(caught.value) is error
    assert left == []


def test_connecting_takes_no_longer_than_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []

    def open_nothing(_connection: object, _address: object, seconds: float) -> socket.socket:
        shares.append(seconds)
        raise ConnectionRefusedError

    monkeypatch.setattr(connections, "_resolve", lambda *_: [ADDRESS])
    monkeypatch.setattr(connections, "_open", open_nothing)
    with pytest.raises(NewConnectionError), Deadline(0.5):
        connect(_Connection())  # type: ignore[arg-type]
    with pytest.raises(NewConnectionError):
        connect(_Connection())  # type: ignore[arg-type]
    assert 0 < shares[0] <= 0.5
    assert 2.5 < shares[1] <= 3.0


@pytest.mark.parametrize("trouble", [socket.gaierror("unknown"), UnicodeError("too long")])
def test_a_name_that_is_unknown_means_nothing_was_sent(monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    def look_up(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(NameResolutionError):
        connect(_Connection())  # type: ignore[arg-type]
    with pytest.raises(errors.Unavailable):
        _call(_transport("http://unknown.test"), "POST")


def test_an_address_that_cannot_be_connected_to_has_its_time_and_leaves_no_socket_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[socket.socket, float | None]] = []

    class Refusing(socket.socket):
        def connect(self, _address: Any) -> None:
            made.append((self, self.gettimeout()))
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(ConnectionRefusedError):
        connections._open(_Connection(), ADDRESS, 1.0)  # type: ignore[arg-type]
    assert [(one.fileno(), seconds) for one, seconds in made] == [(-1, 1.0)]


def test_a_connection_that_comes_too_late_is_closed_and_not_used() -> None:
    late = socket.socket()
    with pytest.raises(OutOfTime), Deadline(0):
        connections._hold_new(late)
    assert late.fileno() == -1
    with socket.socket() as free:
        assert connections._hold_new(free) is free
        assert free.fileno() != -1


def test_what_urllib3_logs_of_our_calls_is_dropped_and_what_others_log_is_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "urllib3.connectionpool")
    log = logging.getLogger("urllib3.connectionpool")
    log.debug("of another library")
    with Deadline(5):
        log.debug("of ours")
    assert caplog.messages == ["of another library"]


def test_tls_is_always_verified_and_the_credentials_are_the_shops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine canada-post.test login somebody password else")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    http = connections.session()
    assert (
        http.prepare_request(requests.Request("GET", "https://canada-post.test/x")).headers.get("Authorization") is None
    )
    assert http.merge_environment_settings("https://canada-post.test/x", {}, None, None, None)["verify"] is True


def test_https_goes_through_the_machines_proxy_and_the_emulators_http_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "near.test")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/company.pem")
    http = connections.session()

    def settings(url: str) -> tuple[Any, Any]:
        found = http.merge_environment_settings(url, {}, None, None, None)
        return found["proxies"].get("https"), found["verify"]

    assert settings("https://canada-post.test/x") == ("http://127.0.0.1:9", "/etc/company.pem")
    assert settings("https://near.test/x") == (None, "/etc/company.pem")
    assert settings("http://127.0.0.1:8080/x") == (None, True)


def test_nothing_was_sent_where_a_proxy_lets_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda peer: peer.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(errors.Unavailable, match="no connection"):
            _call(_transport("https://canada-post.test"), "POST")


def test_what_is_shown_here_over_http_holds_over_https() -> None:
    made = connections.session()
    assert made.get_adapter("https://canada-post.test/") is made.get_adapter("http://canada-post.test/")


@responses.activate
def test_cookies_are_not_kept() -> None:
    responses.get(BASE + "/x", body=b"[]", headers={"Set-Cookie": "a=b; Path=/"})
    transport = _transport(BASE)
    _call(transport)
    _call(transport)
    assert "Cookie" not in responses.calls[1].request.headers
