"""The published samples of the portal, and the last request."""

import json
from typing import Any

from tests.canadapost.portal_requests import MADE, SHIPPING
from tests.conformance.schemas import facts

NOTHING: list[dict[str, Any]] = [{"json": []}, {"status": 404}]
SHIPMENT = f"{SHIPPING}/shipments/{MADE.shipment_id}"


def sample(name: str) -> Any:
    return json.loads((facts() / "samples" / f"portal_{name}.json").read_text(encoding="utf-8"))


def last_request(post: Any) -> Any:
    return post.calls[-1].request
