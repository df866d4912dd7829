"""The portal's token: asked for once for everybody, renewed in time, and no trouble with it mistaken for an answer."""

import threading
from typing import Any

import pytest
import responses

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import NearPostalCode
from tests.canadapost.portal_requests import (
    BASE,
    TOKEN,
    TOKEN_URL,
    Clock,
    make_caller,
    make_client,
    make_tokens,
    seconds_of,
)
from tests.factories import make_request

OFFICES = BASE + "/postoffice/v1/post-offices"
QUERY = NearPostalCode("K1A0B1")


@pytest.mark.parametrize(
    ("expires_in", "renewed_after"),
    [
        (3600, 3540),
        ("3600", 3540),
        # A lifetime shorter than the margin of a minute: half of it.
        (90, 45),
        (10, 5),
        # No token is kept for more than a day.
        (10**9, 86400 - 60),
    ],
)
@responses.activate
def test_a_token_is_renewed_a_minute_before_it_ends(expires_in: Any, renewed_after: float) -> None:
    asked = responses.post(TOKEN_URL, json={**TOKEN, "expires_in": expires_in})
    clock, caller = Clock(), make_caller()
    tokens = make_tokens(clock=clock)
    tokens.token(caller)
    clock.now += renewed_after - 1
    tokens.token(caller)
    assert asked.call_count == 1
    clock.now += 1
    tokens.token(caller)
    assert asked.call_count == 2


@responses.activate
def test_a_token_that_has_expired_is_not_handed_out() -> None:
    for token in ("first", "second"):
        responses.post(TOKEN_URL, json={**TOKEN, "access_token": token})
    clock, caller = Clock(), make_caller()
    tokens = make_tokens(clock=clock)
    assert tokens.token(caller) == "first"
    clock.now += float(TOKEN["expires_in"]) + 1  # type: ignore[arg-type]
    assert tokens.token(caller) == "second"


@responses.activate
def test_a_lifetime_counts_from_the_question_and_not_from_its_slow_answer() -> None:
    clock, caller = Clock(), make_caller()

    def answer_slowly(_request: Any) -> tuple[int, dict[str, str], str]:
        clock.now += 20
        return 200, {}, '{"access_token": "t", "expires_in": 100}'

    responses.add_callback("POST", TOKEN_URL, answer_slowly)
    tokens = make_tokens(clock=clock)
    tokens.token(caller)
    clock.now += 29
    tokens.token(caller)
    assert len(responses.calls) == 1
    clock.now += 1
    tokens.token(caller)
    assert len(responses.calls) == 2


class _Together:
    """A lock that threads reach together: each has seen by then that there is no token."""

    def __init__(self, threads: int):
        self._barrier = threading.Barrier(threads)
        self._lock = threading.Lock()

    def acquire(self, timeout: float) -> bool:
        self._barrier.wait(5)
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()


@responses.activate
def test_many_threads_ask_for_one_token() -> None:
    asked = responses.post(TOKEN_URL, json=TOKEN)
    tokens, caller = make_tokens(), make_caller()
    tokens._lock = _Together(8)  # type: ignore[assignment]
    threads = [threading.Thread(target=tokens.token, args=(caller,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert asked.call_count == 1


@responses.activate
def test_a_refresh_that_another_thread_does_not_end_is_not_waited_for_past_the_deadline() -> None:
    tokens, caller = make_tokens(), make_caller(total=0.2)
    asked = responses.post(TOKEN_URL, json=TOKEN)

    def ask() -> None:
        with pytest.raises(errors.Unavailable, match="deadline"):
            tokens.token(caller)

    with tokens._lock:
        assert seconds_of(ask) < 4
    assert asked.call_count == 0
    assert tokens.token(caller) == TOKEN["access_token"]


@responses.activate
def test_only_the_token_that_was_refused_is_forgotten() -> None:
    asked = responses.post(TOKEN_URL, json=TOKEN)
    tokens, caller = make_tokens(), make_caller()
    token = tokens.token(caller)
    tokens.forget("an older one")
    tokens.token(caller)
    assert asked.call_count == 1
    tokens.forget(token)
    tokens.token(caller)
    assert asked.call_count == 2


@responses.activate
def test_what_is_asked_for_is_a_merchants_token_with_the_credentials_in_the_form() -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    make_tokens().token(make_caller())
    request = responses.calls[0].request
    assert str(request.body) == (
        "grant_type=client_credentials&scope=merchant&client_id=canary-client-id&client_secret=canary-secret"
    )
    assert "Authorization" not in request.headers


@pytest.mark.parametrize("status", [400, 401])
@responses.activate
def test_credentials_that_are_refused_are_their_own_error(status: int) -> None:
    responses.post(TOKEN_URL, status=status, json={"error": "invalid_client"})
    with pytest.raises(errors.CredentialsRefused) as caught:
        make_client().find_offices(QUERY)
    assert (caught.value.operation, caught.value.status) == ("token", status)


@pytest.mark.parametrize("token", [None, "", 7, "a b", "a\nb", "é", "x" * 8193, ["t"]])
@responses.activate
def test_a_token_that_could_not_be_a_header_is_not_taken(token: Any) -> None:
    responses.post(TOKEN_URL, json={**TOKEN, "access_token": token})
    with pytest.raises(errors.Unreadable, match="no access_token"):
        make_tokens().token(make_caller())


@responses.activate
def test_a_token_that_cannot_be_had_means_that_nothing_was_sent() -> None:
    replies: list[dict[str, Any]] = [
        {"body": b"<html>"},
        {"status": 500},
        {"status": 404},
        {"json": {}},
        {"json": {"access_token": "a\nb"}},
    ]
    for reply in replies:
        responses.reset()
        responses.post(TOKEN_URL, **reply)
        with pytest.raises(errors.Unavailable):
            make_client().create_shipment(make_request())
        with pytest.raises(errors.Unavailable):
            make_client().void_shipment("1")


@responses.activate
def test_a_token_endpoint_that_is_not_there_does_not_read_as_no_office_near() -> None:
    responses.post(TOKEN_URL, status=404)
    with pytest.raises(errors.Unavailable):
        make_client().find_offices(QUERY)


@responses.activate
def test_a_refused_token_is_renewed_once_and_then_the_credentials_are_refused() -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    responses.get(OFFICES, status=401, json={"httpCode": "401", "httpMessage": "Unauthorized"})
    with pytest.raises(errors.CredentialsRefused):
        make_client().find_offices(QUERY)
    assert [call.request.url == TOKEN_URL for call in responses.calls] == [True, False, True, False]


@pytest.mark.parametrize("expires_in", [None, "x", [1], "1e400", 10**30, -5, True, "3600"])
@responses.activate
def test_any_lifetime_of_a_token_is_understood_or_refused(expires_in: Any) -> None:
    responses.post(TOKEN_URL, json={**TOKEN, "expires_in": expires_in})
    responses.get(OFFICES, json=[])
    client = make_client()
    if expires_in in ("x", [1], True):
        with pytest.raises(errors.Unreadable, match="token"):
            client.find_offices(QUERY)
    else:
        assert client.find_offices(QUERY) == []
