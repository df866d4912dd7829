"""Pages that are kept for a minute: the same for everybody, and never behind what is known."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from deliver_to_po.checkout import picker, ready
from deliver_to_po.checkout.shown import OfficePage
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OptionPaused
from deliver_to_po.models import Office, Pause
from deliver_to_po.offices import directory
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.finder import fetch_office, find
from deliver_to_po.offices.query import parse

# A signal that follows a commit must come, and the clock must stand still within a test.
pytestmark = pytest.mark.django_db(transaction=True)
ASKED = "K1A 0B1"
AT_NOON = datetime(2026, 11, 25, 17, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> Any:
    """Stop the clock at ten seconds past noon in Ottawa."""
    time_machine.move_to(AT_NOON, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def _hours_are_known(emulator: EmulatorServer, clock: Any) -> None:
    for office in find(parse(ASKED), "en").offices[:20]:
        fetch_office(office.office_id, "en")


def _made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows with each page that is made anew."""
    made: list[object] = []
    make: Callable[..., OfficePage] = picker._made

    def count(*args: Any) -> OfficePage:
        made.append(args)
        return make(*args)

    monkeypatch.setattr(picker, "_made", count)
    return made


def test_the_same_page_is_made_once_a_minute(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    made = _made(monkeypatch)
    first = picker.search(ASKED, "en")
    clock.move_to(AT_NOON + timedelta(seconds=49), tick=False)
    assert picker.search("k1a0b1", "en") == first
    assert len(made) == 1
    clock.move_to(AT_NOON + timedelta(seconds=50), tick=False)
    picker.search(ASKED, "en")
    assert len(made) == 2


def test_a_kept_page_asks_no_database() -> None:
    for _ in range(2):
        picker.search(ASKED, "en")
    with CaptureQueriesContext(connection) as queries:
        picker.search(ASKED, "en")
    assert not queries.captured_queries


def test_opening_times_are_never_a_minute_late(clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 25, 21, 59, 59, tzinfo=UTC), tick=False)
    before = picker.search(ASKED, "en")
    clock.move_to(datetime(2026, 11, 25, 22, 0, 0, tzinfo=UTC), tick=False)
    after = picker.search(ASKED, "en")
    closing = [office.office_id for office in before.offices if "closes at 5\N{NO-BREAK SPACE}p.m." in office.opening]
    assert closing
    assert not [office for office in after.offices if office.office_id in closing and office.is_open]


def test_each_language_and_each_length_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(monkeypatch)
    english = picker.search(ASKED, "en")
    with translation.override("fr"):
        french = picker.search(ASKED, "fr")
        assert picker.search(ASKED, "fr") == french
    assert french.standing != english.standing
    assert len(picker.search(ASKED, "en", show=20).offices) == 20
    assert picker.search(ASKED, "en") == english
    assert len(made) == 3


def test_who_has_chosen_sees_it_and_nobody_else() -> None:
    page = picker.search(ASKED, "en")
    second = page.offices[1].office_id
    chosen = picker.search(ASKED, "en", chosen=second)
    assert [office.office_id for office in chosen.offices if office.chosen] == [second]
    assert not [office for office in picker.search(ASKED, "en").offices if office.chosen]


def test_a_page_that_shows_a_closed_office_is_shown_no_more(clock: Any) -> None:
    first, *others = picker.search(ASKED, "en").offices
    clock.shift(1)
    directory.mark_closed(first.office_id, timezone.now())
    ids = [office.office_id for office in picker.search(ASKED, "en").offices]
    assert ids[:-1] == [office.office_id for office in others]


def test_a_pause_is_noticed_at_once() -> None:
    picker.search(ASKED, "en")
    picker.search(ASKED, "en")
    pause = Pause.objects.create(
        reason_en="On strike.", reason_fr="En grève.", ends_at=timezone.now() + timedelta(days=3)
    )
    with pytest.raises(OptionPaused):
        picker.search(ASKED, "en")
    pause.delete()
    assert picker.search(ASKED, "en").offices


def test_a_pause_that_no_signal_told_of_is_noticed_in_seconds(clock: Any) -> None:
    picker.search(ASKED, "en")
    picker.search(ASKED, "en")
    ends_at = timezone.now() + timedelta(days=3)
    Pause.objects.bulk_create([Pause(reason_en="On strike.", reason_fr="En grève.", ends_at=ends_at)])
    assert picker.search(ASKED, "en").offices
    clock.move_to(AT_NOON + timedelta(seconds=6), tick=False)
    with pytest.raises(OptionPaused):
        picker.search(ASKED, "en")


def test_a_page_without_all_hours_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(monkeypatch)
    Office.objects.filter(office_key=picker.search(ASKED, "en").offices[3].office_id.lstrip("0")).update(hours=None)
    cache.clear()
    for _ in range(2):
        assert picker.search(ASKED, "en").offices[3].hours is None
    assert len(made) == 3


def test_a_filtered_page_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(monkeypatch)
    for _ in range(2):
        picker.search(ASKED, "en", wanted=[Filter.OPEN_NOW])
    assert len(made) == 2


def test_a_page_is_not_kept_longer_than_its_answer_is_fresh(
    emulator: EmulatorServer, change_settings: Any, clock: Any
) -> None:
    change_settings(SEARCH_CACHE_LIFETIME=timedelta(seconds=20))
    for seconds, calls in ((19, 1), (1, 1), (1, 2)):
        clock.shift(seconds)
        picker.search(ASKED, "en")
        assert emulator.calls["find_offices"] == calls


@pytest.mark.parametrize("stored", [42, {"page": {}}, {"made_at": "z", "page": {"offices": [{}]}}])
def test_what_is_no_page_is_made_anew(stored: object) -> None:
    page = picker.search(ASKED, "en")
    cache.set(ready.Place.of(parse(ASKED), "en", 10).key, stored)
    assert picker.search(ASKED, "en") == page


def test_a_kept_page_is_the_same_after_a_cache_that_speaks_json() -> None:
    page = picker.search(ASKED, "en")
    key = ready.Place.of(parse(ASKED), "en", 10).key
    cache.set(key, json.loads(json.dumps(cache.get(key))))
    assert picker.search(ASKED, "en") == page
