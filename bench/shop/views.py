"""What the step is compared with: its template rendered from data that are ready, with and without a bare call."""

import os
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from deliver_to_po import shop
from deliver_to_po.canadapost.portal.auth import PATH as TOKEN_PATH
from deliver_to_po.canadapost.portal.postoffices import SEARCH_PATH
from deliver_to_po.checkout import picking
from deliver_to_po.checkout import views as step
from deliver_to_po.checkout.pages import Pages
from deliver_to_po.shop import Offer, PriceKind
from example_shop.basket import Basket
from example_shop.prices import FALLBACK_PRICES
from example_shop.views import delivery

TIMEOUT_SECONDS = 10
_ready: dict[str, Any] = {}
# As much is shown of each as the shop shows: only where it comes from is another matter.
FLAT_OFFERS = [
    Offer(service, True, price=price, price_kind=PriceKind.FRESH, price_from=True, expected_from=date(2026, 12, 24))
    for service, price in FALLBACK_PRICES.items()
]


def _flat_offers(basket: Basket, near: object) -> list[Offer]:
    """Return the same for every basket, unless the option is withdrawn, as any shop must know."""
    return [] if shop.withdrawn() else FLAT_OFFERS


FLAT = SimpleNamespace(offers=_flat_offers, draft_of=shop.draft_of)


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Render the step's page from what the first request found."""
    if not _ready:
        _ready.update(_context(request))
    return render(request, "deliver_to_po/choose.html", _ready)


@never_cache
def bare(request: HttpRequest) -> HttpResponse:
    """Ask the emulator by hand for offices near ``q``, leave the answer unread, and render the page that is ready."""
    params = {"d2po": "true", "maximum": "50", "postalCode": request.GET["q"]}
    answer = _session().get(f"{_url()}{SEARCH_PATH}", params=params, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return render(request, "deliver_to_po/choose.html", _ready)


def flat(request: HttpRequest) -> HttpResponse:
    """Show the shop's own list of methods, as a shop does that has a flat price and asks nobody."""
    with patch.object(delivery, "shop", FLAT):
        return delivery.delivery(request)


def _context(request: HttpRequest) -> dict[str, Any]:
    """Return what the step would render for ``request``."""
    found: dict[str, Any] = {}

    def keep(_request: HttpRequest, pages: Pages, _page: str, context: dict[str, Any], *_status: int) -> HttpResponse:
        found.update(context, pages=pages, base_template=pages.base_template)
        return HttpResponse()

    with patch.object(picking, "show", keep):
        step.choose(request)
    return found


@cache
def _session() -> requests.Session:
    account = settings.DELIVER_TO_PO["CANADA_POST"]
    form = {
        "grant_type": "client_credentials",
        "scope": "merchant",
        "client_id": account["CLIENT_ID"],
        "client_secret": account["CLIENT_SECRET"],
    }
    session = requests.Session()
    token = session.post(_url() + TOKEN_PATH, data=form, timeout=TIMEOUT_SECONDS).json()["access_token"]
    session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
    return session


def _url() -> str:
    return os.environ["CANADA_POST_URL"]
