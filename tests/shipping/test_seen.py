"""What a receiver tells of a parcel on its way, read whole."""

import json
from datetime import date
from typing import Any

from deliver_to_po.core.choices import Scan
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.shipping.seen import MOST_EVENTS, Seen, read_seen

ID = "a" * 32
FIRST = {"scan": "in_transit", "on": "2026-11-25"}
READY = {
    "scan": "ready",
    "on": "2026-11-26",
    "time": "10:00:00",
    "code": 65_535,
    "office_id": "1" * 12,
    "office_name": "CRYSTAL BEACH PO",
    "text": "Ready",
}


def read(*events: Any, **more: Any) -> Seen:
    data = {"request_id": ID, "events": list(events), **more}
    return read_seen(json.dumps({"version": 1, "type": "parcel.seen", "data": data}).encode())


def test_the_least_and_the_most_that_is_told_is_read_whole() -> None:
    least = Sighting(Scan.IN_TRANSIT, date(2026, 11, 25))
    assert read(FIRST) == Seen(ID, Tracked((least,)))
    told = read(READY, {**FIRST, "code": 1}, expected_on="2026-11-27", comes_back=True).told
    ready, before = told.sightings
    assert (ready.scan, ready.on, ready.time, ready.code) == (Scan.READY, date(2026, 11, 26), "10:00:00", 65_535)
    assert (ready.office_id, ready.office_name, ready.text) == ("1" * 12, "CRYSTAL BEACH PO", "Ready")
    assert (before.code, told.expected_on, told.comes_back) == (1, date(2026, 11, 27), True)
    assert len(read(*[FIRST] * MOST_EVENTS).told.sightings) == MOST_EVENTS
