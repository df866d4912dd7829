"""Reading the portal's tracking: what says nothing of a parcel is not "seen", and one odd event loses no other."""

from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal.tracking import read_details, read_summary
from tests.canadapost.portal import PIN

SEEN = {"pin": PIN, "eventDescription": "Item processed", "serviceName": "Expedited Parcels"}
EVENT = {"eventIdentifier": "1701", "eventDate": "2026-11-26"}


def details(*events: Any, **more: Any) -> dict[str, Any]:
    """Return the details of a parcel that Canada Post knows."""
    return {"activeExists": True, "archiveExists": False, "significantEvents": list(events), **more}


@pytest.mark.parametrize(
    "error",
    [{"code": "004", "descEn": "No Pin History"}, {"code": 4}, {"code": "002"}, {"code": "006"}, {"descEn": "?"}, "x"],
)
def test_a_summary_that_holds_an_error_is_not_seen(error: Any) -> None:
    assert not read_summary("op", [{**SEEN, "error": error}], PIN).seen
    assert not read_summary("op", [{"pin": PIN, "error": error}], PIN).seen


@pytest.mark.parametrize("nothing", [None, "", {}])
def test_an_empty_error_is_none(nothing: Any) -> None:
    assert read_summary("op", [{**SEEN, "error": nothing}], PIN).seen
    assert [event.code for event in read_details("op", details(EVENT, error=nothing), PIN).events] == [1701]


def test_a_summary_without_an_event_is_not_seen() -> None:
    assert not read_summary("op", [{"pin": PIN, "serviceName": "Expedited Parcels"}], PIN).seen
    assert read_summary("op", [{"pin": PIN, "eventDateTime": "20260112:133457"}], PIN).seen


def test_the_parcel_is_found_among_odd_rows_and_those_of_others() -> None:
    rows = [None, {"pin": "1", "eventDescription": "another"}, {**SEEN, "expectedDeliveryDate": "soon"}, SEEN]
    assert read_summary("op", rows, PIN).description == "Item processed"


def test_a_summary_that_cannot_be_read_is_not_taken_for_none() -> None:
    with pytest.raises(Unreadable):
        read_summary("op", [{**SEEN, "actualDeliveryDate": "soon"}], PIN)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "1701",
        {},
        {"eventDate": "2026-11-26"},
        {"eventIdentifier": "1701"},
        {"eventIdentifier": "A1", "eventDate": "2026-11-26"},
        {"eventIdentifier": None, "eventDate": "2026-11-26"},
        {"eventIdentifier": "1701", "eventDate": "someday"},
        {"eventIdentifier": True, "eventDate": "2026-11-26"},
    ],
)
def test_one_odd_event_loses_no_other(odd: Any) -> None:
    told = read_details("op", details(EVENT, odd, {"eventIdentifier": 174, "eventDate": "2026-11-25"}), PIN)
    assert [event.code for event in told.events] == [1701, 174]


def test_events_none_of_which_can_be_read_are_not_none() -> None:
    with pytest.raises(Unreadable):
        read_details("op", details({"eventDate": "2026-11-26"}), PIN)


def test_an_error_that_is_not_no_history_is_no_answer_about_events() -> None:
    with pytest.raises(Unreadable):
        read_details("op", {"error": {"code": "008"}}, PIN)
    assert read_details("op", {"error": {"code": "004"}}, PIN).events == ()


def test_details_in_a_list_of_one_are_read() -> None:
    told = read_details("op", [details(EVENT, pin=PIN)], PIN)
    assert [event.code for event in told.events] == [1701]


def test_the_events_of_another_parcel_are_unreadable() -> None:
    with pytest.raises(Unreadable, match="another parcel"):
        read_details("op", details(EVENT, pin="1234567890123456"), PIN)
