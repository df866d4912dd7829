"""Below the limits over any 60 s, shared by all who share the counts, buyers before background work."""

from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.calling.throttle import MemoryCounts, Throttle, portal_limits, webservices_limits
from deliver_to_po.core.client import CacheCounts
from tests.canadapost.portal_requests import Clock


def _throttle(clock: Clock, limit: int = 10, counts: Any = None, account: str = "a") -> Throttle:
    return Throttle(counts or MemoryCounts(clock), portal_limits(limit), account, clock=clock)


@given(
    limit=st.integers(1, 30),
    pauses=st.lists(st.floats(0, 20), min_size=1, max_size=150),
    background=st.booleans(),
)
def test_no_60_seconds_ever_hold_more_calls_than_the_limit(limit: int, pauses: list[float], background: bool) -> None:
    clock = Clock()
    throttle = _throttle(clock, limit)
    calls: list[float] = []
    for pause in pauses:
        clock.now += pause
        if throttle.wait_seconds("", background=background) == 0:
            calls.append(clock.now)
    for call in calls:
        assert sum(call <= other < call + 60 for other in calls) <= limit


def test_after_the_wait_that_was_named_there_is_room() -> None:
    clock = Clock()
    throttle = _throttle(clock, 3)
    for _ in range(3):
        assert throttle.wait_seconds("", background=False) == 0
        clock.now += 7
    waits = []
    while wait := throttle.wait_seconds("", background=False):
        waits.append(wait)
        clock.now += wait
    assert len(waits) == 1
    assert sum(waits) <= 62.5


@pytest.mark.parametrize(
    ("limit", "pauses", "wait"),
    [
        # Calls at 0, 10 and 20 s of a window of 60 s in buckets of 2.5 s: the first has left at 62.5.
        (3, (0, 10, 10, 1), 41.5),
        # At 66 s it has left, so that the third call has room; the fourth waits for the second to leave, at 72.5.
        (2, (0, 10, 56, 1), 5.5),
        (3, (0, 0, 0, 1), 61.5),
        (3, (4, 0, 0, 0), 61),
    ],
)
def test_the_wait_is_until_the_oldest_call_leaves_the_window(
    limit: int, pauses: tuple[float, ...], wait: float
) -> None:
    clock = Clock(1_000_000.0)
    throttle = _throttle(clock, limit)
    *calls, last = pauses
    for pause in calls:
        clock.now += pause
        assert throttle.wait_seconds("", background=False) == 0
    clock.now += last
    assert throttle.wait_seconds("", background=False) == wait


def test_a_call_that_has_to_wait_is_not_counted() -> None:
    clock = Clock()
    throttle = _throttle(clock, 2)
    waits = [throttle.wait_seconds("", background=False) for _ in range(20)]
    clock.now += max(waits)
    assert waits[:2] == [0, 0]
    assert [throttle.wait_seconds("", background=False) for _ in range(2)] == [0, 0]


def test_background_work_gets_one_call_even_of_a_tiny_limit() -> None:
    throttle = _throttle(Clock(), 1)
    assert throttle.wait_seconds("", background=True) == 0
    assert throttle.wait_seconds("", background=True) > 0


def test_background_work_leaves_the_last_quarter_to_people_who_wait() -> None:
    clock = Clock()
    throttle = _throttle(clock, 8)
    for _ in range(6):
        assert throttle.wait_seconds("", background=True) == 0
    assert throttle.wait_seconds("", background=True) > 0
    assert [throttle.wait_seconds("", background=False) for _ in range(2)] == [0, 0]
    assert throttle.wait_seconds("", background=False) > 0


def test_all_who_share_the_counts_share_the_limit_of_an_account() -> None:
    clock = Clock()
    counts = MemoryCounts(clock)
    first, second = (_throttle(clock, 2, counts) for _ in range(2))
    assert first.wait_seconds("", background=False) == second.wait_seconds("", background=False) == 0
    assert first.wait_seconds("", background=False) > 0
    assert _throttle(clock, 2, counts, account="another").wait_seconds("", background=False) == 0


@pytest.mark.parametrize("limit", [0, 100])
def test_after_a_rejection_everybody_is_silent_for_as_long_as_was_asked(limit: int) -> None:
    clock = Clock()
    counts = MemoryCounts(clock)
    first, second = (_throttle(clock, limit, counts) for _ in range(2))
    first.rejected("", 90)
    assert second.wait_seconds("", background=False) == pytest.approx(90)
    clock.now += 91
    assert second.wait_seconds("", background=False) == 0


def test_a_rejection_of_one_kind_silences_that_kind_only() -> None:
    clock = Clock()
    throttle = Throttle(MemoryCounts(clock), webservices_limits(10_000), "a", clock=clock)
    throttle.rejected("tracking", 90)
    assert throttle.wait_seconds("tracking", background=False) == pytest.approx(90)
    assert throttle.wait_seconds("offices", background=False) == 0


def test_a_silence_is_a_minute_unless_another_is_asked_for_and_at_least_a_second() -> None:
    for asked, silent in (((), 60), ((0,), 1), ((1.2,), 2)):
        clock = Clock()
        throttle = _throttle(clock)
        throttle.rejected("", *asked)
        assert throttle.wait_seconds("", background=False) == pytest.approx(silent)


def test_counts_in_memory_are_kept_for_their_time_and_begun_once() -> None:
    clock = Clock()
    counts = MemoryCounts(clock)
    counts.increase("gone", 1)
    counts.add("a", 1, 10)
    counts.add("a", 100, 99)
    counts.increase("a", 2)
    counts.add("b", 7, 20)
    assert counts.get_many(["a", "b", "gone"]) == {"a": 3, "b": 7}
    clock.now += 10
    assert counts.get_many(["a", "b"]) == {"b": 7}
    counts.add("a", 5, 10)
    assert counts.get_many(["a", "b"]) == {"a": 5, "b": 7}


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    throttle = _throttle(clock, 0)
    assert {throttle.wait_seconds("", background=True) for _ in range(1000)} == {0}


def test_the_xml_api_has_a_limit_of_its_own_for_each_kind_below_the_published_one() -> None:
    limits = webservices_limits(10_000)
    assert limits.by_kind == {"offices": 421, "rating": 756, "shipments": 581, "void": 421, "tracking": 18}
    clock = Clock()
    throttle = Throttle(MemoryCounts(clock), limits, "a", clock=clock)
    assert sum(throttle.wait_seconds("tracking", background=False) == 0 for _ in range(30)) == 18
    assert throttle.wait_seconds("rating", background=False) == 0
    assert webservices_limits(0).of("tracking", background=True) == {"all": None}
    assert set(webservices_limits(5).by_kind.values()) == {5}
    assert webservices_limits(10_000, 500).by_kind["tracking"] == 450


def test_tracking_has_the_whole_of_a_limit_that_is_its_own() -> None:
    clock = Clock()
    throttle = Throttle(MemoryCounts(clock), webservices_limits(10_000), "a", clock=clock)
    assert sum(throttle.wait_seconds("tracking", background=True) == 0 for _ in range(30)) == 18


def _granted(throttle: Throttle, kind: str, *, background: bool) -> int:
    return sum(throttle.wait_seconds(kind, background=background) == 0 for _ in range(100))


def test_of_one_limit_for_all_tracking_has_a_quarter_and_only_while_half_is_free() -> None:
    clock = Clock()
    assert _granted(_throttle(clock, 40), "tracking", background=True) == 10
    behind_labels = _throttle(clock, 40)
    assert _granted(behind_labels, "", background=True) == 30
    assert _granted(behind_labels, "tracking", background=True) == 0
    beside_labels = _throttle(clock, 40)
    assert [beside_labels.wait_seconds("", background=False) for _ in range(15)] == [0] * 15
    assert _granted(beside_labels, "tracking", background=True) == 5
    before_labels = _throttle(clock, 40)
    assert _granted(before_labels, "tracking", background=True) == 10
    assert _granted(before_labels, "", background=True) == 20
    assert _granted(before_labels, "", background=False) == 10


def test_a_rejection_of_tracking_stops_nothing_else_and_one_of_anything_stops_tracking() -> None:
    clock = Clock()
    first, second = _throttle(clock), _throttle(clock)
    first.rejected("tracking", 90)
    assert first.wait_seconds("tracking", background=True) == pytest.approx(90)
    assert first.wait_seconds("", background=False) == 0
    second.rejected("", 90)
    assert second.wait_seconds("tracking", background=True) == pytest.approx(90)


def test_keys_do_not_show_the_account() -> None:
    seen: list[str] = []

    class Watched(MemoryCounts):
        def add(self, key: str, value: float, seconds: int) -> None:
            seen.append(key)

    clock = Clock()
    _throttle(clock, 5, Watched(clock), account="canary").wait_seconds("", background=False)
    assert seen
    assert "canary" not in "".join(seen)


@pytest.fixture
def _empty_cache() -> None:
    cache.clear()


@pytest.mark.usefixtures("_empty_cache")
def test_djangos_cache_counts_for_all_processes() -> None:
    first, second = (Throttle(CacheCounts(), portal_limits(3), "a") for _ in range(2))
    waits = [throttle.wait_seconds("", background=False) for throttle in (first, second, first, second)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0
    second.rejected("", 200)
    assert first.wait_seconds("", background=False) > 100


@pytest.mark.usefixtures("_empty_cache")
@pytest.mark.parametrize("broken", ["BrokenCache", "FullCache", "SilentCache"])
def test_a_cache_that_fails_stops_no_call_and_lifts_no_limit(settings: Any, broken: str) -> None:
    settings.CACHES = {"default": {"BACKEND": f"tests.broken_cache.{broken}"}}
    throttle = Throttle(CacheCounts(), portal_limits(2), "a")
    waits = [throttle.wait_seconds("", background=False) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert waits[2] > 0
    throttle.rejected("", 90)
    assert throttle.wait_seconds("", background=False) > 60
