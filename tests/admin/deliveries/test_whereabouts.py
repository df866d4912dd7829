"""Where a parcel is, in the few words that list and page show."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.admin.deliveries.whereabouts import whereabouts, with_events
from deliver_to_po.core.choices import Doubt, ParcelState
from deliver_to_po.models import Tracking
from deliver_to_po.offer.summary import summarize_parcels
from tests.factories import make_shipment

P, ON, OTHER = ParcelState, date(2026, 11, 25), {"office_name": "MONTREAL PO", "office_id": "385964"}
SINCE, HELD = "since Nov. 25, 2026", "held until Dec. 10, 2026"
NO_NEWS = "no news for 60 days: Canada Post is not asked further"


@pytest.mark.parametrize(
    ("state", "fields", "told"),
    [
        (P.IN_TRANSIT, {"on": ON, "expected_on": date(2026, 11, 27)}, [SINCE, "expected on Nov. 27, 2026"]),
        (P.READY, {"on": ON, "ready_on": ON, "expected_on": ON}, [SINCE, HELD]),
        (P.ELSEWHERE, {"on": ON, "ready_on": ON, **OTHER}, [SINCE, "at Montreal PO (385964)", HELD]),
        (P.PERSON, {"on": ON, "doubt": Doubt.REDIRECTED}, [str(Doubt.REDIRECTED.label)]),
        (P.RETURNED, {"on": ON, "ready_on": ON, "ended_at": timezone.now()}, [SINCE]),
        (P.IN_TRANSIT, {"ended_at": timezone.now(), "news_at": timezone.now() - timedelta(days=61)}, [NO_NEWS]),
        # As when its recipient is erased.
        (P.IN_TRANSIT, {"ended_at": timezone.now()}, []),
    ],
)
def test_where_a_parcel_is(state: ParcelState, fields: dict[str, Any], told: list[str]) -> None:
    assert whereabouts(Tracking(state=state, **fields)) == [str(state.label), *told]


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 12, 3, 17, tzinfo=UTC), tick=False)
def test_until_when_the_buyer_can_come_is_said_as_in_their_email() -> None:
    """On the last day the counter is closed."""
    shipment = make_shipment(tracking_pin="1")
    tracking = Tracking.objects.create(shipment=shipment, state=P.READY, on=ON, ready_on=ON)
    last = "Last opening before it goes back: Monday, December\N{NO-BREAK SPACE}7, until 5\N{NO-BREAK SPACE}p.m."
    assert with_events(tracking).startswith(f"ready · {SINCE} · {HELD}<br>{last}")
    assert summarize_parcels(shipment.delivery, [shipment], "en").last_opening == last
    tracking.state = P.COLLECTED
    assert last not in with_events(tracking)
