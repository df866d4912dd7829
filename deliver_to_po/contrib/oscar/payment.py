"""A payment of an Oscar checkout: what is reserved before it, and what it was for when its answer comes."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from oscar.apps.checkout.exceptions import FailedPreCondition
from oscar.core.loading import get_model

from deliver_to_po.contrib.oscar.as_begun import charge_as_begun
from deliver_to_po.contrib.oscar.being_paid import (
    BeingPaid,
    began_here,
    begin_payment,
    being_paid,
    end_payment,
    has_left,
    note_of_payment,
)
from deliver_to_po.contrib.oscar.choice import chose_post_office
from deliver_to_po.contrib.oscar.method import charge_before_offers
from deliver_to_po.contrib.oscar.session import being_placed
from deliver_to_po.contrib.oscar.strategy import TaxByProvince
from deliver_to_po.contrib.oscar.unplaced import tell_of_second, tell_of_unplaced
from deliver_to_po.errors import DeliverToPoError, PriceChanged
from deliver_to_po.shop import draft_id_of, forget_choice, reserve, reserved, unreserve

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")


class PostOfficePayment:
    """What ``PostOfficeOrderPlacement`` does up to the order."""

    request: HttpRequest
    checkout_session: Any
    submission: dict[str, Any] | None

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
            begun = being_paid(request, self.checkout_session.get_submitted_basket_id())
            self._may_be_paid = True
            self.restore_frozen_basket()
            if begun and begun.left:
                told = _("Your order is not paid yet. If you have paid, check your e-mail before you order again.")
            else:
                told = _("We do not know whether you have paid. If you have, write to us before you order again.")
            # Its offers are counted there.
            raise FailedPreCondition(url=reverse("checkout:preview"), message=told)
        super().check_basket_is_not_empty(request)  # type: ignore[misc]

    def freeze_basket(self, basket: Any) -> None:
        """Reserve what is chosen, right before the payment. What is refused raises here, and nothing is frozen."""
        goes_there = chose_post_office(self.request) and basket.is_shipping_required()
        try:
            with transaction.atomic():
                choice = self.reserve_post_office(basket) if goes_there else ""
                self.refuse_another_order(choice)
                self.refuse_another_press(basket)
                super().freeze_basket(basket)  # type: ignore[misc]
                begin_payment(self.request, basket, choice, self.submission or {})
        except DeliverToPoError:
            # Another press may have placed the order with this choice meanwhile.
            if not _unfrozen(basket).exists():
                raise being_placed() from None
            raise
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
        """Raise PriceChanged where the preview has shown another total, or a post office for what now goes home.

        So does another post office that was chosen since this request counted the taxes of a province.
        """
        submission, shown, goes_there = self.submission or {}, self.request.POST, reserved(choice)
        total, strategy = submission.get("order_total"), getattr(submission.get("basket"), "strategy", None)
        another_total = total and shown.get("total", str(total.incl_tax)) != str(total.incl_tax)
        taxed_in = strategy.province if goes_there and isinstance(strategy, TaxByProvince) else ""
        another_province = goes_there and taxed_in not in ("", goes_there.province)
        if another_total or another_province or (shown.get("seen") and not choice):
            raise PriceChanged(_("Your order has changed. Check the delivery and the total."))

    def refuse_another_press(self, basket: Any) -> None:
        """Raise FailedPreCondition where another request of the same buyer's is paying for this basket."""
        if not _unfrozen(basket).update(status=Basket.FROZEN):
            raise being_placed()

    def payment_attempt(self) -> str:
        """Return what a payment's metadata must name: its basket and which try to pay for that it is, once it began."""
        basket_id = self.checkout_session.get_submitted_basket_id()
        begun = being_paid(self.request, basket_id)
        return f"{basket_id}:{begun.attempt}" if begun else ""

    def restore_frozen_basket(self, attempt: Any = None) -> None:
        """Give back the basket, and the choice too, so that the buyer can pay in another way.

        ``attempt`` is as for ``paid_submission``. Where another one for the same basket has begun since, that goes on.
        """
        basket_id, tried = self.named(attempt)
        frozen, begun = self.frozen_basket(basket_id), being_paid(self.request, basket_id)
        if frozen is None or (tried and begun and begun.attempt != tried):
            return
        # A guest has it from their session alone: the provider's own call leaves it for them.
        if frozen.owner_id or began_here(self.request, frozen.pk):
            with transaction.atomic():
                if not Basket._default_manager.filter(pk=frozen.pk, status=Basket.FROZEN).update(status=Basket.OPEN):
                    # Placed or given back at this moment; Oscar would open it again.
                    return
                self._give_back(frozen)
        if begun and begun.choice and not self._may_be_paid:
            with suppress(DeliverToPoError):
                unreserve(begun.choice)

    def _give_back(self, frozen: Any) -> None:
        request: Any = self.request
        self.checkout_session.set_submitted_basket(frozen)
        if request.user.is_authenticated:
            # A guest's, who has signed in during the payment.
            frozen.owner = frozen.owner or request.user
        frozen.thaw()
        if request.basket.pk == frozen.pk:
            # The page that tells of a payment that has failed is of a basket that is priced as before.
            request.basket.status = frozen.status
        if request.basket.pk is None:
            # A guest's other basket is being paid for too. Oscar would merge this one, which is not saved, and fail.
            frozen.strategy = request.basket.strategy
            request.basket = frozen
        super().restore_frozen_basket()  # type: ignore[misc]
        note_of_payment(request, frozen, given_back=True)

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
        basket_id, _tried = self.named(attempt)
        frozen = self.frozen_basket(basket_id) or self.paid_after_all(basket_id)
        begun = being_paid(self.request, frozen.pk) if frozen else None
        # What the merchant has deleted meanwhile is in no basket.
        known = begun is not None and frozen.lines.filter(pk__in=begun.quantities).exists()
        try:
            submission = self._submission_as_begun(frozen, begun) if begun and known else {}
        except Exception:
            # The shop's own strategy or method; a provider that asks again may get its order.
            tell_of_unplaced(basket_id, reference)
            raise
        # Without a method Oscar can make no order: what was to be shipped is only downloaded by now, or the reverse.
        if begun is None or not submission.get("shipping_method"):
            self.lead_to_order(basket_id, [reference])
            if begun and begun.given_back:
                self.restore_frozen_basket(frozen.pk)
            told = tell_of_unplaced(basket_id, reference) if basket_id or reference else []
            raise FailedPreCondition(url=reverse("checkout:thank-you"), messages=told)
        order_kwargs, _payment_kwargs = submission.pop("order_kwargs"), submission.pop("payment_kwargs")
        return {"order_number": self.checkout_session.get_order_number(), **submission, **order_kwargs}

    def _submission_as_begun(self, frozen: Any, begun: BeingPaid) -> dict[str, Any]:
        submission: dict[str, Any] = self.build_submission(basket=frozen)  # type: ignore[attr-defined]
        if submission.get("shipping_method"):
            charge_as_begun(submission, begun)
            goods, charge = submission["basket"], submission["shipping_charge"]
            submission["order_total"] = self.get_order_totals(goods, charge, surcharges=submission["surcharges"])  # type: ignore[attr-defined]
        return submission

    def named(self, attempt: Any) -> tuple[Any, str]:
        """Return the basket's id that an attempt names, or else the session, and which try to pay for it that is."""
        basket_id, _colon, tried = str(attempt or "").partition(":")
        return basket_id or self.checkout_session.get_submitted_basket_id(), tried

    def frozen_basket(self, basket_id: Any) -> Any:
        """Return the basket that is being paid for, None if it no longer is."""
        return Basket._default_manager.filter(pk=basket_id, status=Basket.FROZEN).first()

    def paid_after_all(self, basket_id: Any) -> Any:
        """Return a basket that was given back as its payment began, frozen again; None for any other.

        What was chosen otherwise since then is held when it is placed.
        """
        begun = being_paid(self.request, basket_id)
        if begun is None or not begun.given_back:
            return None
        given_back = Basket._default_manager.filter(pk=basket_id, status=Basket.OPEN).first()
        if given_back is not None:
            given_back.freeze()
        return given_back

    def lead_to_order(self, basket_id: Any, references: Iterable[str]) -> None:
        """Raise FailedPreCondition if a basket has its order already: another answer to its payment came first."""
        # Without an attempt only the reference is known once the session has let go of what it paid for.
        its = {"basket": basket_id} if basket_id else {"sources__reference__in": [*filter(None, references)]}
        placed = Order._default_manager.filter(**its).first()
        if placed is not None:
            choice, user = end_payment(self.request, placed.basket_id), self.request.user
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


def _unfrozen(basket: Any) -> Any:
    return Basket._default_manager.filter(pk=basket.pk, status__in=Basket.editable_statuses)
