"""Writes what 0.1.0 keeps: ``pytest tests/upgrade/keep_rows.py``. Never again once 0.1.0 is out."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.day_end.reconciling import reconcile
from deliver_to_po.handoff.day_end.transmitting import transmit
from deliver_to_po.handoff.printing.job_file import mark_one_printed
from deliver_to_po.handoff.printing.print_jobs import rows_of, take_queue
from deliver_to_po.models import (
    DaysTaken,
    Export,
    Heartbeat,
    MorningMail,
    Office,
    ParcelMessage,
    Pause,
    PrivacyRequest,
    Shipment,
    Tracking,
    WebhookMessage,
)
from deliver_to_po.notices.occasions import write_notices
from deliver_to_po.tracking.following import begin_to_follow
from tests.bystanders import Bystanders
from tests.example_shop.buyer import Buyer
from tests.factories import make_delivery, make_shipment
from tests.rounds import do_due
from tests.upgrade.kept import keep, tables


def test_every_table_has_rows(buyer: Buyer, emulator: EmulatorServer, change_settings: Any) -> None:
    Bystanders()
    change_settings(TRACKING=True, NUMBERS_BY_REFERENCE=True)
    now = timezone.now()
    buyer.go_to_review("post_office")
    buyer.place_order()
    do_due()
    [parcel] = Shipment.objects.exclude(shipment_id="").filter(group__gt="", tracking_pin__gt="")
    job = take_queue(None)
    assert job is not None
    assert [shipment for shipment, _state in rows_of(job)]
    mark_one_printed(parcel, None)
    transmit()
    do_due()
    for step in ("in_transit", "ready"):
        emulator.move_parcel(parcel.tracking_pin, step)
    begin_to_follow()
    Tracking.objects.update(due_at=now)
    do_due()
    write_notices()
    do_due()
    reconcile(since=now)

    another = Buyer()
    another.put_into_basket("wool-blanket")
    another.go_to_review("post_office")
    seen = another.last_form()["seen"]
    another.go_to_payment_page()

    exported = Export.objects.create(system="est", parcels=1, file="exports/x.csv", claimed_at=now)
    by_hand = make_shipment(system="est", state=ShipmentState.HANDED, export=exported)
    ParcelMessage.objects.create(shipment=by_hand, data={"type": "parcel.moved"}, due_at=now)
    make_delivery(replaces=by_hand.delivery, order=by_hand.delivery.order, current_order=None)
    DaysTaken.objects.create(service="DOM.EP", origin="ON", destination="QC", days=3, parcels=7)
    Heartbeat.objects.create(name="sweep", beat_at=now)
    MorningMail.objects.create(day=now.date(), ended_at=now, sent=True)
    ended = {"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(days=1)}
    Pause.objects.create(**ended, reason_en="Canada Post is on strike.", reason_fr="Postes Canada est en grève.")
    PrivacyRequest.objects.create(step="looked", found_by="email", found=1)
    WebhookMessage.objects.create(system="webhook", message_id="msg_1", digest="0" * 64, result="taken")
    Office.objects.filter(hours_fetched_at=None).delete()
    assert [model.__name__ for model in tables() if not model._default_manager.exists()] == []
    keep({"choice": str(another.choice().pk), "seen": seen})
