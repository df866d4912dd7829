"""From a search to post offices, down the ladder; and the hours of one office."""

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache as django_cache
from django.utils import timezone

from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.types import Language, NearAddress, NearPostalCode, PostOffice
from deliver_to_po.core import client
from deliver_to_po.core.carrier import canada_post, gave_up
from deliver_to_po.core.choices import Rung
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficeNotOffered, OfficesUnavailable, QueryNotUnderstood, TooManySearches
from deliver_to_po.models import Office
from deliver_to_po.offices import cache, directory
from deliver_to_po.offices.finder import fetch_office, find, known_office
from deliver_to_po.offices.nearby import Precision
from deliver_to_po.offices.outage import current_outage
from deliver_to_po.offices.turns import note_unanswered
from tests.offices.conftest import OTTAWA, over_the_limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator")]
# One of each kind of what Canada Post may do instead of answering; the last is slower than a buyer waits.
FAULTS = ("500", "reset", "garbage", "429", "401", "delay")


def test_the_same_question_is_asked_once(emulator: EmulatorServer) -> None:
    assert find(OTTAWA, "en") == find(OTTAWA, "en")
    assert emulator.calls["find_offices"] == 1


def office(office_id: str, km: str | None) -> PostOffice:
    distance = None if km is None else Decimal(km)
    return PostOffice(office_id, "Comptoir", "Ottawa", "1 Main St", "Ottawa", "ON", "K1A0B1", distance_km=distance)


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ([("0000000001", "1"), ("0000000002", "2"), ("0000000001", "1"), ("1", "3")], ["0000000001", "0000000002"]),
        ([("3", "9"), ("1", "1"), ("2", "5")], ["1", "2", "3"]),
        ([("3", "1"), ("1", "1"), ("2", "0")], ["2", "3", "1"]),
        ([("3", "9"), ("1", None), ("2", "5")], ["3", "1", "2"]),
    ],
)
def test_each_office_is_listed_once_and_the_nearest_first(
    monkeypatch: pytest.MonkeyPatch, said: list[tuple[str, str | None]], listed: list[str]
) -> None:
    offices = [office(*each) for each in said]
    monkeypatch.setattr(PortalCanadaPost, "find_offices", lambda *_, **__: offices)
    # The second answer comes from the cache.
    for _ in range(2):
        assert [each.office_id for each in find(OTTAWA, "en").offices] == listed


def test_another_language_is_another_question(emulator: EmulatorServer) -> None:
    english, french = find(OTTAWA, "en"), find(OTTAWA, "fr")
    assert [o.office_id for o in english.offices] == [o.office_id for o in french.offices]
    assert emulator.calls["find_offices"] == 2


def test_fifty_are_asked_for() -> None:
    assert 10 < len(find(NearPostalCode("M5V3L9"), "en").offices) <= 50


@pytest.mark.parametrize("api", ["portal", "webservices"])
@pytest.mark.parametrize("query", [NearAddress("ON", "Toronto"), NearAddress("SK", "Moose Jaw")], ids=str)
def test_a_city_of_any_size_is_answered_over_either_api(change_settings: Any, api: str, query: NearAddress) -> None:
    change_settings(CANADA_POST={"API": api})
    offices = find(query, "en").offices
    assert offices[0].city == query.city.upper()
    assert offices[0].distance_km is not None
    assert offices[0].distance_km < 5


@pytest.mark.parametrize("api", ["portal", "webservices"])
def test_a_place_without_offices_is_an_empty_answer_over_either_api(change_settings: Any, api: str) -> None:
    change_settings(CANADA_POST={"API": api})
    assert find(NearAddress("NU", "Iqaluit"), "en").offices == ()


def test_a_known_place_is_found_in_the_directory_by_its_middle(break_canada_post: Callable[..., None]) -> None:
    find(OTTAWA, "en")
    break_canada_post()
    answer = find(NearAddress("ON", "Pakenham"), "en")
    assert (answer.rung, answer.precision) == (Rung.DIRECTORY, Precision.AREA)


def test_hours_that_are_known_are_not_asked_for_again(emulator: EmulatorServer) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    for _ in range(2):
        fetch_office(office_id, "en")
    assert emulator.calls["office_details"] == 1


def test_an_office_that_does_not_exist_was_never_offered() -> None:
    with pytest.raises(OfficeNotOffered):
        fetch_office("0099999999", "en")


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
    answer = find(OTTAWA, "en", before_asking=_never)
    assert answer.rung == Rung.STALE
    assert timezone.now() - answer.asked_at > timedelta(hours=6)
    assert emulator.calls["find_offices"] == 1


def _never() -> None:
    pytest.fail("Canada Post would have been asked")


def test_an_older_answer_is_shown_without_waiting_after_somebody_asked_in_vain(aged: Callable[..., None]) -> None:
    aged()
    note_unanswered(cache.key(OTTAWA, "en"))
    assert find(OTTAWA, "en", before_asking=_never).rung == Rung.STALE


@pytest.mark.parametrize("fault", FAULTS)
def test_an_older_answer_outlives_whatever_canada_post_does(
    aged: Callable[..., None], break_canada_post: Callable[..., None], fault: str
) -> None:
    aged()
    break_canada_post(fault)
    started = time.monotonic()
    answer = find(OTTAWA, "en")
    assert answer.rung == Rung.STALE
    assert answer.offices
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("fault", ["500", "delay"])
def test_the_directory_answers_what_nobody_has_asked_before(break_canada_post: Callable[..., None], fault: str) -> None:
    near = find(OTTAWA, "en").offices[0]
    break_canada_post(fault)
    started = time.monotonic()
    answer = find(NearPostalCode("K1A9Z9"), "en")
    assert answer.rung == Rung.DIRECTORY
    assert answer.precision == Precision.AREA
    assert near.office_id in {office.office_id for office in answer.offices}
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("fault", ["500", "delay"])
def test_where_nothing_answers_the_option_is_withdrawn_with_a_reason(
    break_canada_post: Callable[..., None], fault: str
) -> None:
    break_canada_post(fault)
    with pytest.raises(OfficesUnavailable) as caught:
        find(OTTAWA, "en")
    assert "home delivery" in str(caught.value.message)


def test_a_question_that_went_unanswered_is_not_waited_for_again_at_once(
    emulator: EmulatorServer, break_canada_post: Callable[..., None], change_settings: Any
) -> None:
    find(NearPostalCode("K1P1J1"), "en")
    break_canada_post("delay")
    find(OTTAWA, "en")
    calls = emulator.calls["find_offices"]
    change_settings(SEARCH_TIMEOUT_SECONDS=5.0)
    started = time.monotonic()
    assert find(OTTAWA, "en").rung == Rung.DIRECTORY
    assert time.monotonic() - started < 4
    assert emulator.calls["find_offices"] == calls


def _first_two(language: Language = "en") -> list[Office]:
    """Search, and return the rows of the two nearest offices: one to ask about, and one that must stay as it is."""
    rows = [directory.get_office(office.office_id) for office in find(OTTAWA, language).offices[:2]]
    return [row for row in rows if row is not None]


def _hours_are_unknown(*rows: Office) -> bool:
    saved = Office.objects.filter(pk__in=[row.pk for row in rows])
    return all(row.hours is None and row.hours_fetched_at is None for row in saved)


def test_an_answer_about_another_office_is_not_taken_for_the_hours_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    row, other = _first_two()
    answer = canada_post().office(other.received_id)
    monkeypatch.setattr(PortalCanadaPost, "office", lambda self, office_id: answer)
    with pytest.raises(OfficesUnavailable):
        fetch_office(row.received_id, "en")
    assert _hours_are_unknown(row, other)


def test_only_the_office_that_was_asked_about_gets_its_hours() -> None:
    row, other = _first_two()
    fetched = fetch_office(row.received_id, "en")
    saved = directory.get_office(row.received_id)
    assert saved is not None
    assert saved.hours
    assert fetched.hours == directory.post_office(saved, "en").hours
    assert _hours_are_unknown(other)


def test_an_office_that_canada_post_no_longer_knows_is_not_offered(emulator: EmulatorServer) -> None:
    row, other = _first_two()
    emulator.state.close_office(row.received_id, "gone")
    with pytest.raises(OfficeNotOffered):
        fetch_office(row.received_id, "en")
    # It is an answer, so the next one who asks is not told that Canada Post cannot be reached.
    with pytest.raises(OfficeNotOffered):
        fetch_office(row.received_id, "en")
    assert fetch_office(other.received_id, "en").hours


@pytest.mark.parametrize(("fault", "level"), [("500", "WARNING"), ("garbage", "WARNING"), ("403", "ERROR")])
def test_hours_that_cannot_be_fetched_are_a_message_and_not_asked_for_again_at_once(
    emulator: EmulatorServer, caplog: pytest.LogCaptureFixture, fault: str, level: str
) -> None:
    row, other = _first_two()
    emulator.faults.add("office_details", fault, count=None)
    with pytest.raises(OfficesUnavailable):
        fetch_office(row.received_id, "en")
    assert [record.levelname for record in caplog.records if record.name.startswith("deliver_to_po")] == [level]
    asked = emulator.calls["office_details"]
    with pytest.raises(OfficesUnavailable):
        fetch_office(row.received_id, "en")
    assert emulator.calls["office_details"] == asked
    emulator.faults.clear()
    assert fetch_office(other.received_id, "en").hours


def test_hours_are_fetched_anew_after_a_week(emulator: EmulatorServer) -> None:
    row, _ = _first_two()
    fetch_office(row.received_id, "en")
    for age, calls in ((timedelta(days=6, hours=23), 1), (timedelta(days=7, hours=1), 2)):
        Office.objects.filter(pk=row.pk).update(hours_fetched_at=timezone.now() - age)
        fetch_office(row.received_id, "en")
        assert emulator.calls["office_details"] == calls


def test_an_office_whose_name_is_known_in_the_other_language_only_is_asked_about() -> None:
    row, _ = _first_two()
    fetch_office(row.received_id, "en")
    Office.objects.filter(pk=row.pk).update(name_en="", name_fr="", location_fr="")
    assert fetch_office(row.received_id, "fr").name
    saved = directory.get_office(row.received_id)
    assert saved is not None
    assert (bool(saved.name_fr), saved.name_en) == (True, "")


def test_what_is_known_about_an_office_needs_no_call(emulator: EmulatorServer) -> None:
    row, _ = _first_two("fr")
    emulator.faults.add("*", "500", count=None)
    asked = dict(emulator.calls)
    assert known_office(row.received_id, "fr") == directory.post_office(row, "fr")
    with pytest.raises(OfficeNotOffered):
        known_office("0099999999", "fr")
    assert emulator.calls == asked


def test_a_search_that_canada_post_would_refuse_is_a_message_for_the_buyer(emulator: EmulatorServer) -> None:
    with pytest.raises(QueryNotUnderstood):
        find(NearPostalCode("90210"), "en")
    assert not emulator.calls.get("find_offices")


def test_the_caller_is_told_only_before_canada_post_is_asked() -> None:
    told: list[str] = []
    for _ in range(2):
        office_id = find(OTTAWA, "en", before_asking=lambda: told.append("search")).offices[0].office_id
    for _ in range(2):
        fetch_office(office_id, "en", before_asking=lambda: told.append("hours"))
    assert told == ["search", "hours"]


def test_a_caller_may_refuse_to_let_canada_post_be_asked(emulator: EmulatorServer) -> None:
    row, _ = _first_two()
    asked = dict(emulator.calls)
    with pytest.raises(TooManySearches):
        find(NearPostalCode("V6B1A1"), "en", before_asking=over_the_limit)
    with pytest.raises(TooManySearches):
        fetch_office(row.received_id, "en", before_asking=over_the_limit)
    assert emulator.calls == asked
    assert current_outage() is None


def test_over_the_limit_the_directory_answers_and_that_is_no_outage(emulator: EmulatorServer) -> None:
    _first_two()
    asked = dict(emulator.calls)
    known, of_area = (
        find(NearPostalCode(code), "en", before_asking=over_the_limit, needed=3) for code in ("K1P1J1", "K1A9Z9")
    )
    assert [answer.rung for answer in (known, of_area)] == [Rung.DIRECTORY] * 2
    assert len(of_area.offices) == 3
    assert of_area.precision == Precision.AREA
    assert known.over_limit
    assert of_area.over_limit
    assert emulator.calls == asked
    assert current_outage() is None
    assert not find(NearPostalCode("K1A9Z9"), "en").over_limit


def test_over_the_limit_an_older_answer_goes_before_the_directory(
    emulator: EmulatorServer, aged: Callable[..., None]
) -> None:
    aged()
    answer = find(OTTAWA, "en", before_asking=over_the_limit)
    assert (answer.rung, answer.over_limit) == (Rung.STALE, True)
    assert timezone.now() - answer.asked_at > timedelta(hours=6)
    assert emulator.calls["find_offices"] == 1
    assert current_outage() is None


def test_over_the_limit_an_office_that_was_found_closed_is_left_out(aged: Callable[..., None]) -> None:
    aged()
    first, second = find(OTTAWA, "en", before_asking=over_the_limit).offices[:2]
    directory.mark_closed(first.office_id, timezone.now())
    assert find(OTTAWA, "en", before_asking=over_the_limit).offices[0] == second
    answer = find(NearPostalCode("K1A9Z9"), "en", before_asking=over_the_limit)
    assert first.office_id not in [office.office_id for office in answer.offices]


def test_a_search_that_only_the_directory_answers_is_an_outage_for_the_merchant(
    emulator: EmulatorServer, aged: Callable[..., None], break_canada_post: Callable[..., None]
) -> None:
    aged()
    break_canada_post()
    find(OTTAWA, "en")
    outage = current_outage()
    assert outage is not None
    assert outage.rung == Rung.STALE
    find(NearPostalCode("K1A9Z9"), "en")
    outage = current_outage()
    assert outage is not None
    assert outage.rung == Rung.DIRECTORY
    emulator.faults.clear()
    find(NearPostalCode("H2X1Y4"), "en")
    assert current_outage() is None


@pytest.fixture
def breaker_clock(monkeypatch: pytest.MonkeyPatch, emulator: EmulatorServer, change_settings: Any) -> list[float]:
    """Return the breaker's clock: its only item is the time in seconds."""
    now = [0.0]
    monkeypatch.setattr(client, "Breaker", lambda: Breaker(clock=lambda: now[0]))
    # Settings that change make a new caller, with this breaker.
    change_settings(SEARCH_TIMEOUT_SECONDS=2.0)
    return now


def test_after_five_calls_that_reached_nobody_there_are_no_calls_for_half_a_minute_then_the_list_is_fresh(
    emulator: EmulatorServer, breaker_clock: list[float]
) -> None:
    row, other = _first_two()
    codes = iter(f"K1A0B{digit}" for digit in range(2, 10))
    emulator.faults.add("*", "reset", count=None)
    while not gave_up():
        assert find(NearPostalCode(next(codes)), "en").rung == Rung.DIRECTORY
    emulator.faults.clear()
    asked = dict(emulator.calls)
    breaker_clock[0] += 29
    assert find(NearPostalCode(next(codes)), "en", before_asking=_never).rung == Rung.DIRECTORY
    with pytest.raises(OfficesUnavailable):
        fetch_office(row.received_id, "en", before_asking=_never)
    assert emulator.calls == asked
    breaker_clock[0] += 2
    assert find(NearPostalCode(next(codes)), "en").rung == Rung.FRESH
    assert find(NearPostalCode(next(codes)), "en").rung == Rung.FRESH
    assert fetch_office(other.received_id, "en").hours


def test_buyers_may_use_the_last_quarter_of_the_calls(change_settings: Any) -> None:
    # A token, three searches, one office.
    change_settings(CANADA_POST={"CALLS_PER_MINUTE": 5})
    rungs = [find(NearPostalCode(f"K1A0B{digit}"), "en").rung for digit in range(1, 4)]
    assert fetch_office(find(NearPostalCode("K1A0B1"), "en").offices[0].office_id, "en").hours
    assert rungs == [Rung.FRESH] * 3
