"""A pretended payment page: it stands for somebody else's, which knows nothing of the shop's sessions."""

from io import BytesIO
from urllib.parse import urlencode

from django.core import signing
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from example_shop.models import Payment
from example_shop.prices import CURRENCY
from example_shop.views.payments import DECLINED, NEWS_KEY, PAID, notification

# What each button makes this page tell the shop, in this order.
NEWS = {
    "pay": (PAID,),
    "decline": (DECLINED,),
    "pay-twice": (PAID, PAID),
    "pay-and-leave": (PAID,),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the money; a POST tells the shop what came of it, then sends the buyer back there."""
    payment = get_object_or_404(Payment, token=token)
    translation.activate(payment.language)
    if request.method != "POST":
        return render(request, "pay/page.html", {"payment": payment})
    button = request.POST.get("button", "")
    if button not in NEWS:
        return HttpResponseBadRequest()
    for outcome in NEWS[button]:
        _tell_the_shop(request, payment, outcome)
    if button == "pay-and-leave":
        return render(request, "pay/left.html", {"payment": payment})
    return redirect("shop:returned", payment.token)


def news(payment: Payment, outcome: str, paid: str = "", currency: str = CURRENCY) -> dict[str, str]:
    """Return what the shop is told of a payment, signed: what came of it, and how much was ``paid``."""
    told = [payment.token, outcome, paid or str(payment.total), currency]
    return {"news": signing.dumps(told, salt=NEWS_KEY)}


def _tell_the_shop(request: HttpRequest, payment: Payment, outcome: str) -> None:
    """Call the shop as another server would: with none of the buyer's cookies."""
    body = urlencode(news(payment, outcome)).encode()
    call = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": reverse("shop:notification"),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": request.scheme,
        "HTTP_HOST": request.get_host(),
    }
    notification(WSGIRequest(call))
