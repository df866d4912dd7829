"""Limits on calls, and how they are told."""

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.emulator.throttle import Throttle
from tests.emulator.conftest import Caller

OFFICES = "/postoffice/v1/post-offices?postalCode=K1A0B1"


def test_calls_beyond_the_limit_wait(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(calls_per_minute=2)
    answers = [caller.call("GET", OFFICES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert caller.call("GET", "/rating/v1/options/D2PO").status_code == 200


def test_a_limit_may_speak_as_the_slm_monitor(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(calls_per_minute=1, throttled_as="slm")
    answers = [caller.call("GET", OFFICES) for _ in range(2)]
    assert "Rejected by SLM Monitor" in answers[1].text


def test_published_limits_hold_where_they_are_wanted(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(published_limits=True)
    path = "/tracking/v1/pins/1/details"
    statuses = [caller.call("GET", path).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_there_is_room_again_after_a_minute() -> None:
    throttle = Throttle()
    assert [throttle.wait("x", 2, now) for now in (0, 10, 20)] == [0, 0, 40]
    assert throttle.wait("x", 2, 60.5) == 0
