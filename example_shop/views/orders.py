"""The buyer's page of an order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deliver_to_po.shop import delivery_of
from example_shop.models import Order


@never_cache
@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was ordered and where it goes, to whoever holds the address: it is in the buyer's e-mail."""
    shown = get_object_or_404(Order, token=token)
    context = {
        "order": shown,
        "lines": shown.sold,
        "totals": shown,
        "delivery": delivery_of(shown),
    }
    return render(request, "shop/order.html", context)
