"""One office's hours: Canada Post's while it can be asked, else what is known, never an error."""

import pytest

from deliver_to_po.checkout.office_hours import MOST_ASKED, fetch_hours, office_hours
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficeNotOffered
from deliver_to_po.models import Office
from tests.offices.conftest import over_the_limit

pytestmark = pytest.mark.django_db


def test_hours_are_canada_post_s(offered: list[str], emulator: EmulatorServer) -> None:
    seen = office_hours(offered[1], "en")
    assert seen.office.office_id == offered[1]
    assert seen.office.hours
    assert seen.newest
    assert emulator.calls["office_details"] == 1


def test_while_canada_post_cannot_be_asked_the_office_is_shown_as_it_is_known(
    offered: list[str], emulator: EmulatorServer
) -> None:
    emulator.faults.add("*", "500", count=None)
    seen = office_hours(offered[1], "fr")
    assert not seen.newest
    row = Office.objects.get(received_id=offered[1])
    assert (seen.office.office_id, seen.office.name, seen.office.hours) == (offered[1], row.name("fr"), None)


def test_who_asks_too_often_sees_the_office_and_asks_nobody(offered: list[str], emulator: EmulatorServer) -> None:
    seen = office_hours(offered[1], "en", before_asking=over_the_limit)
    assert not seen.newest
    assert seen.office.office_id == offered[1]
    assert "office_details" not in emulator.calls


def test_an_office_that_no_search_has_shown_is_not_there(emulator: EmulatorServer) -> None:
    with pytest.raises(OfficeNotOffered):
        office_hours("0000000001", "en")
    assert not any(emulator.calls.values())


def test_hours_of_many_are_asked_for_in_one_go_that_counts_once(offered: list[str], emulator: EmulatorServer) -> None:
    counted: list[int] = []
    office_hours(offered[0], "en")
    found = fetch_hours(offered, "en", before_asking=lambda: counted.append(1))
    assert [office.office_id for office in found] == offered[:MOST_ASKED]
    assert all(office.hours for office in found)
    assert (emulator.calls["office_details"], counted) == (len(found), [1])


@pytest.mark.parametrize("office_id", ["", "x", "1" * 13, "٣", "1", "1\n"])
def test_what_nobody_was_shown_is_not_asked_for(office_id: str, emulator: EmulatorServer) -> None:
    assert fetch_hours([office_id], "en") == []
    assert not any(emulator.calls.values())


def test_over_the_limit_hours_that_are_known_are_still_told(offered: list[str], emulator: EmulatorServer) -> None:
    office_hours(offered[1], "en")
    assert [office.office_id for office in fetch_hours(offered, "en", before_asking=over_the_limit)] == [offered[1]]
    assert emulator.calls["office_details"] == 1
