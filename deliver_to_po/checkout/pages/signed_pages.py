"""What the pages behind a signed link share: language and token are in the path, and around them is no checkout."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from deliver_to_po import errors
from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.checkout.pages.office_pages import show
from deliver_to_po.checkout.pages.views import View
from deliver_to_po.core.choices import Language
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import has_addresses, speaking

T = TypeVar("T")
# The session holds the id of a delivery, and the address of the order's page that led to another choice for it.
BACK_KEY = "deliver_to_po.order_page"
# Longer than the address of any shop's page.
LONGEST_BACK = 500
# Each language in its own words.
NAMES = {Language.ENGLISH: "English", Language.FRENCH: "Français"}
# Why a link leads nowhere.
STATUS = {
    errors.LinkUnknown: 404,
    errors.LinkExpired: 410,
    errors.LinkUsed: 410,
    errors.OrderPageLinkExpired: 410,
    errors.ChoiceClosed: 409,
}


def in_language(view: View) -> View:
    """Answer in the language of the path, and tell no other site the path: it holds the token."""

    @wraps(view)
    def answer(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponse:
        with speaking(language):
            response = view(request, language, *args, **kwargs)
        response["Content-Language"] = language
        # Not "no-referrer": browsers then send no Origin that Django could compare when a form is posted.
        response["Referrer-Policy"] = "same-origin"
        return response

    return answer


def signed(about: Callable[[HttpRequest, str, str], T]) -> Callable[[Callable[..., HttpResponse]], View]:
    """Give a view, in the language of its path, what the link there is ``about``; if it no longer works, say why.

    ``about`` is given the request, the language and the token, and raises what is in STATUS.
    """

    def with_link(view: Callable[..., HttpResponse]) -> View:
        @in_language
        @wraps(view)
        def answer(request: HttpRequest, language: str, token: str, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, about(request, language, token), **kwargs)
            except tuple(STATUS) as error:
                heading = gettext("This cannot be changed here")
                return nothing_there(request, language, heading, str(error), STATUS[type(error)])

        return answer

    return with_link


def nothing_there(request: HttpRequest, language: str, heading: str, why: str, status: int) -> HttpResponse:
    other_language = other_language_of(request, language)
    context = {"heading": heading, "problem_text": why, "back": back_of(request), "other_language": other_language}
    return show(request, no_list(), "again_not", context, status)


def back_of(request: HttpRequest) -> str:
    """Return the address of the order's page that led to this link, ``""`` for none or for another site's."""
    pk, kept = request.session.get(BACK_KEY, ("", ""))
    back = request.GET.get("back", kept if pk and pk in request.path else "")[: LONGEST_BACK + 1]
    here = len(back) <= LONGEST_BACK and back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    return back if here else ""


def no_list() -> Pages:
    """Return the frame of a page from which no office can be chosen."""
    return Pages(app_settings.base_template)


def other_language_of(request: HttpRequest, language: str) -> dict[str, str]:
    """Return code, name and address of the same page in the other language; nothing if the shop has none."""
    [other] = [one for one in Language if one != language]
    match = request.resolver_match
    if match is None or not has_addresses(other.value):
        return {}
    path = reverse(match.view_name, kwargs={**match.kwargs, "language": other.value})
    query = request.META.get("QUERY_STRING", "")
    return {"code": other.value, "name": NAMES[other], "url": f"{path}?{query}" if query else path}
