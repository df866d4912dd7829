"""The step within another page: fragments without a page around them, and the choice as such a page shows it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_supported_language_variant, override

from deliver_to_po import errors
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.checkout.pages.day_and_price import settled
from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.checkout.pages.office_pages import show, with_query
from deliver_to_po.checkout.pages.privacy_terms import privacy_terms
from deliver_to_po.checkout.pages.recipient_line import PicksUp
from deliver_to_po.checkout.pages.shown_offices import shown_office
from deliver_to_po.checkout.reviewing import review
from deliver_to_po.models import Delivery
from deliver_to_po.offer.news import office_now

FRAGMENT = "deliver_to_po/fragment.html"


def by_element(request: HttpRequest) -> bool:
    """Say whether ``<d2po-step src>`` asks: what it shows is part of a page, and the buyer stays there."""
    return "X-D2PO-Fragment" in request.headers


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether the answer goes into a page that is there already: the element asks, or htmx for a part of a page."""
    whole = "HX-Boosted" in request.headers or "HX-History-Restore-Request" in request.headers
    return by_element(request) or ("HX-Request" in request.headers and not whole)


def in_language_of_element(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer the element in the one language that it asks for, whatever the cookie says.

    A browser's own list of languages is none: the element asks for none where nothing around it has ``lang``.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = request.headers.get("Accept-Language", "")
        try:
            language = get_supported_language_variant(language) if by_element(request) and "," not in language else ""
        except LookupError:
            language = ""
        if not language:
            return view(request, *args, **kwargs)
        with override(language):
            return view(request, *args, **kwargs)

    return answer


def show_choice(request: HttpRequest, pages: Pages, draft: Delivery) -> HttpResponse:
    """Show what is chosen, with its price and what a shop's form sends along; the recipient's form if that is missing.

    Raises what ``review`` does when the choice cannot be ordered.
    """
    try:
        reviewed = review(request)
    except errors.DraftIncomplete:
        return HttpResponseRedirect(reverse("deliver_to_po:recipient"))
    draft, offer = reviewed.draft, reviewed.offer
    context: dict[str, Any] = {
        **privacy_terms(),
        "reviewed": reviewed,
        "office": shown_office(office_now(draft)),
        "picks_up": PicksUp(draft.recipient),
        "told": [settled(offer)] if offer else [],
        "choose_url": with_query(pages.choose, q=display_postal_code(draft.office_postal_code)),
    }
    return show(request, pages, "chosen", context)
