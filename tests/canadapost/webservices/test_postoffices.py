"""Post offices as the XML API answers with them."""

import re
from decimal import Decimal

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.hours import intervals
from deliver_to_po.canadapost.types import Coordinates, PostOffice
from deliver_to_po.canadapost.webservices import postoffices
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import answer

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
    first, second = postoffices.read_offices("find", answer(bodies.OFFICES))
    assert first == OFFICE
    assert (second.office_id, second.name, second.bilingual) == ("0000000009", "HULL BP", False)


def test_an_empty_list_of_offices_means_none_near() -> None:
    body = f'<post-office-list xmlns="{bodies.OFFICE}"/>'
    assert postoffices.read_offices("find", answer(body)) == []


def test_an_office_comes_with_hours_by_weekday() -> None:
    office = postoffices.read_office("detail", answer(bodies.OFFICE_DETAIL))
    assert office.hours is not None
    assert dict(office.hours.days) == {
        1: intervals(["08:00", "12:00", "13:00", "17:30"]),
        6: intervals(["8:00", "00:00"]),
    }
    assert office.distance_km is None


@pytest.mark.parametrize(
    "odd",
    [
        "<day>8</day><time>8:00</time>",
        "<day>7</day><time>8:00</time>",
        "<day>2</day><time>8:00</time><time>9:00</time>",
        "<day>7</day><time>a</time>",
        "<day>7</day><time>25:00</time>",
        "<day>7</day><times>8:00 9:00</times>",
        "<day>7</day><time><opens>8:00</opens></time>",
    ],
)
def test_hours_in_another_form_are_not_known_and_the_office_stays(odd: str) -> None:
    body = bodies.OFFICE_DETAIL.replace("<day>7</day><time>8:00</time><time>00:00</time>", odd)
    assert body != bodies.OFFICE_DETAIL
    office = postoffices.read_office("detail", answer(body))
    assert (office.office_id, office.hours) == (OFFICE.office_id, None)


def test_a_day_without_times_is_closed() -> None:
    body = bodies.OFFICE_DETAIL.replace("<day>7</day><time>8:00</time><time>00:00</time>", "<day>7</day>")
    hours = postoffices.read_office("detail", answer(body)).hours
    assert hours is not None
    assert hours.on(6) == ()


def test_an_office_without_any_days_has_hours_that_nobody_knows() -> None:
    body = re.sub("<hours-list>.*</hours-list>", "", bodies.OFFICE_DETAIL)
    assert postoffices.read_office("detail", answer(body)).hours is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<office-id>0000012345</office-id>", ""),
        ("<office-id>0000012345</office-id>", "<office-id>12A</office-id>"),
        ("<city>OTTAWA</city>", "<city/>"),
        ("<office-address>59 SAMPLE ST</office-address>", ""),
        (f'xmlns="{bodies.OFFICE}"', 'xmlns="urn:other"'),
        (f'xmlns="{bodies.OFFICE}"', ""),
        ("post-office-list", "post-offices"),
    ],
)
def test_offices_that_lack_what_matters_are_unreadable(old: str, new: str) -> None:
    alone = re.sub("</post-office>.*</post-office>", "</post-office>", bodies.OFFICES, flags=re.DOTALL)
    with pytest.raises(Unreadable):
        postoffices.read_offices("find", answer(alone.replace(old, new)))


@pytest.mark.parametrize(("odd", "office_id"), [("0000012345", ""), ("59 SAMPLE ST", "0000012345")])
def test_an_office_that_cannot_be_read_hides_no_other(odd: str, office_id: str) -> None:
    found = postoffices.read_offices("find", answer(bodies.OFFICES.replace(odd, "")))
    assert ([office.office_id for office in found], found.ids) == (["0000000009"], [office_id, "0000000009"])


def test_unknown_elements_are_ignored_and_a_point_outside_canada_is_no_point() -> None:
    body = bodies.OFFICES.replace("<distance>", "<new>thing</new><distance>").replace("45.41117", "5.4")
    office = postoffices.read_offices("find", answer(body))[0]
    assert (office.name, office.coordinates) == (OFFICE.name, None)


def test_an_office_without_a_name_has_that_of_its_location_or_its_address() -> None:
    nameless = bodies.OFFICES.replace("Épicerie &amp; Café", "")
    assert postoffices.read_offices("find", answer(nameless))[0].name == OFFICE.location
    unplaced = nameless.replace("SANDY HILL PO", " ")
    assert postoffices.read_offices("find", answer(unplaced))[0].name == OFFICE.street


@pytest.mark.parametrize(
    ("old", "new", "field", "read"),
    [
        (">0.84<", ">-0.84<", "distance_km", None),
        (">0.84<", ">1E999999999<", "distance_km", None),
        (">0.84<", ">99999.99<", "distance_km", None),
        (">0.84<", ">0<", "distance_km", Decimal(0)),
        (">ON<", ">on<", "province", "ON"),
        (">ON<", ">Québec<", "province", ""),
        (">ON<", ">ONTARIO<", "province", ""),
        ("Épicerie &amp; Café", "É" * 1_000_000, "name", "É" * 80),
        ("SANDY HILL PO", "S" * 1_000_000, "location", "S" * 80),
        ("59 SAMPLE ST", "5" * 1_000_000, "street", "5" * 80),
        ("OTTAWA", "O" * 1_000_000, "city", "O" * 60),
    ],
)
def test_what_no_office_has_is_not_shown_and_what_is_shown_is_what_is_kept(
    old: str, new: str, field: str, read: object
) -> None:
    office = postoffices.read_offices("find", answer(bodies.OFFICES.replace(old, new, 1)))[0]
    assert getattr(office, field) == read
