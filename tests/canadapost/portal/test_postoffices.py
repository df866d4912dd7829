"""Reading the portal's post offices: nobody has seen these answers, so one odd thing must not lose an office."""

from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import InvalidRequest, Unreadable
from deliver_to_po.canadapost.hours import intervals
from deliver_to_po.canadapost.portal.postoffices import read_office, read_offices
from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode
from tests.canadapost.portal.samples import last_request, sample
from tests.canadapost.portal_requests import BASE, make_client
from tests.conformance.schemas import NEEDS_FACTS

NINE_TO_FIVE = ["09:00", "17:00"]


def office(office_id: str = "0000102978", **more: Any) -> dict[str, Any]:
    address = {"officeAddress": "3080 CARLING AVE", "city": "OTTAWA", "province": "ON", "postalCode": "K2B7K0"}
    return {"officeId": office_id, "name": "PHARMACY", "address": address, **more}


@pytest.mark.parametrize(
    "rows",
    [
        [{"day": 2, "time": NINE_TO_FIVE}],
        [{"day": "2", "time": "09:00 17:00"}],
        [{"day": 2, "time": ["09:00:00", "17:00:00"]}],
        {"day": 2, "time": NINE_TO_FIVE},
    ],
)
def test_hours_are_read_in_the_forms_that_are_published(rows: Any) -> None:
    hours = read_office("op", office(hoursList=rows)).hours
    assert hours is not None
    assert dict(hours.days) == {1: intervals(NINE_TO_FIVE)}


@pytest.mark.parametrize(
    "odd",
    [
        {"day": 3, "time": ["09:00", "25:00"]},
        {"day": 3, "time": "09:00-17:00"},
        {"day": 3, "time": ["09:00-12:00", "13:00-17:00"]},
        {"day": 3, "time": ["9:00 AM", "5:00 PM"]},
        {"day": 3, "time": {"opens": "09:00", "closes": "17:00"}},
        {"day": 3, "time": [{"time": "09:00"}, {"time": "17:00"}]},
        {"day": 3, "time": 900},
        {"day": 3, "time": None},
        {"day": 3, "hours": NINE_TO_FIVE},
        {"day": 0, "time": NINE_TO_FIVE},
        {"day": "Tuesday", "time": NINE_TO_FIVE},
        {"time": NINE_TO_FIVE},
        "09:00-17:00",
        None,
    ],
)
def test_hours_in_any_other_form_are_not_known_and_the_office_stays(odd: Any) -> None:
    found = read_office("op", office(hoursList=[{"day": 2, "time": NINE_TO_FIVE}, odd]))
    assert (found.office_id, found.hours) == ("0000102978", None)


@pytest.mark.parametrize("listed", [None, [], {}, "", "closed", 0, True, [[]]])
def test_without_a_list_of_days_hours_are_not_known(listed: Any) -> None:
    assert read_office("op", office(hoursList=listed)).hours is None


def test_an_office_that_cannot_be_read_hides_no_other() -> None:
    rows = [office("1"), office(office_id="x"), None, {"officeId": "2"}, office("3", hoursList=[{"day": 9}])]
    nowhere = office("4", address={"officeAddress": "59 SAMPLE ST"})
    found = read_offices("op", [*rows, nowhere])
    assert ([each.office_id for each in found], found.ids) == (["1", "3"], ["1", "x", "", "2", "3", "4"])


def test_offices_none_of_which_can_be_read_are_not_none_near() -> None:
    with pytest.raises(Unreadable):
        read_offices("op", [{"officeId": "1"}])


HREF = "https://canada-post.test/postoffice/v1/post-offices/0000102978/details"


@pytest.mark.parametrize(
    "links",
    [
        {"link": {"href": HREF}},
        {"links": [{"rel": "detail", "href": HREF}]},
        {"link": [], "links": {"href": HREF.removesuffix("s")}},
        {"link": [None, "x", {"href": "https://canada-post.test/other"}, {"href": HREF}]},
    ],
)
def test_an_id_may_be_only_in_a_link(links: dict[str, Any]) -> None:
    row = {key: value for key, value in office(**links).items() if key != "officeId"}
    assert [found.office_id for found in read_offices("op", [row])] == ["0000102978"]


def test_the_detail_of_an_office_without_any_id_is_of_the_one_that_was_asked_for() -> None:
    row = {key: value for key, value in office().items() if key != "officeId"}
    assert read_office("op", row, office_id="7").office_id == "7"
    assert read_office("op", office("8"), office_id="7").office_id == "8"
    with pytest.raises(Unreadable):
        read_office("op", row)


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_a_point"),
    [
        (45.5, -75.5, True),
        ("45.5", "-75.5", True),
        (40, -150, True),
        (90, -50, True),
        (39.9, -75, False),
        (90.1, -75, False),
        (45, -150.1, False),
        (45, -49.9, False),
        (None, -75, False),
        (45, "west", False),
        (45, "-Infinity", False),
        (45, "1e999999", False),
    ],
)
def test_a_point_outside_canada_is_no_point(latitude: Any, longitude: Any, is_a_point: bool) -> None:
    row = office()
    row["address"] |= {"latitude": latitude, "longitude": longitude}
    expected = Coordinates(float(latitude), float(longitude)) if is_a_point else None
    assert read_office("op", row).coordinates == expected


@pytest.mark.parametrize(
    "body", [{"postOffices": [office()]}, {"a": {"b": [office()]}}, {"count": 1, "list": [office()], "more": "x"}]
)
def test_a_list_is_found_inside_an_object(body: Any) -> None:
    assert len(read_offices("op", body)) == 1


@pytest.mark.parametrize("beside", [{"errors": []}, {"links": [{"rel": "self"}]}, {"links": ["x"], "errors": []}])
def test_other_lists_may_stand_beside_it(beside: Any) -> None:
    assert len(read_offices("op", {**beside, "postOffices": [office()]})) == 1


@pytest.mark.parametrize(
    "body", [office(), {"postOffice": office(link={})}, {"post-office-list": {"post-office": office(links=[{}])}}]
)
def test_a_list_of_one_may_come_as_that_one(body: Any) -> None:
    assert [found.office_id for found in read_offices("op", body)] == ["0000102978"]


def test_an_office_without_a_name_has_that_of_its_location_or_its_address() -> None:
    assert read_office("op", office(name=None, location="CRYSTAL BEACH PO")).name == "CRYSTAL BEACH PO"
    assert read_office("op", office(name=" ")).name == "3080 CARLING AVE"


@pytest.mark.parametrize("distance", [-0.5, "-1", 1e300, "far", "0.6 km", 99999.99, None])
def test_a_distance_that_cannot_be_is_not_known(distance: Any) -> None:
    assert read_office("op", office(distance=distance)).distance_km is None
    assert read_office("op", office(distance=0)).distance_km == 0


@pytest.mark.parametrize(("written", "read"), [("on", "ON"), ("Québec", ""), ("Ontario", ""), ("??", ""), (None, "")])
def test_a_province_is_never_made_of_the_first_letters_of_something_else(written: Any, read: str) -> None:
    row = office()
    row["address"] |= {"province": written}
    assert read_office("op", row).province == read


def test_what_is_shown_of_an_office_is_no_longer_than_what_is_kept() -> None:
    row = office(name="N" * 81, location="L" * 81)
    row["address"] |= {"officeAddress": "S" * 81, "city": "C" * 61}
    found = read_office("op", row)
    assert (found.name, found.location, found.street, found.city) == ("N" * 80, "L" * 80, "S" * 80, "C" * 60)


@pytest.mark.parametrize(
    "body",
    [None, "x", 7, {"a": 1}, {"a": [], "b": []}, {"a": [], "b": [{"rel": "self"}]}, {"a": {"b": {"c": {"d": []}}}}],
)
def test_what_holds_no_single_list_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable, match="no list"):
        read_offices("op", body)


def test_every_field_is_read_inside_a_detail() -> None:
    address = {"officeAddress": "1 RUE A", "city": "HULL", "province": "qc", "postalCode": "j8x 2k1"}
    row = {"officeId": 9, "address": address, "bilingualDesignation": "true", "distance": "2.1", "name": " A  B "}
    found = read_office("op", {"postOfficeDetail": row})
    assert (found.office_id, found.name, found.location, found.street) == ("9", "A B", "", "1 RUE A")
    assert (found.city, found.province, found.postal_code) == ("HULL", "QC", "J8X2K1")
    assert (found.bilingual, found.distance_km) == (True, Decimal("2.1"))


@NEEDS_FACTS
def test_offices_are_searched_by_street_city_and_province(post: Any) -> None:
    post.get(BASE + "/postoffice/v1/post-offices", json=sample("postoffice_nearest_INFERRED"))
    [office] = make_client().find_offices(NearAddress("ON", "Ottawa", "Carling"), maximum=9)
    assert office.office_id == "0000102978"
    assert last_request(post).params == {
        "d2po": "true",
        "maximum": "9",
        "province": "ON",
        "city": "Ottawa",
        "streetName": "Carling",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (NearPostalCode("K1A 0B1"), "postal_code"),
        (NearPostalCode("K1A0B１"), "postal_code"),
        (NearAddress("Ontario", "Ottawa"), "province"),
        (NearAddress("ON", " "), "city"),
        (NearAddress("ON", "Ottawa", "x" * 65), "street"),
        (NearCoordinates(Coordinates(float("nan"), -75)), "coordinates.latitude"),
        (NearCoordinates(Coordinates(48.85, 2.35)), "coordinates.longitude"),
    ],
)
def test_a_search_that_cannot_be_understood_is_not_sent(post: Any, query: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make_client().find_offices(query)
    assert caught.value.field == field
    assert not post.calls


def test_an_office_whose_id_is_no_number_is_not_there(post: Any) -> None:
    for office_id in ("", "abc", "..", "1/2", "１２３"):
        with pytest.raises(errors.NotFound):
            make_client().office(office_id)
    assert not post.calls
