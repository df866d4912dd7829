"""What the step is compared with: its template rendered from data that are ready, with and without a bare call."""

import os
from functools import cache
from typing import Any
from unittest.mock import patch

import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from deliver_to_po.canadapost.portal.auth import PATH as TOKEN_PATH
from deliver_to_po.canadapost.portal.client import API
from deliver_to_po.checkout.pages import office_pages, step
from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.checkout.pages.nearest import entry
from deliver_to_po.templatetags import deliver_to_po as tags
from example_shop.views import delivery

TIMEOUT_SECONDS = 10
_ready: dict[str, Any] = {}
_flat: dict[str, Any] = {}


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
    answer = _session().get(f"{_url()}{API.offices.path}", params=params, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return render(request, "deliver_to_po/choose.html", _ready)


def flat(request: HttpRequest) -> HttpResponse:
    """Show the shop's own list of methods with the entry that the first request found: nobody is asked for it."""
    if not _flat:
        _flat.update(entry(request))
    with patch.object(tags, "entry", lambda _request: _flat):
        return delivery.delivery(request)


def _context(request: HttpRequest) -> dict[str, Any]:
    """Return what the step would render for ``request``."""
    found: dict[str, Any] = {}

    def keep(_request: HttpRequest, pages: Pages, _page: str, context: dict[str, Any], *_status: int) -> HttpResponse:
        found.update(context, pages=pages, base_template=pages.base_template)
        return HttpResponse()

    with patch.object(office_pages, "show", keep):
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
