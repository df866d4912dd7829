"""The nearest known offices, against measuring every one of them."""

import math
import random
from itertools import starmap

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Office
from deliver_to_po.offices.nearby import FARTHEST_KM, nearest

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
def directory(db: None, points: list[Coordinates]) -> None:
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


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("needed", [1, 10, 50])
@pytest.mark.parametrize("place", PLACES)
def test_no_known_office_is_nearer(points: list[Coordinates], place: tuple[float, float], needed: int) -> None:
    chance = random.Random(needed)  # noqa: S311
    around = [(chance.gauss(place[0], 2), chance.gauss(place[1], 3)) for _ in range(20)]
    for centre in starmap(Coordinates, [place, *around]):
        every = sorted(_great_circle_km(centre, point) for point in points)
        expected = [km for km in every if km <= FARTHEST_KM][:needed]
        assert [km for km, _ in nearest(centre, needed)] == pytest.approx(expected), centre


def _great_circle_km(one: Coordinates, other: Coordinates) -> float:
    """Return the angle between two unit vectors, times the radius."""
    unit = [
        (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        for lat, lon in ((math.radians(p.latitude), math.radians(p.longitude)) for p in (one, other))
    ]
    return MEAN_RADIUS_KM * 2 * math.asin(math.dist(*unit) / 2)
