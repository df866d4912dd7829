"""The way to an order: who you are, and a last look."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliver_to_po import shop
from deliver_to_po.errors import DeliverToPoError, NotMailable, PriceUnknown
from example_shop.basket import Basket
from example_shop.checkout import Checkout, finish, owns
from example_shop.forms import PROVINCES, ContactForm, contact_as_typed
from example_shop.models import DeliveryMethod, Order
from example_shop.orders import Choice, begin_payment, pay, place_order
from example_shop.prices import HOME_PRICE
from example_shop.purchase import Purchase
from example_shop.views.pages import checkout_page


@checkout_page
def contact(request: HttpRequest) -> HttpResponse:
    """Ask who buys and where they live."""
    checkout = Checkout.of(request)
    form = ContactForm(request.POST or None, initial=contact_as_typed(checkout.contact))
    if request.method == "POST" and form.is_valid():
        checkout.name_buyer(request, form.cleaned_data)
        return redirect("shop:delivery")
    return render(request, "shop/contact.html", {"form": form, "step": 1})


@checkout_page
def one_page(request: HttpRequest) -> HttpResponse:
    """Ask everything on one page, with the list of post offices in it; what has been shown there is bought."""
    if placed := _placed_before(request):
        return _to_order(request, placed)
    checkout, basket = Checkout.of(request), Basket.of(request)
    form = ContactForm(request.POST or None, initial=contact_as_typed(checkout.contact))
    if request.method == "POST":
        ready = form.is_valid() and form.cleaned_data == checkout.contact
        if request.POST.get("method") in DeliveryMethod.values:
            checkout.method = request.POST["method"]
        checkout.save(request)
        if form.is_valid() and not ready:
            checkout.name_buyer(request, form.cleaned_data)
        if "choose" in request.POST and form.is_valid():
            return redirect("deliver_to_po:choose")
        if "buy" in request.POST and ready:
            return review(request)
        if "buy" in request.POST and form.is_valid():
            messages.warning(request, _("Your order has changed. Check the delivery and the total."))
        if "update" in request.POST:
            # Nobody has finished yet: nothing is marked as wrong.
            form = ContactForm(initial=request.POST)
    checkout.save(request)
    shown = _shown(request, checkout, basket)
    if isinstance(shown, Order):
        return _to_order(request, shown)
    context = {"form": form, "home_price": HOME_PRICE, "withdrawn": shop.withdrawn(basket), "checkout": checkout}
    return render(request, "shop/one_page.html", {**context, **shown})


def _shown(request: HttpRequest, checkout: Checkout, basket: Basket) -> dict[str, object] | Order:
    """Return what the page shows of the order, or what it lacks; the order if it is placed."""
    if not (checkout.contact and checkout.method):
        return {}
    try:
        choice = shop.review(request) if checkout.method == DeliveryMethod.POST_OFFICE else None
        if choice and choice.order:
            order: Order = choice.order
            return order
        purchase = _purchase(checkout, basket, choice)
    except DeliverToPoError as error:
        return {"lacks": str(error)}
    return {
        "lines": basket.lines(),
        "totals": purchase.amounts,
        "choice": choice,
        "seen": choice.seen if choice else "",
        "changed": _what_changed(request, checkout, choice),
    }


def review(request: HttpRequest) -> HttpResponse:
    """Show everything once more; a POST places the order and pays, or goes to the payment page."""
    placed = _placed_before(request)
    if placed and (request.method == "POST" or placed.is_paid):
        return _to_order(request, placed)
    return _review(request)


@checkout_page
def _review(request: HttpRequest) -> HttpResponse:
    checkout, basket = Checkout.of(request), Basket.of(request)
    if not checkout.contact:
        return redirect("shop:checkout")
    if not checkout.method:
        return redirect("shop:delivery")
    checkout.save(request)
    try:
        choice = shop.review(request) if checkout.method == DeliveryMethod.POST_OFFICE else None
        if choice and choice.order:
            return _to_order(request, choice.order)
        purchase = _purchase(checkout, basket, choice)
        if request.method == "POST" and _as_shown(request, purchase, choice):
            return _buy(request, checkout.token, purchase, choice)
    except DeliverToPoError as error:
        return _mend(request, error)
    for change in _what_changed(request, checkout, choice):
        messages.warning(request, change)
    context = {
        "step": 3,
        "checkout": checkout,
        "lines": basket.lines(),
        "totals": purchase.amounts,
        "draft": choice and choice.draft,
        "seen": choice.seen if choice else "",
    }
    return render(request, "shop/review.html", context)


def _purchase(checkout: Checkout, basket: Basket, choice: shop.Review | None) -> Purchase:
    """Return what is bought: for the price on the draft and the taxes of the post office's province, or for home's."""
    language = (get_language() or "en")[:2]
    if choice is None:
        return Purchase.of(checkout, basket, language, HOME_PRICE, checkout.contact["province"])
    if choice.draft.price is None:
        # A review refuses that, where prices are kept: what is missing is never charged as 0.
        raise PriceUnknown
    return Purchase.of(checkout, basket, language, choice.draft.price, choice.draft.office_province)


def _mend(request: HttpRequest, error: DeliverToPoError) -> HttpResponse:
    """Send the buyer where it is said what is wrong, and can be mended."""
    if placed := _placed_before(request):
        # The first press of a double one has won meanwhile.
        return _to_order(request, placed)
    if isinstance(error, NotMailable):
        # The list of deliveries says why, and which others there are.
        return redirect("shop:delivery")
    if error.url:
        # The step says there what is wrong.
        return redirect(error.url)
    messages.warning(request, str(error))
    return redirect("shop:review")


def _what_changed(request: HttpRequest, checkout: Checkout, choice: shop.Review | None) -> list[str]:
    """Return, once, that the delivery has another price than it had, and that another province's taxes are charged."""
    changes = [choice.notice] if choice and choice.notice else []
    province = choice.draft.office_province if choice else checkout.contact["province"]
    if checkout.taxed_in not in ("", province):
        taxed_in = {"province": dict(PROVINCES).get(province, province)}
        changes.append(_("Taxes have changed: your order will now be delivered to %(province)s.") % taxed_in)
    checkout.taxed_in = province
    checkout.save(request)
    return changes


def _buy(request: HttpRequest, token: str, purchase: Purchase, choice: shop.Review | None) -> HttpResponse:
    """Place and pay, or let the buyer pay elsewhere first; raises DeliverToPoError, and nothing is kept then."""
    seen = Choice(str(choice.draft.pk), choice.seen) if choice else Choice()
    if request.POST.get("pay") == "elsewhere":
        return redirect("shop:pay", begin_payment(token, purchase, seen, Basket.of(request)).token)
    return _to_order(request, place_order(token, purchase, seen))


def _as_shown(request: HttpRequest, purchase: Purchase, choice: shop.Review | None) -> bool:
    """Say whether the buyer has seen the total that would be charged, and the post office that it is counted for."""
    shown = str(purchase.amounts.total), choice.seen if choice else ""
    if (request.POST.get("total"), request.POST.get("seen", "")) == shown:
        return True
    messages.warning(request, _("Your order has changed. Check the delivery and the total."))
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
