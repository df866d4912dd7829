"""The check of a chosen office has four answers."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Throttled, Unavailable
from deliver_to_po.canadapost.portal.calls import PortalCalls
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.types import FoundOffices, NearPostalCode, PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices import directory
from deliver_to_po.offices.check import ask_about, check_office

pytestmark = pytest.mark.django_db


def test_an_office_that_canada_post_offers_takes_parcels(office: PostOffice) -> None:
    assert check_office(office, "en") == OfficeCheck.TAKES_PARCELS
    assert directory.offered_within(directory.get_office(office.office_id), timedelta(minutes=1))


@pytest.mark.parametrize(("background", "neighbours"), [(False, False), (True, True)])
def test_only_a_worker_remembers_the_neighbours_that_are_offered_too(
    office: PostOffice, background: bool, neighbours: bool
) -> None:
    ask_about(office, "en", background=background)
    assert directory.offerable().exclude(received_id=office.office_id).exists() == neighbours


def test_what_another_api_offers_is_not_remembered_since_it_writes_ids_otherwise(office: PostOffice) -> None:
    assert ask_about(office, "en", background=True, api="webservices").check == OfficeCheck.TAKES_PARCELS
    assert not directory.offerable().exists()


@pytest.mark.parametrize(("how", "answer"), [("no_longer", OfficeCheck.NO_LONGER), ("gone", OfficeCheck.GONE)])
def test_an_office_that_stopped_is_told_from_one_that_is_gone(
    emulator: EmulatorServer, office: PostOffice, how: Any, answer: str
) -> None:
    check_office(office, "en")
    emulator.state.close_office(office.office_id, how)
    assert check_office(office, "en") == answer
    assert not directory.offered_within(directory.get_office(office.office_id), timedelta(days=7))


@pytest.mark.parametrize("operation", ["find_offices", "office_details"])
@pytest.mark.parametrize("fault", ["500", "401"])
def test_whatever_else_is_answered_means_it_could_not_be_asked(
    emulator: EmulatorServer, office: PostOffice, operation: str, fault: str
) -> None:
    emulator.state.close_office(office.office_id, "no_longer")
    emulator.faults.add(operation, fault, count=None)
    assert check_office(office, "en") == OfficeCheck.COULD_NOT_ASK


def test_an_office_without_coordinates_is_looked_for_near_its_postal_code(office: PostOffice) -> None:
    assert check_office(dataclasses.replace(office, coordinates=None), "en") == OfficeCheck.TAKES_PARCELS


def test_for_a_buyer_both_calls_together_take_no_longer_than_a_search_may(
    emulator: EmulatorServer, office: PostOffice, change_settings: Any
) -> None:
    emulator.state.close_office(office.office_id, "no_longer")
    check_office(office, "fr")
    change_settings(SEARCH_TIMEOUT_SECONDS=0.8)
    for operation in ("find_offices", "office_details"):
        emulator.faults.add(operation, "delay", count=None, seconds=0.5)
    assert check_office(office, "en") == OfficeCheck.COULD_NOT_ASK
    assert ask_about(office, "en").check == OfficeCheck.NO_LONGER


def test_in_the_background_each_call_has_a_deadline_of_its_own(
    emulator: EmulatorServer, office: PostOffice, change_settings: Any
) -> None:
    check_office(office, "fr")
    change_settings(SEARCH_TIMEOUT_SECONDS=0.4)
    emulator.faults.add("find_offices", "delay", count=None, seconds=1.5)
    answer = ask_about(office, "en", background=True)
    assert (answer.check, type(answer.error)) == (OfficeCheck.COULD_NOT_ASK, Unavailable)


def test_a_check_in_the_background_leaves_the_last_quarter_of_the_calls_to_buyers(
    emulator: EmulatorServer, office: PostOffice, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"CALLS_PER_MINUTE": 4})
    answers = [ask_about(office, "en", background=True) for _ in range(4)]
    assert isinstance(answers[-1].error, Throttled)
    assert check_office(office, "en") == OfficeCheck.TAKES_PARCELS


def test_an_office_that_is_closed_leaves_its_neighbours_as_they_were(
    emulator: EmulatorServer, office: PostOffice
) -> None:
    check_office(office, "en")
    before = set(directory.offerable().values_list("office_key", flat=True))
    emulator.state.close_office(office.office_id, "gone")
    check_office(office, "en")
    after = set(directory.offerable().values_list("office_key", flat=True))
    assert before - after == {office.office_id.lstrip("0")}


def test_no_office_at_all_is_no_proof_that_one_is_closed(
    emulator: EmulatorServer, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_office(office, "en")
    monkeypatch.setattr(PortalCanadaPost, "find_offices", lambda self, query, **_: [])
    assert check_office(office, "en") == OfficeCheck.COULD_NOT_ASK
    assert directory.offered_within(directory.get_office(office.office_id), timedelta(minutes=1))


def test_an_office_is_looked_for_at_its_coordinates_before_its_postal_code(office: PostOffice) -> None:
    assert check_office(dataclasses.replace(office, postal_code="V5K0A1"), "en") == OfficeCheck.TAKES_PARCELS


def _row(office: PostOffice, **changed: Any) -> dict[str, Any]:
    point = {"latitude": 45.4, "longitude": -75.7}
    address = {
        "officeAddress": office.street,
        "city": office.city,
        "postalCode": office.postal_code,
        **point,
        **changed,
    }
    return {"officeId": office.office_id, "name": office.name, "distance": 0.1, "address": address}


@pytest.mark.parametrize(
    ("odd_id", "half", "answer"),
    [
        (None, {"city": None}, OfficeCheck.COULD_NOT_ASK),
        (None, {"officeAddress": ""}, OfficeCheck.COULD_NOT_ASK),
        ("", {}, OfficeCheck.COULD_NOT_ASK),
        ("222222", {"city": None}, OfficeCheck.NO_LONGER),
    ],
)
def test_a_row_that_cannot_be_read_is_no_proof_that_its_office_is_closed(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, odd_id: str | None, half: dict[str, Any], answer: OfficeCheck
) -> None:
    odd = office if odd_id is None else dataclasses.replace(office, office_id=odd_id)
    rows = [_row(odd, **half), _row(dataclasses.replace(office, office_id="111111"), province=office.province)]

    def get(self: Any, operation: str, path: str, *_: Any) -> Any:
        return _row(office) if path.endswith("/details") else rows

    monkeypatch.setattr(PortalCalls, "get", get)
    assert check_office(office, "en") == answer


@pytest.mark.parametrize(
    ("how", "answer"),
    [("open", OfficeCheck.COULD_NOT_ASK), ("no_longer", OfficeCheck.COULD_NOT_ASK), ("gone", OfficeCheck.GONE)],
)
def test_a_list_about_another_province_is_no_proof_that_an_office_is_closed_but_a_404_is(
    emulator: EmulatorServer, office: PostOffice, monkeypatch: pytest.MonkeyPatch, how: Any, answer: str
) -> None:
    vancouver = canada_post("en").find_offices(NearPostalCode("V5K0A1"))
    monkeypatch.setattr(PortalCanadaPost, "find_offices", lambda self, query, **_: vancouver)
    if how != "open":
        emulator.state.close_office(office.office_id, how)
    assert check_office(office, "en") == answer


def test_an_office_can_be_found_closed_though_the_answer_says_neither_where_the_others_are_nor_how_far(
    emulator: EmulatorServer, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.state.close_office(office.office_id, "no_longer")
    found = canada_post("en").find_offices(NearPostalCode(office.postal_code))
    far = [dataclasses.replace(one, coordinates=None, distance_km=None) for one in found]
    monkeypatch.setattr(PortalCanadaPost, "find_offices", lambda self, query, **_: FoundOffices(far, found.ids))
    assert check_office(office, "en") == OfficeCheck.NO_LONGER
