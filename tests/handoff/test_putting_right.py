"""What puts one parcel right: made again, its label destroyed, found, or found not to exist."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused, NoSuchParcel, NumberRefused, NumberTaken, ShopFailed
from deliver_to_po.handoff.cancelling import cancel
from deliver_to_po.handoff.changing import Changed
from deliver_to_po.handoff.putting_right import (
    can_be_made_again,
    label_destroyed,
    make_again,
    nothing_exists,
    parcel_exists,
)
from deliver_to_po.handoff.release import resume
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import request_id
from tests.factories import make_delivery, make_shipment
from tests.handoff.scripted import Script
from tests.handoff.test_changing import HEAVY, read, states, to_another_office
from tests.rounds import hand_off_due

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("refused", Changed.CHANGED),
        ("labelled", Changed.WILL_BE_MADE_AGAIN),
        ("made", Changed.WILL_BE_MADE_AGAIN),
        ("suspended", Changed.WILL_BE_MADE_AGAIN),
    ],
)
def test_a_parcel_whose_label_is_lost_or_was_refused_is_made_again(
    script: Script, state: str, answer: Changed, admin_user: User
) -> None:
    shipment = make_shipment(state=state, shipment_id="S-0", due_at=None)
    assert make_again(shipment, user=admin_user, note="printer jammed") == answer
    hand_off_due()
    then = "refused" if state == "refused" else "voided"
    assert states(shipment.delivery) == [(1, 1, then), (1, 2, "labelled")]
    line = shipment.history.get(change=Change.MAKE_AGAIN)
    assert (line.user, line.note) == (admin_user, "printer jammed")
    with pytest.raises(MoveRefused):
        make_again(shipment)


def test_a_refused_parcel_is_made_again_as_the_shop_says_it_now(parcels: list[Parcel], admin_user: User) -> None:
    parcels.append(HEAVY)
    delivery = make_delivery()
    make_shipment(delivery, parcel=1, state=ShipmentState.REFUSED)
    refused = make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED)
    assert make_again(refused, user=admin_user) == Changed.CHANGED
    made = delivery.shipments.get(revision=2)
    assert (made.parcel, made.weight_kg, made.state) == (2, HEAVY.weight_kg, ShipmentState.WAITING)
    assert (made.request_id, made.open_parcel) == (request_id(delivery.pk, 2, 2), f"{delivery.pk.hex}.2")
    assert (made.delivery, made.recipient, made.office_id) == (delivery, delivery.recipient, delivery.office_id)
    assert states(delivery) == [(1, 1, "refused"), (2, 1, "refused"), (2, 2, "waiting")]


def test_a_refused_parcel_of_a_delivery_on_hold_is_made_again_once_it_goes_on() -> None:
    refused = make_shipment(make_delivery(state=DeliveryState.HELD), state=ShipmentState.REFUSED)
    assert make_again(refused) == Changed.CHANGED
    assert states(refused.delivery) == [(1, 1, "refused")]
    assert resume(refused.delivery.order)
    assert states(refused.delivery) == [(1, 1, "refused"), (1, 2, "waiting")]


@pytest.mark.parametrize("state", ["refused", "labelled"])
@pytest.mark.parametrize("failing", [True, False])
def test_what_the_shop_does_not_name_is_neither_taken_back_nor_made_again(
    parcels: list[Parcel], monkeypatch: pytest.MonkeyPatch, state: str, failing: bool
) -> None:
    shipment = make_shipment(state=state, parcel=1 if failing else 2)
    if failing:
        monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: 1 / 0)
    before = Shipment.objects.filter(pk=shipment.pk).values().get()
    with pytest.raises(ShopFailed if failing else NoSuchParcel):
        make_again(shipment)
    assert Shipment.objects.filter(pk=shipment.pk).values().get() == before
    assert not shipment.history.exists()


def test_the_former_revision_of_a_parcel_is_not_made_again() -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    make_shipment(refused.delivery, revision=2, state=ShipmentState.LABELLED)
    with pytest.raises(MoveRefused):
        make_again(refused)


@pytest.mark.parametrize("state", ["waiting", "requested", "unknown", "handed", "voiding", "refunding"])
def test_what_is_on_its_way_is_not_made_again(state: str) -> None:
    shipment = make_shipment(state=state)
    assert make_again(shipment) == Changed.NOTHING
    assert states(shipment.delivery) == [(1, 1, state)]
    assert not shipment.history.exists()


@pytest.mark.parametrize("state", ["dropped", "voided"])
def test_what_was_dropped_or_voided_is_not_made_again_by_itself(state: str) -> None:
    with pytest.raises(MoveRefused):
        make_again(make_shipment(state=state))


@pytest.mark.parametrize("wanted", [True, False])
def test_a_person_who_finds_that_nothing_exists_lets_the_wish_be_done(
    script: Script, wanted: bool, admin_user: User
) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP)
    if wanted:
        assert to_another_office(shipment.delivery) == Changed.NEEDS_PERSON
    expected = Changed.CHANGED if wanted else Changed.NOTHING
    assert nothing_exists(shipment, user=admin_user, note="asked support") == expected
    hand_off_due()
    again = [(1, 2, "labelled")] if wanted else []
    assert states(shipment.delivery) == [(1, 1, "refused"), *again]
    with pytest.raises(MoveRefused):
        nothing_exists(shipment)
    line = shipment.history.get(change=Change.NOT_MADE)
    assert (line.user, line.note) == (admin_user, "asked support")


def test_a_person_who_finds_that_nothing_exists_lets_a_cancellation_be_done(script: Script) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION)
    cancel(shipment.delivery.order)
    assert nothing_exists(shipment) == Changed.NOTHING
    assert read(shipment.delivery).state == DeliveryState.CANCELLED


def test_a_label_that_nobody_replaces_is_only_said_to_be_destroyed(script: Script) -> None:
    shipment = make_shipment(state=ShipmentState.REFUND_ASKED)
    assert label_destroyed(shipment) == Changed.NOTHING
    assert states(shipment.delivery) == [(1, 1, "refund_asked")]
    with pytest.raises(MoveRefused):
        label_destroyed(make_shipment(state=ShipmentState.LABELLED))


@pytest.mark.parametrize("state", ["attention", "suspended"])
@pytest.mark.parametrize("known", ["", "S-0"])
def test_a_parcel_that_a_person_has_found_gets_its_label(
    script: Script, state: str, known: str, admin_user: User
) -> None:
    shipment = make_shipment(
        state=state, due_at=None, reason=Reason.GAVE_UP, shipment_id=known, system_data={"label": "of S-0"}, price=9
    )
    assert parcel_exists(shipment, " S-0 ", "7023210039414604 ", user=admin_user, note="seen there") == Changed.NOTHING
    hand_off_due()
    assert states(shipment.delivery) == [(1, 1, "labelled")]
    [made] = script.asked_to("label")
    assert (made.shipment_id, made.tracking_number) == ("S-0", "7023210039414604")
    assert made.data == ({"label": "of S-0"} if known else {})
    shipment.refresh_from_db()
    assert (shipment.reason, shipment.price) == ("", Decimal(9) if known else None)
    # So that no other parcel ever gets this number.
    assert shipment.own_tracking_pin == "7023210039414604"
    line = shipment.history.get(change=Change.FOUND)
    assert (line.user, line.note) == (admin_user, "seen there")
    with pytest.raises(MoveRefused):
        parcel_exists(shipment, "S-0")


@pytest.mark.parametrize(
    ("shipment_id", "tracking_number"), [("", ""), ("  ", "1"), ("1" * 41, ""), ("1\n2", ""), ("1", "x" * 41)]
)
def test_numbers_that_cannot_be_kept_change_nothing(shipment_id: str, tracking_number: str) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION)
    with pytest.raises(NumberRefused):
        parcel_exists(shipment, shipment_id, tracking_number)
    assert states(shipment.delivery) == [(1, 1, "attention")]


@pytest.mark.parametrize(("shipment_id", "tracking_number"), [("S-9", ""), ("S-8", "P-9"), ("S-7", "P-8")])
def test_the_numbers_of_another_parcel_are_refused(shipment_id: str, tracking_number: str) -> None:
    make_shipment(state=ShipmentState.MADE, due_at=None, shipment_id="S-9", tracking_pin="P-9")
    make_shipment(state=ShipmentState.ATTENTION, system="other", shipment_id="S-8", tracking_pin="P-8")
    shipment = make_shipment(state=ShipmentState.ATTENTION)
    with pytest.raises(NumberTaken):
        parcel_exists(shipment, shipment_id, tracking_number)
    assert states(shipment.delivery) == [(1, 1, "attention")]
    # Another system may call its own so; a tracking number is one parcel's, whoever ships it.
    assert parcel_exists(shipment, "S-8", "P-7") == Changed.NOTHING


def test_what_a_person_has_found_is_taken_back_if_that_was_asked(script: Script) -> None:
    changed, cancelled = (make_shipment(state=ShipmentState.ATTENTION, due_at=None) for _ in range(2))
    to_another_office(changed.delivery)
    cancel(cancelled.delivery.order)
    assert parcel_exists(changed, "S-2") == Changed.WILL_BE_MADE_AGAIN
    assert parcel_exists(cancelled, "S-3") == Changed.NOTHING
    hand_off_due()
    assert states(changed.delivery) == [(1, 1, "voided"), (1, 2, "labelled")]
    assert states(cancelled.delivery) == [(1, 1, "voided")]
    assert read(cancelled.delivery).state == DeliveryState.CANCELLED
    assert {made.shipment_id for made in script.asked_to("void")} == {"S-2", "S-3"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        *((state, False) for state in ("waiting", "requested", "unknown", "handed", "voiding", "refunding")),
        *((state, True) for state in ("refused", "made", "labelled", "done", "suspended", "refund_asked")),
        *((state, False) for state in ("attention", "dropped", "voided")),
    ],
)
def test_what_can_be_made_again(state: str, expected: bool) -> None:
    assert can_be_made_again(make_shipment(state=state)) == expected


def test_what_a_person_must_look_up_first_or_is_under_way_or_over_cannot_be_made_again() -> None:
    assert can_be_made_again(make_shipment(state=ShipmentState.ATTENTION, shipment_id="S-0"))
    asked = make_shipment(state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now())
    assert not can_be_made_again(asked)
    older = make_shipment(state=ShipmentState.REFUSED)
    make_shipment(older.delivery, revision=2, state=ShipmentState.LABELLED)
    assert not can_be_made_again(older)
    assert not can_be_made_again(make_shipment(make_delivery(state="cancelled"), state=ShipmentState.REFUSED))
