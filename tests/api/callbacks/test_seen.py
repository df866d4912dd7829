"""A receiver tells where a parcel is: signed, kept once, and as good as what Canada Post answers."""

import json
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Shipment, Tracking, TrackingEvent, WebhookMessage
from deliver_to_po.shipping.seen import OF_AN_EVENT, SCANS
from tests.api.callbacks.conftest import Caller
from tests.factories import make_shipment

pytestmark = pytest.mark.usefixtures("bystanders", "tracking_on")
PIN = "7023210039414604"


@pytest.fixture
def shipped(db: None) -> Shipment:
    """Return a parcel whose number the receiver has reported."""
    return make_shipment(state=ShipmentState.DONE, shipment_id=PIN, tracking_pin=PIN, due_at=None)


def event(scan: str = "ready", **more: Any) -> dict[str, Any]:
    return {"scan": scan, "on": shop_day().isoformat(), "time": "10:00:00", **more}


def seen(shipment: Shipment, *events: Any, **more: Any) -> bytes:
    """Return the message that a parcel was seen so."""
    data = {"request_id": shipment.request_id, "events": list(events), **more}
    return json.dumps({"version": 1, "type": "parcel.seen", "data": data}).encode()


def test_what_a_receiver_tells_moves_the_parcel_and_each_event_is_kept_once(shipped: Shipment, caller: Caller) -> None:
    on_its_way = event("in_transit", time="08:00:00", code=170)
    assert caller.send(seen(shipped, event(office_id="0000102978"), on_its_way))[0] == 200
    tracking = Tracking.objects.get(shipment=shipped)
    assert (tracking.state, tracking.ready_on, tracking.lease) == (ParcelState.READY, shop_day(), None)
    assert tracking.due_at is not None
    message = seen(shipped, on_its_way, event("delivered", time="12:00:00"))
    for repeated in (False, True):
        assert caller.send(message, message_id="m") == (200, {"result": "taken", "repeated": repeated})
    tracking.refresh_from_db()
    assert tracking.state == ParcelState.COLLECTED
    assert TrackingEvent.objects.filter(tracking=tracking).count() == 3


def test_what_is_not_followed_is_not_taken(shipped: Shipment, caller: Caller, change_settings: Any) -> None:
    voided = make_shipment(state=ShipmentState.VOIDED, tracking_pin=PIN, due_at=None)
    without_number = make_shipment(state=ShipmentState.HANDED, due_at=None)
    for shipment in (voided, without_number):
        status, answer = caller.send(seen(shipment, event()))
        assert (status, "tracking number first" in answer["what_to_do"]) == (409, True)
    change_settings(TRACKING=False)
    assert caller.send(seen(shipped, event()))[0] == 409
    assert not Tracking.objects.filter(shipment__in=(voided, without_number, shipped)).exists()
    assert not WebhookMessage.objects.exists()


BROKEN: dict[str, dict[str, Any]] = {
    "no list": {"events": "x"},
    "no object": {"events": [1]},
    "no scan": {"events": [{"on": "2026-11-26"}]},
    "unknown scan": {"events": [event("unknown")]},
    "no day": {"events": [event(on="26 November")]},
    "no time": {"events": [event(time="noon")]},
    "a fraction of a second": {"events": [event(time="10:00:00.123456")]},
    "a time with its zone": {"events": [event(time="10:00:00+05:00")]},
    "no code": {"events": [event(code=True)]},
    "no such code": {"events": [event(code=0)]},
    "a huge code": {"events": [event(code=10**9)]},
    "a long office id": {"events": [event(office_id="1" * 13)]},
    "another field": {"events": [event(mood="good")]},
    "too many": {"events": [event()] * 301},
    "no flag": {"events": [], "comes_back": 1},
    "no expected day": {"events": [], "expected_on": "soon"},
    "something else": {"events": [], "recipient": "Zoé"},
    "no parcel": {"events": [], "request_id": "1"},
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_changes_nothing(shipped: Shipment, caller: Caller, data: dict[str, Any]) -> None:
    told = {"request_id": shipped.request_id, **data}
    body = json.dumps({"version": 1, "type": "parcel.seen", "data": told}).encode()
    assert caller.send(body)[0] == 422
    assert not Tracking.objects.filter(shipment=shipped).exists()


def test_the_schema_says_what_is_read(shipped: Shipment) -> None:
    text = (resources.files("deliver_to_po.shipping") / "seen.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    validator = Draft202012Validator(schema)
    full = event(code=1701, office_id="1", office_name="X", text="Ready")
    tomorrow = (shop_day() + timedelta(days=1)).isoformat()
    validator.validate(json.loads(seen(shipped, full, expected_on=tomorrow, comes_back=False)))
    of_an_event = schema["properties"]["data"]["properties"]["events"]["items"]["properties"]
    assert set(of_an_event) == set(OF_AN_EVENT) == set(full)
    assert set(of_an_event["scan"]["enum"]) == SCANS
