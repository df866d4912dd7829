"""Answers in the cache: how long they count, and what is no answer."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone

from deliver_to_po.canadapost.types import Language, NearPostalCode, PostOffice
from deliver_to_po.core.choices import Rung
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices import cache
from deliver_to_po.offices.finder import fetch_office, find
from tests.offices.conftest import OTTAWA

pytestmark = pytest.mark.django_db
LANGUAGES: tuple[Language, ...] = ("en", "fr")


def test_a_cache_that_holds_something_else_is_no_answer(emulator: EmulatorServer) -> None:
    caches["default"].set(cache.key(OTTAWA, "en"), {"offices": [{"no": "office"}], "asked_at": "never"}, 60)
    assert find(OTTAWA, "en").rung == Rung.FRESH
    assert emulator.calls["find_offices"] == 1


def test_an_answer_is_read_as_it_was_written(emulator: EmulatorServer) -> None:
    offices = (*find(OTTAWA, "en").offices[:3], fetch_office(find(OTTAWA, "en").offices[0].office_id, "en"))
    assert offices[0].distance_km is not None
    assert offices[-1].hours is not None
    bare = dataclasses.replace(offices[0], coordinates=None, distance_km=None, hours=None, bilingual=None)
    at = timezone.now()
    cache.store(OTTAWA, "en", (*offices, bare), at)
    assert cache.cached_answer(OTTAWA, "en") == cache.CachedAnswer((*offices, bare), at)


def test_what_is_in_the_cache_is_json(emulator: EmulatorServer) -> None:
    find(OTTAWA, "en")
    value = caches["default"].get(cache.key(OTTAWA, "en"))
    assert json.loads(json.dumps(value)) == value


def test_another_query_language_or_environment_is_another_key(change_settings: Any) -> None:
    keys = {cache.key(query, language) for query in (OTTAWA, NearPostalCode("H2X1Y4")) for language in LANGUAGES}
    change_settings(CANADA_POST={"LIVE": True})
    assert len(keys | {cache.key(OTTAWA, "en")}) == 5


@pytest.mark.parametrize(
    ("found", "age", "fresh"),
    [
        (1, timedelta(hours=1), True),
        (1, timedelta(hours=1, seconds=1), False),
        (0, timedelta(seconds=60), True),
        (0, timedelta(seconds=61), False),
    ],
)
def test_an_answer_is_fresh_as_long_as_the_setting_says_and_one_without_offices_for_a_minute(
    office: PostOffice, change_settings: Any, time_machine: Any, found: int, age: timedelta, fresh: bool
) -> None:
    change_settings(SEARCH_CACHE_LIFETIME=timedelta(hours=1))
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    assert cache.CachedAnswer((office,) * found, now - age).fresh is fresh


@pytest.mark.usefixtures("cache_of_this_process")
def test_an_answer_leaves_the_cache_when_it_is_too_old_to_be_shown(
    office: PostOffice, change_settings: Any, time_machine: Any
) -> None:
    change_settings(SEARCH_STALE_LIFETIME=timedelta(days=1))
    nowhere, now = NearPostalCode("X0A0H0"), timezone.now()
    time_machine.move_to(now, tick=False)
    cache.store(OTTAWA, "en", [office], now)
    cache.store(nowhere, "en", [], now)
    for age, left in ((59, [True, True]), (61, [True, False]), (86_399, [True, False]), (86_401, [False, False])):
        time_machine.move_to(now + timedelta(seconds=age), tick=False)
        assert [cache.cached_answer(query, "en") is not None for query in (OTTAWA, nowhere)] == left
