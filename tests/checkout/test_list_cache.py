"""Lists that are kept for a minute: the same for everybody, and never behind what is known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.checkout import list_cache, searching
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.checkout.pages.shown_offices import shown_list
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.conf import app_settings
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OptionPaused
from deliver_to_po.models import Office, Pause
from deliver_to_po.offices import directory
from deliver_to_po.offices.directory import with_hours
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.finder import find
from tests.factories import make_pause

pytestmark = pytest.mark.django_db
# A signal that follows a commit must come.
COMMITS = pytest.mark.django_db(transaction=True)
ASKED = NearPostalCode("K1A0B1")
NINE_TO_FIVE = WeeklyHours(dict.fromkeys(range(1, 6), intervals(["09:00", "17:00"]))).to_json()
AT_NOON = datetime(2026, 11, 25, 17, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> Any:
    time_machine.move_to(AT_NOON, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def _hours_are_known(emulator: EmulatorServer, clock: Any) -> None:
    find(ASKED, "en")
    Office.objects.update(hours=NINE_TO_FIVE, hours_fetched_at=AT_NOON)


def _made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a record that grows with each list of offices that is made."""
    made: list[object] = []
    make: Callable[..., OfficeList] = searching._made

    def count(*args: Any) -> OfficeList:
        made.append(args)
        return make(*args)

    monkeypatch.setattr(searching, "_made", count)
    return made


def _ids(found: OfficeList) -> list[str]:
    return [listed.office.office_id for listed in found.offices]


def test_the_same_list_is_made_once_a_minute(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    made = _made(monkeypatch)
    first = searching.search(ASKED, "en")
    clock.move_to(AT_NOON + timedelta(seconds=49), tick=False)
    assert searching.search(ASKED, "en") == first
    assert len(made) == 1
    clock.move_to(AT_NOON + timedelta(seconds=50), tick=False)
    searching.search(ASKED, "en")
    assert len(made) == 2


def test_a_kept_list_asks_no_database() -> None:
    for _ in range(2):
        searching.search(ASKED, "en")
    with CaptureQueriesContext(connection) as queries:
        searching.search(ASKED, "en")
    assert not queries.captured_queries


def test_opening_times_are_never_a_minute_late(clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 25, 21, 59, 59, tzinfo=UTC), tick=False)
    before = searching.search(ASKED, "en")
    clock.move_to(datetime(2026, 11, 25, 22, 0, 0, tzinfo=UTC), tick=False)
    after = searching.search(ASKED, "en")
    closing = [
        office.office_id
        for office in shown_list(before).offices
        if "closes at 5\N{NO-BREAK SPACE}p.m." in office.opening
    ]
    assert closing
    assert not [office for office in shown_list(after).offices if office.office_id in closing and office.is_open]


def test_each_language_and_each_length_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(monkeypatch)
    english = searching.search(ASKED, "en")
    french = searching.search(ASKED, "fr")
    assert searching.search(ASKED, "fr") == french
    assert [one.office.name for one in french.offices] != [one.office.name for one in english.offices]
    assert len(searching.search(ASKED, "en", show=20).offices) == 20
    assert searching.search(ASKED, "en") == english
    assert len(made) == 3


def test_places_with_the_very_same_offices_keep_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = find(ASKED, "en")
    monkeypatch.setattr(searching, "find", lambda *_, **__: answer)
    for _ in range(2):
        for place in (ASKED, NearPostalCode("K1P1J1")):
            assert searching.search(place, "en").query == place


def test_who_has_chosen_sees_it_and_nobody_else() -> None:
    second = _ids(searching.search(ASKED, "en"))[1]
    chosen = searching.search(ASKED, "en", chosen=second)
    assert [one.office.office_id for one in chosen.offices if one.chosen] == [second]
    assert not [one for one in searching.search(ASKED, "en").offices if one.chosen]


@COMMITS
def test_a_list_with_an_office_that_has_closed_is_shown_no_more(clock: Any) -> None:
    first, *others = _ids(searching.search(ASKED, "en"))
    clock.shift(1)
    directory.mark_closed(first, timezone.now())
    assert _ids(searching.search(ASKED, "en"))[:-1] == others


@COMMITS
def test_a_pause_is_noticed_at_once() -> None:
    searching.search(ASKED, "en")
    searching.search(ASKED, "en")
    pause = make_pause()
    with pytest.raises(OptionPaused):
        searching.search(ASKED, "en")
    pause.delete()
    assert searching.search(ASKED, "en").offices


@COMMITS
def test_a_pause_that_no_signal_told_of_is_noticed_in_seconds(clock: Any) -> None:
    searching.search(ASKED, "en")
    searching.search(ASKED, "en")
    ends_at = timezone.now() + timedelta(days=3)
    Pause.objects.bulk_create([Pause(reason_en="On strike.", reason_fr="En grève.", ends_at=ends_at)])
    assert searching.search(ASKED, "en").offices
    clock.move_to(AT_NOON + timedelta(seconds=6), tick=False)
    with pytest.raises(OptionPaused):
        searching.search(ASKED, "en")


def test_a_list_without_all_hours_is_kept_until_any_are_learnt(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    fourth = searching.search(ASKED, "en").offices[3].office
    Office.objects.filter(office_key=fourth.office_id.lstrip("0")).update(hours=None)
    cache.clear()
    made = _made(monkeypatch)
    for _ in range(2):
        assert searching.search(ASKED, "en").offices[3].office.hours is None
    assert len(made) == 1
    clock.shift(1)
    directory.remember_hours(fourth, "en", timezone.now())
    assert searching.search(ASKED, "en").offices[3].office.hours == fourth.hours


@pytest.mark.parametrize("answered", [{"rung": Rung.STALE}, {"offices": ()}])
def test_a_list_of_a_lower_rung_or_without_offices_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, answered: dict[str, Any]
) -> None:
    answer = find(ASKED, "en")._replace(**answered)
    monkeypatch.setattr(searching, "find", lambda *_, **__: answer)
    made = _made(monkeypatch)
    for _ in range(2):
        assert _ids(searching.search(ASKED, "en")) == [office.office_id for office in answer.offices[:10]]
    assert len(made) == 2


def test_a_list_whose_answer_is_no_longer_fresh_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    lifetime = app_settings.search_cache_lifetime
    answer = find(ASKED, "en")._replace(asked_at=AT_NOON - lifetime)
    monkeypatch.setattr(searching, "find", lambda *_, **__: answer)
    searching.search(ASKED, "en")
    assert cache.get(_key()) is None


def test_a_filtered_list_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(monkeypatch)
    for _ in range(2):
        searching.search(ASKED, "en", wanted=[Filter.OPEN_NOW])
    assert len(made) == 2


def test_a_list_is_not_kept_longer_than_its_answer_is_fresh(
    emulator: EmulatorServer, change_settings: Any, clock: Any
) -> None:
    change_settings(SEARCH_CACHE_LIFETIME=timedelta(seconds=20))
    for seconds, calls in ((19, 1), (1, 1), (1, 2)):
        clock.shift(seconds)
        searching.search(ASKED, "en")
        assert emulator.calls["find_offices"] == calls


def _key() -> str:
    return list_cache.Slot.of(ASKED, "en", 10).key


@pytest.mark.parametrize("stored", [42, {"offices": []}, "", "{}", '{"offices": [[{}, null]], "made_at": "z"}'])
def test_what_is_no_list_is_made_anew(stored: object) -> None:
    found = searching.search(ASKED, "en")
    cache.set(_key(), stored)
    assert searching.search(ASKED, "en") == found


def test_an_office_in_a_time_zone_that_is_not_known_is_kept_without_saying_whether_it_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = find(ASKED, "en")
    nowhere = replace(with_hours(answer.offices)[0], coordinates=None, province="", postal_code="")
    monkeypatch.setattr(searching, "find", lambda *_, **__: answer._replace(offices=(nowhere,)))
    found = searching.search(ASKED, "en")
    assert found.offices[0].opening is None
    assert list_cache.load(list_cache.Slot.of(ASKED, "en", 10)) == found


def test_that_nothing_is_kept_yet_is_no_trouble_of_the_cache(caplog: pytest.LogCaptureFixture) -> None:
    assert list_cache.load(list_cache.Slot.of(ASKED, "en", 10)) is None
    assert not caplog.records


def test_a_list_is_kept_as_text_and_reads_the_same_in_another_process() -> None:
    found = searching.search(ASKED, "en")
    assert isinstance(cache.get(_key()), str)
    list_cache._entry.cache_clear()
    assert list_cache.load(list_cache.Slot.of(ASKED, "en", 10)) == found
