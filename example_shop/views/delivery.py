"""The list of deliveries: home, and to a post office, where one press takes the nearest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from deliver_to_po import shop
from example_shop.basket import Basket
from example_shop.checkout import Checkout
from example_shop.forms import DeliveryForm
from example_shop.models import DeliveryMethod
from example_shop.prices import HOME_PRICE
from example_shop.views.pages import checkout_page


@checkout_page
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask how the order is delivered; home delivery forgets the post office, so that the two never mix."""
    checkout = Checkout.of(request)
    if not checkout.contact:
        return redirect("shop:checkout")
    if url := shop.deliver_there(request):
        return _go_on(request, checkout, DeliveryMethod.POST_OFFICE, url)
    withdrawn = shop.withdrawn(Basket.of(request))
    # Home is marked from the beginning: this shop says so.
    form = DeliveryForm(
        request.POST or None, initial={"method": checkout.method or DeliveryMethod.HOME}, withdrawn=withdrawn
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["method"] == DeliveryMethod.POST_OFFICE:
            return _go_on(request, checkout, DeliveryMethod.POST_OFFICE, "deliver_to_po:choose")
        shop.forget_choice(request)
        return _go_on(request, checkout, DeliveryMethod.HOME, "shop:review")
    context = {"step": 2, "form": form, "withdrawn": withdrawn, "contact": checkout.contact, "home_price": HOME_PRICE}
    return render(request, "shop/delivery.html", context)


def _go_on(request: HttpRequest, checkout: Checkout, method: DeliveryMethod, to: str) -> HttpResponse:
    """Keep what was chosen."""
    checkout.method = method
    checkout.save(request)
    return redirect(to)
