"""What every page of an Oscar checkout knows of the post office: mixed into Oscar's ``checkout.session``."""

import logging
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from oscar.apps.checkout.exceptions import FailedPreCondition

from deliver_to_po.contrib.oscar.as_begun import asked_by_its_buyer, basket_as_begun
from deliver_to_po.contrib.oscar.being_paid import has_left, hold_own_choice, resume_payment
from deliver_to_po.contrib.oscar.choice import chose_post_office, reviewed
from deliver_to_po.contrib.oscar.strategy import TaxByProvince
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.shop import draft_id_of, reserved

log = logging.getLogger(__name__)


class PostOfficeSession:
    """Mix it into ``checkout.session.CheckoutSessionMixin``: every view of a checkout then knows of the post office."""

    request: HttpRequest
    checkout_session: Any
    #: What the last ``build_submission`` of this request returned.
    submission: dict[str, Any] | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a buyer whose choice is refused to where they can mend it; nothing has been paid then."""
        built = self.build_submission

        def build_submission(**kwargs: Any) -> dict[str, Any]:
            # What the shop's own class returns is charged: it may be another dictionary than ours.
            self.submission = built(**kwargs)
            return self.submission

        self.build_submission = build_submission  # type: ignore[method-assign]
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
                raise being_placed()
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
            return super().build_submission(**kwargs)  # type: ignore[misc, no-any-return]
        resume_payment(self.request, basket)
        with asked_by_its_buyer(self.request, basket):
            kwargs["basket"] = self.request.basket = basket_as_begun(self.request, basket)  # type: ignore[attr-defined]
            return super().build_submission(**kwargs)  # type: ignore[misc, no-any-return]

    def get_order_totals(self, *args: Any, **kwargs: Any) -> Any:
        """Return Oscar's total in whole cents: each database rounds its own way what a surcharge in percent leaves."""
        total = super().get_order_totals(*args, **kwargs)  # type: ignore[misc]
        if total.is_tax_known:
            total.excl_tax, total.incl_tax = round(total.excl_tax, 2), round(total.incl_tax, 2)
        return total


def being_placed() -> FailedPreCondition:
    """Return what whoever presses again is told while an earlier press is paying."""
    wait = _("Your order is being placed already. Wait a minute, then check your e-mail before you order again.")
    return FailedPreCondition(url=reverse("checkout:thank-you"), message=wait)
