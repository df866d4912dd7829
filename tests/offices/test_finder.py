"""From a question to offices: asked once, kept in the cache and in the directory."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficeNotOffered, OfficesUnavailable
from deliver_to_po.models import Office
from deliver_to_po.offices import directory
from deliver_to_po.offices.finder import fetch_office, find

pytestmark = pytest.mark.django_db
OTTAWA = NearPostalCode("K1A0B1")


def test_the_same_question_is_asked_once(emulator: EmulatorServer) -> None:
    assert find(OTTAWA, "en") == find(OTTAWA, "en")
    assert emulator.calls["find_offices"] == 1


def test_another_language_is_another_question(emulator: EmulatorServer) -> None:
    english, french = find(OTTAWA, "en"), find(OTTAWA, "fr")
    assert [o.office_id for o in english.offices] == [o.office_id for o in french.offices]
    assert emulator.calls["find_offices"] == 2


def test_fifty_are_asked_for(emulator: EmulatorServer) -> None:
    assert 10 < len(find(NearPostalCode("M5V3L9"), "en").offices) <= 50


def test_every_office_seen_is_in_the_directory_with_both_names(emulator: EmulatorServer) -> None:
    offices = find(OTTAWA, "en").offices
    find(OTTAWA, "fr")
    row = directory.get_office(offices[0].office_id)
    assert Office.objects.count() == len(offices)
    assert row is not None
    assert row.name_en
    assert row.name_fr
    assert row.offered_at is not None


def test_hours_are_shown_once_they_are_known(emulator: EmulatorServer) -> None:
    offices = find(OTTAWA, "en").offices
    assert directory.with_hours(offices)[0].hours is None
    hours = fetch_office(offices[0].office_id, "en").hours
    assert hours is not None
    assert [office.hours for office in directory.with_hours(offices)[:2]] == [hours, None]


def test_an_office_that_was_found_closed_leaves_an_answer_that_is_kept(emulator: EmulatorServer) -> None:
    first, *others = find(OTTAWA, "en").offices
    directory.mark_closed(first.office_id, timezone.now())
    assert find(OTTAWA, "en").offices == tuple(others)
    directory.remember_offered([first], "en", timezone.now())
    assert find(OTTAWA, "en").offices == (first, *others)


def test_hours_that_are_known_are_not_asked_for_again(emulator: EmulatorServer) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    for _ in range(2):
        fetch_office(office_id, "en")
    assert emulator.calls["office_details"] == 1


@pytest.mark.parametrize("fault", ["500", "garbage", "html", "reset", "401"])
def test_trouble_at_canada_post_is_a_message_for_the_buyer(emulator: EmulatorServer, fault: str) -> None:
    emulator.faults.add("find_offices", fault, count=None)
    with pytest.raises(OfficesUnavailable) as caught:
        find(OTTAWA, "en")
    assert "home delivery" in str(caught.value.message)


def test_an_answer_that_is_kept_outlives_an_outage(emulator: EmulatorServer) -> None:
    offices = find(OTTAWA, "en").offices
    emulator.faults.add("*", "500", count=None)
    assert find(OTTAWA, "en").offices == offices


def test_an_office_that_does_not_exist_was_never_offered(emulator: EmulatorServer) -> None:
    with pytest.raises(OfficeNotOffered):
        fetch_office("0099999999", "en")


def test_another_environment_knows_nothing_of_ours(emulator: EmulatorServer, change_settings: Any) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    assert directory.offered_within(office_id, timedelta(hours=1))
    change_settings(CANADA_POST={"LIVE": True})
    assert not directory.offered_within(office_id, timedelta(hours=1))


def test_an_office_is_the_same_whatever_its_leading_zeros(emulator: EmulatorServer) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    assert directory.offered_within(office_id.lstrip("0"), timedelta(hours=1))


def test_an_old_offer_does_not_count(emulator: EmulatorServer) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    Office.objects.update(offered_at=timezone.now() - timedelta(hours=25))
    assert not directory.offered_within(office_id, directory.OFFERED_LATELY)
    assert directory.offered_within(office_id, timedelta(days=7))
