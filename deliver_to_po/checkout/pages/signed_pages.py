"""What the pages behind a signed link share: language and token are in the path, and around them is no checkout."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.core.choices import Language
from deliver_to_po.core.conf import app_settings

# Each language in its own words.
NAMES = {Language.ENGLISH: "English", Language.FRENCH: "Français"}
View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """Answer in the language of the path, and tell no other site the path: it holds the token."""

    @wraps(view)
    def answer(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponse:
        with override(language):
            response = view(request, language, *args, **kwargs)
        response["Content-Language"] = language
        # Not "no-referrer": browsers then send no Origin that Django could compare when a form is posted.
        response["Referrer-Policy"] = "same-origin"
        return response

    return answer


def no_list() -> Pages:
    """Return the frame of a page from which no office can be chosen."""
    return Pages(choose="", heading="", lead="", home_delivery="", base_template=app_settings.base_template)


def other_language_of(request: HttpRequest, language: str) -> dict[str, str]:
    """Return code, name and address of the same page in the other language."""
    [other] = [one for one in Language if one != language]
    match = request.resolver_match
    if match is None:
        return {}
    path = reverse(match.view_name, kwargs={**match.kwargs, "language": other.value})
    query = request.META.get("QUERY_STRING", "")
    return {"code": other.value, "name": NAMES[other], "url": f"{path}?{query}" if query else path}
