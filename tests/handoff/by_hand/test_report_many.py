"""Numbers of many parcels at once: kept of those with which nothing else is to be done, and of no other."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import HandoffStep, Outcome, ShipmentState
from deliver_to_po.handoff.by_hand.report_many import report_numbers
from deliver_to_po.models import Shipment
from tests.factories import make_delivery, make_shipment
from tests.handoff.scripted import Script
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script")]

# It has no labels for us.
ALIAS = "without_labels"
# What was said of a parcel before its number came.
KNOWN: dict[str, Any] = {"reason": "crashed", "reason_text": "?", "tries": 3, "system_data": {"label": "1"}, "price": 9}


def handed(**fields: Any) -> Shipment:
    return make_shipment(**{"state": ShipmentState.HANDED, "system": ALIAS, **fields})


def test_only_what_is_simple_is_kept(admin_user: User) -> None:
    simple, looked_for = handed(), handed(state=ShipmentState.ATTENTION, **KNOWN)
    now = timezone.now()
    others = [
        handed(system="default"),
        handed(delivery=make_delivery(stop_asked_at=now)),
        handed(delivery=make_delivery(erased_at=now)),
        handed(change_asked_at=now),
        handed(state=ShipmentState.REQUESTED),
        handed(state=ShipmentState.DONE, shipment_id="S-1"),
        handed(state=ShipmentState.ATTENTION, shipment_id="S-2"),
    ]
    # If another parcel of the delivery is to be made again, none of its parcels is simple.
    beside = make_delivery()
    handed(delivery=beside, change_asked_at=now)
    others.append(handed(delivery=beside, parcel=2))
    # Not in the file, though of the same delivery.
    others.append(handed(delivery=simple.delivery, parcel=2))
    numbers = {row.pk: f"N-{row.pk}" for row in (simple, looked_for, *others[:-1])}
    before = list(Shipment.objects.filter(pk__in=[row.pk for row in others]).order_by("pk").values())
    assert report_numbers(ALIAS, numbers, user=admin_user) == {simple.pk, looked_for.pk}
    assert list(Shipment.objects.filter(pk__in=[row.pk for row in others]).order_by("pk").values()) == before
    for row in (simple, looked_for):
        row.refresh_from_db()
        number = f"N-{row.pk}"
        assert (row.state, row.tries, row.reason, row.reason_text) == (ShipmentState.DONE, 0, "", "")
        assert (row.system_data, row.price) == ({}, None)
        assert (row.shipment_id, row.tracking_pin, row.own_tracking_pin) == (number, number, number)
        assert list(row.attempts.values_list("step", "outcome")) == [(HandoffStep.REPORT, Outcome.MADE)]
        assert row.history.get().user == admin_user


@pytest.mark.parametrize("known", [{"shipment_id": "N-1"}, {"tracking_pin": "N-1"}, {"own_tracking_pin": "N-1"}])
def test_a_number_that_another_parcel_has_is_left_to_be_told(known: dict[str, str]) -> None:
    handed(**{"state": ShipmentState.DONE, "shipment_id": "S-1", **known})
    shipment, other = handed(), handed()
    assert report_numbers(ALIAS, {shipment.pk: "N-1", other.pk: "N-2"}) == {other.pk}
    assert (now(shipment).state, shipment.shipment_id) == (ShipmentState.HANDED, "")


def test_where_two_parcels_get_one_number_none_is_done() -> None:
    one, other = handed(), handed()
    assert report_numbers(ALIAS, {one.pk: "N-1", other.pk: "N-1"}) == set()
    assert set(Shipment.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True)) == {"handed"}


@pytest.mark.parametrize("alias", ["default", "gone"])
def test_of_a_system_that_has_labels_or_is_not_set_up_nothing_is_done_together(alias: str, script: Script) -> None:
    shipment = handed(system=alias)
    assert report_numbers(alias, {shipment.pk: "N-1"}) == set()
    assert report_numbers(ALIAS, {}) == set()
    assert (now(shipment).state, shipment.shipment_id) == (ShipmentState.HANDED, "")
    assert script.asked_to("label") == []
