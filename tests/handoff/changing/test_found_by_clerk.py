"""What a clerk has found out in the shipping system, and what follows from it."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from deliver_to_po.core.choices import Change, DeliveryState, NoticeKind, ParcelState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused, NumberRefused, NumberTaken
from deliver_to_po.handoff.changing.cancelling import cancel
from deliver_to_po.handoff.changing.change import Changed
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed, nothing_exists, parcel_exists
from deliver_to_po.models import Notice, Tracking
from tests.factories import make_shipment
from tests.handoff.changing.test_change import to_another_office
from tests.handoff.conftest import states
from tests.handoff.scripted import Script
from tests.rounds import do_due, now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wanted", [True, False])
def test_who_finds_that_nothing_exists_lets_the_wish_be_done(script: Script, wanted: bool, admin_user: User) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP)
    if wanted:
        assert to_another_office(shipment.delivery) == Changed.NEEDS_PERSON
    expected = Changed.CHANGED if wanted else Changed.NOTHING
    assert nothing_exists(shipment, user=admin_user, note="asked support") == expected
    do_due()
    again = [(1, 2, "labelled")] if wanted else []
    assert states(shipment.delivery) == [(1, 1, "refused"), *again]
    with pytest.raises(MoveRefused):
        nothing_exists(shipment)
    line = shipment.history.get(change=Change.NOT_MADE)
    assert (line.user, line.note) == (admin_user, "asked support")


@pytest.mark.parametrize(
    ("reason", "kept"), [(Reason.GAVE_UP, ("", "")), (Reason.REFUSED, (Reason.REFUSED, "Too long."))]
)
def test_once_a_person_has_looked_nobody_is_asked_to_look_and_what_is_to_be_corrected_is_still_told(
    reason: Reason, kept: tuple[str, str]
) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, reason=reason, reason_text="Too long.")
    nothing_exists(shipment)
    assert (now(shipment).reason, shipment.reason_text) == kept


def test_a_label_that_nobody_replaces_is_only_said_to_be_destroyed(script: Script) -> None:
    shipment = make_shipment(state=ShipmentState.REFUND_ASKED)
    assert label_destroyed(shipment) == Changed.NOTHING
    assert states(shipment.delivery) == [(1, 1, "refund_asked")]
    with pytest.raises(MoveRefused):
        label_destroyed(make_shipment(state=ShipmentState.LABELLED))


@pytest.mark.parametrize("state", ["attention", "suspended"])
@pytest.mark.parametrize("known", ["", "S-0"])
def test_a_parcel_that_a_person_found_gets_its_label(script: Script, state: str, known: str, admin_user: User) -> None:
    told: dict[str, Any] = {"reason": Reason.GAVE_UP, "reason_text": "Gave up.", "tries": 9}
    shipment = make_shipment(**told, state=state, shipment_id=known, system_data={"label": "of S-0"}, price=9)
    assert parcel_exists(shipment, " S-0 ", "7023210039414604 ", user=admin_user, note="seen there") == Changed.NOTHING
    assert (shipment.reason, shipment.reason_text, shipment.tries) == ("", "", 0)
    do_due()
    assert states(shipment.delivery) == [(1, 1, "labelled")]
    [made] = script.asked_to("label")
    assert (made.shipment_id, made.tracking_number) == ("S-0", "7023210039414604")
    assert made.data == ({"label": "of S-0"} if known else {"request_id": shipment.request_id})
    assert (now(shipment).reason, shipment.price) == ("", Decimal(9) if known else None)
    # So that no other parcel ever gets this number.
    assert shipment.own_tracking_pin == "7023210039414604"
    line = shipment.history.get(change=Change.FOUND)
    assert (line.user, line.note) == (admin_user, "seen there")
    with pytest.raises(MoveRefused):
        parcel_exists(shipment, "S-0")


@pytest.mark.parametrize(("number", "kept"), [("7023210039414604", True), ("0073938000549297", False)])
def test_what_is_known_of_a_parcel_with_another_number_is_forgotten(number: str, kept: bool) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, shipment_id="S-1", tracking_pin="7023210039414604")
    Tracking.objects.create(shipment=shipment, state=ParcelState.COLLECTED)
    for kind in (NoticeKind.LAST_DAYS, NoticeKind.CHOOSE):
        Notice.objects.create(delivery=shipment.delivery, kind=kind, occasion=shipment.pk)
    other = Notice.objects.create(
        delivery=shipment.delivery,
        kind=NoticeKind.LAST_DAYS,
        occasion=make_shipment(shipment.delivery, parcel=2).pk,
    )
    assert parcel_exists(shipment, "S-1", number) == Changed.NOTHING
    assert Tracking.objects.filter(shipment=shipment).exists() == kept
    # Its buyer is told of the other parcel too.
    assert Notice.objects.filter(kind=NoticeKind.LAST_DAYS, occasion=shipment.pk).exists() == kept
    assert Notice.objects.filter(pk=other.pk).exists()
    assert Notice.objects.filter(kind=NoticeKind.CHOOSE).exists()


@pytest.mark.parametrize(("shipment_id", "number"), [("S-1", "7023210039414604"), ("S-2", "")])
def test_who_names_no_number_keeps_the_one_that_is_known_of_that_shipment(shipment_id: str, number: str) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION, shipment_id="S-1", tracking_pin="7023210039414604")
    Tracking.objects.create(shipment=shipment, state=ParcelState.READY)
    parcel_exists(shipment, shipment_id)
    assert shipment.tracking_pin == number
    assert Tracking.objects.filter(shipment=shipment).exists() == bool(number)


@pytest.mark.parametrize("shipment_id", ["  ", "1" * 41])
def test_numbers_that_cannot_be_kept_change_nothing(shipment_id: str) -> None:
    shipment = make_shipment(state=ShipmentState.ATTENTION)
    with pytest.raises(NumberRefused):
        parcel_exists(shipment, shipment_id)
    assert states(shipment.delivery) == [(1, 1, "attention")]


@pytest.mark.parametrize(("shipment_id", "tracking_number"), [("S-9", ""), ("S-8", "P-9"), ("S-7", "P-8")])
def test_the_numbers_of_another_parcel_are_refused(shipment_id: str, tracking_number: str) -> None:
    make_shipment(state=ShipmentState.MADE, shipment_id="S-9", tracking_pin="P-9")
    make_shipment(state=ShipmentState.ATTENTION, system="other", shipment_id="S-8", tracking_pin="P-8")
    shipment = make_shipment(state=ShipmentState.ATTENTION)
    with pytest.raises(NumberTaken):
        parcel_exists(shipment, shipment_id, tracking_number)
    assert states(shipment.delivery) == [(1, 1, "attention")]
    # Another system may call its own so; a tracking number is one parcel's, whoever ships it.
    assert parcel_exists(shipment, "S-8", "P-7") == Changed.NOTHING


def test_what_a_person_has_found_is_taken_back_if_that_was_asked(script: Script) -> None:
    changed, cancelled = (make_shipment(state=ShipmentState.ATTENTION) for _ in range(2))
    to_another_office(changed.delivery)
    cancel(cancelled.delivery.order)
    assert parcel_exists(changed, "S-2") == Changed.WILL_BE_MADE_AGAIN
    assert parcel_exists(cancelled, "S-3") == Changed.NOTHING
    do_due()
    assert states(changed.delivery) == [(1, 1, "voided"), (1, 2, "labelled")]
    assert states(cancelled.delivery) == [(1, 1, "voided")]
    assert now(cancelled.delivery).state == DeliveryState.CANCELLED
    assert {made.shipment_id for made in script.asked_to("void")} == {"S-2", "S-3"}
