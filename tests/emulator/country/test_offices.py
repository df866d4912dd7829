"""The directory: large, in the shape of Canada, quickly there and quickly searched."""

import subprocess
import sys
from collections import Counter
from time import perf_counter

import pytest

from deliver_to_po.emulator.country.grid import Grid
from deliver_to_po.emulator.country.offices import (
    all_offices,
    distance_km,
    nearest,
    point_of_address,
    point_of_postal_code,
)
from deliver_to_po.emulator.country.places import areas, outlines, towns, villages


def test_about_six_thousand_offices_are_spread_as_people_are() -> None:
    by_province = Counter(office.province for office in all_offices())
    assert 5_500 <= len(all_offices()) <= 6_500
    assert len(by_province) == 13
    assert by_province["ON"] > by_province["BC"] > by_province["PE"] > by_province["NU"]
    assert len({office.postal_code for office in all_offices()}) == len(all_offices())


def test_texts_fit_the_schema() -> None:
    for office in all_offices():
        texts = (office.name, office.name_fr, office.location, office.location_fr, office.city)
        assert all(0 < len(text) <= 40 for text in texts)
        assert 40 <= office.latitude <= 90
        assert -150 <= office.longitude <= -50


def test_the_grid_finds_what_looking_at_all_finds() -> None:
    for code in ("K1A0B1", "X0A0H0", "A0A1A1", "V9Z1A1", "Y0B1G1"):
        point = point_of_postal_code(code)
        assert point is not None
        looked_at_all = sorted(
            (distance_km(*point, office.latitude, office.longitude), office.office_id) for office in all_offices()
        )
        expected = [office_id for distance, office_id in looked_at_all if distance <= 200][:20]
        assert [near.office.office_id for near in nearest(*point, 20)] == expected


def test_a_search_is_quick() -> None:
    nearest(45.42, -75.7, 10)
    started = perf_counter()
    for _ in range(20):
        nearest(45.42, -75.7, 50)
    assert (perf_counter() - started) / 20 < 0.05


def test_starting_is_quick_and_loads_no_table() -> None:
    code = (
        "from deliver_to_po.emulator.country import places; from deliver_to_po.emulator.server import EmulatorServer\n"
        "import time; started = time.perf_counter()\n"
        "with EmulatorServer(): print(time.perf_counter() - started, places.villages.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    seconds, loaded = done.stdout.split()
    assert float(seconds) < 0.5
    assert loaded == "0"


def test_a_large_city_wants_a_street_and_a_small_one_does_not() -> None:
    assert point_of_address("QC", "Montreal", "") is None
    assert point_of_address("QC", "montréal", "rue du Parc") is not None
    assert point_of_address("ON", "Almonte", "") is not None
    assert point_of_address("ON", "Nowhere", "Main") is None
    assert point_of_address("on", "Almonte", "") is None


@pytest.mark.parametrize(
    "street",
    [
        *("Bank and Slater", "Yonge/Bloor", "Yonge / Bloor", "King & Wellington", "King&Wellington"),
        *("Bank at Slater", "Bank + Slater", "Bank @ Slater", "Highway 7/Yonge", "Yonge/16th Ave"),
        *("Saint-Denis ET Rachel", "12 Main St", "12B Main St", "12 1/2 Main St", "12/14 Main St", "12 rue Principale"),
    ],
)
def test_two_streets_in_one_name_and_a_house_number_are_nowhere(street: str) -> None:
    assert point_of_address("ON", "Ottawa", street) is None


@pytest.mark.parametrize(
    "street", ["Andover", "Pierre-et-Marie-Curie", "Beckett", "104 St NW", "12e Avenue", "5th Line", "And", "At Last"]
)
def test_one_street_whose_name_looks_like_two_is_somewhere(street: str) -> None:
    assert point_of_address("ON", "Ottawa", street) is not None


def test_the_tables_hold_real_places() -> None:
    assert towns()[0].name == "Toronto"
    assert "Québec" in {town.name for town in towns()}
    assert len(areas()) > 1_600
    assert len(villages()) > 3_000
    assert all(len(ring) > 3 for ring in outlines())


def test_a_grid_gives_what_lies_in_a_box() -> None:
    grid: Grid[str] = Grid(10)
    for name, x, y in (("a", 5, 5), ("b", 25, 5), ("c", -15, -5)):
        grid.add(x, y, name)
    assert list(grid.near(0, 0, 9, 9)) == ["a"]
    assert set(grid.near(-100, -100, 100, 100)) == {"a", "b", "c"}
