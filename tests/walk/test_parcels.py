"""No place of a parcel in the post is a dead end: whatever can be told or pressed is tried from each of them."""

from collections import deque
from datetime import timedelta
from itertools import product
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.admin.changes import buttons
from deliver_to_po.admin.changes.how_it_ended import CAME_BACK, LOST, MISTAKE, PARCEL_CHANGES, PICKED_UP
from deliver_to_po.admin.deliveries.standing import newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.core.choices import DeliveryState, Doubt, ParcelState, Reason, Scan, ShipmentState
from deliver_to_po.core.choices.tracking import NOT_WITH_BUYER, PARCEL_ENDS
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again
from deliver_to_po.models import Delivery, Tracking, TrackingEvent
from deliver_to_po.models.tracking import PARCEL_MOVES
from deliver_to_po.offer.summary import summarize
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.tracking.following import FOLLOWING, end_what_is_silent
from deliver_to_po.tracking.learning import learn
from tests.factories import PARCEL, make_delivery, make_shipment
from tests.walk.rows import undone

pytestmark = pytest.mark.django_db

OTHER = "385964"
# After the first few events more of the same lead nowhere new.
DEEP = 3
NOTE = {"note": "looked"}
ENDS = {str(change.label) for change in (PICKED_UP, CAME_BACK, LOST)}


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
            if name != str(MISTAKE.label):
                assert there.state == here.state or here.state in PARCEL_MOVES[ParcelState(there.state)]
                assert here.state not in PARCEL_ENDS or there.state in (here.state, ParcelState.PERSON)
            if name in ENDS and here.doubt not in (Doubt.CONTRADICTED, Doubt.TOO_MANY):
                # Whoever pressed a wrong button presses one more, and the parcel stands where it stood.
                _steps(tracking, depth)[str(MISTAKE.label)]()
                tracking.refresh_from_db()
                assert _place(tracking) == here._replace(asked_for=True, over=False)
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


def two_parcels(*states: ParcelState, delivery: str) -> Delivery:
    """Return a delivery in a state whose two transmitted parcels are there, as far as somebody follows them."""
    placed = make_delivery(state=delivery, reason=Reason.ON_HOLD if delivery == DeliveryState.HELD else Reason.NONE)
    for number, state in enumerate(states, 1):
        gone = {"transmitted_at": timezone.now(), "made_at": timezone.now(), "printed_at": timezone.now()}
        shipment = make_shipment(
            placed, parcel=number, state=ShipmentState.LABELLED, tracking_pin=f"70{number}", **gone
        )
        doubt = Doubt.REDIRECTED if state == ParcelState.PERSON else Doubt.NONE
        ended = timezone.now() if state in PARCEL_ENDS else None
        Tracking.objects.create(shipment=shipment, state=state, doubt=doubt, on=shop_day(), ended_at=ended)
    return placed


def _rows(delivery: Delivery) -> list[tuple[Any, ...]]:
    names = ("parcel", "revision", "state", "open_parcel", "change_asked_at")
    return list(delivery.shipments.order_by("parcel", "revision").values_list(*names))


def _read_again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize("delivery", [DeliveryState.RELEASED, DeliveryState.HELD])
def test_of_two_parcels_wherever_each_is_every_button_that_is_named_leads_on(
    change_settings: Any, monkeypatch: pytest.MonkeyPatch, delivery: str
) -> None:
    change_settings(TRACKING=True, REFUND_EMAIL="refunds@example.com")
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: [PARCEL, PARCEL])
    changes: dict[str, Any] = {change.name: change for change in (*buttons.CHANGES, *buttons.SHIPMENT_CHANGES)}
    of_delivery, pressed = {change.name for change in buttons.CHANGES}, set[str]()
    for states in product(ParcelState, repeat=2):
        with undone():
            placed = two_parcels(*states, delivery=delivery)
            standing = standing_of_delivery(placed, newest_of(placed.shipments.select_related("tracking", "manifest")))
            came_back = [state in NOT_WITH_BUYER for state in states]
            assert can_be_shipped_again(placed) == any(came_back), states
            assert not any(came_back) or standing.cures, states
            # Nobody has written to the buyer yet.
            for name in (each for each in standing.cures if each != "send_notice"):
                before = _rows(placed)
                with undone():
                    change = changes[name]
                    row = _read_again(placed if name in of_delivery else standing.shipment)
                    assert change.applies(row), (states, name)
                    assert change.make(row, None, NOTE) is not None, (states, name)
                    kept = {one[0] for one in set(before).intersection(_rows(placed))}
                    placed.refresh_from_db()
                    if name == "ship_again" and not all(came_back):
                        again = {one[0] for one in _rows(placed) if one[1] == 2}
                        due = {number for number, back in enumerate(came_back, 1) if back}
                        assert again == (due if delivery == DeliveryState.RELEASED else set()), states
                    if name in ("ship_again", "cancel"):
                        # What the buyer has keeps its label, whatever is pressed beside it.
                        collected = {number for number, state in enumerate(states, 1) if state == ParcelState.COLLECTED}
                        assert kept >= collected, (states, name)
                    pressed.add(name)
    held, released = {"let_go_on", "follow_on", "lost"}, {"ship_again", "cancel", "came_back", "picked_up", "follow_on"}
    assert pressed >= (held if delivery == DeliveryState.HELD else released)
