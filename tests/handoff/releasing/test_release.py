"""Release: once, remembered where it cannot be yet, and never of another order."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.handoff.releasing import release as module
from deliver_to_po.handoff.releasing.release import Released, last_stop, need_choice, release, release_delivery
from tests.factories import PARCEL, SENDER, make_delivery, make_shipment
from tests.handoff.conftest import states
from tests.rounds import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the shipments that workers are told of."""
    keys: list[int] = []
    monkeypatch.setattr(module, "wake_after_commit", keys.extend)
    return keys


@pytest.mark.parametrize(("province", "mailed_on"), [("ON", date(2026, 6, 24)), ("QC", date(2026, 6, 25))])
def test_the_mailing_date_is_no_holiday_of_the_senders_province(shop_says: Any, province: str, mailed_on: date) -> None:
    shop_says("ship_from", replace(SENDER, address=replace(SENDER.address, province=province)))
    delivery = make_delivery(state=DeliveryState.PLACED)
    # A Wednesday: the day of Saint-Jean-Baptiste.
    with time_machine.travel(timezone.make_aware(datetime.fromisoformat("2026-06-24T09:00"))):
        assert release_delivery(delivery) == Released.RELEASED
    assert delivery.shipments.get().mailing_date == mailed_on


def test_an_office_that_is_closed_asks_for_no_other_where_somebody_has_just_chosen_one() -> None:
    delivery = make_delivery()
    need_choice(delivery, Reason.OFFICE_GONE, office_id="0000109999")
    assert now(delivery).state == DeliveryState.RELEASED


@pytest.mark.parametrize("change", Change)
def test_the_last_stop_is_the_last_hold_or_what_a_buyer_asks_for(change: Change) -> None:
    delivery = make_delivery()
    earlier = delivery.history.create(change=Change.HOLD)
    line = delivery.history.create(change=change)
    stops = {Change.HOLD, Change.PLACE_HELD, Change.ASK_HOLD, Change.BUYER_ASKS}
    assert last_stop([delivery]) == (line.pk if change in stops else earlier.pk)


def test_a_placed_delivery_is_released_and_workers_hear_of_its_parcels(woken: list[int], parcels: list[Any]) -> None:
    parcels.append(PARCEL)
    delivery = make_delivery(state=DeliveryState.PLACED, release_asked_at=None, released_at=None)
    before = timezone.now()
    release(delivery.order)
    assert now(delivery).state == DeliveryState.RELEASED
    for moment in (delivery.release_asked_at, delivery.released_at):
        assert moment is not None
        assert moment >= before
    rows = list(delivery.shipments.order_by("parcel"))
    assert states(delivery) == [(1, 1, "waiting"), (2, 1, "waiting")]
    assert all(row.due_at and before <= row.due_at <= timezone.now() for row in rows)
    assert woken == [row.pk for row in rows]


@pytest.mark.parametrize("state", [DeliveryState.HELD, DeliveryState.NEEDS_CHOICE])
def test_where_it_cannot_be_released_yet_it_is_kept_who_asked_for_it_first(state: str, admin_user: User) -> None:
    delivery = make_delivery(state=state, reason=Reason.ON_HOLD, release_asked_at=None, released_at=None)
    assert release_delivery(delivery, user=admin_user) == Released.KEPT
    asked_at = delivery.release_asked_at
    release(delivery.order)
    assert (now(delivery).state, delivery.reason, delivery.released_at) == (state, Reason.ON_HOLD, None)
    assert asked_at is not None
    assert delivery.release_asked_at == asked_at
    assert list(delivery.history.values_list("change", "user")) == [(Change.ASK_RELEASE, admin_user.pk)]
    assert not delivery.shipments.exists()


def test_with_parcels_at_last_it_is_released_by_whoever_asks(parcels: list[Any], admin_user: User) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.NO_PARCELS)
    assert release_delivery(delivery, user=admin_user) == Released.RELEASED
    assert (delivery.state, delivery.reason) == (DeliveryState.RELEASED, Reason.NONE)
    lines = list(delivery.history.values_list("change", "user"))
    assert lines == [(Change.RESUME, admin_user.pk), (Change.RELEASE, admin_user.pk)]


def test_who_found_no_parcels_is_kept(parcels: list[Any], admin_user: User) -> None:
    parcels.clear()
    delivery = make_delivery(state=DeliveryState.PLACED)
    assert release_delivery(delivery, user=admin_user) == Released.HELD
    assert delivery.history.get(change=Change.HOLD).user == admin_user


def test_released_again_only_what_is_missing_is_made(parcels: list[Any]) -> None:
    parcels.extend([PARCEL, PARCEL])
    delivery = make_delivery(state=DeliveryState.PLACED)
    make_shipment(delivery, parcel=2, state=ShipmentState.LABELLED)
    make_shipment(delivery, parcel=3, state=ShipmentState.VOIDED)
    release(delivery.order)
    assert states(delivery) == [(1, 1, "waiting"), (2, 1, "labelled"), (3, 1, "voided"), (3, 2, "waiting")]
