"""The breaker opens after several misses in a row, lets one call try after a while, and closes again by itself."""

from functools import partial

import pytest

from deliver_to_po.canadapost.calling.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker
from deliver_to_po.canadapost.errors import Unavailable
from tests.canadapost.portal_requests import Clock
from tests.races import at_once


def lets_through(breaker: Breaker) -> bool:
    """Say whether a call may be made now."""
    try:
        breaker.check("op")
    except Unavailable:
        return False
    return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock)
    for _ in range(FAILURES_TO_OPEN):
        breaker.missed()
    return breaker


def test_it_opens_after_five_misses_in_a_row_and_not_before(clock: Clock) -> None:
    breaker = Breaker(clock=clock)
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.missed()
    assert (lets_through(breaker), breaker.is_open) == (True, False)
    breaker.missed()
    assert (lets_through(breaker), breaker.is_open) == (False, True)


def test_an_answer_between_misses_begins_the_count_anew(clock: Clock) -> None:
    breaker = Breaker(clock=clock)
    for _ in range(3 * FAILURES_TO_OPEN):
        breaker.missed()
        breaker.missed()
        breaker.reached()
    assert (lets_through(breaker), breaker.is_open) == (True, False)


def test_nobody_calls_for_half_a_minute(opened: Breaker, clock: Clock) -> None:
    clock.now += OPEN_SECONDS - 0.1
    assert (lets_through(opened), opened.is_open) == (False, True)
    clock.now += 0.1
    assert (opened.is_open, lets_through(opened)) == (False, True)


def test_one_call_tries_and_the_others_wait_for_what_it_finds(opened: Breaker, clock: Clock) -> None:
    clock.now += OPEN_SECONDS
    assert [lets_through(opened) for _ in range(3)] == [True, False, False]
    assert opened.is_open


def test_it_closes_for_all_when_the_trial_gets_an_answer(opened: Breaker, clock: Clock) -> None:
    clock.now += OPEN_SECONDS
    assert lets_through(opened)
    opened.reached()
    assert [lets_through(opened) for _ in range(3)] == [True] * 3
    assert not opened.is_open


@pytest.mark.parametrize("misses", [True, False], ids=["the trial misses", "it never tells its end"])
def test_a_trial_that_does_not_reach_keeps_it_open_for_another_half_minute(
    opened: Breaker, clock: Clock, misses: bool
) -> None:
    clock.now += OPEN_SECONDS
    assert lets_through(opened)
    if misses:
        clock.now += 5
        opened.missed()
    clock.now += OPEN_SECONDS - 0.1
    assert not lets_through(opened)
    clock.now += 0.1
    assert lets_through(opened)


def test_asking_whether_it_is_open_uses_up_no_trial(opened: Breaker, clock: Clock) -> None:
    clock.now += OPEN_SECONDS
    assert [opened.is_open for _ in range(3)] == [False] * 3
    assert lets_through(opened)


def test_of_many_threads_one_tries(opened: Breaker, clock: Clock) -> None:
    clock.now += OPEN_SECONDS
    assert at_once(*[partial(lets_through, opened)] * 8).count(True) == 1
