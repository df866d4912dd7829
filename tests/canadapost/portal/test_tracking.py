"""Reading the portal's tracking: what says nothing of a parcel is not "seen", and one odd event loses no other."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from responses.matchers import query_param_matcher

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import CanadaPostError, Refused, Throttled, Unreadable
from deliver_to_po.canadapost.portal.tracking import read_details, read_pins
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent
from tests.canadapost.portal.samples import sample
from tests.canadapost.portal_requests import BASE, PIN, SHIPPING, make_client
from tests.conformance.schemas import NEEDS_FACTS

SEEN = {"pin": PIN, "eventDescription": "Item processed", "serviceName": "Expedited Parcels"}
EVENT = {"eventIdentifier": "1701", "eventDate": "2026-11-26"}


def details(*events: Any, **more: Any) -> dict[str, Any]:
    """Return the details of a parcel that Canada Post knows."""
    return {"activeExists": True, "archiveExists": False, "significantEvents": list(events), **more}


# What Canada Post answers in place of a parcel's history, and what that means; None is "not seen yet".
INSIDE: list[tuple[Any, type[CanadaPostError] | None]] = [
    ({"error": {"code": "004", "descEn": "No Pin History"}}, None),
    ({"error": {"code": 4}}, None),
    ({"errors": [{"errorCode": "004", "message": "No Pin History"}]}, None),
    ({"error": {"code": "002", "descEn": "Duplicate Pin"}}, Refused),
    ({"error": {"code": "006"}}, Refused),
    ({"error": {"code": "008"}}, Refused),
    ({"errors": [{"errorCode": "9105", "message": "A parameter is missing."}]}, Refused),
    ({"messages": {"message": {"code": "Server", "description": "Rejected"}}}, Refused),
    ({"messages": {"message": {"code": "Server", "description": "Rejected by SLM Monitor"}}}, Throttled),
    ({"error": {"descEn": "?"}}, Unreadable),
    ({"error": "x"}, Unreadable),
    ({"httpCode": "500", "httpMessage": "Internal Server Error"}, Unreadable),
    ({"title": "?"}, Unreadable),
]


DETAILS = f"{BASE}/tracking/v1/pins/{PIN}/details"
REFERENCES = f"{BASE}/tracking/v1/refs/summaries"


@pytest.mark.parametrize(("inside", "error"), INSIDE)
def test_of_the_errors_inside_a_success_only_004_means_not_seen_yet(
    post: Any, inside: dict[str, Any], error: type[CanadaPostError] | None
) -> None:
    client, day = make_client(), date(2026, 11, 26)
    post.get(DETAILS, json=inside)
    with pytest.raises(error) if error else nullcontext():
        assert client.tracking_details(PIN).events == ()
    post.get(REFERENCES, json=inside)
    with pytest.raises(error) if error else nullcontext():
        assert client.find_pins("A-1", day, day) == []


@pytest.mark.parametrize("pin", ["0073938000549297", "0073938000549298"])
def test_a_parcels_events_are_its_own_though_a_number_of_json_has_lost_its_zeros(pin: str) -> None:
    assert len(read_details("op", details(EVENT, pin=int(pin)), pin).events) == 1


def test_summaries_in_place_of_details_are_unreadable_and_an_error_among_them_is_told() -> None:
    with pytest.raises(Unreadable):
        read_details("op", [SEEN], PIN)
    with pytest.raises(Refused):
        read_details("op", [{"pin": PIN, "error": {"code": "002"}}], PIN)


@pytest.mark.parametrize("nothing", [None, "", {}])
def test_an_empty_error_is_none(nothing: Any) -> None:
    assert [event.code for event in read_details("op", details(EVENT, error=nothing), PIN).events] == [1701]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "1701",
        {},
        {"eventIdentifier": "1701"},
        {"eventIdentifier": "1701", "eventDate": "someday"},
    ],
)
def test_one_odd_event_loses_no_other(odd: Any) -> None:
    told = read_details("op", details(EVENT, odd, {"eventIdentifier": 174, "eventDate": "2026-11-25"}), PIN)
    assert [event.code for event in told.events] == [1701, 174]


@pytest.mark.parametrize("identifier", [{}, *({"eventIdentifier": value} for value in (None, "", "A1", True))])
def test_an_event_without_a_number_is_kept_with_its_text(identifier: dict[str, Any]) -> None:
    event = {"eventDate": "2026-11-26", "eventTime": "10:05:00", "eventDescription": "Delivered", **identifier}
    newest, _ = read_details("op", details(event, EVENT), PIN).events
    assert (newest.code, newest.description) == (None, "Delivered")


@pytest.mark.parametrize("told", [{"pin": PIN}, {"activeExists": True}, {"pin": int(PIN), "significantEvents": None}])
def test_details_without_events_are_none_yet(told: dict[str, Any]) -> None:
    assert read_details("op", told, PIN).events == ()


def test_events_none_of_which_can_be_read_are_not_none() -> None:
    with pytest.raises(Unreadable):
        read_details("op", details({"eventIdentifier": "1701"}), PIN)


def test_the_events_of_a_parcel_that_is_archived_are_read() -> None:
    archived = details(EVENT, activeExists=False, archiveExists=True)
    assert [event.code for event in read_details("op", archived, PIN).events] == [1701]


def test_too_many_questions_about_parcels_silence_no_other(post: Any) -> None:
    asks: dict[str, Callable[[CanadaPost], object]] = {
        DETAILS: lambda client: client.tracking_details(PIN),
        REFERENCES: lambda client: client.find_pins("A-1", date(2026, 11, 25), date(2026, 11, 26)),
    }
    post.get(f"{SHIPPING}/groups", json=[])
    for url, ask in asks.items():
        client = make_client()
        post.get(url, status=429, headers={"Retry-After": "3600"})
        with pytest.raises(Throttled):
            ask(client)
        assert client.groups() == []


def test_details_in_a_list_of_one_are_read() -> None:
    told = read_details("op", [details(EVENT, pin=PIN)], PIN)
    assert [event.code for event in told.events] == [1701]


def test_the_events_of_another_parcel_are_unreadable() -> None:
    with pytest.raises(Unreadable, match="another parcel"):
        read_details("op", details(EVENT, pin="1234567890123456"), PIN)


@NEEDS_FACTS
@pytest.mark.parametrize("nothing", ["404", "004", "empty"])
def test_a_parcel_without_history_is_not_seen(post: Any, nothing: str) -> None:
    no_history = [row | {"pin": PIN} for row in sample("tracking_summaries_no_history")]
    replies: dict[str, dict[str, Any]] = {"404": {"status": 404}, "004": {"json": no_history}, "empty": {"json": []}}
    post.get(DETAILS, **replies[nothing])
    assert make_client().tracking_details(PIN).events == ()


@NEEDS_FACTS
def test_every_event_of_a_parcel_newest_first(post: Any) -> None:
    post.get(DETAILS, json=sample("tracking_details_d2po_ready"))
    at_the_office = "Item available for pickup at Post Office"
    today = date(2026, 11, 26)
    told = TrackingDetails(
        PIN,
        (
            TrackingEvent(1701, today, "10:05:00", at_the_office, "102978", "CRYSTAL BEACH PO"),
            TrackingEvent(1703, today, "06:40:00", "Item in transit to Post Office"),
            TrackingEvent(3000, date(2026, 11, 24), "15:00:00", "Electronic information submitted by shipper"),
        ),
        expected_delivery=today,
    )
    assert make_client().tracking_details(PIN) == told
    changed = {"changedExpectedDate": "2026-11-27", "returnPin": "1234567890123456"}
    post.upsert("GET", DETAILS, json=sample("tracking_details_d2po_ready") | changed)
    later = told._replace(expected_delivery=date(2026, 11, 27), return_pin="1234567890123456")
    assert make_client().tracking_details(PIN) == later


@pytest.mark.parametrize("written", ["2026-11-26", "2026-11-26T00:00:00", "2026-11-26T00:00:00.000Z"])
def test_dates_are_their_first_ten_characters_and_codes_are_numbers(post: Any, written: str) -> None:
    event = {"eventIdentifier": "0174", "eventDate": written, "eventTime": "10:05:00.000Z"}
    body = {"activeExists": True, "archiveExists": False, "significantEvents": [event]}
    post.get(DETAILS, json=body)
    [read] = make_client().tracking_details(PIN).events
    assert (read.code, read.date, read.time) == (174, date(2026, 11, 26), "10:05:00")


def test_neither_active_nor_archived_is_not_seen(post: Any) -> None:
    post.get(DETAILS, json={"activeExists": False, "archiveExists": False})
    assert make_client().tracking_details(PIN).events == ()


def test_only_a_summary_that_names_the_reference_itself_tells_a_number() -> None:
    other = "7023210039414611"
    named = [
        {**SEEN, "customerRef1": "a-1 ", "customerRef2": None},
        {**SEEN, "pin": other, "customerRef2": "A-1"},
        {**SEEN, "customerRef1": "A-1"},
        {**SEEN, "pin": "1", "customerRef1": "A-10"},
        {**SEEN, "pin": "2"},
        {"customerRef1": "A-1"},
        {"error": {"code": "008"}},
    ]
    assert read_pins("op", named, "A-1") == [PIN, other]
    assert read_pins("op", named[3:5], "A-1") == []
    with pytest.raises(Refused):
        read_pins("op", named[6:], "A-1")


@pytest.mark.parametrize("dashed", [True, False])
def test_parcels_are_looked_for_by_customer_reference_and_days_in_either_spelling(post: Any, dashed: bool) -> None:
    asked = {
        "customer-number": "0007023210",
        "reference-number": "A-1",
        "mailing-date-from": "2026-11-25",
        "mailing-date-to": "2026-11-26",
    }
    plain = ("customerNumber", "referenceNumber", "mailingDateFrom", "mailingDateTo")
    params = asked if dashed else dict(zip(plain, asked.values(), strict=True))
    post.get(REFERENCES, json=[{**SEEN, "customerRef1": "A-1"}], match=[query_param_matcher(params)])
    post.get(REFERENCES, status=404)
    assert make_client().find_pins("A-1", date(2026, 11, 25), date(2026, 11, 26)) == [PIN]
