"""The directory: what is saved of Canada Post's answers, and what counts."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.transaction import Atomic
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.models import Office
from deliver_to_po.offices import directory
from deliver_to_po.offices.finder import fetch_office, find
from tests.offices.conftest import OTTAWA

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator")]


def test_every_office_seen_is_in_the_directory_with_both_names() -> None:
    offices = find(OTTAWA, "en").offices
    find(OTTAWA, "fr")
    row = directory.get_office(offices[0].office_id)
    assert Office.objects.count() == len(offices)
    assert row is not None
    assert row.name_en
    assert row.name_fr
    assert row.offered_at is not None


def test_hours_are_shown_once_they_are_known() -> None:
    offices = find(OTTAWA, "en").offices
    assert directory.with_hours(offices)[0].hours is None
    hours = fetch_office(offices[0].office_id, "en").hours
    assert hours is not None
    assert [office.hours for office in directory.with_hours(offices)[:2]] == [hours, None]


def test_an_office_that_was_found_closed_leaves_an_answer_that_is_kept() -> None:
    first, *others = find(OTTAWA, "en").offices
    directory.mark_closed(first.office_id, timezone.now())
    assert find(OTTAWA, "en").offices == tuple(others)
    directory.remember_offered([first], "en", timezone.now())
    assert find(OTTAWA, "en").offices == (first, *others)


def test_another_environment_knows_nothing_of_ours(change_settings: Any) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    assert directory.offered_within(directory.get_office(office_id), timedelta(hours=1))
    change_settings(CANADA_POST={"LIVE": True})
    assert not directory.offered_within(directory.get_office(office_id), timedelta(hours=1))


def test_an_office_is_the_same_whatever_its_leading_zeros() -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    assert directory.offered_within(directory.get_office(office_id.lstrip("0")), timedelta(hours=1))


def test_an_old_offer_does_not_count() -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    Office.objects.update(offered_at=timezone.now() - timedelta(hours=25))
    assert not directory.offered_within(directory.get_office(office_id), directory.OFFERED_LATELY)
    assert directory.offered_within(directory.get_office(office_id), timedelta(days=7))


def _rows(*office_ids: str) -> list[dict[str, Any]]:
    keys = [office_id.lstrip("0") for office_id in office_ids]
    rows = Office.objects.filter(office_key__in=keys).order_by("office_key")
    return [dict(row) for row in rows.values()]


def test_closing_one_office_leaves_the_others_and_other_environments_as_they_are(change_settings: Any) -> None:
    closed, other, *_rest = find(OTTAWA, "en").offices
    change_settings(CANADA_POST={"LIVE": True})
    directory.remember_offered([closed], "en", timezone.now())
    change_settings(CANADA_POST={"LIVE": False})
    before = _rows(other.office_id)
    directory.mark_closed(closed.office_id, timezone.now())
    assert _rows(other.office_id) == before
    assert not directory.offered_within(directory.get_office(closed.office_id), timedelta(days=1))
    change_settings(CANADA_POST={"LIVE": True})
    assert directory.offered_within(directory.get_office(closed.office_id), timedelta(days=1))


def test_offices_that_are_known_say_when_they_were_closed() -> None:
    first, second = (office.office_id for office in find(OTTAWA, "en").offices[:2])
    at = timezone.now()
    directory.mark_closed(first, at)
    assert directory.closed_at_of([first, second, "4711"]) == {first.lstrip("0"): at, second.lstrip("0"): None}


def test_hours_that_are_older_than_a_week_are_not_shown_in_lists() -> None:
    first, second = find(OTTAWA, "en").offices[:2]
    for office in (first, second):
        fetch_office(office.office_id, "en")
    Office.objects.filter(office_key=first.office_id.lstrip("0")).update(
        hours_fetched_at=timezone.now() - timedelta(days=8)
    )
    assert [bool(office.hours) for office in directory.with_hours([first, second])] == [False, True]


def test_hours_that_a_list_has_are_not_replaced(django_assert_num_queries: Any) -> None:
    office = fetch_office(find(OTTAWA, "en").offices[0].office_id, "en")
    with django_assert_num_queries(0):
        assert directory.with_hours([office]) == (office,)


def test_an_office_that_is_offered_as_before_takes_one_statement() -> None:
    office, later = find(OTTAWA, "en").offices[0], timezone.now() + timedelta(hours=1)
    with CaptureQueriesContext(connection) as executed:
        directory.remember_offered([office], "en", later)
    assert [query["sql"].partition(" ")[0] for query in executed] == [
        "SAVEPOINT", "UPDATE", "RELEASE",
    ]  # fmt: skip
    assert Office.objects.get(offered_at=later).received_id == office.office_id


def test_a_name_in_the_other_language_survives_a_search() -> None:
    office = find(OTTAWA, "fr").offices[0]
    Office.objects.update(name_fr="Comptoir", location_fr="Ici")
    find(OTTAWA, "en")
    row = directory.get_office(office.office_id)
    assert row is not None
    assert (row.name_fr, row.location_fr) == ("Comptoir", "Ici")
    assert row.name_en


def test_an_answer_without_a_name_does_not_erase_the_one_that_is_known() -> None:
    office = find(OTTAWA, "en").offices[0]
    directory.remember_hours(dataclasses.replace(office, name="", location=""), "en", timezone.now())
    row = directory.get_office(office.office_id)
    assert row is not None
    assert (row.name_en, row.location_en) == (office.name, office.location)


def test_what_a_search_leaves_out_of_an_office_stays_as_it_was() -> None:
    office = find(OTTAWA, "en").offices[0]
    before = _rows(office.office_id)
    at = before[0]["offered_at"]
    directory.remember_offered([dataclasses.replace(office, coordinates=None, province="", bilingual=None)], "en", at)
    assert _rows(office.office_id) == before


def test_an_office_that_has_moved_keeps_nothing_of_its_former_place() -> None:
    office = find(OTTAWA, "en").offices[0]
    moved = dataclasses.replace(office, postal_code="H2X1Y4", coordinates=None)
    directory.remember_offered([moved], "en", timezone.now())
    [row] = _rows(office.office_id)
    assert (row["postal_code"], row["latitude"], row["longitude"]) == ("H2X1Y4", None, None)


def test_an_answer_without_hours_leaves_those_that_still_count() -> None:
    office = fetch_office(find(OTTAWA, "en").offices[0].office_id, "en")
    a_week_on = timezone.now() + directory.HOURS_LIFETIME
    for age, left in ((-timedelta(hours=1), office.hours), (timedelta(hours=1), None)):
        directory.remember_hours(dataclasses.replace(office, hours=None), "en", a_week_on + age)
        [row] = _rows(office.office_id)
        assert row["hours"] == (left and left.to_json())
    assert row["hours_fetched_at"] < timezone.now() + timedelta(days=1, hours=2)


@pytest.mark.parametrize("name", ["", "OTHER NAME"])
def test_an_answer_that_was_asked_for_before_opens_no_office_that_closed_since(name: str) -> None:
    office, asked_at = find(OTTAWA, "en").offices[0], timezone.now()
    directory.mark_closed(office.office_id, asked_at + timedelta(seconds=1))
    directory.remember_offered([dataclasses.replace(office, name=name or office.name)], "en", asked_at)
    assert not directory.offerable(received_id=office.office_id).exists()


def test_long_texts_are_cut_to_what_a_column_holds() -> None:
    office = find(OTTAWA, "en").offices[0]
    long = dataclasses.replace(office, name="n" * 200, location="l" * 200, street="s" * 200, city="c" * 200)
    directory.remember_offered([long], "en", timezone.now())
    directory.remember_hours(long, "fr", timezone.now())
    [row] = _rows(office.office_id)
    texts = [row[field] for field in ("name_en", "location_en", "street", "city", "name_fr", "location_fr")]
    assert [len(text) for text in texts] == [80, 80, 80, 60, 80, 80]


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_offices_and_hours_are_shown_though_no_transaction_can_be_begun(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: type[Exception]
) -> None:
    def away(*args: Any) -> None:
        raise failure("server closed the connection unexpectedly")

    office = find(OTTAWA, "en").offices[0]
    with monkeypatch.context() as patched:
        patched.setattr(Atomic, "__enter__", away)
        directory.remember_offered([office], "en", timezone.now())
        directory.remember_hours(office, "en", timezone.now())
    assert caplog.text.count(f"could not be saved: {failure.__name__}") == 2


def test_an_office_comes_out_as_it_went_in_but_for_its_distance() -> None:
    found = find(OTTAWA, "en").offices[0]
    office = dataclasses.replace(found, bilingual=True, distance_km=None)
    for saved in (office, dataclasses.replace(office, office_id="4711", bilingual=None, coordinates=None)):
        directory.remember_offered([saved], "en", timezone.now())
        row = directory.get_office(saved.office_id)
        assert row is not None
        assert directory.post_office(row, "en") == saved
