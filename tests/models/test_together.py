"""One move of many shipments: all of them or none, and only such moves as ask nothing more."""

import pytest
from django.contrib.auth.models import User

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.models import History, Shipment
from deliver_to_po.models.moves import SHIPMENT_MOVES
from deliver_to_po.models.together import NotAll, move_shipments
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db

# Written by hand: all others ask for a lease, a release, a transmission, or tell the shop.
MADE_TOGETHER = {
    "call_back", "report_made", "report_lost", "report_done", "transmit", "drop", "found", "label_destroyed",
    "ship_again",
}  # fmt: skip


def states(*shipments: Shipment) -> list[str]:
    return [Shipment.objects.get(pk=shipment.pk).state for shipment in shipments]


def test_a_move_that_asks_more_is_made_one_by_one() -> None:
    for name in set(SHIPMENT_MOVES) - MADE_TOGETHER:
        shipment = make_shipment(state=SHIPMENT_MOVES[name].sources[0])
        before = states(shipment)
        with pytest.raises(ValueError, match=f"'{name}' is made one by one"):
            move_shipments([shipment], name)
        assert states(shipment) == before


def test_a_move_that_asks_nothing_more_is_made_of_all() -> None:
    for name in MADE_TOGETHER:
        move = SHIPMENT_MOVES[name]
        shipments = [make_shipment(state=move.sources[0], shipment_id=f"{name}-{number}") for number in range(2)]
        move_shipments(shipments, name)
        assert states(*shipments) == [move.target or move.sources[0]] * 2, name


def test_each_gets_its_own_and_all_get_what_is_the_same(admin_user: User) -> None:
    shipments = [make_shipment(state=ShipmentState.HANDED) for _ in range(2)]
    numbers = {shipment.pk: f"N-{shipment.pk}" for shipment in shipments}
    each = {"shipment_id": numbers, "tracking_pin": numbers}
    move_shipments(shipments, "report_made", each=each, user=admin_user, reason=Reason.NOT_REPORTED, tries=3)
    for shipment in shipments:
        shipment.refresh_from_db()
        number = f"N-{shipment.pk}"
        assert (shipment.shipment_id, shipment.tracking_pin, shipment.tries) == (number, number, 3)
        line = History.objects.get(shipment=shipment)
        assert (line.delivery_id, line.user) == (shipment.delivery_id, admin_user)
        assert (line.change, line.reason) == (Change.REPORT, Reason.NOT_REPORTED)


def test_without_a_reason_the_history_has_none() -> None:
    shipment = make_shipment(state=ShipmentState.HANDED)
    move_shipments([shipment], "report_made", shipment_id="S-0")
    assert History.objects.get(shipment=shipment).reason == Reason.NONE


def test_where_one_stands_elsewhere_by_now_none_is_moved() -> None:
    shipments = [make_shipment(state=ShipmentState.HANDED, shipment_id=f"S-{number}") for number in range(2)]
    Shipment.objects.filter(pk=shipments[1].pk).update(state=ShipmentState.MADE)
    with pytest.raises(NotAll):
        move_shipments(shipments, "report_made")
    assert states(*shipments) == [ShipmentState.HANDED, ShipmentState.MADE]
    assert not History.objects.filter(shipment__in=shipments).exists()


def test_a_move_that_leaves_no_line_leaves_none() -> None:
    shipment = make_shipment(state=ShipmentState.MADE)
    move_shipments([shipment], "report_done")
    assert states(shipment) == [ShipmentState.DONE]
    assert not shipment.history.exists()
