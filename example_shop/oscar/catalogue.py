"""The first page: every product. Oscar's own asks a search engine, which this shop has none of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from oscar.core.loading import get_model


def products(request: HttpRequest) -> HttpResponse:
    """Show them."""
    every = get_model("catalogue", "Product").objects.browsable().base_queryset()
    return render(request, "oscar_shop/products.html", {"products": every})
