"""Post offices as the XML API answers with them."""

from decimal import Decimal

from deliver_to_po.canadapost.hours import intervals
from deliver_to_po.canadapost.portal import postoffices
from deliver_to_po.canadapost.types import Coordinates, PostOffice
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.documents import told

OFFICE = PostOffice(
    office_id="0000012345",
    name="Épicerie & Café",
    location="SANDY HILL PO",
    street="59 SAMPLE ST",
    city="OTTAWA",
    province="ON",
    postal_code="K1A0B1",
    coordinates=Coordinates(45.41117, -75.69812),
    bilingual=True,
    distance_km=Decimal("0.84"),
)


def test_offices_come_with_everything_but_hours() -> None:
    first, second = postoffices.read_offices("find", told(API.offices, bodies.OFFICES))
    assert first == OFFICE
    assert (second.office_id, second.name, second.bilingual) == ("0000000009", "HULL BP", False)


def test_an_office_comes_with_hours_by_weekday() -> None:
    office = postoffices.read_office("detail", told(API.office, bodies.OFFICE_DETAIL))
    assert office.hours is not None
    assert dict(office.hours.days) == {
        1: intervals(["08:00", "12:00", "13:00", "17:30"]),
        6: intervals(["8:00", "00:00"]),
    }
    assert office.distance_km is None


def test_a_day_without_times_is_closed() -> None:
    body = bodies.OFFICE_DETAIL.replace("<day>7</day><time>8:00</time><time>00:00</time>", "<day>7</day>")
    hours = postoffices.read_office("detail", told(API.office, body)).hours
    assert hours is not None
    assert hours.on(6) == ()
