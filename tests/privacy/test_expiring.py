"""What expires: drafts, reservations and deliveries that waited too long, after their time and not before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.checkout.recipients.recipient import save_recipient
from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.models import Delivery, Export, Manifest, PrivacyRequest, Tracking
from deliver_to_po.outbox.sweep import Sweep
from deliver_to_po.privacy import expiring, lifetimes
from deliver_to_po.privacy.erasing import erase_recipients
from deliver_to_po.privacy.expiring import delete_expired_drafts, delete_forgotten_reservations, expire_deliveries
from deliver_to_po.privacy.lifetimes import AT_A_TIME
from tests.factories import RECIPIENT, build_draft, make_delivery, make_draft, make_shipment
from tests.privacy.rows import NOT_YET, TOO_LONG, WAITS, placed, reread, reserved, row_of
from tests.races import Contender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]

Beside = Callable[[Callable[[], Any]], Contender]


# Drafts.


def test_drafts_are_deleted_once_they_have_expired() -> None:
    now = timezone.now()
    expired, open_still = make_draft(expires_at=now), make_draft(expires_at=now + timedelta(minutes=1))
    others = [make_delivery(expires_at=now), make_draft(state=DeliveryState.RESERVED, expires_at=now)]
    assert delete_expired_drafts() == 1
    left = Delivery.objects.filter(pk__in=[row.pk for row in (expired, open_still, *others)])
    assert set(left) == {open_still, *others}


def test_an_expired_draft_with_a_shipment_stops_nobody() -> None:
    odd = make_draft(expires_at=timezone.now())
    make_shipment(odd)
    make_draft(expires_at=timezone.now())
    assert delete_expired_drafts() == 1
    assert reread(odd) == [odd]


def test_what_is_paid_for_or_ordered_by_now_is_no_draft_and_not_deleted() -> None:
    by_now = [make_draft(state=DeliveryState.RESERVED), make_delivery()]
    assert not any(map(expiring.delete_draft, by_now))
    assert set(reread(*by_now)) == set(by_now)


def test_many_expired_drafts_are_deleted_a_few_at_a_time_in_as_many_statements_as_one() -> None:
    now = timezone.now()
    make_draft(expires_at=now)
    with CaptureQueriesContext(connection) as for_one:
        assert delete_expired_drafts() == 1
    Delivery.objects.bulk_create(build_draft(expires_at=now) for _ in range(300))
    expired = Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=now)
    with CaptureQueriesContext(connection) as for_many:
        assert delete_expired_drafts() == AT_A_TIME == 200
    # Deleting in lots: a few statements more at most, never one for each row, and never the whole table read.
    assert len(for_many) <= len(for_one) + 4
    first = next(query["sql"] for query in for_many.captured_queries if query["sql"].startswith("SELECT"))
    assert "LIMIT 200" in first
    assert expired.count() == 100


def test_what_a_shops_own_row_refers_to_is_not_deleted_and_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (expiring, lifetimes):
        monkeypatch.setattr(module, "AT_A_TIME", 2)
    now = timezone.now()
    kept = [make_draft(expires_at=now) for _ in range(3)]
    for draft in kept:
        # A foreign key with PROTECT, as a shop may have one.
        make_draft(expires_at=now + timedelta(days=1), replaces=draft)
    other = make_draft(expires_at=now)
    assert [delete_expired_drafts() for _ in range(3)] == [0, 1, 0]
    assert set(Delivery.objects.filter(pk__in=[row.pk for row in (*kept, other)])) == set(kept)


# What was reserved for a payment.


def test_a_reservation_is_forgotten_when_a_recipient_would_be_too() -> None:
    erased = {"erased_at": timezone.now()}
    gone = reserved(TOO_LONG, **erased)
    not_erased, recent = reserved(TOO_LONG), reserved(NOT_YET, **erased)
    draft = make_draft(reserved_at=timezone.now() - TOO_LONG, **erased)
    assert delete_forgotten_reservations() == 1
    left = Delivery.objects.filter(pk__in=[row.pk for row in (gone, not_erased, recent, draft)])
    assert set(left) == {not_erased, recent, draft}


# What waited too long.


def test_what_waited_longer_than_a_recipient_is_kept_is_cancelled_and_then_erased() -> None:
    rows = [placed(TOO_LONG, state=state, reason=Reason.ON_HOLD) for state in WAITS]
    parcels = [make_shipment(row) for row in rows]
    recent = [placed(NOT_YET, state=state) for state in WAITS]
    assert expire_deliveries() == 3
    assert [(row.state, row.reason) for row in reread(*rows)] == [(DeliveryState.CANCELLED, Reason.EXPIRED)] * 3
    assert [row.state for row in reread(*recent)] == WAITS
    dropped = [row_of(parcel) for parcel in parcels]
    assert [(row["state"], row["reason"]) for row in dropped] == [(ShipmentState.DROPPED, Reason.EXPIRED)] * 3
    assert erase_recipients() == 3
    assert {row_of(row)["recipient_name"] for row in (*rows, *parcels)} == {""}
    for row in rows:
        assert [line.change for line in row.history.all()] == [Change.DROP, Change.EXPIRE, Change.ERASE]


def test_a_round_of_the_sweep_cancels_and_erases_what_waited_too_long() -> None:
    delivery = placed(TOO_LONG, state=DeliveryState.HELD)
    Sweep().round()
    [row] = reread(delivery)
    assert (row.state, row.recipient_name) == (DeliveryState.CANCELLED, "")


def test_a_clock_that_is_a_year_ahead_for_some_rounds_cancels_erases_ends_and_deletes_nothing(
    change_settings: Any,
) -> None:
    change_settings(TRACKING=True)
    now = timezone.now()
    in_the_post = make_shipment(placed(NOT_YET), state=ShipmentState.DONE, tracking_pin="1")
    rows: list[Model] = [
        *(placed(NOT_YET, state=state) for state in (DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)),
        make_draft(expires_at=now + timedelta(days=1)),
        reserved(NOT_YET, erased_at=now),
        Tracking.objects.create(shipment=in_the_post),
        Export.objects.create(file="e.csv", claimed_at=now),
        Manifest.objects.create(state="fetched", document="m.pdf", transmitted_at=now, fetched_at=now),
        PrivacyRequest.objects.create(step="looked", deliveries="1"),
    ]
    before = [row_of(row) for row in rows]
    Sweep().round()
    with time_machine.travel(timezone.now() + timedelta(days=365)):
        for _ in range(3):
            Sweep().round()
    assert [row_of(row) for row in rows] == before
    assert reread(in_the_post.delivery)[0].recipient == RECIPIENT


@pytest.mark.parametrize("live_setting", [False, True])
def test_what_was_never_sent_is_cancelled_and_erased_tests_too(change_settings: Any, live_setting: bool) -> None:
    old = [placed(TOO_LONG, live=live) for live in (False, True)]
    recent = [placed(NOT_YET, live=live) for live in (False, True)]
    theirs = [make_shipment(delivery) for delivery in (*old, *recent)][2:]
    before = [row_of(row) for row in (*recent, *theirs)]
    change_settings(CANADA_POST={"LIVE": live_setting})
    assert expire_deliveries() == 2
    assert [(row.state, row.reason) for row in reread(*old)] == [(DeliveryState.CANCELLED, Reason.EXPIRED)] * 2
    assert erase_recipients() == 2
    assert [row_of(row) for row in (*recent, *theirs)] == before


def test_what_was_never_sent_is_dropped_though_another_parcel_keeps_the_recipient() -> None:
    delivery = placed(TOO_LONG)
    unknown, waiting = make_shipment(delivery, state="unknown"), make_shipment(delivery, parcel=2)
    assert (expire_deliveries(), erase_recipients()) == (1, 0)
    assert (row_of(unknown)["state"], row_of(waiting)["state"]) == ("unknown", "dropped")
    assert (expire_deliveries(), reread(delivery)[0].recipient) == (0, RECIPIENT)


def test_what_waits_for_nothing_is_not_cancelled_but_erased() -> None:
    rows = [placed(TOO_LONG) for _ in range(2)]
    for row, state in zip(rows, (ShipmentState.LABELLED, ShipmentState.REFUSED), strict=True):
        make_shipment(row, state=state)
    make_shipment(placed(NOT_YET))
    assert (expire_deliveries(), erase_recipients()) == (0, 2)
    assert {row.state for row in reread(*rows)} == {DeliveryState.RELEASED}


def test_what_cannot_be_cancelled_takes_no_other_ones_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "AT_A_TIME", 1)
    live = placed(TOO_LONG * 2, state=DeliveryState.HELD)
    make_shipment(live, state=ShipmentState.LABELLED)
    other = placed(TOO_LONG, state=DeliveryState.HELD)
    assert expire_deliveries() == 1
    assert [row.state for row in reread(live, other)] == [DeliveryState.HELD, DeliveryState.CANCELLED]


# Two at once.

at_once = [pytest.mark.django_db(transaction=True), pytest.mark.services("DATABASE_URL")]


@pytest.mark.parametrize("undone", [pytest.param(undone, marks=at_once) for undone in (False, True)])
def test_a_draft_that_somebody_is_using_is_left_alone_without_waiting(beside: Beside, undone: bool) -> None:
    draft = make_draft(expires_at=timezone.now())
    other = make_draft(expires_at=timezone.now())
    with transaction.atomic():
        save_recipient(draft, RECIPIENT)
        contender = beside(delete_expired_drafts)
        assert not contender.waits()
        assert contender.result() == 1
        by_itself = beside(lambda: expiring.delete_draft(draft))
        assert not by_itself.waits()
        assert not by_itself.result()
        transaction.set_rollback(undone)
    assert Delivery.objects.filter(pk__in=[draft.pk, other.pk]).get() == draft
    assert delete_expired_drafts() == undone
