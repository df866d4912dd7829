"""An Oscar order with its delivery, once it is paid: mixed into Oscar's ``checkout.mixins``."""

import logging
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override
from oscar.templatetags.currency_filters import currency

from deliver_to_po.contrib.oscar.as_begun import asked_by_its_buyer
from deliver_to_po.contrib.oscar.being_paid import being_paid, end_payment
from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.contrib.oscar.method import charge_before_offers
from deliver_to_po.contrib.oscar.payment import Basket, Order, PostOfficePayment
from deliver_to_po.contrib.oscar.session import being_placed
from deliver_to_po.contrib.oscar.unplaced import in_language_of_staff, tell_of_unplaced
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.calling import call_shop
from deliver_to_po.shop import draft_id_of, forget_choice, hold, place

log = logging.getLogger(__name__)


class PostOfficeOrderPlacement(PostOfficePayment):
    """Mix it into ``checkout.mixins.OrderPlacementMixin``: the views that take payments, your own too, stand on it."""

    _payment_sources: list[Any] | None
    #: False if an order is placed before it is paid, such as on account: call ``shop.release(order)`` later.
    paid_when_placed = True

    def handle_order_placement(self, order_number: Any, user: Any, basket: Any, *args: Any, **kwargs: Any) -> Any:
        """Place the order; from here on the payment is taken, and nothing is given back."""
        self._may_be_paid = True
        begun = being_paid(self.request, basket.pk)
        # Oscar writes to the buyer in it, and the provider's own call has another one.
        with override(begun.language) if begun else nullcontext():
            return super().handle_order_placement(order_number, user, basket, *args, **kwargs)  # type: ignore[misc]

    def place_order(self, order_number: Any, user: Any, basket: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the order, with its delivery in the same transaction."""
        try:
            with transaction.atomic():
                alike = Order._default_manager.filter(Q(basket=basket) | Q(number=order_number))
                baskets = list(alike.values_list("basket", flat=True))
                if basket.pk in baskets:
                    # Another answer has made it meanwhile, perhaps by another number.
                    raise being_placed()
                if baskets:
                    # Named before the payment, by a generator that counts orders.
                    order_number = self.generate_order_number(basket)  # type: ignore[attr-defined]
                _let_go_of_vouchers(basket, user)
                order = super().place_order(order_number, user, basket, *args, **kwargs)  # type: ignore[misc]
                # The adapter is asked by `place`, where what it raises undoes no order.
                if order.shipping_code == CODE:
                    self.place_post_office(order, kwargs.get("shipping_method"), basket)
                with in_language_of_staff():
                    try:
                        note = call_shop("paid_otherwise", lambda: self.paid_otherwise(order))
                    except ShopError as error:
                        note = str(error)
                if note:
                    order.notes.create(message=note, note_type="System")
                    hold(order, note)
                # With the order: nobody gives it back any longer. Last, since a press locks the choice first as well.
                Basket._default_manager.filter(pk=basket.pk).update(status=Basket.SUBMITTED)
        except Exception:
            references = [source.reference for source in self._payment_sources or ()]
            self.lead_to_order(basket.pk, references)
            for reference in references:
                tell_of_unplaced(basket.pk, reference)
            raise
        end_payment(self.request, basket.pk)
        # Whatever the shop's own code makes of this order, the next one begins without a choice.
        forget_choice(self.request)
        return order

    def send_order_placed_email(self, order: Any) -> None:
        """Send it, or log that it could not be sent: the order is placed and paid, and is shown to its buyer."""
        try:
            super().send_order_placed_email(order)  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 - Oscar would say that there is a problem with the order
            # Its text may hold the buyer's address.
            log.error("Order %s has no e-mail to its buyer: %s", order.number, type(error).__name__)

    def get_message_context(self, order: Any) -> dict[str, Any]:
        """Let the e-mail lead its buyer to the order, though the provider's own call has made it."""
        with asked_by_its_buyer(self.request, order.basket):
            context: dict[str, Any] = super().get_message_context(order)  # type: ignore[misc]
        return context

    def place_post_office(self, order: Any, method: Any, basket: Any) -> None:
        """Place what was reserved; nothing is refused any longer, and what is in the way is held for a clerk."""
        charged = charge_before_offers(method, basket) if method is not None and basket is not None else None
        begun = being_paid(self.request, order.basket_id)
        choice, seen = (begun.choice, begun.seen) if begun else (draft_id_of(self.request), None)
        place(order, choice, seen=seen, paid=self.paid_when_placed, charged=charged)

    def paid_otherwise(self, order: Any) -> str:
        """Return what to tell staff where the order's payment sources are not its total, ``""`` if they are.

        Nothing is compared where there are none, or the order is paid later.
        """
        paid: dict[str, Decimal] = {}
        for source in order.sources.all() if self.paid_when_placed else ():
            amount, code = max(source.amount_allocated, source.amount_debited), source.currency.upper()
            paid[code] = paid.get(code, Decimal(0)) + amount
        if not paid or paid == {order.currency: order.total_incl_tax}:
            return ""
        amounts = {
            "paid": " + ".join(currency(amount, code) for code, amount in paid.items()),
            "total": currency(order.total_incl_tax, order.currency),
        }
        return _("%(paid)s was paid for the order, which costs %(total)s.") % amounts


def _let_go_of_vouchers(basket: Any, user: Any) -> None:
    """Take out the vouchers that give nothing, entered after the payment, and that another order has used up.

    Oscar would count the former as used, and place no order for the latter.
    """
    gives = {application["voucher"] for application in basket.offer_applications}
    for voucher in basket.vouchers.select_for_update():
        if voucher not in gives or not voucher.is_available_to_user(user)[0]:
            basket.vouchers.remove(voucher)
