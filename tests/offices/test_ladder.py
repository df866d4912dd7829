"""The ladder: fresh, else Canada Post, else an older answer, else the directory, else withdrawn with a reason."""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import fmean
from typing import Any

import pytest
from django.core.cache import cache as django_cache
from django.db import OperationalError
from django.utils import timezone, translation

from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode, OfficeQuery
from deliver_to_po.choices import Rung
from deliver_to_po.emulator.places import areas
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficesUnavailable, PlaceNotKnown
from deliver_to_po.models import Office
from deliver_to_po.offices import cache, directory
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.nearby import CITY_PREFIXES, Precision, distance_km
from deliver_to_po.offices.outage import nothing_answers
from deliver_to_po.offices.standing import standing
from deliver_to_po.offices.turns import note_unanswered

pytestmark = pytest.mark.django_db
OTTAWA = NearPostalCode("K1A0B1")
SEVEN_HOURS = timedelta(hours=7)
# What Canada Post may do instead of answering; the slow ones are slower than a buyer waits.
FAULTS = ("500", "503", "reset", "truncate", "garbage", "html", "empty", "slm", "429", "401", "403", "delay", "drip")


@pytest.fixture
def aged(emulator: EmulatorServer) -> Callable[..., None]:
    """Return a function that asks, and lets the answer grow old in the cache."""

    def grow_old(query: OfficeQuery = OTTAWA, age: timedelta = SEVEN_HOURS) -> None:
        cache.store(query, "en", find(query, "en").offices, timezone.now() - age)

    return grow_old


def _break(emulator: EmulatorServer, change_settings: Any, fault: str = "500") -> None:
    change_settings(SEARCH_TIMEOUT_SECONDS=0.4)
    emulator.faults.add("*", fault, count=None, seconds=2)


def test_what_canada_post_said_lately_is_fresh(emulator: EmulatorServer) -> None:
    assert find(OTTAWA, "en").rung == find(OTTAWA, "en").rung == Rung.FRESH
    assert emulator.calls["find_offices"] == 1


def test_an_older_answer_is_renewed_by_whoever_comes_first(emulator: EmulatorServer, aged: Callable[..., None]) -> None:
    aged()
    renewed = find(OTTAWA, "en")
    assert renewed.rung == Rung.FRESH
    assert timezone.now() - renewed.asked_at < timedelta(minutes=1)
    assert emulator.calls["find_offices"] == 2


def test_while_one_renews_it_the_older_answer_is_shown_at_once(
    emulator: EmulatorServer, aged: Callable[..., None]
) -> None:
    aged()
    django_cache.set(f"{cache.key(OTTAWA, 'en')}.turn", "another request", 10)
    answer = find(OTTAWA, "en")
    assert answer.rung == Rung.STALE
    assert timezone.now() - answer.asked_at > timedelta(hours=6)
    assert emulator.calls["find_offices"] == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_an_older_answer_outlives_whatever_canada_post_does(
    emulator: EmulatorServer, aged: Callable[..., None], change_settings: Any, fault: str
) -> None:
    aged()
    _break(emulator, change_settings, fault)
    started = time.monotonic()
    answer = find(OTTAWA, "en")
    assert answer.rung == Rung.STALE
    assert answer.offices
    assert time.monotonic() - started < 0.4 + 0.6


@pytest.mark.parametrize("fault", FAULTS)
def test_the_directory_answers_what_nobody_has_asked_before(
    emulator: EmulatorServer, change_settings: Any, fault: str
) -> None:
    near = find(OTTAWA, "en").offices[0]
    _break(emulator, change_settings, fault)
    started = time.monotonic()
    answer = find(NearPostalCode("K1A9Z9"), "en")
    assert answer.rung == Rung.DIRECTORY
    assert answer.precision == Precision.AREA
    assert near.office_id in {office.office_id for office in answer.offices}
    assert time.monotonic() - started < 0.4 + 0.6


@pytest.mark.parametrize("fault", FAULTS)
def test_where_nothing_answers_the_option_is_withdrawn_with_a_reason(
    emulator: EmulatorServer, change_settings: Any, fault: str
) -> None:
    _break(emulator, change_settings, fault)
    with pytest.raises(OfficesUnavailable) as caught:
        find(OTTAWA, "en")
    assert "home delivery" in str(caught.value.message)


def test_an_answer_that_is_too_old_is_not_shown(
    emulator: EmulatorServer, aged: Callable[..., None], change_settings: Any
) -> None:
    aged(age=timedelta(hours=1))
    change_settings(SEARCH_CACHE_LIFETIME=timedelta(microseconds=1), SEARCH_STALE_LIFETIME=timedelta(microseconds=1))
    offices = find(OTTAWA, "en").offices
    cache.store(OTTAWA, "en", offices, timezone.now())
    _break(emulator, change_settings)
    assert find(OTTAWA, "en").rung == Rung.DIRECTORY


def test_a_question_that_went_unanswered_is_not_waited_for_again_at_once(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    find(NearPostalCode("K1P1J1"), "en")
    _break(emulator, change_settings, "delay")
    find(OTTAWA, "en")
    calls = emulator.calls["find_offices"]
    started = time.monotonic()
    assert find(OTTAWA, "en").rung == Rung.DIRECTORY
    assert time.monotonic() - started < 0.3
    assert emulator.calls["find_offices"] == calls


def test_near_nothing_is_an_answer_for_a_minute_only(emulator: EmulatorServer) -> None:
    nowhere = NearPostalCode("X0A0H0")
    assert find(nowhere, "en").offices == find(nowhere, "en").offices == ()
    assert emulator.calls["find_offices"] == 1
    cache.store(nowhere, "en", (), timezone.now() - timedelta(seconds=61))
    find(nowhere, "en")
    assert emulator.calls["find_offices"] == 2


def test_offices_that_were_not_seen_again_age_out_of_the_directory(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    find(OTTAWA, "en")
    Office.objects.update(offered_at=timezone.now() - timedelta(days=8))
    _break(emulator, change_settings)
    with pytest.raises(OfficesUnavailable):
        find(NearPostalCode("K1A9Z9"), "en")
    change_settings(OFFICE_LIFETIME=timedelta(days=9))
    assert find(NearPostalCode("K1A9Z9"), "en").rung == Rung.DIRECTORY


def test_closed_offices_do_not_answer(emulator: EmulatorServer, change_settings: Any) -> None:
    offices = find(OTTAWA, "en").offices
    directory.mark_closed(offices[0].office_id, timezone.now())
    _break(emulator, change_settings)
    shown = find(NearPostalCode("K1A9Z9"), "en").offices
    assert shown
    assert offices[0].office_id not in {office.office_id for office in shown}


@pytest.mark.parametrize(
    ("query", "precision"),
    [
        pytest.param(NearCoordinates(Coordinates(45.42, -75.7)), Precision.EXACT, id="a point"),
        pytest.param(NearPostalCode("K1Z9Z9"), Precision.AREA, id="an unknown area of a known city"),
        pytest.param(NearAddress("ON", "ottawa"), Precision.AREA, id="a city in any case"),
    ],
)
def test_the_directory_says_how_well_it_knows_the_place(
    emulator: EmulatorServer, change_settings: Any, query: OfficeQuery, precision: Precision
) -> None:
    find(OTTAWA, "en")
    Office.objects.filter(postal_code__startswith="K1Z").delete()
    _break(emulator, change_settings)
    answer = find(query, "en")
    assert (answer.rung, answer.precision) == (Rung.DIRECTORY, precision)
    distances = [office.distance_km for office in answer.offices if office.distance_km is not None]
    assert len(distances) == len(answer.offices)
    assert distances == sorted(distances)


@pytest.mark.parametrize(
    "query", [NearPostalCode("K9Z9Z9"), NearAddress("ON", "Kenora"), NearPostalCode("K0B1A0")], ids=str
)
def test_a_place_that_the_directory_cannot_tell_is_asked_for_otherwise(
    emulator: EmulatorServer, change_settings: Any, query: OfficeQuery
) -> None:
    find(OTTAWA, "en")
    Office.objects.filter(postal_code__startswith="K0B").delete()
    _break(emulator, change_settings)
    with pytest.raises(PlaceNotKnown):
        find(query, "en")
    assert not nothing_answers()


def test_areas_of_a_city_lie_close_together() -> None:
    by_beginning: dict[str, list[tuple[float, float]]] = {}
    for area in areas():
        for length in (1, 2):
            by_beginning.setdefault(area.code[:length], []).append((area.latitude, area.longitude))
    close = set()
    for begins, points in by_beginning.items():
        middle = Coordinates(*(fmean(degrees) for degrees in zip(*points, strict=True)))
        if len(points) > 1 and max(distance_km(middle, Coordinates(*point)) for point in points) < 35:
            close.add(begins)
    assert {begins for begins in by_beginning if CITY_PREFIXES.fullmatch(begins)} == close


def test_offices_at_the_other_end_of_the_country_are_no_answer(emulator: EmulatorServer, change_settings: Any) -> None:
    find(OTTAWA, "en")
    _break(emulator, change_settings)
    with pytest.raises(OfficesUnavailable):
        find(NearCoordinates(Coordinates(49.28, -123.12)), "en")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_rung_says_which_it_is(
    emulator: EmulatorServer, aged: Callable[..., None], change_settings: Any, language: Any
) -> None:
    aged()
    note_unanswered(cache.key(OTTAWA, "en"))
    stale = find(OTTAWA, "en")
    _break(emulator, change_settings)
    ours = [find(query, "en") for query in (NearPostalCode("K1A9Z9"), NearCoordinates(Coordinates(45.42, -75.7)))]
    with translation.override(language):
        told = [standing(answer.rung, answer.asked_at, answer.precision) for answer in (stale, *ours)]
    assert len(set(told)) == 3
    assert all(told)


def test_a_directory_that_cannot_be_written_costs_the_buyer_nothing(
    emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*arguments: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(directory, "_upsert", busy)
    assert find(OTTAWA, "en").offices
    assert not Office.objects.exists()
