"""Payment, which is only played here: a card, or a page elsewhere that the buyer comes back from."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.generic import View
from oscar.apps.checkout import views
from oscar.apps.payment.exceptions import RedirectRequired, UnableToTakePayment
from oscar.core.loading import get_class, get_model

OrderPlacementMixin: Any = get_class("checkout.mixins", "OrderPlacementMixin")


class PaymentDetailsView(views.PaymentDetailsView):
    """Takes the payment in the way that the preview's form names."""

    def handle_payment(self, order_number: Any, total: Any, **kwargs: Any) -> None:
        """Take the card, decline it, or send the buyer elsewhere."""
        match self.request.POST.get("pay"):
            case "declined":
                raise UnableToTakePayment(_("Your card was declined. Nothing was paid."))
            case "elsewhere":
                asked = {"amount": str(total.incl_tax), "currency": total.currency, "reference": get_random_string(12)}
                token = signing.dumps({"attempt": self.payment_attempt(), "order": str(order_number), **asked})
                raise RedirectRequired(reverse("pay-elsewhere", args=[token]))
        note_payment(self, total.incl_tax, total.currency)


class PaidView(OrderPlacementMixin, View):
    """Where the payment page sends a buyer back to."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Place the order that was paid for, or give basket and choice back."""
        paid = signed(request.POST.get("paid", ""))
        if not paid.get("succeeded"):
            self.restore_frozen_basket(paid["attempt"])
            messages.warning(request, _("Nothing was paid. Your basket and your choice are kept."))
            return redirect("checkout:preview")
        submission = self.paid_submission(paid["attempt"], paid["reference"])
        # Whatever was paid, there is an order; one of another amount is held.
        note_payment(self, Decimal(paid["amount"]), paid["currency"], paid["reference"])
        placed: HttpResponse = self.handle_order_placement(**submission)
        return placed


def note_payment(view: Any, amount: Decimal, currency: str, reference: str = "") -> None:
    """Let Oscar keep with the order what was paid."""
    kind, _made = get_model("payment", "SourceType").objects.get_or_create(code="demo", defaults={"name": "Demo"})
    source = get_model("payment", "Source")(
        source_type=kind, currency=currency, amount_allocated=amount, amount_debited=amount, reference=reference
    )
    view.add_payment_source(source)
    view.add_payment_event("Paid", amount)


def signed(token: str) -> dict[str, Any]:
    """Return what was signed within the last hour; raises Http404 for anything else."""
    try:
        values: dict[str, Any] = signing.loads(token, max_age=3600)
    except signing.BadSignature:
        raise Http404(_("This payment is not known here. If you have paid, write to us.")) from None
    return values


def pay_elsewhere(request: HttpRequest, token: str) -> HttpResponse:
    """Play the payment provider's page: its two buttons send the buyer back with what it has signed."""
    payment = signed(token)
    answers = {name: signing.dumps({**payment, "succeeded": name == "pay"}) for name in ("pay", "cancel")}
    return render(request, "oscar_shop/pay.html", {"amount": Decimal(payment["amount"]), "answers": answers})
