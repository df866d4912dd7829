"""The way to an order: who you are, how it is delivered, a last look."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from deliver_to_po import shop
from deliver_to_po.errors import DeliverToPoError
from example_shop.basket import Basket
from example_shop.checkout import Checkout, finish, owns
from example_shop.forms import ContactForm, DeliveryForm, contact_as_typed
from example_shop.models import DeliveryMethod, Order
from example_shop.orders import Choice, begin_payment, pay, place_order
from example_shop.prices import SHIPPING
from example_shop.purchase import Purchase

View = Callable[[HttpRequest], HttpResponse]


def _checkout_page(view: View) -> View:
    """Let only visitors with something in the basket through, and let nobody keep what the page shows."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not Basket(request).lines():
            return redirect("shop:basket")
        return view(request)

    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(guarded))


@_checkout_page
def contact(request: HttpRequest) -> HttpResponse:
    """Ask who buys and where they live."""
    checkout = Checkout.of(request)
    form = ContactForm(request.POST or None, initial=contact_as_typed(checkout.contact))
    if request.method == "POST" and form.is_valid():
        checkout.contact = form.cleaned_data
        checkout.save(request)
        return redirect("shop:delivery")
    return render(request, "shop/contact.html", {"form": form, "step": 1})


@_checkout_page
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask how the order is delivered; home delivery forgets the post office, so that the two never mix."""
    checkout = Checkout.of(request)
    if not checkout.contact:
        return redirect("shop:checkout")
    form = DeliveryForm(
        request.POST or None,
        initial={"method": checkout.method},
        fits=Basket(request).fits_post_office(),
        withdrawn=shop.withdrawn(),
    )
    if request.method == "POST" and form.is_valid():
        checkout.method = form.cleaned_data["method"]
        checkout.save(request)
        if checkout.method == DeliveryMethod.POST_OFFICE:
            return redirect("deliver_to_po:choose")
        shop.forget_choice(request)
        return redirect("shop:review")
    context = {
        "form": form,
        "step": 2,
        "contact": checkout.contact,
        "home_price": SHIPPING[DeliveryMethod.HOME],
        "post_office_price": SHIPPING[DeliveryMethod.POST_OFFICE],
    }
    return render(request, "shop/delivery.html", context)


def review(request: HttpRequest) -> HttpResponse:
    """Show everything once more; a POST places the order and pays, or goes to the payment page."""
    placed = _placed_before(request)
    if placed and (request.method == "POST" or placed.is_paid):
        return _to_order(request, placed)
    return _review(request)


@_checkout_page
def _review(request: HttpRequest) -> HttpResponse:
    checkout, basket = Checkout.of(request), Basket(request)
    if not checkout.contact:
        return redirect("shop:checkout")
    if not checkout.method or (checkout.method == DeliveryMethod.POST_OFFICE and not basket.fits_post_office()):
        return redirect("shop:delivery")
    checkout.save(request)
    purchase = Purchase.of(checkout, basket.lines(), (get_language() or "en")[:2])
    try:
        choice = shop.review(request) if checkout.method == DeliveryMethod.POST_OFFICE else None
        if choice and choice.order:
            return _to_order(request, choice.order)
        if request.method == "POST" and _total_as_shown(request, purchase):
            return _buy(request, checkout.token, purchase, choice)
    except DeliverToPoError as error:
        if placed := _placed_before(request):
            # The first press of a double one has won meanwhile.
            return _to_order(request, placed)
        if error.url:
            # The step says there what is wrong.
            return redirect(error.url)
        messages.warning(request, str(error))
        return redirect("shop:review")
    context = {
        "step": 3,
        "checkout": checkout,
        "lines": basket.lines(),
        "totals": purchase.amounts,
        "draft": choice and choice.draft,
        "seen": choice.seen if choice else "",
        "summary": choice and choice.summary,
    }
    return render(request, "shop/review.html", context)


def _buy(request: HttpRequest, token: str, purchase: Purchase, choice: shop.Review | None) -> HttpResponse:
    """Place and pay, or let the buyer pay elsewhere first; raises DeliverToPoError, and nothing is kept then."""
    seen = Choice(str(choice.draft.pk), request.POST.get("seen", "")) if choice else Choice()
    if request.POST.get("pay") == "elsewhere":
        return redirect("shop:pay", begin_payment(token, purchase, seen, Basket(request)).token)
    return _to_order(request, place_order(token, purchase, seen))


def _total_as_shown(request: HttpRequest, purchase: Purchase) -> bool:
    """Say whether the buyer has seen the total that would be charged; another tab may have changed the basket."""
    if request.POST.get("total") == str(purchase.amounts.total):
        return True
    messages.warning(request, _("Your basket has changed. Please check the new total."))
    return False


def _placed_before(request: HttpRequest) -> Order | None:
    """Return the order that an earlier press of the same button made, or a payment that has come meanwhile."""
    own = Checkout.of(request).token
    token = request.POST.get("checkout", own).replace("\0", "")
    order = Order.made_in(token).first()
    if order and (token == own or owns(request, order)):
        return order
    return None


def _to_order(request: HttpRequest, order: Order) -> HttpResponse:
    """Pay, unless it is paid, and show the order."""
    pay(order, request.build_absolute_uri(order.get_absolute_url()))
    finish(request, order)
    return redirect(order)
