"""What the pages of the checkout have in common."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from example_shop.basket import Basket

View = Callable[[HttpRequest], HttpResponse]


def checkout_page(view: View) -> View:
    """Let only visitors with something in the basket through, and let nobody keep what the page shows."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not Basket.of(request).lines():
            return redirect("shop:basket")
        return view(request)

    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(guarded))
