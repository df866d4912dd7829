"""What the collected answers of tracking say of a parcel, read where CANADA_POST_FACTS says."""

import json
from typing import Any

from deliver_to_po.canadapost.portal.tracking import read_details
from deliver_to_po.core.choices import ParcelState, Scan
from deliver_to_po.shipping.canadapost_events import tracked_of
from deliver_to_po.tracking.place import place_of
from tests.conformance.schemas import NEEDS_FACTS, facts

pytestmark = NEEDS_FACTS


def collected(name: str) -> Any:
    return json.loads((facts() / "samples" / f"portal_tracking_{name}.json").read_text(encoding="utf-8"))


def test_a_parcel_at_its_post_office_is_read_as_ready_since_its_first_scan_there() -> None:
    answer = collected("details_d2po_ready")
    details = read_details("tracking", answer, answer["pin"])
    assert len(details.events) == len(answer["significantEvents"])
    tracked = tracked_of(details)
    assert Scan.UNKNOWN not in {sighting.scan for sighting in tracked.sightings}
    ready = next(event for event in answer["significantEvents"] if event["eventRetailLocationId"])
    place = place_of(tracked.sightings, sent_to=f"0000{ready['eventRetailLocationId']}")
    assert (place.state, place.office_id) == (ParcelState.READY, ready["eventRetailLocationId"])
    assert place.ready_on is not None
    assert place.ready_on.isoformat() == ready["eventDate"]
    assert place_of(tracked.sightings, sent_to="385964").state == ParcelState.ELSEWHERE
