"""Where a parcel is, in whatever namespace it is told."""

from datetime import date

import pytest

from deliver_to_po.canadapost.portal import tracking
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import PIN
from tests.canadapost.webservices.documents import told


@pytest.mark.parametrize("namespace", [bodies.TRACK, f"{bodies.TRACK}-v2", ""])
def test_events_keep_their_own_date_and_the_office_where_the_parcel_is(namespace: str) -> None:
    body = bodies.tracking_detail(
        PIN,
        bodies.occurrence("1701", "2026-11-26T00:00:00.000Z", "Available", ("0000012345", "CAFÉ")),
        bodies.occurrence("0174", "2026-11-25", "Out"),
        bodies.occurrence("A1", "2026-11-25", "a number that is none"),
        bodies.occurrence("1", "some day", "no date"),
        namespace=namespace,
        expected_delivery_date="2026-11-27",
        changed_expected_date="2026-11-28",
        return_pin="1234567890123456",
    )
    assert tracking.read_details("details", told(API.tracking, body), PIN) == TrackingDetails(
        PIN,
        (
            TrackingEvent(1701, date(2026, 11, 26), "10:11:12", "Available", "0000012345", "CAFÉ"),
            TrackingEvent(174, date(2026, 11, 25), "10:11:12", "Out"),
            TrackingEvent(None, date(2026, 11, 25), "10:11:12", "a number that is none"),
        ),
        expected_delivery=date(2026, 11, 28),
        return_pin="1234567890123456",
    )
    unchanged = told(API.tracking, body.replace("2026-11-28", ""))
    assert tracking.read_details("details", unchanged, PIN).expected_delivery == date(2026, 11, 27)
