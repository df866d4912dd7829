"""Making an order: before it is paid, on the shop's own page, or once a payment has come."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from smtplib import SMTPException

from django.db import IntegrityError, transaction
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.errors import DeliverToPoError
from example_shop.basket import Basket
from example_shop.mail import send_confirmation
from example_shop.models import DeliveryMethod, Order, OrderLine, Payment
from example_shop.prices import CURRENCY
from example_shop.purchase import Purchase

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choice:
    """The buyer's choice of a post office: the draft that the session holds, and what the review page showed of it."""

    draft_id: str = ""
    seen: str = ""


# -- The order first, then its payment ------------------------------------------------------------------------------


def place_order(token: str, purchase: Purchase, choice: Choice) -> Order:
    """Return the order of the checkout that has ``token``, made now or by an earlier press of the same button.

    Raises DeliverToPoError when the choice of a post office can no longer be used; nothing is kept then.
    """
    try:
        with transaction.atomic():
            order = _make_order(token, purchase)
            if order.method == DeliveryMethod.POST_OFFICE:
                shop.place(order, choice.draft_id, seen=choice.seen)
            else:
                shop.require_choice(order)
            return order
    except IntegrityError:
        if made := Order.objects.filter(checkout_token=token).first():
            return made
        raise


def pay(order: Order, url: str) -> None:
    """Pretend that ``order`` is paid, write to the buyer once, and let its parcel go; ``url`` is the order's page."""
    # One transaction: no order is ever paid but not released. Nothing is called before it has committed.
    with transaction.atomic():
        if Order.objects.filter(pk=order.pk, paid_at=None).update(paid_at=timezone.now()):
            _write_on_commit(order, url)
        order.refresh_from_db()
        shop.release(order)


# -- The payment first, then its order ------------------------------------------------------------------------------


def begin_payment(token: str, purchase: Purchase, choice: Choice, basket: Basket) -> Payment:
    """Return a payment of what is bought from ``basket`` in the checkout that has ``token``.

    What could stand in the way of a post office is refused here, before any money moves: raises DeliverToPoError.
    """
    with transaction.atomic():
        if purchase.method == DeliveryMethod.POST_OFFICE:
            shop.reserve(choice.draft_id, seen=choice.seen, cart=basket, charge=purchase.amounts.shipping)
        return Payment.objects.create(
            checkout_token=token,
            purchase=purchase.to_json(),
            total=purchase.amounts.total,
            draft_id=choice.draft_id,
            seen=choice.seen,
        )


def settle(token: str, paid: Decimal, currency: str, url_of: Callable[[Order], str]) -> Order:
    """Return the paid order of a payment, made now unless it has come before: nothing is paid without an order.

    Where another amount was ``paid`` than was asked for, or in another ``currency``, its parcel waits for a clerk.
    ``url_of`` returns the address of an order's page. Raises Payment.DoesNotExist.
    """
    with transaction.atomic():
        # Locked: the same news may come twice at the same moment.
        payment = Payment.objects.select_for_update().get(token=token)
        if payment.order is not None:
            return payment.order
        purchase = Purchase.from_json(payment.purchase)
        order = _make_order(payment.token, purchase, paid_at=timezone.now())
        payment.order = order
        payment.save(update_fields=["order"])
        if order.method == DeliveryMethod.POST_OFFICE:
            shop.place(order, payment.draft_id, seen=payment.seen, paid=True, charged=purchase.amounts.shipping)
            shop.release(order)
            if (paid, currency) != (payment.total, CURRENCY):
                shop.hold(order, f"{paid} {currency} ≠ {payment.total} {CURRENCY}")
        _write_on_commit(order, url_of(order))
    return order


def give_up(token: str) -> None:
    """Let the buyer change the choice of post office again, since a payment was declined; raises Payment.DoesNotExist.

    If it is paid after all, ``settle`` still makes its order.
    """
    payment = Payment.objects.get(token=token)
    # Where another payment for the same choice has begun since, it stays reserved for that one.
    if payment.draft_id and payment == Payment.objects.filter(draft_id=payment.draft_id).first():
        # It may be placed by now, or its time may be over.
        with suppress(DeliverToPoError):
            shop.unreserve(payment.draft_id)


def _make_order(token: str, purchase: Purchase, *, paid_at: datetime | None = None) -> Order:
    order = Order.objects.create(
        checkout_token=token,
        paid_at=paid_at,
        language=purchase.language,
        method=purchase.method,
        subtotal=purchase.amounts.subtotal,
        discount=purchase.amounts.discount,
        coupon=purchase.amounts.coupon,
        shipping=purchase.amounts.shipping,
        tax=purchase.amounts.tax,
        taxes=[tax.to_json() for tax in purchase.amounts.tax_lines],
        total=purchase.amounts.total,
        **purchase.contact,
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product_id=item.product_id, quantity=item.quantity, price=item.price)
        for item in purchase.items
    )
    return order


def _write_on_commit(order: Order, url: str) -> None:
    def write() -> None:
        try:
            send_confirmation(order.pk, url)
        except (OSError, SMTPException) as error:
            # Its text would hold the buyer's address.
            log.error("No confirmation for order %s: %s", order.pk, type(error).__name__)

    transaction.on_commit(write, robust=True)
