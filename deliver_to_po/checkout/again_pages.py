"""The pages on which an order's post office is chosen again, whoever chooses: its buyer by a link, or a clerk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from deliver_to_po import errors
from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.checkout import picking
from deliver_to_po.checkout.choose_again import (
    choose_again,
    confirmed_office,
    keep_recipient,
    lacks_recipient,
    price_to,
)
from deliver_to_po.checkout.choosing import chosen_office_id
from deliver_to_po.checkout.fair_use import count_question
from deliver_to_po.checkout.forms import RecipientForm, initial_recipient
from deliver_to_po.checkout.pages import Pages
from deliver_to_po.checkout.problems import OFFICES, Problem, sent_back
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.checkout.shown import shown_office
from deliver_to_po.conf import app_settings
from deliver_to_po.language import current_language
from deliver_to_po.models import Delivery
from deliver_to_po.offices.finder import known_office
from deliver_to_po.privacy import UNFINISHED_FOR

# Not for the page to tell: the link or the button leads nowhere any more.
OVER = (errors.LinkUnknown, errors.LinkUsed, errors.ChoiceClosed)


@dataclass(frozen=True, slots=True)
class Choosing:
    """Somebody who chooses the post office of a placed delivery, and where.

    ``done`` answers when it is chosen, ``suggestion`` tells whom the recipient's form is filled with, ``user`` is the
    clerk, None for the buyer, and ``more`` is what the pages' templates are given beside the rest.
    """

    delivery: Delivery
    pages: Pages
    done: Callable[[Delivery], HttpResponse]
    suggestion: Callable[[], RecipientSuggestion] = RecipientSuggestion
    user: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)


def choose(request: HttpRequest, choosing: Choosing) -> HttpResponse:
    """Search for post offices and choose one; raises LinkUsed and ChoiceClosed when there is nothing to choose now."""
    delivery, pages = choosing.delivery, choosing.pages

    def suggested() -> str:
        # Not the recipient's: whoever opens the link learns nothing of them.
        return display_postal_code(delivery.office_postal_code)

    def show(search_request: SearchRequest, **said: Any) -> HttpResponse:
        return picking.show_offices(request, pages, search_request, suggested=suggested, **choosing.more, **said)

    if request.method != "POST":
        problem = sent_back(request.GET.get("problem", ""), None)
        asked = SearchRequest.read(request.GET, pages.choose)
        # Like the step it opens with an answer: near the post office that the order has or had.
        opening = asked or replace(asked, text=suggested())
        return show(opening, problem=problem, chosen=chosen_office_id(delivery), arrived=not asked)
    search_request = SearchRequest.read(request.POST, pages.choose)
    if "search" in request.POST:
        return picking.redirect_to_search(request, pages, search_request, suggested, **choosing.more)
    office_id = picking.picked(request)
    if not office_id:
        return show(search_request, problem=picking.none_picked())
    try:
        if lacks_recipient(delivery):
            confirmed_office(delivery, office_id, before_asking=partial(count_question, request))
            return HttpResponseRedirect(f"{pages.choose}recipient/{office_id}/")
        return _chosen(request, choosing, office_id)
    except OVER:
        raise
    except errors.DeliverToPoError as error:
        return show(search_request, problem=Problem.of(error, OFFICES), chosen=office_id)


def office(request: HttpRequest, choosing: Choosing, office_id: str) -> HttpResponse:
    """Show one post office with its hours."""
    return picking.show_office(request, choosing.pages, office_id, **choosing.more)


def recipient(request: HttpRequest, choosing: Choosing, office_id: str) -> HttpResponse:
    """Say who picks the parcel up, where nobody has said so yet; what was typed is kept even if the office is not."""
    pages, problem = choosing.pages, None
    if request.method != "POST" and not lacks_recipient(choosing.delivery):
        return HttpResponseRedirect(pages.choose)
    try:
        office = known_office(office_id, current_language())
    except errors.OfficeNotOffered as error:
        return _send_back(pages, error)
    form = RecipientForm(
        request.POST if request.method == "POST" else None,
        office=office,
        initial=initial_recipient(choosing.suggestion()),
    )
    if form.is_valid():
        keep_recipient(choosing.delivery, form.recipient())
        try:
            return _chosen(request, choosing, office_id)
        except OVER:
            raise
        except errors.TooManySearches as error:
            problem = Problem.of(error)
        except errors.DeliverToPoError as error:
            return _send_back(pages, error)
    context = {
        **choosing.more,
        "problem": problem,
        "form": form,
        "office": shown_office(office),
        "choose_url": picking.with_query(pages.choose, q=display_postal_code(office.postal_code)),
        "keep_days": app_settings.recipient_lifetime.days,
        "unfinished_days": UNFINISHED_FOR.days,
        "privacy_officer": app_settings.privacy_officer,
    }
    return picking.show(request, pages, "recipient", context, problem.status if problem else 200)


def _chosen(request: HttpRequest, choosing: Choosing, office_id: str) -> HttpResponse:
    before_asking = partial(count_question, request)
    offered = confirmed_office(choosing.delivery, office_id, before_asking=before_asking)
    price = price_to(choosing.delivery, offered.office, before_asking=before_asking)
    return choosing.done(choose_again(choosing.delivery, offered, price=price, user=choosing.user))


def _send_back(pages: Pages, error: errors.DeliverToPoError) -> HttpResponse:
    return HttpResponseRedirect(picking.with_query(pages.choose, problem=error.code))
