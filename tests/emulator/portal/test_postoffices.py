"""The post offices that the emulator answers, and how it reads a question."""

from dataclasses import replace
from typing import Any

import pytest

from deliver_to_po.canadapost.identifiers import POSTAL_CODE
from deliver_to_po.emulator.config import VARIANTS
from deliver_to_po.emulator.country.offices import all_offices
from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

PATH = "/postoffice/v1/post-offices"


@pytest.mark.parametrize("code", ["K1A0B1", "H2X1Y4", "G1R4P5", "M5V3L9", "V6B1A1", "B3H1A1", "Y1A1A1"])
def test_offices_are_found_all_over_canada(caller: Caller, code: str) -> None:
    found = caller.offices(postalCode=code)
    distances = [office["distance"] for office in found]
    assert len(found) >= 3
    assert distances == sorted(distances)
    assert distances[0] < 10


@pytest.mark.parametrize("city", ["Iqaluit", "Cambridge Bay", "Rankin Inlet"])
def test_no_office_in_nunavut_takes_d2po_parcels(caller: Caller, city: str) -> None:
    assert caller.offices(province="NU", city=city) == []
    assert len(caller.offices(province="NU", city=city, d2po="false")) > 0


@pytest.mark.parametrize("city", ["Kuujjuaq", "Salluit", "Inukjuak"])
def test_in_nunavik_there_is_no_office_at_all(caller: Caller, city: str) -> None:
    assert caller.offices(province="QC", city=city, d2po="false") == []


def test_a_region_without_offices_is_searched_by_postal_code_too(caller: Caller) -> None:
    assert [caller.offices(postalCode=code) for code in ("X0A0H0", "X0B0C0", "X0C0G0", "J0M1C0")] == [[], [], [], []]


def test_ten_offices_are_the_default_and_fifty_the_most(caller: Caller) -> None:
    assert len(caller.offices(postalCode="H2X1Y4")) == 10
    assert len(caller.offices(postalCode="H2X1Y4", maximum=50)) == 50
    assert caller.call("GET", PATH, params={"postalCode": "H2X1Y4", "maximum": 51}).status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"postalCode": "h2x 1y4"},
        {"postalCode": "D1D1D1"},
        {"postalCode": "H2X1Y4", "city": "Ottawa"},
        {"postalCode": "H2X1Y4", "streetName": "Bank"},
        {"longitude": "-75"},
        {"longitude": "-75", "latitude": "95"},
        {"longitude": "nan", "latitude": "45"},
        {"longitude": "-75.12345678901", "latitude": "45"},
        {"city": "Ottawa"},
        {"postalCode": "H2X1Y4", "maximum": "0"},
        {"postalCode": "H2X1Y4", "radius": "5"},
        {"postalCode": "H2X1Y4", "d2po": "yes"},
    ],
)
def test_a_question_that_is_not_understood_is_refused(caller: Caller, asked: dict[str, str]) -> None:
    assert caller.call("GET", PATH, params=asked).status_code == 400


def test_details_hold_hours_and_leave_out_closed_days(caller: Caller) -> None:
    link = caller.offices(postalCode="K1A0B1")[0]["link"]["href"]
    details = caller.call("GET", link).json()
    assert {"distance", "link"} & set(details) == set()
    assert all(1 <= row["day"] <= 7 and len(row["time"]) in (2, 4) for row in details["hoursList"])


def test_an_office_answers_with_and_without_leading_zeros(caller: Caller) -> None:
    office_id = caller.offices(postalCode="K1A0B1")[0]["officeId"]
    short = caller.call("GET", f"{PATH}/{office_id.lstrip('0')}/details").json()
    assert short["officeId"] == office_id
    answer = caller.call("GET", f"{PATH}/0000000001/details")
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (404, "EMU-OFFICE")


def test_an_office_that_no_longer_takes_parcels_still_has_details(emulator: EmulatorServer, caller: Caller) -> None:
    office_id = caller.offices(postalCode="K1A0B1")[0]["officeId"]
    emulator.state.close_office(office_id, "no_longer")
    assert office_id not in [office["officeId"] for office in caller.offices(postalCode="K1A0B1", maximum=50)]
    assert caller.call("GET", f"{PATH}/{office_id}/details").status_code == 200
    emulator.state.close_office(office_id, "gone")
    assert caller.call("GET", f"{PATH}/{office_id}/details").status_code == 404
    emulator.state.reopen_office(office_id)
    assert caller.offices(postalCode="K1A0B1")[0]["officeId"] == office_id


def test_the_shapes_that_nobody_has_seen_hold_the_same_offices(emulator: EmulatorServer, caller: Caller) -> None:
    answers: dict[str, Any] = {}
    for variant in VARIANTS:
        emulator.world.config = replace(emulator.config, variant=variant)
        answers[variant] = caller.offices(postalCode="K1A0B1", maximum=1)
    office_id = answers["array"][0]["officeId"]
    assert answers["object"]["postOfficeList"][0]["officeId"] == office_id
    assert answers["kebab"][0]["office-id"] == office_id
    assert answers["text"][0]["distance"] == str(answers["array"][0]["distance"])


def test_the_made_up_offices_have_the_shape_of_real_ones() -> None:
    offices = all_offices()
    hours = {times for office in offices for _, times in office.hours}
    assert len({office.office_id for office in offices}) == len(offices) > 300
    assert all(len(office.office_id) == 10 and office.office_id.startswith("0") for office in offices)
    assert all(POSTAL_CODE.fullmatch(office.postal_code) for office in offices)
    assert any(not office.accepts_d2po for office in offices)
    assert any(len(office.hours) < 6 for office in offices)
    assert ("08:00", "00:00") in hours
    assert any(len(times) == 4 for times in hours)
