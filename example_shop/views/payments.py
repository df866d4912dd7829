"""What the shop hears of a payment: from the payment page's own server, and from the buyer who comes back."""

from decimal import Decimal

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from example_shop.checkout import finish
from example_shop.models import Payment
from example_shop.orders import give_up, settle

PAID, DECLINED = "paid", "declined"
# Beside SECRET_KEY it stands for the key that a payment page shares with a shop.
NEWS_KEY = "payment news"


# No browser calls this, so there is no session and no cookie, and nothing in it is believed before its signature.
@csrf_exempt
@require_POST
def notification(request: HttpRequest) -> HttpResponse:
    """Take the signed news of a payment; it may come twice, late, or when the buyer is no longer there."""
    try:
        token, outcome, paid, currency = signing.loads(request.POST.get("news", ""), salt=NEWS_KEY)
    except signing.BadSignature:
        return HttpResponseForbidden()
    get_object_or_404(Payment, token=token)
    if outcome == PAID:
        settle(token, Decimal(paid), currency, lambda order: request.build_absolute_uri(order.get_absolute_url()))
    elif outcome == DECLINED:
        give_up(token)
    else:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)


@never_cache
@require_safe
def returned(request: HttpRequest, token: str) -> HttpResponse:
    """Welcome the buyer back, perhaps in a new session: to the order, or to the last page of the checkout."""
    order = get_object_or_404(Payment.objects.select_related("order"), token=token).order
    if order is None:
        messages.warning(request, _("The payment was not made. What you entered is kept."))
        return redirect("shop:review")
    finish(request, order)
    return redirect(order)
