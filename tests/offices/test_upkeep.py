"""The directory's upkeep: each office's time zone is found once, kept in its row, and found again when it moves."""

import dataclasses
import itertools
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import Coordinates, PostOffice
from deliver_to_po.models import Office
from deliver_to_po.offices import directory, upkeep
from deliver_to_po.offices.upkeep import find_zones
from deliver_to_po.offices.zones import zone_of
from tests.offices.counters import OFFICE

pytestmark = pytest.mark.django_db

CRESTON, OTTAWA = "America/Creston", "America/Toronto"
IN_CRESTON = dataclasses.replace(
    OFFICE, office_id="0000000002", city="Creston", province="BC", postal_code="V0B1G0",
    coordinates=Coordinates(49.1, -116.5),
)  # fmt: skip


def offered(*offices: PostOffice) -> None:
    directory.remember_offered(offices, "en", timezone.now())


def zones() -> dict[str, str]:
    """Return the zone of each row by its office's id."""
    return dict(Office.objects.order_by("pk").values_list("office_key", "zone"))


def test_each_office_s_zone_is_found_by_its_place_and_kept() -> None:
    offered(OFFICE, IN_CRESTON)
    assert zones() == {"1": "", "2": ""}
    assert find_zones() == 2
    assert zones() == {"1": OTTAWA, "2": CRESTON}
    row = directory.get_office("2")
    assert row is not None
    assert directory.post_office(row, "en").zone == CRESTON


def test_a_zone_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(OFFICE, IN_CRESTON)
    find_zones()
    monkeypatch.setattr(upkeep, "zone_of", lambda *place: pytest.fail("asked again"))
    offered(OFFICE, IN_CRESTON)
    assert find_zones() == 0
    assert zones() == {"1": OTTAWA, "2": CRESTON}


def test_of_some_offices_only_theirs_is_looked_for() -> None:
    offered(OFFICE, IN_CRESTON)
    assert find_zones(["0000000002"]) == 1
    assert zones() == {"1": "", "2": CRESTON}
    assert find_zones([]) == 0


@pytest.mark.parametrize(
    "moved",
    [
        {"coordinates": Coordinates(50.45, -104.6)},
        {"coordinates": None, "postal_code": "S4P3Y2", "province": "SK"},
    ],
)
def test_the_zone_of_an_office_that_moves_is_found_anew(moved: dict[str, Any]) -> None:
    offered(OFFICE, IN_CRESTON)
    find_zones()
    offered(dataclasses.replace(OFFICE, **moved), IN_CRESTON)
    assert zones() == {"1": "", "2": CRESTON}
    assert find_zones() == 1
    assert zones() == {"1": "America/Regina", "2": CRESTON}


def test_a_new_name_or_street_moves_no_office() -> None:
    offered(OFFICE, IN_CRESTON)
    find_zones()
    offered(dataclasses.replace(OFFICE, name="Another", street="2, rue B", bilingual=True))
    assert zones() == {"1": OTTAWA, "2": CRESTON}


def test_an_office_that_moves_while_its_zone_is_looked_for_is_left_for_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered(OFFICE, IN_CRESTON)

    def move(*place: Any) -> str:
        Office.objects.filter(office_key="1").update(longitude=-104.6, latitude=50.45)
        return zone_of(*place)

    monkeypatch.setattr(upkeep, "zone_of", move)
    assert find_zones() == 1
    assert zones() == {"1": "", "2": CRESTON}


def test_without_a_point_the_postal_area_or_the_province_tells() -> None:
    offered(dataclasses.replace(OFFICE, coordinates=None, postal_code="G4T1A1", province="QC"))
    offered(dataclasses.replace(IN_CRESTON, coordinates=None, postal_code="", province="SK"))
    assert find_zones() == 2
    assert zones() == {"1": "America/Halifax", "2": "America/Regina"}


def test_an_office_of_which_nothing_tells_keeps_none_and_hinders_no_other() -> None:
    offered(dataclasses.replace(OFFICE, coordinates=None, postal_code="", province=""), IN_CRESTON)
    assert find_zones() == 1
    assert zones() == {"1": "", "2": CRESTON}


def test_so_many_are_found_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "AT_A_TIME", 2)
    offered(*(dataclasses.replace(OFFICE, office_id=f"{number:010}") for number in range(1, 6)))
    assert list(itertools.takewhile(bool, (find_zones() for _ in range(9)))) == [2, 2, 1]
    assert set(zones().values()) == {OTTAWA}


def test_another_environment_s_offices_are_not_ours_to_look_for(change_settings: Any) -> None:
    offered(OFFICE)
    change_settings(CANADA_POST={"LIVE": True})
    offered(IN_CRESTON)
    assert find_zones() == 1
    assert zones() == {"1": "", "2": CRESTON}


def test_hours_come_from_the_directory_with_the_zone() -> None:
    offered(OFFICE, IN_CRESTON)
    for office in (OFFICE, IN_CRESTON):
        directory.remember_hours(office, "en", timezone.now())
    find_zones(["2"])
    without = [dataclasses.replace(office, hours=None) for office in (OFFICE, IN_CRESTON)]
    assert [(office.hours, office.zone) for office in directory.with_hours(without)] == [
        (OFFICE.hours, ""),
        (IN_CRESTON.hours, CRESTON),
    ]
