"""Another system is told of each parcel that moves: signed, again until it is taken, and nothing personal."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Delivery, ParcelMessage, Shipment, Tracking
from deliver_to_po.models.tracking import move_parcel
from deliver_to_po.outbox.claiming import claim_next, work
from deliver_to_po.tracking.following import followed
from deliver_to_po.tracking.telling import GIVE_UP_AFTER, TELLING, back_off, tell
from tests.factories import make_delivery, make_shipment
from tests.shipping.parcel_receiver import SECRET, SIGNER, Answer, Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return the other system, which takes everything."""
    server = Receiver()
    yield server
    server.stop()
    back_off.end()


@pytest.fixture
def tracking(change_settings: Any, receiver: Receiver) -> Tracking:
    """Return a parcel on its way, while another system wants to know."""
    change_settings(TRACKING=True, PARCEL_WEBHOOK={"URL": receiver.url, "SECRET": SECRET})
    shipment = make_shipment(make_delivery(reference="A-7"), state="done", tracking_pin="7023210039414604")
    return Tracking.objects.create(shipment=shipment, state=ParcelState.IN_TRANSIT)


def tell_all() -> None:
    """Try the next message, though it is due later or the other system was not reached a moment ago."""
    back_off.end()
    ParcelMessage.objects.update(due_at=timezone.now())
    row = claim_next(TELLING)
    assert row is not None
    work(TELLING, row)


def test_a_parcel_that_moved_is_told_once_signed_and_without_a_person(tracking: Tracking, receiver: Receiver) -> None:
    receiver.answer(Answer(status=200))
    on = shop_day()
    assert move_parcel(tracking, ParcelState.READY, on=on, time="10:05:00", office_id="385964", office_name="ROSEMONT")
    assert move_parcel(tracking, ParcelState.READY)
    tell_all()
    [(headers, body)] = receiver.got
    heads = {name.lower(): value for name, value in headers.items()}
    assert SIGNER.has_signed(heads, body)
    assert heads["content-type"] == "application/json"
    [told] = receiver.messages
    data = told.pop("data")
    assert told == {"version": 1, "type": "parcel.moved"}
    assert data.pop("told_at")
    assert data == {
        "delivery_id": str(tracking.shipment.delivery_id),
        "reference": "A-7",
        "live": False,
        "parcel": 1,
        "tracking_number": "7023210039414604",
        "state": "ready",
        "reason": "",
        "on": on.isoformat(),
        "time": "10:05:00",
        "post_office_id": "385964",
    }
    assert not ParcelMessage.objects.exists()


def test_of_what_is_scanned_although_its_refund_is_asked_for_no_other_system_is_told(tracking: Tracking) -> None:
    Shipment.objects.filter(pk=tracking.shipment_id).update(state=ShipmentState.REFUND_ASKED)
    tracking.refresh_from_db()
    assert followed().filter(pk=tracking.pk).exists()
    assert move_parcel(tracking, ParcelState.READY)
    assert not ParcelMessage.objects.exists()


def test_in_a_copy_of_the_shop_no_other_system_is_told_of_real_parcels(
    tracking: Tracking, receiver: Receiver, change_settings: Any
) -> None:
    Delivery.objects.update(live=True)
    move_parcel(tracking, ParcelState.READY)
    ParcelMessage.objects.update(due_at=timezone.now())
    assert claim_next(TELLING) is None
    change_settings(CANADA_POST={"LIVE": True})
    tell_all()
    assert [message["data"]["state"] for message in receiver.messages] == ["ready"]


def test_what_is_not_taken_comes_again_under_the_same_id_and_is_given_up_after_three_days(
    tracking: Tracking, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answer(
        Answer(status=500), Answer(status=0), Answer(status=302, headers={"Location": "/"}), Answer(status=300)
    )
    move_parcel(tracking, ParcelState.READY)
    for _ in range(3):
        tell_all()
    message = ParcelMessage.objects.get()
    assert (message.tries, message.lease) == (3, None)
    assert message.due_at is not None
    assert 290 < (message.due_at - timezone.now()).total_seconds() <= 300
    assert "HTTP 500" in caplog.text
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    ParcelMessage.objects.update(created_at=timezone.now() - GIVE_UP_AFTER - timedelta(minutes=1))
    tell_all()
    assert not ParcelMessage.objects.exists()
    assert "within three days" in caplog.text


def test_whoever_lost_the_lease_neither_deletes_nor_puts_off(tracking: Tracking, receiver: Receiver) -> None:
    receiver.answer(Answer(), Answer(status=300))
    move_parcel(tracking, ParcelState.READY)
    message = claim_next(TELLING)
    assert message is not None
    ParcelMessage.objects.update(lease=uuid.uuid4())
    kept = ParcelMessage.objects.values().get()
    for _ in range(2):
        tell(message)
    assert (len(receiver.got), ParcelMessage.objects.values().get()) == (2, kept)


def test_nothing_is_written_where_nobody_wants_to_know_or_of_old_news(tracking: Tracking, change_settings: Any) -> None:
    Tracking.objects.update(old_news=True)
    move_parcel(tracking, ParcelState.READY)
    change_settings(PARCEL_WEBHOOK={"URL": ""})
    move_parcel(tracking, ParcelState.RETURNING, old_news=False)
    assert not ParcelMessage.objects.exists()


def test_what_waits_is_let_go_of_when_nobody_wants_to_know_any_longer(
    tracking: Tracking, receiver: Receiver, change_settings: Any
) -> None:
    move_parcel(tracking, ParcelState.READY)
    change_settings(PARCEL_WEBHOOK={"URL": ""})
    tell_all()
    assert (receiver.got, ParcelMessage.objects.count()) == ([], 0)


def test_one_that_hangs_keeps_nobody_waiting(tracking: Tracking, receiver: Receiver) -> None:
    receiver.answer(Answer(status=0))
    move_parcel(tracking, ParcelState.READY)
    move_parcel(tracking, ParcelState.RETURNING)
    tell_all()
    assert TELLING.last
    # The second one is not tried for a minute.
    assert claim_next(TELLING) is None
    assert len(receiver.got) == 1
    receiver.answer(Answer())
    tell_all()
    assert claim_next(TELLING) is not None


def test_what_cannot_be_signed_is_given_up_after_three_days_too(
    tracking: Tracking, receiver: Receiver, change_settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    move_parcel(tracking, ParcelState.READY)
    change_settings(PARCEL_WEBHOOK={"URL": receiver.url, "SECRET": "whsec_x"})
    tell_all()
    message = ParcelMessage.objects.get()
    assert (message.tries, message.lease) == (1, None)
    assert "cannot be sent" in caplog.text
    ParcelMessage.objects.update(created_at=timezone.now() - GIVE_UP_AFTER - timedelta(minutes=1))
    tell_all()
    assert (receiver.got, ParcelMessage.objects.count()) == ([], 0)
