"""Post offices on the way between two places: by how much each makes it longer."""

from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode, OfficeQuery
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.nearby import centre_of, distance_km
from deliver_to_po.offices.on_the_way import Detour, Way, by_detour
from tests.offices.conftest import over_the_limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator")]

HOME, WORK = NearPostalCode("H2X1Y4"), NearCoordinates(Coordinates(45.475, -73.585))


def on_the_way(here: OfficeQuery, there: OfficeQuery, **how: Any) -> list[Detour]:
    return [*way(here, there, **how).detours]


def way(here: OfficeQuery, there: OfficeQuery, **how: Any) -> Way:
    return by_detour(here, there, find(here, "en").offices, "en", **how)


def test_the_smallest_detour_comes_first_and_no_way_is_shorter_by_an_office(emulator: EmulatorServer) -> None:
    found = [detour.km for detour in on_the_way(HOME, WORK)]
    assert found == sorted(found)
    assert 0 <= found[0] < 0.1 < found[-1]
    assert not way(HOME, WORK).over_limit
    assert emulator.calls["find_offices"] == 2


def test_a_detour_is_measured_as_the_crow_flies_by_way_of_the_office() -> None:
    detour = on_the_way(HOME, WORK)[5]
    home, work = centre_of(HOME), centre_of(WORK)
    assert home is not None
    assert work is not None
    assert detour.office.coordinates is not None
    there = distance_km(home.coordinates, detour.office.coordinates)
    on = distance_km(detour.office.coordinates, work.coordinates)
    assert detour.km == pytest.approx(there + on - distance_km(home.coordinates, work.coordinates))


def test_offices_near_the_second_place_and_halfway_are_in_it_once_each() -> None:
    far = NearPostalCode("J7V1A1")
    middle = [office.office_id for office in find(NearCoordinates(Coordinates(45.45, -73.9)), "en").offices[:3]]
    ids = [detour.office.office_id for detour in on_the_way(HOME, far)]
    assert len(ids) == len(set(ids)) > 100
    near_both = {office.office_id for query in (HOME, far) for office in find(query, "en").offices}
    assert near_both <= set(ids)
    assert set(middle) <= set(ids)


def test_no_distance_is_told_that_is_measured_from_the_other_place() -> None:
    assert {detour.office.distance_km for detour in on_the_way(HOME, WORK)} == {None}


# Our directory knows no office near the second one.
@pytest.mark.parametrize("there", [WORK, NearPostalCode("V6B1A1")])
def test_a_visitor_over_the_limit_gets_the_offices_that_are_known_and_is_told_so(
    emulator: EmulatorServer, there: OfficeQuery
) -> None:
    found = way(HOME, there, before_asking=over_the_limit)
    ids = {detour.office.office_id for detour in found.detours}
    assert {office.office_id for office in find(HOME, "en").offices} <= ids
    assert found.over_limit
    assert emulator.calls["find_offices"] == 1


def test_there_is_no_way_to_a_place_that_nobody_knows() -> None:
    assert on_the_way(HOME, NearAddress("QC", "Nulle-Part-sur-Mer")) == []


def test_to_where_one_is_already_the_detour_is_there_and_back() -> None:
    here = NearCoordinates(Coordinates(45.475, -73.585))
    nearest, *_ = find(here, "en").offices
    detour, *_ = on_the_way(here, here)
    assert detour.office.office_id == nearest.office_id
    assert Decimal(detour.km / 2) == pytest.approx(nearest.distance_km, abs=Decimal("0.02"))
