"""Reading the portal's post offices: nobody has seen these answers, so one odd thing must not lose an office."""

from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.hours import intervals
from deliver_to_po.canadapost.portal.postoffices import read_office, read_offices

NINE_TO_FIVE = ["09:00", "17:00"]


def office(office_id: str = "0000102978", **more: Any) -> dict[str, Any]:
    """Return an office as the portal probably writes it."""
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
    assert [found.office_id for found in read_offices("op", rows)] == ["1", "3"]


def test_offices_none_of_which_can_be_read_are_not_none_near() -> None:
    with pytest.raises(Unreadable):
        read_offices("op", [{"officeId": "1"}])
