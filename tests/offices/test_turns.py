"""One question, one call: in threads, in processes, and with a cache that fails or forgets."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection

from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.errors import Unavailable
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.choices import Rung
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficesUnavailable
from deliver_to_po.offices import turns
from deliver_to_po.offices.finder import fetch_office, find
from deliver_to_po.offices.turns import NoAnswer, one_call
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
OTTAWA = NearPostalCode("K1A0B1")
BUYERS = 50
# What each process does: as many buyers at once as its argument says, then what they were told.
BUYERS_IN_A_PROCESS = """
import sys, django
django.setup()
from tests.offices.test_turns import search_at_once
print(*sorted(set(search_at_once(int(sys.argv[1])))))
"""


class ForgetfulCache(LocMemCache):
    """Evicts whatever it is told to keep, at once."""

    def set(self, *args: Any, **kwargs: Any) -> None:
        return None


def search_at_once(buyers: int) -> list[str]:
    """Let so many buyers ask the same at the same time; return the rung that answered each."""

    def search() -> str:
        try:
            return str(find(OTTAWA, "en").rung)
        except OfficesUnavailable:
            return "withdrawn"

    return at_once(*[search] * buyers)


@pytest.fixture
def another_cache(settings: Any, change_settings: Any) -> Callable[..., None]:
    """Return a function that lets searches use a cache of the given backend."""

    def use(backend: str, location: str = "") -> None:
        settings.CACHES = {**settings.CACHES, "another": {"BACKEND": backend, "LOCATION": location}}
        change_settings(CACHE="another")
        if location:
            caches["another"].clear()

    return use


def test_buyers_who_ask_the_same_at_the_same_time_make_one_call(emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "delay", count=None, seconds=0.15)
    assert search_at_once(BUYERS) == [Rung.FRESH] * BUYERS
    assert emulator.calls["find_offices"] == 1


def test_buyers_who_ask_the_same_during_an_outage_wait_for_one_call(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    find(NearPostalCode("K1P1J1"), "en")
    asked = emulator.calls["find_offices"]
    change_settings(SEARCH_TIMEOUT_SECONDS=1.0)
    emulator.faults.add("find_offices", "delay", count=None, seconds=5)
    assert set(search_at_once(20)) == {Rung.DIRECTORY}
    assert emulator.calls["find_offices"] == asked + 1


def test_buyers_who_look_at_the_same_office_at_the_same_time_make_one_call(emulator: EmulatorServer) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    emulator.faults.add("office_details", "delay", count=None, seconds=0.15)

    assert all(office.hours for office in at_once(*[partial(fetch_office, office_id, "en")] * 10))
    assert emulator.calls["office_details"] == 1


@pytest.mark.services("REDIS_URL")
@pytest.mark.slow
def test_buyers_in_several_processes_make_one_call(emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "delay", count=None, seconds=2.0)
    worker = {
        "database": str(connection.settings_dict["NAME"]),
        "database_port": connection.settings_dict["PORT"],
        "labels": "",
        # The processes do not begin at the same moment; whoever asks first has all the time.
        "canada_post": {
            **django_settings.DELIVER_TO_PO["CANADA_POST"],
            "READ_TIMEOUT_SECONDS": 10.0,
            "TOTAL_TIMEOUT_SECONDS": 10.0,
        },
        "handoff": {},
    }
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_worker", "D2PO_WORKER": json.dumps(worker)}
    command = [sys.executable, "-W", "ignore", "-c", BUYERS_IN_A_PROCESS, str(BUYERS // 2)]
    shops = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [shop.communicate(timeout=60)[0].strip() for shop in shops]
    assert told == ["fresh", "fresh"]
    assert emulator.calls["find_offices"] == 1


@pytest.mark.parametrize("how", ["Broken", "Silent"])
def test_without_a_cache_searches_are_slower_but_work(
    emulator: EmulatorServer, another_cache: Callable[..., None], how: str
) -> None:
    another_cache(f"tests.broken_cache.{how}Cache")
    assert {find(OTTAWA, "en").rung for _ in range(2)} == {Rung.FRESH}
    assert emulator.calls["find_offices"] == 2


@pytest.mark.parametrize("backend", [f"{__name__}.ForgetfulCache", "django.core.cache.backends.dummy.DummyCache"])
def test_a_cache_that_keeps_nothing_makes_searches_slower_but_they_work(
    emulator: EmulatorServer, another_cache: Callable[..., None], backend: str
) -> None:
    another_cache(backend)
    assert set(search_at_once(5)) == {Rung.FRESH}


def nothing_found() -> str | None:
    """Find no answer: nobody else ever leaves one."""
    return None


def ask_once(question: str, seconds: float, ask: Callable[[float], str] = lambda left: "asked") -> str:
    """Return what ``ask`` answers once it is our turn."""
    with one_call(question, seconds, nothing_found) as turn:
        return ask(turn.seconds_left)


@pytest.mark.usefixtures("cache_of_this_process")
def test_a_turn_whose_holder_died_ends_by_itself() -> None:
    caches["default"].add("question.turn", "a request that died", 0.2)
    assert ask_once("question", 2.0) == "asked"


def test_a_turn_that_another_has_by_now_is_left_to_it() -> None:
    def overtaken(left: float) -> str:
        caches["default"].set("question.turn", "another", 5)
        return "answered late"

    assert ask_once("question", 2.0, overtaken) == "answered late"
    assert turns.taken("question")
    caches["default"].delete("question.turn")


def test_whoever_waits_in_vain_is_told_so_in_time() -> None:
    caches["default"].set("question.turn", "another", 5)
    with pytest.raises(NoAnswer):
        ask_once("question", 0.2)
    caches["default"].delete("question.turn")


def test_nobody_waits_longer_than_what_is_left_of_a_deadline() -> None:
    caches["default"].set("question.turn", "another", 60)
    started = time.monotonic()
    with Deadline(0.2), pytest.raises(NoAnswer):
        ask_once("question", 20.0)
    assert time.monotonic() - started < 10
    caches["default"].delete("question.turn")


def test_a_mistake_in_asking_gives_the_turn_back() -> None:
    def mistaken(left: float) -> str:
        raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError):
        ask_once("question", 1.0, mistaken)
    assert not turns.taken("question")


def test_nobody_asks_if_the_one_before_has_just_asked_in_vain() -> None:
    def others_ask_in_vain() -> str | None:
        """Look between getting the turn and asking: whoever had it before has just found out."""
        turns.note_unanswered("question_in_vain")
        return None

    asked: list[float] = []
    with pytest.raises(NoAnswer), one_call("question_in_vain", 1.0, others_ask_in_vain) as turn:
        asked.append(turn.seconds_left)
    assert asked == []
    assert not turns.unanswered("question")


def test_an_answer_that_another_left_meanwhile_is_taken_without_asking() -> None:
    caches["default"].set("question.turn", "another", 5)
    with one_call("question", 1.0, lambda: "theirs") as turn:
        assert turn.answer == "theirs"
    assert turns.taken("question")
    caches["default"].delete("question.turn")


def test_what_canada_post_does_not_answer_is_remembered_and_ends_as_no_answer() -> None:
    def fail(left: float) -> str:
        raise Unavailable("find post offices")

    with pytest.raises(NoAnswer):
        ask_once("question_that_fails", 1.0, fail)
    assert turns.unanswered("question_that_fails")
    assert not turns.taken("question_that_fails")
    with pytest.raises(NoAnswer):
        ask_once("question_that_fails", 1.0)


@pytest.mark.usefixtures("cache_of_this_process")
def test_the_time_that_is_left_for_asking_is_what_waiting_has_left() -> None:
    caches["default"].add("question.turn", "a request that died", 0.3)
    assert 0 < float(ask_once("question", 2.0, str)) <= 1.75
