"""What is mixed into the classes of an Oscar checkout, so that what is shown is charged, kept and shipped."""

import logging
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from oscar.apps.checkout.exceptions import FailedPreCondition
from oscar.core.loading import get_model
from oscar.templatetags.currency_filters import currency

from deliver_to_po.contrib.oscar.as_begun import asked_by_its_buyer, basket_as_begun, charge_as_begun
from deliver_to_po.contrib.oscar.being_paid import (
    begin_payment,
    being_paid,
    end_payment,
    has_left,
    hold_own_choice,
    note_of_payment,
    resume_payment,
)
from deliver_to_po.contrib.oscar.choice import CODE, chose_post_office, reviewed
from deliver_to_po.contrib.oscar.method import charge_before_offers
from deliver_to_po.contrib.oscar.strategy import TaxByProvince
from deliver_to_po.contrib.oscar.unplaced import in_language_of_staff, tell_of_second, tell_of_unplaced
from deliver_to_po.errors import DeliverToPoError, PriceChanged
from deliver_to_po.shop import draft_id_of, forget_choice, hold, place, reserve, reserved, unreserve

log = logging.getLogger(__name__)
Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")


class PostOfficeSession:
    """Mix it into ``checkout.session.CheckoutSessionMixin``: every view of a checkout then knows of the post office."""

    request: HttpRequest
    checkout_session: Any
    #: What the last ``build_submission`` of this request returned.
    submission: dict[str, Any] | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a buyer whose choice is refused to where they can mend it; nothing has been paid then."""
        try:
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except DeliverToPoError as error:
            if not error.url:
                messages.warning(request, str(error))
            return redirect(error.url or "checkout:preview")
        except FailedPreCondition as failed:
            for message in failed.messages:
                messages.warning(request, message)
            return redirect(failed.url)
        return response

    def get_success_url(self) -> str:
        """Return the step instead of the payment, after this method was chosen."""
        url = str(super().get_success_url())  # type: ignore[misc]
        before_payment = url == reverse("checkout:payment-method")
        return reverse("deliver_to_po:choose") if before_payment and chose_post_office(self.request) else url

    def check_basket_is_not_empty(self, request: Any) -> None:
        """Lead whoever presses twice to the order that the first press made, or back from a payment page."""
        if not request.basket.is_empty:
            # What is bought now is another order.
            request.session.pop("checkout_order_id", None)
        elif request.method == "POST" and "checkout_order_id" in request.session:
            raise FailedPreCondition(url=reverse("checkout:thank-you"))
        elif has_left(request):
            raise FailedPreCondition(url=reverse("checkout:preview"))
        elif "seen" in request.POST and (being_paid_for := reserved(draft_id_of(request))):
            if being_paid_for.order is None:
                raise _being_placed()
            request.session["checkout_order_id"] = being_paid_for.order.pk
            raise FailedPreCondition(url=reverse("checkout:thank-you"))
        super().check_basket_is_not_empty(request)  # type: ignore[misc]

    def check_shipping_data_is_captured(self, request: Any) -> None:
        """Settle the price, and let nobody on who has no post office, before Oscar counts anything."""
        if chose_post_office(request) and request.basket.is_shipping_required():
            self.check_post_office_is_chosen(request)
        super().check_shipping_data_is_captured(request)  # type: ignore[misc]
        if not request.basket.is_shipping_required():
            # Oscar fails at the order where a way of delivery was chosen before only downloads were left.
            self.check_a_valid_shipping_method_is_captured()  # type: ignore[attr-defined]
        self.check_tax_is_known(request)

    def check_tax_is_known(self, request: Any) -> None:
        """Lead to where another province can be chosen: Oscar fails at the order when it does not know its taxes."""
        strategy, shipped = request.basket.strategy, request.basket.is_shipping_required()
        if not isinstance(strategy, TaxByProvince):
            return
        if request.basket.is_tax_known and not (shipped and strategy.tax_rate(None) is None):
            return
        if not shipped:
            log.error("tax_rate() has no rate for what is downloaded, and Oscar asks for no address there")
            url, message = "basket:summary", _("We cannot calculate the taxes of your order. Write to us.")
        elif chose_post_office(request):
            log.error("tax_rates has no rate for “%s”, so no post office there can be paid for", strategy.province)
            url = "checkout:shipping-method"
            message = _("We cannot calculate the taxes for this post office. Choose another one, or home delivery.")
        else:
            url = "checkout:shipping-address"
            message = _("Enter the province or territory of your address, such as QC or Québec.")
        raise FailedPreCondition(url=reverse(url), message=message)

    def check_post_office_is_chosen(self, request: HttpRequest) -> None:
        """Raise FailedPreCondition for a choice that is missing, incomplete or refused, or is an order already."""
        hold_own_choice(request)
        try:
            chosen = reviewed(request)
        except DeliverToPoError as error:
            # The step says there what is wrong.
            raise FailedPreCondition(
                url=error.url or reverse("checkout:shipping-method"), messages=[] if error.url else [str(error)]
            ) from None
        if chosen.order is not None:
            request.session["checkout_order_id"] = chosen.order.pk
            raise FailedPreCondition(url=reverse("checkout:thank-you"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add ``post_office``, the review, where the buyer has chosen one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        if chose_post_office(self.request):
            with suppress(DeliverToPoError):
                context["post_office"] = reviewed(self.request)
        return context

    def build_submission(self, **kwargs: Any) -> dict[str, Any]:
        """Return Oscar's submission; that of a frozen basket is what it was when its payment began."""
        basket = kwargs.get("basket")
        if basket is None or basket.can_be_edited:
            submission: dict[str, Any] = super().build_submission(**kwargs)  # type: ignore[misc]
        else:
            resume_payment(self.request, basket)
            with asked_by_its_buyer(self.request, basket):
                kwargs["basket"] = self.request.basket = basket_as_begun(self.request, basket)  # type: ignore[attr-defined]
                submission = super().build_submission(**kwargs)  # type: ignore[misc]
        self.submission = submission
        return submission

    def get_order_totals(self, *args: Any, **kwargs: Any) -> Any:
        """Return Oscar's total in whole cents: each database rounds its own way what a surcharge in percent leaves."""
        total = super().get_order_totals(*args, **kwargs)  # type: ignore[misc]
        if total.is_tax_known:
            total.excl_tax, total.incl_tax = round(total.excl_tax, 2), round(total.incl_tax, 2)
        return total


def _being_placed() -> FailedPreCondition:
    """Return what whoever presses again is told while an earlier press is paying."""
    wait = _("Your order is being placed already. Wait a minute, then check your e-mail before you order again.")
    return FailedPreCondition(url=reverse("checkout:thank-you"), message=wait)


def _parts(attempt: Any) -> tuple[str, str]:
    """Return the basket's id and which try to pay for it an attempt names, ``""`` for what it does not."""
    basket_id, _colon, tried = str(attempt or "").partition(":")
    return basket_id, tried


def _let_go_of_used_vouchers(basket: Any, user: Any) -> None:
    """Take the vouchers out of a basket that another order has used up meanwhile: for them Oscar would place none."""
    for voucher in basket.vouchers.select_for_update():
        if not voucher.is_available_to_user(user)[0]:
            basket.vouchers.remove(voucher)


class PostOfficeOrderPlacement:
    """Mix it into ``checkout.mixins.OrderPlacementMixin``: the views that take payments, your own too, stand on it."""

    request: HttpRequest
    checkout_session: Any
    submission: dict[str, Any] | None
    _payment_sources: list[Any] | None
    #: False if an order is placed before it is paid, such as on account: call ``shop.release(order)`` later.
    paid_when_placed = True

    # Whether the payment was taken, or its buyer has only left it: the choice stays reserved.
    _may_be_paid = False
    # The payment that this request has begun, and for which basket.
    _begun: tuple[str, Any] = "", None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Note of a payment that has begun here, and is not over, that its buyer has left for another page."""
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        attempt, basket = self._begun
        if attempt and attempt == self.payment_attempt():
            note_of_payment(request, basket, left=True)
        return response

    def check_basket_is_not_empty(self, request: Any) -> None:
        """Give all back to whoever comes back from a payment page before its answer: Oscar would sell them nothing."""
        if request.method == "GET" and request.basket.is_empty and has_left(request):
            self._may_be_paid = True
            self.restore_frozen_basket()
            told = _("Your order is not paid yet. If you have paid, check your e-mail before you order again.")
            # Its offers are counted there.
            raise FailedPreCondition(url=reverse("checkout:preview"), message=told)
        super().check_basket_is_not_empty(request)  # type: ignore[misc]

    def freeze_basket(self, basket: Any) -> None:
        """Reserve what is chosen, right before the payment. What is refused raises here, and nothing is frozen."""
        goes_there = chose_post_office(self.request) and basket.is_shipping_required()
        with transaction.atomic():
            choice = self.reserve_post_office(basket) if goes_there else ""
            self.refuse_another_order(choice)
            self.refuse_another_press(basket)
        super().freeze_basket(basket)  # type: ignore[misc]
        begin_payment(self.request, basket, choice, self.submission or {})
        self._begun = self.payment_attempt(), basket

    def reserve_post_office(self, basket: Any) -> str:
        """Reserve the buyer's choice for what is charged, and return its id."""
        submission = self.submission or {}
        method = submission.get("shipping_method")
        chosen = reserve(
            draft_id_of(self.request),
            seen=self.request.POST.get("seen", ""),
            cart=basket,
            charge=charge_before_offers(method, basket) if method else None,
        )
        return str(chosen.pk)

    def refuse_another_order(self, choice: str) -> None:
        """Raise PriceChanged where the preview has shown another total, or a post office for what now goes home."""
        total, shown = (self.submission or {}).get("order_total"), self.request.POST
        another_total = total and shown.get("total", str(total.incl_tax)) != str(total.incl_tax)
        if another_total or (shown.get("seen") and not choice):
            raise PriceChanged(_("Your order has changed. Check the delivery and the total."))

    def refuse_another_press(self, basket: Any) -> None:
        """Raise FailedPreCondition where another request of the same buyer's is paying for this basket."""
        unfrozen = Basket._default_manager.filter(pk=basket.pk, status__in=Basket.editable_statuses)
        if not unfrozen.update(status=Basket.FROZEN):
            raise _being_placed()

    def payment_attempt(self) -> str:
        """Return what a payment's metadata must name: its basket, and which try to pay for that it is."""
        basket_id = self.checkout_session.get_submitted_basket_id()
        begun = being_paid(self.request, basket_id)
        return f"{basket_id}:{begun.attempt if begun else ''}"

    def restore_frozen_basket(self, attempt: Any = None) -> None:
        """Give back the basket, and the choice too, so that the buyer can pay in another way.

        ``attempt`` is as for ``paid_submission``. Where another one for the same basket has begun since, that goes on.
        """
        frozen, (_basket_id, tried) = self.frozen_basket(attempt), _parts(attempt)
        if frozen is None:
            # Placed or given back already; Oscar would open it again.
            return
        begun = being_paid(self.request, frozen.pk)
        if tried and begun and begun.attempt != tried:
            return
        self.checkout_session.set_submitted_basket(frozen)
        request: Any = self.request
        if request.user.is_authenticated:
            # A guest's, who has signed in during the payment.
            frozen.owner = frozen.owner or request.user
        frozen.thaw()
        if request.basket.pk is None:
            # A guest's other basket is being paid for too. Oscar would merge this one, which is not saved, and fail.
            frozen.strategy = request.basket.strategy
            request.basket = frozen
        super().restore_frozen_basket()  # type: ignore[misc]
        choice = note_of_payment(self.request, frozen, given_back=True)
        if choice and not self._may_be_paid:
            with suppress(DeliverToPoError):
                unreserve(choice)

    def paid_submission(self, attempt: Any = None, reference: str = "") -> dict[str, Any]:
        """Return what somebody who comes back from a payment page has paid for, whatever another tab did since.

        It need not be the same browser, for as long as the shared cache keeps what was being paid for, three days.
        ``attempt`` is the ``payment_attempt()`` that the payment's signed metadata names, or its basket's id; without
        it the last basket that went to a payment is taken.
        Add what was paid as a payment source, which is compared with the order's total, then call
        ``handle_order_placement(**submission)``. ``reference`` is that source's, by which the provider finds the
        payment. Raises FailedPreCondition where the order is placed already, and where nobody knows any longer what the
        payment is for. Buyer and staff are told of the latter, and of a payment with another ``reference`` than those
        that the order has.
        """
        basket_id = _parts(attempt)[0] or self.checkout_session.get_submitted_basket_id()
        frozen = self.frozen_basket(basket_id) or self.paid_after_all(basket_id)
        begun = being_paid(self.request, frozen.pk) if frozen else None
        # What the merchant has deleted meanwhile is in no basket.
        known = begun is not None and frozen.lines.filter(pk__in=begun.quantities).exists()
        submission: dict[str, Any] = self.build_submission(basket=frozen) if known else {}  # type: ignore[attr-defined]
        # Without a method Oscar can make no order: what was to be shipped is only downloaded by now, or the reverse.
        if begun is None or not submission.get("shipping_method"):
            self.lead_to_order(basket_id, [reference])
            if begun and begun.given_back:
                self.restore_frozen_basket(frozen.pk)
            told = tell_of_unplaced(basket_id, reference) if basket_id else []
            raise FailedPreCondition(url=reverse("checkout:thank-you"), messages=told)
        charge_as_begun(submission, begun)
        goods, charge = submission["basket"], submission["shipping_charge"]
        submission["order_total"] = self.get_order_totals(goods, charge, surcharges=submission["surcharges"])  # type: ignore[attr-defined]
        order_kwargs, _payment_kwargs = submission.pop("order_kwargs"), submission.pop("payment_kwargs")
        return {"order_number": self.checkout_session.get_order_number(), **submission, **order_kwargs}

    def frozen_basket(self, attempt: Any = None) -> Any:
        """Return the basket that is being paid for, None if it no longer is; ``attempt`` as above."""
        submitted = _parts(attempt)[0] or self.checkout_session.get_submitted_basket_id()
        return Basket._default_manager.filter(pk=submitted, status=Basket.FROZEN).first() if submitted else None

    def paid_after_all(self, basket_id: Any) -> Any:
        """Return a basket that was given back as its payment began, frozen and reserved again; None for any other."""
        begun = being_paid(self.request, basket_id)
        if begun is None or not begun.given_back:
            return None
        given_back = Basket._default_manager.filter(pk=basket_id, status=Basket.OPEN).first()
        if given_back is not None:
            # What was chosen otherwise since then is held when it is placed.
            with suppress(DeliverToPoError):
                reserve(begun.choice, seen=begun.seen)
            given_back.freeze()
        return given_back

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
                    raise _being_placed()
                if baskets:
                    # Named before the payment, by a generator that counts orders.
                    order_number = self.generate_order_number(basket)  # type: ignore[attr-defined]
                _let_go_of_used_vouchers(basket, user)
                order = super().place_order(order_number, user, basket, *args, **kwargs)  # type: ignore[misc]
                # The adapter is asked by `place`, where what it raises undoes no order.
                if order.shipping_code == CODE:
                    self.place_post_office(order, kwargs.get("shipping_method"), basket)
                with in_language_of_staff():
                    note = self.paid_otherwise(order)
                if note:
                    order.notes.create(message=note, note_type="System")
                    hold(order, note)
        except Exception:
            references = [source.reference for source in self._payment_sources or ()]
            self.lead_to_order(basket.pk, references)
            for reference in references:
                tell_of_unplaced(basket.pk, reference)
            raise
        end_payment(self.request, basket.pk)
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

    def lead_to_order(self, basket_id: Any, references: Iterable[str]) -> None:
        """Raise FailedPreCondition if a basket has its order already: another answer to its payment came first."""
        placed = Order._default_manager.filter(basket=basket_id).first() if basket_id else None
        if placed is not None:
            choice, user = end_payment(self.request, basket_id), self.request.user
            # The buyer may have begun another checkout meanwhile.
            if choice is not None and self.request.basket.is_empty:  # type: ignore[attr-defined]
                self.checkout_session.flush()
            if choice == draft_id_of(self.request):
                forget_choice(self.request)
            told = [message for reference in references for message in tell_of_second(placed, reference)]
            shown = self.request.session.get("checkout_order_id") == placed.pk
            if shown or choice is not None or (user.is_authenticated and user.pk == placed.user_id):
                self.request.session["checkout_order_id"] = placed.pk
            else:
                # Somebody may have got hold of the address that the buyer comes back to.
                told.append(_("Your order has been placed. Its number is in the e-mail that we have sent."))
            raise FailedPreCondition(url=reverse("checkout:thank-you"), messages=told)

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

    def handle_successful_order(self, order: Any) -> Any:
        """Let the buyer's next order begin without a choice, whatever the shop's own code makes of this one."""
        forget_choice(self.request)
        return super().handle_successful_order(order)  # type: ignore[misc]
