"""No place of a parcel in the post is a dead end: whatever can be told or pressed is tried from each of them."""

from collections import deque
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.utils import timezone

from deliver_to_po.admin.changes.settle_parcel import PARCEL_CHANGES
from deliver_to_po.core.choices import Doubt, ParcelState, Scan, ShipmentState
from deliver_to_po.core.choices.tracking import NOT_WITH_BUYER, PARCEL_ENDS
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again
from deliver_to_po.models import Tracking, TrackingEvent
from deliver_to_po.models.tracking import PARCEL_MOVES
from deliver_to_po.offer.summary import summarize
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.tracking.following import FOLLOWING, end_what_is_silent
from deliver_to_po.tracking.learning import learn
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db

OTHER = "385964"
# After the first few events more of the same lead nowhere new.
DEEP = 3
NOTE = {"note": "looked"}


class Place(NamedTuple):
    """Where a parcel stands, as far as it matters for what may happen next."""

    state: str
    doubt: str
    asked_for: bool
    over: bool


def _start() -> Tracking:
    made_at = timezone.now() - timedelta(days=30)
    shipment = make_shipment(make_delivery(), state=ShipmentState.DONE, tracking_pin="1", made_at=made_at)
    type(shipment).objects.filter(pk=shipment.pk).update(created_at=made_at)
    return Tracking.objects.create(shipment=shipment, due_at=timezone.now())


def _told(tracking: Tracking, scan: Scan, depth: int) -> None:
    tracking.lease = uuid4()
    Tracking.objects.filter(pk=tracking.pk).update(lease=tracking.lease)
    office = OTHER if scan == Scan.READY and depth % 2 else ""
    learn(tracking, Tracked((Sighting(scan, shop_day() - timedelta(days=20 - depth), office_id=office),)))


def _silent(tracking: Tracking) -> None:
    Tracking.objects.filter(pk=tracking.pk).update(news_at=timezone.now() - timedelta(days=61))
    end_what_is_silent()


def _place(tracking: Tracking) -> Place:
    return Place(tracking.state, tracking.doubt, tracking.due_at is not None, tracking.ended_at is not None)


def _steps(tracking: Tracking, depth: int) -> dict[str, Any]:
    """Return what can happen to a parcel, by name."""
    shipment = tracking.shipment
    steps: dict[str, Any] = {
        str(change.label): lambda change=change: change.make(shipment, None, NOTE)
        for change in PARCEL_CHANGES
        if change.applies(shipment)
    }
    if tracking.due_at is not None:
        steps |= {scan.value: lambda scan=scan: _told(tracking, scan, depth) for scan in Scan}
        steps["nothing for 60 days"] = lambda: _silent(tracking)
    return steps


def _kept(tracking: Tracking) -> tuple[Any, ...]:
    return (
        {name: value for name, value in vars(tracking).items() if not name.startswith("_")},
        list(TrackingEvent.objects.filter(tracking=tracking).values()),
    )


def _put_back(tracking: Tracking, kept: tuple[Any, ...]) -> Tracking:
    row, events = kept
    TrackingEvent.objects.filter(tracking=tracking).delete()
    TrackingEvent.objects.bulk_create([TrackingEvent(**event) for event in events])
    Tracking.objects.filter(pk=tracking.pk).update(**row)
    return Tracking.objects.select_related("shipment__delivery").get(pk=tracking.pk)


def test_from_each_place_of_a_parcel_something_leads_on_or_it_is_an_end(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    start = _start()
    leads: dict[Place, set[str]] = {}
    todo = deque([(_kept(start), 0)])
    while todo:
        kept, depth = todo.popleft()
        tracking = _put_back(start, kept)
        here = _place(tracking)
        if here in leads:
            continue
        leads[here] = set()
        assert can_be_shipped_again(tracking.shipment.delivery) == (here.state in NOT_WITH_BUYER)
        for language in ("en", "fr"):
            assert summarize(tracking.shipment.delivery, language).language == language
        for name in _steps(tracking, depth):
            tracking = _put_back(start, kept)
            _steps(tracking, depth)[name]()
            tracking.refresh_from_db()
            there = _place(tracking)
            assert there.state == here.state or here.state in PARCEL_MOVES[ParcelState(there.state)]
            assert here.state not in PARCEL_ENDS or there.state in (here.state, ParcelState.PERSON)
            if there != here:
                leads[here].add(name)
            if depth < DEEP:
                todo.append((_kept(tracking), depth + 1))
    assert {place.state for place in leads} == set(ParcelState.values)
    # The parcel that is told of too often is made in the tests of learning.
    assert {place.doubt for place in leads} | {Doubt.TOO_MANY} == set(Doubt.values)
    stuck = [place for place, names in leads.items() if not names and place.state not in PARCEL_ENDS and not place.over]
    assert stuck == []
    buttons = {str(change.label) for change in PARCEL_CHANGES}
    without = [place for place, names in leads.items() if place.state == ParcelState.PERSON and not names & buttons]
    assert without == []
    assert FOLLOWING.last
