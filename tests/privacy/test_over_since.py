"""Lifetimes count from the end: picked up, returned, cancelled, or long without news; without tracking from placing."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, ParcelState, Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Delivery, History, Shipment, Tracking, TrackingEvent
from deliver_to_po.privacy.erasing import erase_delivery, erase_recipients
from deliver_to_po.privacy.personal_data import exported, person
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.tracking.following import hear
from deliver_to_po.tracking.learning import learn
from tests.factories import make_shipment
from tests.privacy.rows import NOT_YET, TOO_LONG, placed, reread
from tests.races import Contender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracking_on", "bystanders")]

P = ParcelState
Beside = Callable[[Callable[[], Any]], Contender]


def parcel(delivery: Delivery, ended: timedelta | None, **fields: Any) -> Tracking:
    """Let a parcel of the delivery have ended so long ago, or not yet; it has one event."""
    number = delivery.shipments.count() + 1
    shipment = make_shipment(
        delivery, parcel=number, state=fields.pop("shipment", ShipmentState.DONE), shipment_id="1", due_at=None
    )
    ended_at = None if ended is None else timezone.now() - ended
    tracking = Tracking.objects.create(shipment=shipment, ended_at=ended_at, **{"state": P.COLLECTED, **fields})
    TrackingEvent.objects.create(tracking=tracking, on=date(2026, 11, 26), scan=Scan.READY, code=1701, text="Ready")
    return tracking


def is_erased(delivery: Delivery) -> bool:
    """Let the housekeeping come by, and say whether the delivery's recipient is erased."""
    erase_recipients()
    [row] = reread(delivery)
    return row.erased_at is not None


@pytest.mark.parametrize(("ended", "erased"), [(TOO_LONG, True), (NOT_YET, False), (None, False)])
def test_a_recipient_is_kept_until_long_after_the_parcel_s_end(ended: timedelta | None, erased: bool) -> None:
    delivery = placed(TOO_LONG * 2)
    parcel(delivery, ended)
    assert is_erased(delivery) == erased


def test_the_last_of_several_parcels_counts_and_none_whose_label_is_void() -> None:
    waits, voided = placed(TOO_LONG * 2), placed(TOO_LONG * 2)
    for delivery in (waits, voided):
        parcel(delivery, TOO_LONG)
    parcel(waits, NOT_YET)
    parcel(voided, None, shipment=ShipmentState.VOIDED)
    assert (is_erased(waits), is_erased(voided)) == (False, True)


def test_a_cancelled_order_counts_from_its_cancellation() -> None:
    delivery = placed(TOO_LONG * 2, state=DeliveryState.CANCELLED)
    line = History.objects.create(delivery=delivery, change=Change.CANCEL)
    assert not is_erased(delivery)
    History.objects.filter(pk=line.pk).update(at=timezone.now() - TOO_LONG)
    assert is_erased(delivery)


def test_without_tracking_a_recipient_is_kept_until_long_after_placing(change_settings: Any) -> None:
    delivery = placed(TOO_LONG)
    parcel(delivery, None, state=P.READY)
    change_settings(TRACKING=False)
    assert is_erased(delivery)


def test_events_are_shown_to_whoever_asks_and_go_with_the_recipient() -> None:
    delivery, other = placed(NOT_YET), placed(NOT_YET)
    tracking, anothers = parcel(delivery, None, state=P.READY, due_at=timezone.now()), parcel(other, None)
    [shipment] = exported(delivery, person(name=delivery.recipient_name))["shipments"]
    [event] = shipment["events"]
    assert (event["at_local_time"], event["event"], event["post_office"]) == ("2026-11-26", "Ready", "")
    erase_delivery(delivery)
    tracking.refresh_from_db()
    assert (tracking.state, tracking.due_at, tracking.events.count()) == (P.READY, None, 0)
    assert tracking.ended_at is not None
    assert anothers.events.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.services("DATABASE_URL")
def test_a_report_that_comes_beside_the_erasure_of_its_delivery_is_not_kept(beside: Beside) -> None:
    delivery = placed(NOT_YET)
    shipment = parcel(delivery, None).shipment
    Shipment.objects.filter(pk=shipment.pk).update(tracking_pin="7023210039414604")
    told = Tracked((Sighting(Scan.READY, shop_day(), text="Signed by M. Canary"),))
    with transaction.atomic():
        erase_delivery(delivery)
        contender = beside(partial(hear, shipment.pk, told))
        assert contender.waits()
    assert not contender.result()
    assert not TrackingEvent.objects.exists()


def test_a_worker_that_asks_for_a_parcel_beside_its_erasure_writes_no_event_of_it() -> None:
    delivery = placed(NOT_YET)
    tracking = parcel(delivery, None, lease=uuid4())
    erase_delivery(delivery)
    assert not learn(tracking, Tracked((Sighting(Scan.READY, shop_day(), text="Signed by M. Canary"),)))
    tracking.refresh_from_db()
    assert (tracking.due_at, tracking.events.count()) == (None, 0)
    assert tracking.ended_at is not None
