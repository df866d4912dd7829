"""The pages on which an order's post office is chosen again, by its buyer with a link or by a clerk."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from deliver_to_po import errors
from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.identifiers import comparable_office_id, display_postal_code
from deliver_to_po.canadapost.types import OfficeQuery
from deliver_to_po.checkout.choose_again import choose_again, confirmed_office, keep_recipient, lacks_recipient
from deliver_to_po.checkout.choosing import chosen_office_id
from deliver_to_po.checkout.fair_use import count_change, visitor_of
from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.checkout.pages.office_pages import ListPage, show_office, with_query
from deliver_to_po.checkout.pages.problems import OVER, sent_back
from deliver_to_po.checkout.pages.recipient_page import form_of, show_form
from deliver_to_po.checkout.pages.search_request import SearchRequest
from deliver_to_po.core.language import current_language
from deliver_to_po.models import Delivery
from deliver_to_po.offices.finder import known_office


class Choosing(NamedTuple):
    """The person who chooses the post office of a placed delivery, and the pages to choose it on.

    ``done`` answers when it is chosen, ``suggestion`` returns what fills the recipient's form, ``user`` is the clerk or
    None for the buyer, and ``more`` is added to what the templates are given.
    """

    delivery: Delivery
    pages: Pages
    done: Callable[[Delivery], HttpResponse]
    suggestion: Callable[[], RecipientSuggestion] = RecipientSuggestion
    user: Any = None
    more: Mapping[str, Any] = MappingProxyType({})


def choose(request: HttpRequest, choosing: Choosing) -> HttpResponse:
    """Search for post offices and choose one, for an order that is placed.

    Raises LinkUsed and ChoiceClosed if nothing can be chosen now.
    """
    delivery, pages = choosing.delivery, choosing.pages
    # Not the recipient's postal code: a person who opens the link must learn nothing about them.
    near = display_postal_code(delivery.office_postal_code)
    listing = ListPage(request, pages, lambda: near, more=choosing.more)
    if request.method == "POST":
        search_request = SearchRequest.read(request.POST, pages.choose)
        return listing.answer(search_request, partial(_take, request, choosing, search_request.query_or_none))
    asked = SearchRequest.read(request.GET, pages.choose)
    # Like the step it opens with an answer: near the post office that the order has or had.
    opening = asked or asked._replace(text=near)
    problem = sent_back(request.GET.get("problem", ""), None)
    return listing.show(opening, problem=problem, chosen=chosen_office_id(delivery), arrived=not asked)


def office(request: HttpRequest, choosing: Choosing, office_id: str) -> HttpResponse:
    """Show one post office with its hours."""
    return show_office(request, choosing.pages, office_id, **choosing.more)


def recipient(request: HttpRequest, choosing: Choosing, office_id: str) -> HttpResponse:
    """Name the recipient of an order that has none.

    It is saved even if the office cannot be chosen.
    """
    pages = choosing.pages
    if request.method != "POST" and not lacks_recipient(choosing.delivery):
        return HttpResponseRedirect(pages.choose)
    try:
        office = known_office(office_id, current_language())
    except errors.OfficeNotOffered as error:
        return _send_back(pages, error)
    near, form = display_postal_code(office.postal_code), form_of(request, office, choosing.suggestion())
    if form.is_valid():
        try:
            keep_recipient(choosing.delivery, form.recipient())
            return _take(request, choosing, lambda: None, office_id)
        except OVER:
            raise
        except errors.DeliverToPoError as error:
            return _send_back(pages, error, near)
    return show_form(request, pages, form, office, choose_url=with_query(pages.choose, q=near), **choosing.more)


def repeats(request: HttpRequest, delivery: Delivery, office_id: str) -> bool:
    """Say whether a form is sent again that chose the delivery's office, and its recipient where it named one."""
    if comparable_office_id(office_id) != comparable_office_id(delivery.office_id):
        return False
    form = form_of(request, delivery.office, RecipientSuggestion())
    return "name" not in request.POST or (form.is_valid() and form.recipient() == delivery.recipient)


def _take(
    request: HttpRequest, choosing: Choosing, asked: Callable[[], OfficeQuery | None], office_id: str
) -> HttpResponse:
    """Choose the office, or ask who picks up there; nobody is asked for an office that has closed."""
    if choosing.user is None:
        count_change(request)
    before_asking = visitor_of(request).ask
    offered = confirmed_office(choosing.delivery, office_id, listed_by=asked(), before_asking=before_asking)
    if lacks_recipient(choosing.delivery):
        return HttpResponseRedirect(f"{choosing.pages.choose}recipient/{office_id}/")
    return choosing.done(choose_again(choosing.delivery, offered, user=choosing.user))


def _send_back(pages: Pages, error: errors.DeliverToPoError, near: str = "") -> HttpResponse:
    return HttpResponseRedirect(with_query(pages.choose, q=near, problem=error.code))
