"""One office's hours: Canada Post's while it can be asked, else what is known, never an error."""

import pytest

from deliver_to_po.checkout.office_hours import office_hours
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficeNotOffered, TooManySearches
from deliver_to_po.models import Office

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
    def refuse() -> None:
        raise TooManySearches

    seen = office_hours(offered[1], "en", before_asking=refuse)
    assert not seen.newest
    assert seen.office.office_id == offered[1]
    assert "office_details" not in emulator.calls


def test_an_office_that_no_search_has_shown_is_not_there(emulator: EmulatorServer) -> None:
    with pytest.raises(OfficeNotOffered):
        office_hours("0000000001", "en")
    assert not any(emulator.calls.values())
