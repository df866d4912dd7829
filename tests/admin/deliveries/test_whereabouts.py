"""Where a parcel is, in the few words that list and page show."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.admin.deliveries.whereabouts import whereabouts
from deliver_to_po.core.choices import Doubt, ParcelState
from deliver_to_po.models import Tracking

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
        (P.IN_TRANSIT, {"ended_at": timezone.now()}, [NO_NEWS]),
    ],
)
def test_where_a_parcel_is(state: ParcelState, fields: dict[str, Any], told: list[str]) -> None:
    assert whereabouts(Tracking(state=state, **fields)) == [str(state.label), *told]
