"""Calls: repeated only where that is safe, within one deadline, silent when told so, gone when nobody answers."""

import json
import re
from typing import Any

import pytest
import requests
import responses

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.throttle import TRACKING, Limits
from deliver_to_po.canadapost.types import NearPostalCode
from tests.canadapost.portal_requests import (
    BASE,
    NOT_REPEATABLE,
    OPERATIONS,
    SHIPPING,
    TOKEN,
    TOKEN_URL,
    Clock,
    make_caller,
    make_client,
    seconds_of,
    serve,
)

QUERY = NearPostalCode("K1A0B1")


def _get(caller: Caller) -> bytes:
    return caller.call("test", "GET", BASE + "/x", headers={}, repeatable=True).body


@responses.activate
def test_a_question_is_asked_again_after_trouble_with_growing_pauses() -> None:
    clock = Clock()
    for status in (503, 500):
        responses.get(BASE + "/x", status=status)
    responses.get(BASE + "/x", body=b"[]")
    assert _get(make_caller(clock=clock)) == b"[]"
    assert clock.slept == [0.2, 0.4]


@responses.activate
def test_it_is_asked_three_times_at_most() -> None:
    responses.get(BASE + "/x", body=requests.ConnectionError())
    with pytest.raises(errors.Unavailable):
        _get(make_caller())
    assert len(responses.calls) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406])
@responses.activate
def test_what_would_only_be_refused_again_is_not_repeated(status: int) -> None:
    responses.get(BASE + "/x", status=status)
    with pytest.raises(errors.CanadaPostError):
        _get(make_caller())
    assert len(responses.calls) == 1


@pytest.mark.parametrize("operation", sorted(NOT_REPEATABLE))
@pytest.mark.parametrize("trouble", [500, 503, requests.ConnectionError(), requests.ReadTimeout()])
@responses.activate
def test_what_must_not_be_done_twice_is_sent_once_and_its_outcome_is_unknown(operation: str, trouble: Any) -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    reply = {"status": trouble} if isinstance(trouble, int) else {"body": trouble}
    for method in ("POST", "DELETE"):
        responses.add(method, re.compile(SHIPPING), **reply)
    with pytest.raises(errors.UnknownOutcome):
        OPERATIONS[operation](make_client())
    assert len([call for call in responses.calls if call.request.url != TOKEN_URL]) == 1


@pytest.mark.parametrize("operation", sorted(NOT_REPEATABLE))
@responses.activate
def test_an_answer_that_cannot_be_taken_in_leaves_the_outcome_of_a_deed_unknown(operation: str) -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    for method in ("POST", "DELETE"):
        responses.add(method, re.compile(SHIPPING), headers={"Content-Encoding": "br"}, body=b"")
    with pytest.raises(errors.UnknownOutcome) as caught:
        OPERATIONS[operation](make_client())
    assert "packed" in str(caught.value)


@responses.activate
def test_an_answer_that_cannot_be_taken_in_shows_that_canada_post_is_there() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, clock=clock)
    responses.get(BASE + "/x", headers={"Content-Encoding": "br"}, body=b"")
    for _ in range(2):
        with pytest.raises(errors.Unreadable):
            _get(make_caller(clock=clock, breaker=breaker))
    assert not breaker.is_open


@pytest.mark.parametrize("target", ["https://files.test/x", "http://canada-post.test/x", "https://[bad", BASE + "/x"])
@responses.activate
def test_a_redirect_that_is_not_followed_shows_that_somebody_is_there(target: str) -> None:
    breaker = Breaker(failures=2)
    responses.get(BASE + "/x", status=302, headers={"Location": target})
    for _ in range(3):
        breaker.missed()
        with pytest.raises(errors.Unavailable) as caught:
            _get(make_caller(breaker=breaker))
        assert caught.value.status == 302
    assert not breaker.is_open


@responses.activate
def test_a_short_retry_after_is_waited_for_and_a_long_one_is_handed_on() -> None:
    clock = Clock()
    responses.get(BASE + "/x", status=429, headers={"Retry-After": "2"})
    responses.get(BASE + "/x", body=b"[]")
    caller = make_caller(clock=clock)
    assert _get(caller) == b"[]"
    assert clock.slept == [2]
    # The throttle remembers a 429 by itself.
    for status in (503, 429):
        responses.calls.reset()
        responses.replace(responses.GET, BASE + "/x", status=status, headers={"Retry-After": "300"})
        with pytest.raises((errors.Unavailable, errors.Throttled)) as caught:
            _get(caller)
        assert (caught.value.retry_after, len(responses.calls)) == (300, 1)


@pytest.mark.parametrize("operation", sorted(NOT_REPEATABLE))
@responses.activate
def test_what_must_not_be_done_twice_is_sent_once_though_it_would_be_taken_a_moment_later(operation: str) -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    for method in ("POST", "DELETE"):
        responses.add(method, re.compile(SHIPPING), status=429, headers={"Retry-After": "1"})
    with pytest.raises(errors.Throttled):
        OPERATIONS[operation](make_client())
    assert len([call for call in responses.calls if call.request.url != TOKEN_URL]) == 1


@responses.activate
def test_a_kind_of_calls_with_a_limit_of_its_own_waits_for_no_other() -> None:
    clock = Clock()
    caller = make_caller(clock=clock, limits=Limits(None, {TRACKING: 1}), total=90)
    responses.get(BASE + "/x", body=b"[]")
    waited = []
    for kind in (TRACKING, "", TRACKING):
        caller.call("test", "GET", BASE + "/x", headers={}, repeatable=True, kind=kind)
        waited.append(bool(clock.slept))
    assert waited == [False, False, True]


@responses.activate
def test_after_a_rejection_nothing_is_sent_for_a_minute() -> None:
    clock = Clock()
    body = {"errors": [{"errorCode": "Server", "message": "Rejected by SLM Monitor"}]}
    responses.get(BASE + "/x", status=500, json=body)
    caller = make_caller(clock=clock)
    with pytest.raises(errors.Throttled):
        _get(caller)
    with pytest.raises(errors.Throttled) as caught:
        _get(caller)
    assert len(responses.calls) == 1
    assert 50 < caught.value.retry_after <= 60
    clock.now += 61
    responses.replace(responses.GET, BASE + "/x", body=b"[]")
    assert _get(caller) == b"[]"


@responses.activate
def test_a_call_waits_for_its_turn_when_there_is_time_and_says_when_to_come_back_when_not() -> None:
    clock = Clock(1_000_000.0)
    responses.get(BASE + "/x", body=b"[]")
    patient = make_caller(clock=clock, calls_per_minute=2, total=100)
    hurried = patient.within(1, background=False)
    _get(patient)
    _get(patient)
    with pytest.raises(errors.Throttled) as caught:
        _get(hurried)
    assert len(responses.calls) == 2
    assert 55 <= caught.value.retry_after <= 65
    _get(patient)
    assert sum(clock.slept) >= 55


@responses.activate
def test_when_nobody_answers_five_times_nobody_waits_for_half_a_minute() -> None:
    clock = Clock()
    responses.post(BASE + "/x", body=requests.ConnectTimeout())
    caller = make_caller(clock=clock, breaker=Breaker(clock=clock))

    def post() -> None:
        caller.call("test", "POST", BASE + "/x", headers={}, repeatable=False)

    for _ in range(7):
        with pytest.raises(errors.Unavailable):
            post()
    assert len(responses.calls) == 5
    clock.now += 31
    with pytest.raises(errors.Unavailable):
        post()
    with pytest.raises(errors.Unavailable, match="not tried now"):
        post()
    assert len(responses.calls) == 6
    clock.now += 31
    responses.replace(responses.POST, BASE + "/x", body=b"[]")
    post()
    post()
    assert len(responses.calls) == 8


@responses.activate
def test_an_answer_of_any_kind_shows_that_canada_post_is_there() -> None:
    clock = Clock()
    breaker = Breaker(failures=2, clock=clock)
    caller = make_caller(clock=clock, breaker=breaker)
    for _ in range(4):
        breaker.missed()
        responses.get(BASE + "/x", status=404)
        with pytest.raises(errors.NotFound):
            _get(caller)
    assert len(responses.calls) == 4


def test_token_call_and_repetitions_share_one_deadline() -> None:
    def call() -> None:
        with pytest.raises(errors.Unavailable):
            make_client(base_url, total=0.5).find_offices(QUERY)

    with serve(lambda peer: peer.keep_silent()) as base_url:
        assert seconds_of(call) < 4


def test_links_that_are_followed_share_the_deadline_of_their_search() -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    requests_seen: list[int] = []

    def answer(peer: Any) -> None:
        requests_seen.append(1)
        number = len(requests_seen)
        if number == 1:
            peer.send(head + b'{"access_token": "t", "expires_in": 3600}')
        elif number == 2:
            link = {"rel": "shipment", "href": f"{base_url}/shipments/1"}
            peer.send(head + json.dumps([link] * 500).encode())
        else:
            peer._stopping.wait(0.1)
            made = {"shipmentId": "1", "shipmentStatus": "created", "customerRequestId": "a" * 32}
            peer.send(head + json.dumps(made).encode())

    def call() -> None:
        with pytest.raises(errors.Unavailable):
            make_client(base_url, total=1.5).find_shipments("a" * 32)

    with serve(answer) as base_url:
        assert seconds_of(call) < 10
    assert 2 <= len(requests_seen) < 50
