"""A directory of post offices as large as wanted, and the hours of those that everybody asks for."""

import random
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from bench.places import NEAR, patterns, postal_code_in
from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Office
from deliver_to_po.offices.finder import fetch_office, find

SPREAD_DEGREES = 0.05
FIRST_ID = 900_000_000
AT_ONCE = 2000
SATURDAYS = 0.6


def fill(wanted: int) -> None:
    """Add ``wanted`` offices, and let the hours near NEAR be known."""
    Office.objects.bulk_create(_offices(wanted), batch_size=AT_ONCE)
    for office in find(NearPostalCode(NEAR), "en").offices:
        fetch_office(office.office_id, "en")
    with connection.cursor() as cursor:
        # What autovacuum does in a while.
        cursor.execute("ANALYZE")


def _offices(wanted: int) -> Iterator[Office]:
    """Yield offices spread over the country as people are: copies of the emulator's, some kilometres away."""
    chance, now = random.Random(5), timezone.now()  # noqa: S311
    for number in range(wanted):
        original = patterns()[number % len(patterns())]
        received_id = f"{FIRST_ID + number:010d}"
        yield Office(
            environment=app_settings.canada_post.environment,
            office_key=comparable_office_id(received_id),
            received_id=received_id,
            name_en=original.name,
            name_fr=original.name_fr,
            street=original.street,
            city=original.city,
            province=original.province,
            postal_code=postal_code_in(original.postal_code[:3], chance),
            latitude=original.latitude + chance.gauss(0, SPREAD_DEGREES),
            longitude=original.longitude + chance.gauss(0, SPREAD_DEGREES),
            bilingual=True,
            hours=_hours(chance).to_json(),
            hours_fetched_at=now,
            offered_at=now,
        )


def _hours(chance: random.Random) -> WeeklyHours:
    """Return hours such as counters keep: most of them unlike those next door."""
    opens, closes = (f"{chance.randint(*hours):02d}:{chance.choice('03')}0" for hours in ((7, 10), (16, 21)))
    weekday = chance.choice(([opens, closes], [opens, "12:00", "13:00", closes]))
    saturday = {6: intervals(["10:00", closes])} if chance.random() < SATURDAYS else {}
    return WeeklyHours({**{day: intervals(weekday) for day in range(1, 6)}, **saturday})
