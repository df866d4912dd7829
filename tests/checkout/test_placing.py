"""Placing: inside the shop's transaction, idempotent, no network, and never into somebody else's order."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from deliver_to_po.adapter import OrderAdapter, order_adapter
from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.checkout import placing
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.placing import require_choice
from deliver_to_po.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.errors import (
    ChoiceRequired,
    DeliverToPoError,
    DraftChanged,
    DraftExpired,
    DraftIncomplete,
    DraftTaken,
    DraftUnknown,
    NotForPostOffice,
    OfficeNoLongerTakesParcels,
    OptionPaused,
)
from deliver_to_po.handoff.release import release
from deliver_to_po.models import Delivery, Pause
from deliver_to_po.models.parts import OFFICE_REQUIRED, RECIPIENT_REQUIRED
from tests.factories import RECIPIENT, SENDER, build_order, make_delivery, make_draft, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("bystanders")]


def place(order: Any, draft_id: Any, *, seen: str | None = None) -> Delivery:
    """Place what the buyer has seen, unless ``seen`` says otherwise."""
    try:
        draft = Delivery.objects.filter(pk=draft_id).first()
    except ValidationError:
        draft = None
    shown = fingerprint(draft) if draft and seen is None else seen
    return placing.place(order, draft_id, seen=shown)


def test_a_draft_becomes_the_delivery_of_the_order() -> None:
    order, draft = make_order(), make_draft()
    delivery = place(order, str(draft.pk))
    assert (delivery.pk, delivery.state) == (draft.pk, DeliveryState.PLACED)
    assert (delivery.order, delivery.current_order) == (order, order)
    assert delivery.recipient == RECIPIENT
    assert delivery.reference == order.number
    assert delivery.placed_at is not None


def test_the_same_pair_again_is_the_same_delivery() -> None:
    order, draft = make_order(), make_draft()
    assert place(order, draft.pk) == place(order, draft.pk)
    assert Delivery.objects.get(pk=draft.pk).history.count() == 1


def test_a_draft_of_another_order_is_refused() -> None:
    draft = make_draft()
    place(make_order(), draft.pk)
    with pytest.raises(DraftTaken):
        place(make_order(), draft.pk)


def test_an_order_takes_no_second_draft() -> None:
    order = make_order()
    first = place(order, make_draft().pk)
    with pytest.raises(DraftTaken):
        place(order, make_draft().pk)
    assert Delivery.objects.get(current_order=order) == first


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"expires_at": timezone.now()}, DraftExpired),
        ({"recipient_phone": ""}, DraftIncomplete),
        ({"office_id": ""}, DraftIncomplete),
    ],
)
def test_a_draft_that_will_not_do_is_refused(fields: dict[str, Any], error: type[DeliverToPoError]) -> None:
    with pytest.raises(error) as caught:
        place(make_order(), make_draft(**fields).pk)
    assert caught.value.message


@pytest.mark.parametrize("draft_id", [None, "", "nonsense", uuid.uuid4()])
def test_a_draft_that_is_not_there_is_refused(draft_id: Any) -> None:
    with pytest.raises(DraftUnknown):
        place(make_order(), draft_id)


def test_a_refusal_leaves_the_shops_transaction_usable() -> None:
    order = make_order()
    place(order, make_draft().pk)
    with transaction.atomic():
        with pytest.raises(DraftTaken):
            place(order, make_draft().pk)
        other = make_order()
    assert other.pk


def test_an_office_that_was_not_confirmed_is_placed_with_a_flag() -> None:
    delivery = place(make_order(), make_draft(office_check=OfficeCheck.COULD_NOT_ASK).pk)
    assert delivery.reason == Reason.OFFICE_NOT_CHECKED


def test_live_is_frozen_at_placing(change_settings: Any) -> None:
    test = place(make_order(), make_draft().pk)
    change_settings(CANADA_POST={"LIVE": True})
    live = place(make_order(), make_draft().pk)
    test.refresh_from_db()
    assert (test.live, live.live) == (False, True)


def test_a_placed_order_waits_until_the_shop_releases_it() -> None:
    order = make_order()
    delivery = place(order, make_draft().pk)
    assert not delivery.shipments.exists()
    release(order)
    release(order)
    delivery.refresh_from_db()
    [shipment] = delivery.shipments.all()
    assert delivery.state == DeliveryState.RELEASED
    assert (shipment.state, shipment.parcel, shipment.revision) == (ShipmentState.WAITING, 1, 1)
    assert shipment.weight_kg > 0
    assert shipment.sender["company"]


@pytest.mark.parametrize(
    ("setting", "paid", "released"),
    [
        ("on_placing", False, True),
        ("on_placing", True, True),
        ("when_paid", False, False),
        ("when_paid", True, True),
        ("by_merchant", False, False),
        ("by_merchant", True, False),
    ],
)
def test_the_release_setting_decides_when(
    change_settings: Any, monkeypatch: pytest.MonkeyPatch, setting: str, paid: bool, released: bool
) -> None:
    change_settings(RELEASE=setting)
    monkeypatch.setattr(type(order_adapter()), "is_paid", lambda self, order: paid)
    delivery = place(make_order(), make_draft().pk)
    assert delivery.state == (DeliveryState.RELEASED if released else DeliveryState.PLACED)
    assert delivery.shipments.count() == released


def test_releasing_an_order_that_goes_elsewhere_does_nothing() -> None:
    order = make_order()
    release(order)
    assert not Delivery.objects.filter(order=order).exists()


def test_an_order_for_a_post_office_needs_a_choice() -> None:
    order = make_order()
    with pytest.raises(ChoiceRequired):
        require_choice(order)
    delivery = place(order, make_draft().pk)
    assert require_choice(order) == delivery


def test_a_former_delivery_of_the_order_is_no_choice() -> None:
    order = make_order()
    make_delivery(order=order, current_order=None, state=DeliveryState.CANCELLED)
    with pytest.raises(ChoiceRequired):
        require_choice(order)


def test_an_order_that_goes_elsewhere_needs_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "goes_to_post_office", lambda self, order: False)
    assert require_choice(make_order()) is None


def test_nothing_happens_when_the_shops_transaction_fails() -> None:
    order, draft = make_order(), make_draft()

    def place_and_fail() -> None:
        with transaction.atomic():
            place(order, draft.pk)
            release(order)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        place_and_fail()
    draft.refresh_from_db()
    assert draft.state == DeliveryState.DRAFT
    assert not draft.shipments.exists()


@pytest.mark.django_db(transaction=True)
def test_one_draft_placed_twice_at_once_goes_to_one_order() -> None:
    draft, orders = make_draft(), [make_order(), make_order()]
    start, refused = threading.Barrier(2), []

    def run(order: Any) -> None:
        start.wait(timeout=5)
        try:
            place(order, draft.pk)
        except DraftTaken:
            refused.append(order)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(refused) == 1
    assert Delivery.objects.get(pk=draft.pk).order in [o for o in orders if o not in refused]


def test_only_what_the_buyer_saw_is_placed() -> None:
    draft = make_draft()
    seen = fingerprint(draft)
    Delivery.objects.filter(pk=draft.pk).update(recipient_name="Somebody Else")
    order = make_order()
    with pytest.raises(DraftChanged):
        place(order, draft.pk, seen=seen)
    draft.refresh_from_db()
    assert place(order, draft.pk, seen=fingerprint(draft)).recipient_name == "Somebody Else"


@pytest.mark.parametrize("answer", [OfficeCheck.NO_LONGER, OfficeCheck.GONE])
def test_an_office_known_to_be_closed_is_not_placed(answer: str) -> None:
    with pytest.raises(OfficeNoLongerTakesParcels):
        place(make_order(), make_draft(office_check=answer).pk)


def test_an_order_that_goes_elsewhere_takes_no_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "goes_to_post_office", lambda self, order: False)
    with pytest.raises(NotForPostOffice):
        place(make_order(), make_draft().pk)


def test_an_order_without_parcels_is_held_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    delivery = place(order, make_draft().pk)
    with monkeypatch.context() as patch:
        patch.setattr(type(order_adapter()), "parcels", lambda self, order: [])
        release(order)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.HELD, Reason.NO_PARCELS)
    release(order)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.RELEASED, Reason.NONE)
    assert delivery.shipments.count() == 1


def test_a_parcel_is_never_taken_for_lighter_than_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = Parcel(Decimal("30.0004"), Decimal("20.01"), Decimal(20), Decimal(10))
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: [heavy])
    order = make_order()
    delivery = place(order, make_draft().pk)
    release(order)
    shipment = delivery.shipments.get()
    assert (shipment.weight_kg, shipment.length_cm) == (Decimal("30.001"), Decimal("20.1"))


def test_the_shops_postal_code_may_be_written_as_people_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = replace(SENDER, address=replace(SENDER.address, postal_code="k1a 0b1"))
    monkeypatch.setattr(type(order_adapter()), "ship_from", lambda self, order: sender)
    order = make_order()
    delivery = place(order, make_draft().pk)
    release(order)
    assert delivery.shipments.get().sender["postal_code"] == "K1A0B1"


def test_a_reference_is_printable_and_fits_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "reference", lambda self, order: "A\x00\n" + "B" * 40)
    assert place(make_order(), make_draft().pk).reference == "A" + "B" * 34


def test_the_reference_of_a_uuid_order_fits_by_itself() -> None:
    order = SimpleNamespace(pk=uuid.uuid4())
    assert OrderAdapter[Any]().reference(order) == order.pk.hex


def row_of(delivery: Delivery) -> dict[str, Any]:
    """Return a row as the database has it."""
    values: Any = Delivery.objects.filter(pk=delivery.pk).values().get()
    return dict(values)


def test_placing_changes_what_it_must_of_the_draft_and_nothing_else() -> None:
    draft, order = make_draft(), make_order()
    before, began = row_of(draft), timezone.now()
    place(order, draft.pk)
    after = row_of(draft)
    assert {name for name in after if after[name] != before[name]} == {
        "state",
        "order_id",
        "current_order_id",
        "reference",
        "placed_at",
    }
    assert began <= after["placed_at"] <= timezone.now()
    assert [(line.change, line.user) for line in draft.history.all()] == [(Change.PLACE, None)]


def test_the_order_must_be_saved_first() -> None:
    draft = make_draft()
    with pytest.raises(ValueError, match="save the order"):
        place(build_order(id=None), draft.pk)
    assert row_of(draft)["state"] == DeliveryState.DRAFT


def test_what_is_reserved_for_a_payment_is_placed_with_the_order_that_comes_after_it() -> None:
    reserved, order = make_draft(state=DeliveryState.RESERVED), make_order()
    assert place(order, reserved.pk).pk == reserved.pk
    assert row_of(reserved)["order_id"] == order.pk


def test_nothing_is_placed_during_a_pause_but_what_is_placed_already_is_returned() -> None:
    order, draft = make_order(), make_draft()
    placed = place(order, draft.pk)
    Pause.objects.create(reason_en="Strike.", reason_fr="Grève.", ends_at=timezone.now() + timedelta(hours=1))
    assert place(order, draft.pk) == placed
    other = make_draft()
    with pytest.raises(OptionPaused):
        place(make_order(), other.pk)
    assert row_of(other)["state"] == DeliveryState.DRAFT


@pytest.mark.parametrize(
    ("shop_says", "step_was_in", "kept"), [("fr-ca", "en", "fr"), ("EN", "fr", "en"), ("", "fr", "fr")]
)
def test_the_shop_says_the_buyers_language_else_it_is_the_steps(
    monkeypatch: pytest.MonkeyPatch, shop_says: str, step_was_in: str, kept: str
) -> None:
    monkeypatch.setattr(type(order_adapter()), "language", lambda self, order: shop_says, raising=False)
    assert place(make_order(), make_draft(language=step_was_in).pk).language == kept


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (OfficeCheck.TAKES_PARCELS, Reason.NONE),
        (OfficeCheck.NOT_ASKED, Reason.OFFICE_NOT_CHECKED),
        (OfficeCheck.COULD_NOT_ASK, Reason.OFFICE_NOT_CHECKED),
    ],
)
def test_only_an_office_that_takes_parcels_is_placed_without_a_flag(check: str, reason: str) -> None:
    assert place(make_order(), make_draft(office_check=check, reason=Reason.ON_HOLD).pk).reason == reason


@pytest.mark.parametrize("field", [*OFFICE_REQUIRED, *RECIPIENT_REQUIRED])
def test_a_draft_without_what_a_label_needs_is_not_placed(field: str) -> None:
    with pytest.raises(DraftIncomplete):
        place(make_order(), make_draft(**{field: ""}).pk)
