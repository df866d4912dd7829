"""Planned outages, in every shape that they may come in."""

from datetime import UTC, datetime
from typing import Any

from deliver_to_po.canadapost.types import Outage
from tests.canadapost.portal.samples import NOTHING, last_request, sample
from tests.canadapost.portal_requests import BASE, make_client
from tests.conformance.schemas import NEEDS_FACTS


@NEEDS_FACTS
def test_outages_are_read_in_every_likely_shape(post: Any) -> None:
    url = BASE + "/serviceinfo/v1/shipments-service"
    rows = sample("serviceinfo_INFERRED")
    for body in (rows, {"messages": rows}, {"infoMessages": {"infoMessage": rows}}, rows[0]):
        post.upsert("GET", url, json=body)
        [outage] = make_client().outages()
        assert last_request(post).params == {"message-type": "SO"}
        assert outage == Outage(
            "Scheduled maintenance ...",
            datetime(2026, 11, 29, 2, tzinfo=UTC),
            datetime(2026, 11, 29, 9, tzinfo=UTC),
        )
    for nothing in [*NOTHING, {"json": {}}, {"json": [{"messageText": "Sometime soon"}]}]:
        post.upsert("GET", url, **nothing)
        assert make_client().outages() == []
