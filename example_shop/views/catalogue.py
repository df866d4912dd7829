"""Looking around and filling the basket."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from example_shop.basket import MAX_QUANTITY, Basket
from example_shop.forms import CouponForm, QuantityForm
from example_shop.models import Product
from example_shop.prices import COUPONS, FREE_FROM


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show everything that is sold."""
    return render(request, "shop/home.html", {"products": Product.objects.all()})


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product; a POST puts it into the basket."""
    shown = get_object_or_404(Product, slug=slug)
    form = QuantityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        basket = Basket.of(request)
        basket.put(shown, basket.quantity(shown) + form.cleaned_data["quantity"])
        messages.success(request, _("%(product)s is in your basket.") % {"product": shown.name})
        return redirect("shop:basket")
    return render(request, "shop/product.html", {"product": shown, "form": form, "most": MAX_QUANTITY})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def basket(request: HttpRequest) -> HttpResponse:
    """Show the basket; a POST changes how many of one product are in it."""
    kept = Basket.of(request)
    if request.method == "POST":
        form = QuantityForm(request.POST)
        changed = get_object_or_404(Product, slug=request.POST.get("product", "").replace("\0", ""))
        if form.is_valid():
            kept.put(changed, form.cleaned_data["quantity"])
        else:
            messages.error(request, _("Enter a quantity from 0 to %(most)s.") % {"most": MAX_QUANTITY})
        return redirect("shop:basket")
    return _show(request, kept, CouponForm(initial={"coupon": kept.coupon}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def coupon(request: HttpRequest) -> HttpResponse:
    """Take a coupon, or take it out; what is wrong with one is said beside it, and the former one stays."""
    kept, form = Basket.of(request), CouponForm(request.POST)
    if request.method == "POST":
        if not form.is_valid():
            return _show(request, kept, form)
        kept.coupon = form.cleaned_data["coupon"]
    # Where a form is shown again, a change of language comes here.
    return redirect("shop:basket")


def _show(request: HttpRequest, basket: Basket, form: CouponForm) -> HttpResponse:
    context = {
        "lines": basket.lines(),
        "basket": basket,
        "percent": COUPONS.get(basket.coupon),
        "coupon_form": form,
        "free_from": FREE_FROM,
        "is_free": basket.worth >= FREE_FROM,
        "most": MAX_QUANTITY,
    }
    return render(request, "shop/basket.html", context)
