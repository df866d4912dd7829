"""Search → a list of offices, as values."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.types import Language, NearAddress, NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.checkout import searching
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.core.choices import Rung
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TooManySearches
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.finder import OfficeAnswer
from deliver_to_po.offices.nearby import Precision
from deliver_to_po.offices.opening import State
from deliver_to_po.offices.typed.query import parse
from tests.factories import LISTED_OFFICE as OFFICE
from tests.offices.conftest import over_the_limit

pytestmark = pytest.mark.django_db
HOME = NearPostalCode("K2B7K0")
RECEIVED_AT = datetime(2026, 11, 25, tzinfo=UTC)


def search(query: OfficeQuery, **how: Any) -> OfficeList:
    return searching.search(query, "en", **how)


def office(number: int, **changes: Any) -> PostOffice:
    return replace(OFFICE, office_id=f"{number:010d}", **changes)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lets every search find the given offices."""

    def give(*offices: PostOffice, **origin: Any) -> None:
        cache.clear()
        found = OfficeAnswer(tuple(offices), RECEIVED_AT, **origin)
        monkeypatch.setattr(searching, "find", lambda *_, **__: found)

    return give


def test_the_list_says_what_answered_from_when_it_is_and_how_well_distances_are_known(answer: Any) -> None:
    answer(OFFICE, rung=Rung.DIRECTORY, precision=Precision.AREA)
    found = search(HOME)
    assert (found.rung, found.received_at, found.precision) == (Rung.DIRECTORY, RECEIVED_AT, Precision.AREA)


# A Monday at noon in Ottawa, and one at night.
@pytest.mark.parametrize(("hour", "state"), [(17, State.OPEN), (3, State.CLOSED)])
def test_an_office_is_listed_with_distance_hours_and_whether_it_is_open(
    answer: Any, time_machine: Any, hour: int, state: State
) -> None:
    time_machine.move_to(datetime(2026, 11, 23, hour, tzinfo=UTC), tick=False)
    answer(OFFICE)
    (listed,) = search(HOME).offices
    assert listed.office == OFFICE
    assert listed.opening is not None
    assert listed.opening.state == state


def test_a_filter_says_how_many_match_of_how_many_and_of_how_many_nothing_is_known(answer: Any) -> None:
    unknown, weekend = office(3, hours=None), WeeklyHours({6: intervals(["09:00", "17:00"])})
    answer(office(1), unknown, office(2, hours=weekend), office(4))
    found = search(HOME, wanted=[Filter.WEEKEND])
    assert [listed.office.office_id for listed in found.offices] == ["0000000002", "0000000003"]
    assert (found.matching, found.out_of, found.unsure) == (1, 4, 1)


def test_a_filter_counts_also_what_is_not_listed_yet(answer: Any, change_settings: Any) -> None:
    change_settings(OFFICES_PER_PAGE=2)
    weekend = WeeklyHours({6: intervals(["09:00", "17:00"])})
    answer(office(1), *(office(number, hours=weekend) for number in (2, 3, 4)))
    found = search(HOME, wanted=[Filter.WEEKEND])
    assert (len(found.offices), found.matching, found.out_of, found.unsure) == (2, 3, 4, 0)


def test_on_the_way_somewhere_the_smallest_detour_comes_first_also_among_what_a_filter_lets_through(
    emulator: EmulatorServer,
) -> None:
    home, work = NearPostalCode("H2X1Y4"), NearPostalCode("H4C1A1")
    # The list of the same place without the way is another.
    assert search(home).via is None
    found = search(home, via=work)
    detours = [listed.detour_km for listed in found.offices if listed.detour_km is not None]
    assert (found.via, found.near_buyer, len(detours)) == (work, False, 10)
    assert detours == sorted(detours)
    filtered = search(home, via=work, wanted=[Filter.FRENCH])
    assert [listed.detour_km for listed in filtered.offices] == detours
    assert filtered.out_of > 50
    assert search(home).via is None


def test_a_place_whose_way_nobody_can_measure_leaves_the_list_as_it_is(answer: Any) -> None:
    answer(office(1), office(2))
    found = search(HOME, via=NearAddress("SK", "Notaplace"))
    assert [listed.detour_km for listed in found.offices] == [None, None]
    assert found.via is None


def test_a_list_without_the_offices_near_a_second_place_says_that_the_visitor_is_over_the_limit(
    emulator: EmulatorServer,
) -> None:
    asked: list[int] = []

    def once() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise TooManySearches

    found = search(NearPostalCode("H2X1Y4"), via=NearPostalCode("H4C1A1"), before_asking=once)
    assert (found.rung, found.over_limit) == (Rung.FRESH, True)


def test_without_a_filter_nothing_is_left_out(answer: Any) -> None:
    answer(office(1), office(2, hours=None))
    found = search(HOME)
    assert (found.filtered, found.out_of, found.unsure) == (False, 0, 0)


@pytest.mark.parametrize(
    ("text", "wants"),
    [("Notaplace, SK", True), ("Moose Jaw, SK", False), ("Main St, Notaplace, SK", False), ("K2B7K0", False)],
)
def test_a_city_that_is_not_known_wants_a_street(answer: Any, text: str, wants: bool) -> None:
    answer()
    assert search(parse(text)).wants_street is wants


def test_no_more_offices_are_looked_for_than_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than are shown says whether there are more; a filter needs all that Canada Post tells."""
    needed: list[int] = []

    def find(*_: Any, **named: Any) -> OfficeAnswer:
        needed.append(named["needed"])
        return OfficeAnswer((), RECEIVED_AT)

    monkeypatch.setattr(searching, "find", find)
    search(HOME, show=20)
    search(HOME, show=20, wanted=[Filter.FRENCH])
    assert needed == [21, 50]


def test_whoever_may_not_ask_is_answered_by_the_directory(emulator: EmulatorServer) -> None:
    with pytest.raises(TooManySearches):
        search(HOME, before_asking=over_the_limit)
    assert not any(emulator.calls.values())
    search(HOME)
    asked = dict(emulator.calls)
    found = search(NearPostalCode("K2B7K1"), before_asking=over_the_limit)
    assert (found.rung, found.over_limit, found.hours_coming) == (Rung.DIRECTORY, True, False)
    assert found.offices
    assert emulator.calls == asked
    assert not search(NearPostalCode("K2B7K1")).over_limit


def test_offices_are_numbered_and_a_page_at_a_time(answer: Any, settings: Any) -> None:
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, "OFFICES_PER_PAGE": 2}
    answer(*(office(n) for n in range(1, 6)))
    first = search(HOME)
    assert [o.number for o in first.offices] == [1, 2]
    assert first.next_show == 4
    assert len(search(HOME, show=4).offices) == 4
    assert search(HOME, show=5).next_show is None
    last = search(HOME, show=6)
    assert len(last.offices) == 5
    assert last.next_show is None


def test_no_more_are_offered_to_be_shown_than_there_may_be(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(*(office(n) for n in range(1, 14)))
    monkeypatch.setattr("deliver_to_po.checkout.searching.MOST_SHOWN", 12)
    assert (search(HOME).next_show, search(HOME, show=12).next_show) == (12, None)


@pytest.mark.parametrize(("wanted", "shown"), [(None, 10), (0, 10), (3, 10), (25, 25), (9999, searching.MOST_SHOWN)])
def test_as_many_are_shown_as_asked_within_reason(wanted: int | None, shown: int) -> None:
    assert searching.shown_count(wanted) == shown


@pytest.mark.parametrize(("chosen", "marked"), [("2", [False, True]), ("", [False, False])])
def test_the_chosen_office_is_marked_whatever_its_leading_zeros(answer: Any, chosen: str, marked: list[bool]) -> None:
    answer(office(0), office(2))
    assert [listed.chosen for listed in search(HOME, chosen=chosen).offices] == marked


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what a worker was told to fetch, search by search."""
    told: list[list[str]] = []

    def ask(office_ids: list[str], language: Language) -> bool:
        told.append(office_ids)
        return True

    cache.clear()
    monkeypatch.setattr(searching, "ask_for_hours", ask)
    monkeypatch.setattr(searching, "works_in_background", lambda: True)
    return told


def test_hours_that_are_missing_are_fetched_by_a_worker_once(answer: Any, worker: list[list[str]]) -> None:
    answer(office(1), office(2, hours=None), office(3, hours=None))
    assert search(HOME).hours_coming
    assert search(HOME).hours_coming
    assert worker == [["0000000002", "0000000003"], []]


def test_after_a_minute_a_worker_is_sent_for_the_same_hours_again(
    answer: Any, worker: list[list[str]], cache_of_this_process: None, time_machine: Any
) -> None:
    time_machine.move_to(RECEIVED_AT, tick=False)
    answer(office(1, hours=None))
    for seconds in (0, 59, 2):
        time_machine.shift(seconds)
        search(HOME)
    assert worker == [["0000000001"], ["0000000001"]]


@pytest.mark.parametrize("how", ["Broken", "Silent"])
def test_without_a_cache_hours_are_fetched_each_time(
    answer: Any, worker: list[list[str]], settings: Any, how: str
) -> None:
    answer(office(1, hours=None))
    settings.CACHES = {"default": {"BACKEND": f"tests.broken_cache.{how}Cache"}}
    assert search(HOME).hours_coming
    assert worker == [["0000000001"]]


@pytest.mark.parametrize(("changes", "rung"), [({}, Rung.FRESH), ({"hours": None}, Rung.STALE)])
def test_no_worker_is_sent_when_all_hours_are_known_or_canada_post_does_not_answer(
    answer: Any, worker: list[list[str]], changes: dict[str, Any], rung: Rung
) -> None:
    answer(office(1, **changes), rung=rung)
    assert not search(HOME).hours_coming
    assert worker == []


def test_without_a_worker_no_hours_are_promised(
    answer: Any, worker: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "works_in_background", lambda: False)
    answer(office(1, hours=None))
    found = search(HOME)
    assert (found.hours_missing, found.hours_coming) == (True, False)
    assert worker == []


def test_nobody_near_is_an_empty_list(answer: Any) -> None:
    answer()
    found = search(NearPostalCode("X0A0H0"))
    assert found.offices == ()
    assert found.next_show is None
