"""Placing while another tab, or the clean-up, has the draft: only what the buyer saw is placed, and once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.placing import place
from deliver_to_po.core.choices import Change, DeliveryState
from deliver_to_po.errors import (
    DeliverToPoError,
    DraftChanged,
    DraftExpired,
    DraftTaken,
    DraftUnknown,
    OrderHasDelivery,
)
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from tests.factories import make_delivery, make_draft, make_order
from tests.races import Contender

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.order_model,
    pytest.mark.postgresql,
    pytest.mark.usefixtures("bystanders"),
]

Beside = Callable[[Callable[[], Any]], Contender]


def refusal_of(order: Any, draft: Delivery, seen: str) -> type[DeliverToPoError] | None:
    """Return why the draft was not placed, None when it was."""
    try:
        place(order, draft.pk, seen=seen)
    except DeliverToPoError as error:
        return type(error)
    return None


def other_office(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).update(office_id="0000000007")


def let_expire(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def delete(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).delete()


def place_with_another_order(draft: Delivery) -> None:
    place(make_order(), draft.pk, seen=fingerprint(draft))


@pytest.mark.parametrize("undone", [False, True])
@pytest.mark.parametrize(
    ("meanwhile", "error"),
    [
        (other_office, DraftChanged),
        (let_expire, DraftExpired),
        (delete, DraftUnknown),
        (place_with_another_order, DraftTaken),
    ],
)
def test_a_draft_is_placed_as_it_is_when_the_other_one_is_done_with_it(
    beside: Beside, meanwhile: Callable[[Delivery], None], error: type[DeliverToPoError], undone: bool
) -> None:
    draft, order = make_draft(), make_order()
    with transaction.atomic():
        meanwhile(draft)
        contender = beside(partial(refusal_of, order, draft, fingerprint(draft)))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == (None if undone else error)
    assert Delivery.objects.filter(pk=draft.pk, order=order, state=DeliveryState.PLACED).exists() == undone


def test_of_two_drafts_that_are_placed_with_one_order_at_once_one_is(beside: Beside) -> None:
    first, second, order = make_draft(), make_draft(), make_order()
    with transaction.atomic():
        place(order, first.pk, seen=fingerprint(first))
        contender = beside(partial(refusal_of, order, second, fingerprint(second)))
        assert contender.waits()
    assert contender.result() == OrderHasDelivery
    assert Delivery.objects.get(order=order) == first


def cancel(delivery: Delivery) -> None:
    assert move_delivery(delivery, Change.CANCEL)


@pytest.mark.parametrize("undone", [False, True])
def test_a_draft_takes_the_place_of_a_delivery_that_is_being_cancelled_once_it_is(beside: Beside, undone: bool) -> None:
    order: Any = make_order()
    former = make_delivery(state=DeliveryState.PLACED, order=order)
    draft = make_draft()
    with transaction.atomic():
        cancel(former)
        contender = beside(partial(refusal_of, order, draft, fingerprint(draft)))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == (OrderHasDelivery if undone else None)
    assert Delivery.objects.get(current_order=order) == (former if undone else draft)


@pytest.mark.parametrize("paid", [False, True])
def test_of_two_drafts_that_replace_one_cancelled_delivery_at_once_one_does(beside: Beside, paid: bool) -> None:
    order: Any = make_order()
    former = make_delivery(state=DeliveryState.CANCELLED, order=order)
    first, second = make_draft(), make_draft()
    with transaction.atomic():
        place(order, first.pk, seen=fingerprint(first))
        contender = beside(partial(place, order, second.pk, seen=fingerprint(second), paid=paid))
        assert contender.waits()
    if paid:
        assert contender.result() == first
    else:
        with pytest.raises(DraftTaken):
            contender.result()
    assert Delivery.objects.get(current_order=order) == first
    assert set(Delivery.objects.filter(order=order)) == {former, first}
    first.refresh_from_db()
    assert first.replaces == former
