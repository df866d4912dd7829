"""The cache that processes share may fail: the work goes on, and the log says so."""

from typing import Any

import pytest
from django.core.cache import BaseCache, caches

from deliver_to_po.core import shared_cache
from deliver_to_po.core.shared_cache import claimed, remembered, with_cache


@pytest.fixture
def _two_caches(settings: Any, change_settings: Any) -> None:
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {name: {"BACKEND": memory, "LOCATION": name} for name in ("default", "searches")}
    change_settings(CACHE="searches")


def _fail(cache: BaseCache) -> str:
    raise ConnectionError("redis://:s3cret@cache is gone")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the clock that says how long the cache was waited for."""
    clock = [0.0]
    monkeypatch.setattr(shared_cache, "monotonic", lambda: clock[0])
    monkeypatch.setattr(shared_cache, "_Trouble", type("_Trouble", (), {"rests_until": 0.0, "silent_until": 0.0}))
    return clock


@pytest.mark.usefixtures("_two_caches")
def test_the_cache_is_the_one_that_the_setting_names() -> None:
    with_cache(lambda cache: cache.set("key", 1), None)
    assert caches["searches"].get("key") == 1
    assert caches["default"].get("key") is None


def test_what_the_work_returns_is_returned() -> None:
    assert with_cache(lambda cache: "done", "otherwise") == "done"


def test_a_cache_that_fails_is_said_in_the_log_once_a_minute_and_nowhere_else(
    now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    for moment in (0.0, 59.0, 61.0):
        now[0] = moment
        assert with_cache(_fail, "otherwise") == "otherwise"
    assert [line.split(" (ConnectionError at ")[0] for line in caplog.messages] == ["The cache fails"] * 2
    assert "s3cret" not in caplog.text


def test_a_cache_that_nobody_waits_for_is_asked_each_time(now: list[float]) -> None:
    assert with_cache(_fail, "otherwise") == "otherwise"
    assert with_cache(lambda cache: "done", "otherwise") == "done"


@pytest.mark.parametrize("hides", [False, True])
def test_a_cache_that_was_waited_for_in_vain_is_not_asked_for_half_a_minute(now: list[float], hides: bool) -> None:
    def hang(cache: BaseCache) -> str:
        now[0] += 5.0
        if hides:
            return "otherwise"
        raise TimeoutError

    assert with_cache(hang, "otherwise") == "otherwise"
    now[0] += 29.0
    assert with_cache(lambda cache: "done", "otherwise") == "otherwise"
    now[0] += 2.0
    assert with_cache(lambda cache: "done", "otherwise") == "done"


@pytest.mark.parametrize("how", ["Broken", "Full", "Silent", "Denying"])
def test_what_the_cache_does_not_keep_nobody_else_has(settings: Any, how: str) -> None:
    assert [claimed(f"ours.{how}", 60) for _ in range(2)] == [True, False]
    settings.CACHES = {"default": {"BACKEND": f"tests.broken_cache.{how}Cache"}}
    assert [claimed("nobody's", 60) for _ in range(2)] == [True, True]


def test_a_cache_alias_that_does_not_exist_fails_as_softly(change_settings: Any) -> None:
    change_settings(CACHE="no_such_cache")
    assert with_cache(lambda cache: cache.get("key"), "otherwise") == "otherwise"


def test_what_was_worked_out_is_held_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["first", "second", "third"])
    held = [remembered("remembered", 60, lambda: next(answers)) for _ in range(2)]
    monkeypatch.setattr(shared_cache, "caches", {})
    assert (held, remembered("remembered", 60, lambda: next(answers))) == (["first", "first"], "second")


def test_what_is_remembered_is_of_this_shop_alone_though_another_has_the_same_cache(settings: Any) -> None:
    key = settings.SECRET_KEY
    assert remembered("figures", 60, lambda: "ours") == "ours"
    settings.SECRET_KEY = "another shop's"
    assert remembered("figures", 60, lambda: "theirs") == "theirs"
    settings.SECRET_KEY = key
    assert remembered("figures", 60, lambda: pytest.fail("worked out twice")) == "ours"
