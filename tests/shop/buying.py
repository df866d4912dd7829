"""A shop's own code, in a few lines: what it does when a payment came, and what it does when payment comes later."""

from typing import Any, NamedTuple

from django.db import transaction

from deliver_to_po import shop
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.models import Delivery
from tests.factories import make_delivery, make_order, make_paid_order


class Bought(NamedTuple):
    """What a payment led to."""

    order: Any
    delivery: Delivery
    released: shop.Released


def reserve(draft: Delivery) -> Delivery:
    return shop.reserve(draft.pk, seen=fingerprint(draft))


def place_paid(order: Any, draft_id: object, **how: Any) -> Delivery:
    """Place what is paid for and goes to a post office."""
    delivery = shop.place(order, draft_id, paid=True, **how)
    assert delivery is not None
    return delivery


def payment_came(draft_id: object, **how: Any) -> Bought:
    """Make the order of a payment, as a notification does: whatever it raises would lose the payment."""
    with transaction.atomic():
        order = make_paid_order()
        shop.place(order, draft_id, paid=True, **how)
        released = shop.release(order)
    delivery = shop.delivery_of(order)
    assert delivery is not None
    return Bought(order, delivery, released)


def order_first(draft: Delivery) -> Bought:
    """Make an order that is not paid yet, of what the buyer has seen."""
    with transaction.atomic():
        order = make_order()
        delivery = shop.place(order, draft.pk, seen=fingerprint(draft))
    return Bought(order, delivery, shop.Released.NOTHING)


def state_of(order: Any) -> tuple[str, str]:
    """Return state and reason of an order's delivery, reloaded."""
    delivery = Delivery.objects.get(current_order=order)
    return delivery.state, delivery.reason


def waiting(state: DeliveryState, reason: Reason = Reason.NONE) -> Any:
    """Return an order whose delivery is in ``state`` and whose release nobody has asked for."""
    return make_delivery(state=state, reason=reason, release_asked_at=None, released_at=None, order=make_order()).order
