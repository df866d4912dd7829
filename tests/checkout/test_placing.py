"""Placing: what the row holds then, inside the shop's transaction. Refusals: test_placing_and_payment.py."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.checkout import placing
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.placing import require_choice
from deliver_to_po.checkout.reserving import refuse_unfit
from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason
from deliver_to_po.errors import ChoiceRequired, DraftIncomplete, DraftTaken
from deliver_to_po.handoff.releasing.release import release
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import OFFICE_REQUIRED, RECIPIENT_REQUIRED
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order, make_pause
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("bystanders")]


def place(order: Any, draft: Delivery) -> Delivery:
    return placing.place(order, draft.pk, seen=fingerprint(draft))


def test_a_draft_becomes_the_delivery_of_the_order() -> None:
    order, draft = make_order(), make_draft()
    delivery = place(order, draft)
    assert (delivery.pk, delivery.state) == (draft.pk, DeliveryState.PLACED)
    assert (delivery.order, delivery.current_order) == (order, order)
    assert delivery.recipient == RECIPIENT
    assert delivery.reference == order.number
    assert delivery.placed_at is not None


def test_a_refusal_leaves_the_shops_transaction_usable() -> None:
    order = make_order()
    place(order, make_draft())
    with transaction.atomic():
        with pytest.raises(DraftTaken):
            place(order, make_draft())
        other = make_order()
    assert other.pk


def test_live_is_frozen_at_placing(change_settings: Any) -> None:
    test = place(make_order(), make_draft())
    change_settings(CANADA_POST={"LIVE": True})
    live, unchosen = place(make_order(), make_draft()), shop.place(make_order(), None, paid=True)
    test.refresh_from_db()
    assert (test.live, live.live, unchosen and unchosen.live) == (False, True, True)


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
    delivery = place(make_order(), make_draft())
    assert delivery.state == (DeliveryState.RELEASED if released else DeliveryState.PLACED)
    assert delivery.shipments.count() == released


def test_a_former_delivery_of_the_order_is_no_choice() -> None:
    order = make_order()
    make_delivery(order=order, current_order=None, state=DeliveryState.CANCELLED)
    with pytest.raises(ChoiceRequired):
        require_choice(order)


def test_nothing_happens_when_the_shops_transaction_fails() -> None:
    order, draft = make_order(), make_draft()

    def place_and_fail() -> None:
        with transaction.atomic():
            place(order, draft)
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
    outcomes = at_once(*(partial(place, order, draft) for order in orders))
    [placed] = [one for one in outcomes if not isinstance(one, DraftTaken)]
    assert Delivery.objects.get(pk=draft.pk).order == placed.order


def test_a_reference_is_printable_and_fits_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "reference", lambda self, order: "A\x00\n" + "B" * 40)
    assert place(make_order(), make_draft()).reference == "A" + "B" * 34


def row_of(delivery: Delivery) -> dict[str, Any]:
    values: Any = Delivery.objects.filter(pk=delivery.pk).values().get()
    return dict(values)


def test_placing_changes_what_it_must_of_the_draft_and_nothing_else() -> None:
    draft, order = make_draft(), make_order()
    before, began = row_of(draft), timezone.now()
    place(order, draft)
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


def test_what_is_placed_already_is_returned_during_a_pause_too() -> None:
    order, draft = make_order(), make_draft()
    placed = place(order, draft)
    make_pause()
    assert place(order, draft) == placed


@pytest.mark.parametrize(
    ("shop_says", "step_was_in", "kept"), [("fr-ca", "en", "fr"), ("EN", "fr", "en"), ("", "fr", "fr")]
)
def test_the_shop_says_the_buyers_language_else_it_is_the_steps(
    monkeypatch: pytest.MonkeyPatch, shop_says: str, step_was_in: str, kept: str
) -> None:
    monkeypatch.setattr(type(order_adapter()), "language", lambda self, order: shop_says, raising=False)
    assert place(make_order(), make_draft(language=step_was_in)).language == kept


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (OfficeCheck.TAKES_PARCELS, Reason.NONE),
        (OfficeCheck.NOT_ASKED, Reason.OFFICE_NOT_CHECKED),
        (OfficeCheck.COULD_NOT_ASK, Reason.OFFICE_NOT_CHECKED),
    ],
)
def test_only_an_office_that_takes_parcels_is_placed_without_a_flag(check: str, reason: str) -> None:
    assert place(make_order(), make_draft(office_check=check, reason=Reason.ON_HOLD)).reason == reason


def test_a_draft_without_what_a_label_needs_is_not_placed() -> None:
    for field in (*OFFICE_REQUIRED, *RECIPIENT_REQUIRED):
        draft = make_draft(**{field: ""})
        assert not draft.complete, field
        with pytest.raises(DraftIncomplete):
            refuse_unfit(draft, fingerprint(draft))
