"""An order that was placed while the shop was in test mode by mistake gets a real delivery."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel_delivery
from deliver_to_po.handoff.changing.make_real import left_as_tests, make_real
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.models import Delivery
from tests.factories import make_delivery, make_shipment
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

D, S = DeliveryState, ShipmentState


@pytest.fixture(autouse=True)
def _live(change_settings: Any) -> None:
    change_settings(CANADA_POST={"LIVE": True})


def a_test(state: ShipmentState = S.LABELLED, **fields: Any) -> Delivery:
    """Return a test with a parcel that is made as a test."""
    return make_shipment(make_delivery(live=False, service="DOM.XP", **fields), state=state).delivery


@pytest.mark.parametrize("state", [S.WAITING, S.REQUESTED, S.MADE, S.LABELLED])
def test_a_real_delivery_takes_the_place_of_a_test_with_its_label(state: ShipmentState, admin_user: User) -> None:
    former, beside = a_test(state), a_test()
    made = make_real(former, user=admin_user, note="a buyer waits")
    assert (now(former).state, former.reason, former.current_order) == (D.CANCELLED, Reason.REPLACED, None)
    assert (made.live, made.state, made.order, made.replaces) == (True, D.RELEASED, former.order, former)
    same = ("service", "reference", "recipient_name", "office_id", "language", "price")
    assert [getattr(made, name) for name in same] == [getattr(former, name) for name in same]
    # Test mode may know other post offices.
    assert (made.office_check, made.reason) == (OfficeCheck.NOT_ASKED, Reason.OFFICE_NOT_CHECKED)
    assert {row.state for row in made.shipments.all()} == {S.WAITING}
    assert set(left_as_tests()).isdisjoint({former, made})
    assert beside in left_as_tests()
    for row in (former, made):
        with pytest.raises(MoveRefused):
            make_real(row)


def test_a_real_delivery_stands_where_the_test_stood() -> None:
    held, unchosen = a_test(S.WAITING), make_delivery(live=False, state=D.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    unreleased = make_delivery(live=False, state=D.PLACED, release_asked_at=None, released_at=None)
    assert hold_delivery(held, note="a check for fraud", reason=Reason.SHOP_HOLD)
    made = make_real(held)
    assert (made.state, made.reason) == (D.HELD, Reason.SHOP_HOLD)
    assert made.history.get(change="place_held").note == "a check for fraud"
    assert made.release_asked_at is not None
    found = make_real(unchosen)
    assert (found.state, found.reason, found.live) == (D.NEEDS_CHOICE, Reason.OFFICE_GONE, True)
    assert make_real(unreleased).state == D.PLACED


def test_where_the_merchant_releases_it_waits_to_be_packed(change_settings: Any) -> None:
    change_settings(RELEASE="by_merchant")
    assert make_real(a_test()).state == D.PLACED


@pytest.mark.parametrize("why_not", [{"live": True}, {"erased_at": timezone.now()}, {"stop_asked_at": timezone.now()}])
def test_nothing_else_is_made_real(why_not: dict[str, Any]) -> None:
    delivery = make_delivery(**{"live": False, **why_not})
    with pytest.raises(MoveRefused):
        make_real(delivery)


def test_in_test_mode_a_test_stays_one(change_settings: Any) -> None:
    delivery = a_test()
    change_settings(CANADA_POST={"LIVE": False})
    with pytest.raises(MoveRefused):
        make_real(delivery)


def test_a_test_is_cancelled_at_once_where_nobody_could_void_its_label() -> None:
    real = make_shipment(make_delivery(live=True), state=S.LABELLED).delivery
    assert [cancel_delivery(one) for one in (a_test(), real)] == [Cancelled.CANCELLED, Cancelled.ASKED]
