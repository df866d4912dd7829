"""The nearest offices of our directory, and what it knows of where a place is."""

import math
import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import starmap
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode, OfficeQuery
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.conf import app_settings
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficesUnavailable, PlaceNotKnown
from deliver_to_po.models import Office
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.nearby import REACH_KM, Centre, Precision, centre_of, nearby_offices, nearest
from deliver_to_po.offices.outage import nothing_answers
from tests.factories import make_office
from tests.offices.conftest import OTTAWA

pytestmark = pytest.mark.django_db
MEAN_RADIUS_KM = 6371.0088
# Near Windsor, Toronto, Regina, St. John's, Whitehorse and Resolute: from the south to the far north.
PLACES = ((42.0, -82.9), (43.7, -79.4), (51.0, -106.0), (47.6, -52.7), (60.7, -135.1), (74.7, -94.9))
SPREADS_DEGREES = (0.05, 0.5, 3.0)


@pytest.fixture(scope="module")
def points() -> list[Coordinates]:
    """Return where offices are: close to each place, around it, and far away."""
    chance = random.Random(11)  # noqa: S311
    return [
        Coordinates(chance.gauss(latitude, spread), chance.gauss(longitude, 1.5 * spread))
        for latitude, longitude in PLACES
        for spread in SPREADS_DEGREES
        for _ in range(60)
    ]


@pytest.fixture
def _directory(db: None, points: list[Coordinates]) -> None:
    """Let the directory know an office at each point."""
    now, environment = timezone.now(), app_settings.canada_post.environment
    Office.objects.bulk_create(
        Office(
            environment=environment,
            office_key=comparable_office_id(str(number)),
            received_id=str(number),
            latitude=point.latitude,
            longitude=point.longitude,
            offered_at=now,
        )
        for number, point in enumerate(points, start=1)
    )


@pytest.mark.usefixtures("_directory")
def test_no_known_office_is_nearer(points: list[Coordinates]) -> None:
    chance = random.Random(7)  # noqa: S311
    around = [(chance.gauss(place[0], 2), chance.gauss(place[1], 3)) for place in PLACES for _ in range(8)]
    for centre in starmap(Coordinates, [*PLACES, *around]):
        every = sorted(_great_circle_km(centre, point) for point in points)
        reached = [km for km in every if km <= REACH_KM[1]]
        for needed in (1, 10, 50):
            assert [km for km, _ in nearest(centre, needed)] == pytest.approx(reached[:needed]), centre


def _great_circle_km(one: Coordinates, other: Coordinates) -> float:
    """Return the angle between two unit vectors, times the radius."""
    unit = [
        (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        for lat, lon in ((math.radians(p.latitude), math.radians(p.longitude)) for p in (one, other))
    ]
    return MEAN_RADIUS_KM * 2 * math.asin(math.dist(*unit) / 2)


@pytest.mark.parametrize(
    ("query", "precision"),
    [
        pytest.param(NearCoordinates(Coordinates(45.42, -75.7)), Precision.EXACT, id="a point"),
        pytest.param(NearPostalCode("K1Z9Z9"), Precision.AREA, id="an unknown area of a known city"),
        pytest.param(NearAddress("ON", "ottawa"), Precision.AREA, id="a city in any case"),
    ],
)
def test_the_directory_says_how_well_it_knows_the_place(
    emulator: EmulatorServer, break_canada_post: Callable[..., None], query: OfficeQuery, precision: Precision
) -> None:
    find(OTTAWA, "en")
    Office.objects.filter(postal_code__startswith="K1Z").delete()
    break_canada_post()
    answer = find(query, "en")
    assert (answer.rung, answer.precision) == (Rung.DIRECTORY, precision)
    distances = [office.distance_km for office in answer.offices if office.distance_km is not None]
    assert len(distances) == len(answer.offices)
    assert distances == sorted(distances)


@pytest.mark.parametrize("query", [NearPostalCode("K9Z9Z9"), NearAddress("ON", "Nowhereville")], ids=str)
def test_a_place_that_the_directory_cannot_tell_is_asked_for_otherwise(
    emulator: EmulatorServer, break_canada_post: Callable[..., None], query: OfficeQuery
) -> None:
    find(OTTAWA, "en")
    break_canada_post()
    with pytest.raises(PlaceNotKnown):
        find(query, "en")
    assert not nothing_answers()


def test_offices_hours_away_are_an_answer_in_the_country_only(
    emulator: EmulatorServer, break_canada_post: Callable[..., None]
) -> None:
    find(OTTAWA, "en")
    break_canada_post()
    with pytest.raises(OfficesUnavailable):
        find(NearPostalCode("K7L1A1"), "en")
    assert (find(NearPostalCode("K0H1A0"), "en").offices[0].distance_km or 0) > 100


def test_offices_that_were_not_seen_again_age_out_of_the_directory(
    emulator: EmulatorServer, break_canada_post: Callable[..., None], change_settings: Any
) -> None:
    find(OTTAWA, "en")
    Office.objects.update(offered_at=timezone.now() - timedelta(days=8))
    break_canada_post()
    with pytest.raises(OfficesUnavailable):
        find(NearPostalCode("K1A9Z9"), "en")
    change_settings(OFFICE_LIFETIME=timedelta(days=9))
    assert find(NearPostalCode("K1A9Z9"), "en").rung == Rung.DIRECTORY


def _office_at(code: str, latitude: float | None, longitude: float | None, **fields: Any) -> None:
    values = {"received_id": code, "postal_code": code, "latitude": latitude, "longitude": longitude}
    make_office(**{**values, **fields})


@pytest.mark.parametrize(
    ("code", "latitude", "precision"),
    [
        pytest.param("K1A0B2", 45.2, Precision.EXACT, id="a known code is where its offices are"),
        pytest.param("K1A9Z9", 45.1, Precision.AREA, id="a known area is where its offices are"),
        pytest.param("K1A", 45.1, Precision.AREA, id="half a code as well"),
        pytest.param("K1S1A1", 45.401, Precision.AREA, id="any other area is where our table has it"),
        pytest.param("V1J1A1", 56.28, Precision.AREA, id="however far from those that begin so"),
    ],
)
def test_a_postal_code_is_where_its_offices_or_its_area_are(code: str, latitude: float, precision: Precision) -> None:
    _office_at("K1A0B1", 45.0, -75.0)
    _office_at("K1A0B2", 45.2, -75.2)
    _office_at("V1M2Y9", 49.1, -122.6)
    centre = centre_of(NearPostalCode(code))
    assert centre is not None
    assert centre.coordinates.latitude == pytest.approx(latitude, abs=0.05)
    assert centre.precision == precision


def test_an_office_with_half_a_point_or_none_tells_nobody_where_its_code_is() -> None:
    _office_at("K1A0B1", 50.0, -75.0)
    for key, latitude, longitude in (("2", None, -80.0), ("3", 60.0, None)):
        _office_at(key, latitude, longitude, postal_code="K1A0B1")
    assert centre_of(NearPostalCode("K1A0B1")) == Centre(Coordinates(50.0, -75.0), Precision.EXACT)


def test_a_point_is_its_own_centre() -> None:
    point = Coordinates(45.42, -75.7)
    assert centre_of(NearCoordinates(point)) == Centre(point, Precision.EXACT)


def test_a_city_is_the_middle_of_its_offices_in_whatever_spelling() -> None:
    _office_at("H1A0A1", 45.0, -73.0, city="SAINT-JÉRÔME", province="QC")
    _office_at("H1A0A2", 46.0, -74.0, city="St-Jerome", province="QC")
    _office_at("H1A0A3", 50.0, -80.0, city="Saint-Jérôme", province="ON")
    _office_at("H1A0A4", 51.0, -81.0, city="Saint-Jean", province="QC")
    assert centre_of(NearAddress("QC", "Ste-Jérôme")) is None
    assert centre_of(NearAddress("QC", "saint jerome")) == Centre(Coordinates(45.5, -73.5), Precision.AREA)


def test_another_environment_s_offices_tell_nothing() -> None:
    _office_at("K9Z0B1", 45.0, -75.0, environment="live elsewhere")
    assert centre_of(NearPostalCode("K9Z0B1")) is None
    assert nearest(Coordinates(45.0, -75.0), 1) == []


def test_the_list_is_as_old_as_the_offer_that_is_the_oldest() -> None:
    newest = timezone.now()
    for days, code in enumerate(("K1A0B1", "K1A0B2", "K1A0B3")):
        _office_at(code, 45.0 + days / 100, -75.0, offered_at=newest - timedelta(days=days))
    found = nearby_offices(NearPostalCode("K1A0B1"), "en", 2)
    assert [office.office_id for office in found.offices] == ["K1A0B1", "K1A0B2"]
    assert found.seen_at == newest - timedelta(days=1)
    assert [office.distance_km for office in found.offices] == [Decimal("0.00"), Decimal("1.11")]


def test_an_empty_directory_says_that_nothing_answers_not_that_the_place_is_unknown() -> None:
    with pytest.raises(OfficesUnavailable) as caught:
        nearby_offices(NearPostalCode("K1A0B1"), "en", 5)
    assert not isinstance(caught.value, PlaceNotKnown)


def test_near_a_rural_postal_code_we_look_farther_at_once(django_assert_num_queries: Any) -> None:
    now = timezone.now()
    _office_at("K0B1A0", 45.0, -75.0, offered_at=now)
    _office_at("K0B1B0", 45.6, -75.0, offered_at=now)
    # Where the code is, and what is near.
    with django_assert_num_queries(2):
        assert len(nearby_offices(NearPostalCode("K0B1A0"), "en", 2).offices) == 2
