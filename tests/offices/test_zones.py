"""In which time zone an office lies."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.emulator.country.places import PostalArea, Village, areas, villages
from deliver_to_po.offices.zones import BY_AREA, BY_PROVINCE, ZONES, in_canada, zone_of, zone_of_area

MONTHS = [datetime(2027, month, 15, tzinfo=UTC) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("where", "latitude", "longitude", "zone"),
    [
        ("Ottawa", 45.42, -75.69, "Toronto"),
        ("Windsor, opposite Detroit", 42.317, -83.03, "Toronto"),
        ("Kenora", 49.77, -94.49, "Winnipeg"),
        ("Atikokan", 48.75, -91.6, "Atikokan"),
        ("Regina", 50.45, -104.6, "Regina"),
        ("Lloydminster", 53.28, -110.0, "Edmonton"),
        ("Cranbrook", 49.51, -115.77, "Edmonton"),
        ("Creston", 49.1, -116.5, "Creston"),
        ("Dawson Creek", 55.76, -120.24, "Dawson_Creek"),
        ("St. John's", 47.56, -52.71, "St_Johns"),
        ("Happy Valley-Goose Bay", 53.3, -60.4, "Goose_Bay"),
        ("Blanc-Sablon", 51.42, -57.13, "Blanc-Sablon"),
        ("Magdalen Islands", 47.38, -61.86, "Halifax"),
        ("Whitehorse", 60.7, -135.05, "Whitehorse"),
        ("Iqaluit", 63.75, -68.5, "Iqaluit"),
    ],
)
def test_a_point_is_in_the_zone_of_its_place(where: str, latitude: float, longitude: float, zone: str) -> None:
    point = Coordinates(latitude, longitude)
    assert in_canada(point), where
    assert zone_of(point, "ON") == f"America/{zone}"


@pytest.mark.parametrize(
    ("where", "latitude", "longitude"),
    [
        ("Detroit", 42.33, -83.05),
        ("Niagara Falls, NY", 43.09, -79.03),
        ("Saint-Pierre", 46.78, -56.18),
        ("Point Roberts", 48.98, -123.06),
        ("the Atlantic", 44.0, -55.0),
        ("Nuuk", 64.18, -51.7),
        ("nowhere", 0.0, 0.0),
    ],
)
def test_a_point_elsewhere_is_not_in_canada(where: str, latitude: float, longitude: float) -> None:
    assert not in_canada(Coordinates(latitude, longitude)), where


@pytest.mark.parametrize(
    ("province", "postal_code", "zone"),
    [
        ("SK", "S4P3Y2", "Regina"),
        ("SK", "S9V0A1", "Edmonton"),
        ("NL", "A1C5M2", "St_Johns"),
        ("NL", "A0P1C0", "Goose_Bay"),
        ("BC", "V1C2A1", "Edmonton"),
        ("BC", "V1G4A1", "Dawson_Creek"),
        ("BC", "", "Vancouver"),
        ("ON", "P9N1S4", "Winnipeg"),
        ("QC", "G4T1A1", "Halifax"),
        ("NU", "X0C0G0", "Rankin_Inlet"),
    ],
)
def test_without_a_point_the_postal_area_and_the_province_say_it(province: str, postal_code: str, zone: str) -> None:
    assert zone_of(None, province, postal_code) == f"America/{zone}"
    assert zone_of(Coordinates(0.0, 0.0), province, postal_code) == f"America/{zone}"


def test_of_a_place_that_says_nothing_nothing_is_known() -> None:
    assert zone_of(None, "") == ""


def test_every_zone_of_the_tables_is_canada_s() -> None:
    assert ZONES.issuperset([*BY_AREA.values(), *BY_PROVINCE.values()])


def places() -> Iterator[tuple[str, PostalArea | Village]]:
    """Yield each area and each village of Canada, with the three characters of its postal code."""
    yield from ((area.code, area) for area in areas())
    yield from ((village.area, village) for village in villages())


def kept_time(zone: str) -> list[object]:
    """Return by how much a zone's clocks differ from UTC in each month."""
    return [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in MONTHS]


def test_where_an_area_tells_the_time_it_is_that_of_every_place_in_it() -> None:
    told = 0
    for code, place in places():
        if zone := zone_of_area(place.province, f"{code}1A1"):
            told += 1
            exact = zone_of(Coordinates(place.latitude, place.longitude), place.province)
            assert kept_time(zone) == kept_time(exact), (code, place.name)
    assert told > 5_000


@pytest.mark.parametrize(
    ("province", "postal_code", "zone"),
    [
        ("ON", "K1A0B1", "America/Toronto"),
        ("QC", "G4T1A1", "America/Halifax"),
        ("SK", "S9V0A1", "America/Edmonton"),
        ("BC", "V1A2A1", "America/Edmonton"),
        ("BC", "V0B1A0", ""),
        ("ON", "P0T1A0", ""),
        ("ON", "", ""),
        ("", "K1A0B1", ""),
    ],
)
def test_an_area_with_more_than_one_time_and_a_province_alone_tell_none(
    province: str, postal_code: str, zone: str
) -> None:
    assert zone_of_area(province, postal_code) == zone
