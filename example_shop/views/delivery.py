"""The list of deliveries: home, and what Canada Post offers to a post office, with price, day, or why not."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from deliver_to_po import shop
from deliver_to_po.adapter import Service
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.models import Delivery
from deliver_to_po.shop import Offer, PriceKind
from example_shop.basket import Basket
from example_shop.checkout import Checkout
from example_shop.forms import DeliveryForm
from example_shop.models import DeliveryMethod
from example_shop.prices import HOME_PRICE
from example_shop.views.pages import checkout_page


@checkout_page
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask how the order is delivered; home delivery forgets the post office, so that the two never mix.

    Makes no call: what is not known yet a worker asks, and so does the page's script after it is shown.
    """
    checkout, basket = Checkout.of(request), Basket.of(request)
    if not checkout.contact:
        return redirect("shop:checkout")
    near = _near(request, checkout)
    offers = shop.offers(basket, near)
    if _some_are_missing(offers):
        shop.ask_for_offers(basket, near)
    form = DeliveryForm(request.POST or None, initial={"method": _chosen(checkout, basket)}, offers=offers)
    if request.method == "POST" and form.is_valid():
        return _choose(request, checkout, basket, form.cleaned_data["method"])
    return render(request, "shop/delivery.html", {"step": 2, **_methods(form, checkout, offers)})


@checkout_page
def prices(request: HttpRequest) -> HttpResponse:
    """Answer the list once more, for the page's script, after asking Canada Post what is not known yet."""
    checkout, basket = Checkout.of(request), Basket.of(request)
    offers = shop.fetch_offers(request, basket, _near(request, checkout))
    form = DeliveryForm(initial={"method": _chosen(checkout, basket)}, offers=offers)
    return render(request, "shop/methods.html", _methods(form, checkout, offers))


def _near(request: HttpRequest, checkout: Checkout) -> str | Delivery:
    """Return the draft whose post office is chosen, else the buyer's own postal code."""
    with suppress(DeliverToPoError):
        draft = shop.draft_of(request)
        if draft is not None and draft.office_id:
            return draft
    return checkout.contact.get("postal_code", "")


def _chosen(checkout: Checkout, basket: Basket) -> str:
    return basket.service if checkout.method == DeliveryMethod.POST_OFFICE else checkout.method


def _some_are_missing(offers: list[Offer]) -> bool:
    """Say whether Canada Post has not lately said what it asks for one of them."""
    return any(offer.available and offer.price_kind != PriceKind.FRESH for offer in offers)


def _methods(form: DeliveryForm, checkout: Checkout, offers: list[Offer]) -> dict[str, Any]:
    """Return what the list shows. Where no service goes, the option is told once, with the reason."""
    available = any(offer.available for offer in offers)
    return {
        "form": form,
        "contact": checkout.contact,
        "home_price": HOME_PRICE,
        "offers": offers if available else [],
        "reason": "" if available or not offers else offers[0].reason,
        "asks": _some_are_missing(offers),
    }


def _choose(request: HttpRequest, checkout: Checkout, basket: Basket, method: str) -> HttpResponse:
    """Keep what was chosen, and go on: to the post offices, or to the last look."""
    if method == DeliveryMethod.HOME:
        checkout.method = method
        checkout.save(request)
        shop.forget_choice(request)
        return redirect("shop:review")
    basket.service = Service(method)
    checkout.method = DeliveryMethod.POST_OFFICE
    checkout.save(request)
    # A post office that is chosen already stays; where there is none, the basket says by which service.
    with suppress(DeliverToPoError):
        shop.choose_service(request, method)
    return redirect("deliver_to_po:choose")
