"""What the pages of the checkout have in common."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from example_shop.basket import Basket
from example_shop.checkout import last_order

View = Callable[[HttpRequest], HttpResponse]


def checkout_page(view: View) -> View:
    """Let only visitors with something in the basket through, and let nobody keep what the page shows."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not Basket.of(request).lines():
            return _nothing_to_order(request)
        return view(request)

    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(guarded))


def _nothing_to_order(request: HttpRequest) -> HttpResponse:
    """Say where the goods are: in the order that this visitor has just placed, or gone with an old session."""
    # A button to order that comes here has ordered nothing: another tab took the goods out.
    order = None if "checkout" in request.POST else last_order(request)
    if order is not None:
        messages.info(request, _("You have just ordered this."))
        return redirect(order)
    text = _(
        "Your basket is empty, so there is nothing to order. If you have just ordered, your confirmation is in your "
        "e-mail. If not, this page was open for too long: put the goods into the basket again."
    )
    messages.warning(request, text)
    return redirect("shop:basket")
