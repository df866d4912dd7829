"""Placing and paying an order."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from smtplib import SMTPException

from django.db import IntegrityError, transaction
from django.utils import timezone

from deliver_to_po.shop import place, release, require_choice
from example_shop.basket import BasketLine
from example_shop.checkout import Checkout
from example_shop.mail import send_confirmation
from example_shop.models import DeliveryMethod, Order, OrderLine
from example_shop.prices import totals

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """The buyer's choice of a post office: the draft that the session holds, and what the review page showed of it."""

    draft_id: object = None
    seen: str = ""


def place_order(checkout: Checkout, lines: Sequence[BasketLine], choice: Choice, language: str) -> Order:
    """Return the order of ``checkout``, made now or by an earlier press of the same button.

    Raises DeliverToPoError when the choice of a post office can no longer be used; nothing is kept then.
    """
    try:
        with transaction.atomic():
            return _make_order(checkout, lines, choice, language)
    except IntegrityError:
        if order := Order.objects.filter(checkout_token=checkout.token).first():
            return order
        raise


def _make_order(checkout: Checkout, lines: Sequence[BasketLine], choice: Choice, language: str) -> Order:
    amounts = totals(sum((line.amount for line in lines), Decimal(0)), checkout.method)
    order = Order.objects.create(
        checkout_token=checkout.token,
        language=language,
        method=checkout.method,
        subtotal=amounts.subtotal,
        shipping=amounts.shipping,
        tax=amounts.tax,
        total=amounts.total,
        **checkout.contact,
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=line.product, quantity=line.quantity, price=line.product.price) for line in lines
    )
    if order.method == DeliveryMethod.POST_OFFICE:
        place(order, choice.draft_id, seen=choice.seen)
    require_choice(order)
    return order


def pay(order: Order, url: str) -> None:
    """Pretend that ``order`` is paid, write to the buyer once, and let its parcel go; ``url`` is the order's page."""

    def write() -> None:
        try:
            send_confirmation(order.pk, url)
        except (OSError, SMTPException) as error:
            # Its text would hold the buyer's address.
            log.error("No confirmation for order %s: %s", order.pk, type(error).__name__)

    # One transaction: no order is ever paid but not released. Nothing is called before it has committed.
    with transaction.atomic():
        if Order.objects.filter(pk=order.pk, paid_at=None).update(paid_at=timezone.now()):
            transaction.on_commit(write, robust=True)
        order.refresh_from_db()
        release(order)
