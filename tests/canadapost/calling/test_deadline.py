"""A budget of time ends whatever is waited for, once, and touches nothing after it was closed."""

import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from deliver_to_po.canadapost.calling.deadline import Deadline, OutOfTime
from deliver_to_po.canadapost.calling.transport import Timeouts, Transport

LONG = 60.0


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a connection; ours waits two seconds at most, so that no mistake waits for ever."""
    ours, theirs = socket.socketpair()
    ours.settimeout(2)
    with ours, theirs:
        yield ours, theirs


def is_open(connected: socket.socket, peer: socket.socket) -> bool:
    """Say whether a byte comes through."""
    try:
        peer.sendall(b"x")
        return connected.recv(1) == b"x"
    except OSError:
        return False


def test_the_end_of_the_budget_ends_a_read_that_nobody_answers(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    with Deadline(0.05) as deadline:
        deadline.hold(ours)
        assert ours.recv(1) == b""
        assert deadline.passed


def test_only_the_connection_that_is_held_last_is_ended(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    one, other = socket.socketpair()
    with one, other, Deadline(0.05) as deadline:
        deadline.hold(one)
        duplicate = deadline._held
        deadline.hold(ours)
        assert ours.recv(1) == b""
        assert duplicate is not None
        assert duplicate.fileno() == -1
        assert is_open(one, other)


def test_nothing_is_ended_once_the_operation_is_over(ends: tuple[socket.socket, socket.socket]) -> None:
    with Deadline(LONG) as deadline:
        deadline.hold(ends[0])
    # As when the timer was already on its way.
    deadline._end()
    assert is_open(*ends)
    assert deadline._timer is not None
    assert deadline._timer.finished.is_set()


def test_what_ends_is_the_connection_and_not_whoever_has_its_descriptor_by_then(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    one, other = socket.socketpair()
    with other, Deadline(LONG) as deadline:
        deadline.hold(one)
        number = one.detach()
        os.dup2(ends[0].fileno(), number)
        with socket.socket(fileno=number) as next_one:
            next_one.settimeout(2)
            deadline._end()
            assert is_open(next_one, ends[1])
        other.settimeout(2)
        assert other.recv(1) == b""


def test_a_connection_that_is_gone_by_then_is_let_go(ends: tuple[socket.socket, socket.socket]) -> None:
    with socket.socket() as never_connected, Deadline(LONG) as deadline:
        deadline.hold(never_connected)
        deadline._end()
        assert deadline._held is None
        assert deadline.passed


def test_after_its_end_nothing_new_is_begun(ends: tuple[socket.socket, socket.socket]) -> None:
    with Deadline(0) as deadline:
        with pytest.raises(OutOfTime):
            deadline.hold(ends[0])
        with pytest.raises(OutOfTime):
            deadline.check()
        assert (deadline.left, deadline.passed, deadline._timer) == (0, True, None)
    assert is_open(*ends)


def test_a_call_that_begins_in_the_last_moment_has_no_time_out_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that is left when it is looked at a second time is none, and requests takes no 0."""
    left = iter([0.001])
    monkeypatch.setattr(Deadline, "left", property(lambda _self: next(left, 0.0)))
    http = requests.Session()
    times: list[Any] = []

    def ask(*_args: Any, timeout: Any, **_options: Any) -> None:
        times.append(timeout)
        raise requests.Timeout

    monkeypatch.setattr(http, "request", ask)
    transport = Transport("http://127.0.0.1:9", Timeouts(1.0, 1.0, 1.0), http=http)
    with pytest.raises(requests.Timeout):
        transport._send("search", "GET", "http://127.0.0.1:9/", {}, Deadline(1.0), {})
    assert times == [(0.001, 0.001)]


def test_before_its_end_there_is_time_left() -> None:
    with Deadline(LONG) as deadline:
        deadline.check()
        assert LONG - 5 < deadline.left <= LONG
        assert not deadline.passed


def test_deadlines_of_one_thread_nest_and_the_outer_one_counts() -> None:
    with Deadline(5) as outer:
        with Deadline(LONG) as inner:
            assert inner is outer
        # Leaving an inner one is not the end.
        assert Deadline.current() is outer
        assert outer.left > 0
    assert Deadline.current() is None


def test_another_thread_has_no_part_in_it() -> None:
    seen: list[object] = []
    with Deadline(5):
        thread = threading.Thread(target=lambda: seen.append(Deadline.current()))
        thread.start()
        thread.join(5)
    assert seen == [None]
