"""The buyer's step over HTTP: requests in, pages out. What happens is decided by the use cases beside this module."""

from contextlib import suppress
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import errors
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.identifiers import comparable_office_id, display_postal_code
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.choosing import chosen_office_id, known_postal_code
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.last_office import remember
from deliver_to_po.checkout.office_hours import fetch_hours
from deliver_to_po.checkout.pages import arriving
from deliver_to_po.checkout.pages.day_and_price import fetch_pick_ups
from deliver_to_po.checkout.pages.headings import Pages, pages_of_step
from deliver_to_po.checkout.pages.list_for_buyer import Buyer
from deliver_to_po.checkout.pages.nearest import fetch_entry
from deliver_to_po.checkout.pages.office_pages import ListPage, picked, show_office
from deliver_to_po.checkout.pages.problems import Problem, placed_already, sent_back
from deliver_to_po.checkout.pages.recipient_line import CHANGE, SHOWN, ask_who, has_said_who
from deliver_to_po.checkout.pages.recipient_page import form_of, show_form
from deliver_to_po.checkout.pages.search_request import LONGEST_NUMBER, SearchRequest
from deliver_to_po.checkout.pages.shown_offices import shown_office
from deliver_to_po.checkout.pages.taking import Pressed, next_page, take
from deliver_to_po.checkout.pages.views import page, page_with_form
from deliver_to_po.checkout.pages.within_a_page import FRAGMENT, in_language_of_element, show_choice, wants_fragment
from deliver_to_po.checkout.recipients.as_suggested import known_to
from deliver_to_po.checkout.recipients.form import RecipientForm
from deliver_to_po.checkout.recipients.recipient import keep_in, name_recipient, with_office
from deliver_to_po.checkout.session import SessionChoice, draft_id_of, draft_of, draft_to_change
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import language_of, speaking
from deliver_to_po.host.asking import cart_of, home_delivery_url_of
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import refuse_list_while_paused
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.offer.news import office_now


@page_with_form
@in_language_of_element
@asked_once(bounded=True)
def choose(request: HttpRequest) -> HttpResponse:
    """Search for post offices and choose one."""
    draft, pages, refused = draft_to_change(request), _pages(request), _not_mailable(request)

    def suggested() -> str:
        return display_postal_code(known_postal_code(draft, request))

    # If the cart cannot be mailed, the page says so once, and no office has a price or a button beside it.
    listing = ListPage(request, pages, suggested, None if refused else Buyer(request, draft))
    if request.method == "POST":
        search_request = SearchRequest.read(request.POST)
        if CHANGE in request.POST and not picked(request):
            return _ask_who(request, search_request)
        return listing.answer(search_request, partial(_take, request, draft, search_request))
    asked, said = SearchRequest.read(request.GET), request.GET.get("problem", "")
    if draft and not (asked or said or refused) and wants_fragment(request):
        try:
            return show_choice(request, pages, draft)
        except errors.DeliverToPoError as error:
            said = error.code
    # What is held and is no draft was placed.
    placed = draft is None and draft_id_of(request) and (said or not asked)
    problem = placed_already(request) if placed else refused or sent_back(said, draft, request)
    opening = arriving.opened(asked, draft, request)
    return listing.show(opening, problem=problem, chosen=chosen_office_id(draft), arrived=not asked)


def _ask_who(request: HttpRequest, search_request: SearchRequest) -> HttpResponse:
    """Show the same list again, which says that the form asks who picks up; a service that is marked stays so."""
    ask_who(request)
    marked = urlencode({"service": request.POST.get("service", "")[:LONGEST_NUMBER]})
    return HttpResponseRedirect(f"{search_request.url()}&{marked}#d2po-who")


@sensitive_variables()
def _take(request: HttpRequest, draft: Delivery | None, search_request: SearchRequest, office_id: str) -> HttpResponse:
    """Give the buyer's draft the office and go on; raises what ``take`` does."""
    who = "" if CHANGE in request.POST else request.POST.get(SHOWN, "")
    pressed = Pressed(office_id, request.POST.get("service", ""), who, search_request.query_or_none())
    chosen, next_url = take(request, draft, pressed)
    url = next_url or search_request.handed_to(reverse("deliver_to_po:recipient"))
    return remember(request, HttpResponseRedirect(url), chosen.office_id)


def _not_mailable(request: HttpRequest) -> Problem | None:
    """Return why what is ordered goes to no post office, None if nothing says so. The review would refuse it too."""
    try:
        refuse_unmailable(cart_of(request))
    except errors.NotMailable as error:
        return Problem.of(error)
    return None


@page_with_form
@in_language_of_element
@asked_once(bounded=True)
def recipient(request: HttpRequest) -> HttpResponse:
    """Say who picks the parcel up."""
    search_request = SearchRequest.read(request.GET)
    try:
        draft = _draft_of_form(request)
    except errors.DeliverToPoError as error:
        return _back_to_list(search_request, error)
    chosen, choose_url = office_now(draft), _list_with(draft, search_request)
    form = form_of(request, chosen, known_to(request, draft))
    problem = None if form.is_bound else sent_back(request.GET.get("problem", ""), draft)
    try:
        if CHANGE in request.POST:
            _keep_typed(request, draft, form)
            return HttpResponseRedirect(choose_url)
        if form.is_valid():
            return _named(request, draft, form.recipient())
        refuse_list_while_paused()
    except (errors.TooManySearches, errors.NextPageUnknown) as error:
        problem = Problem.of(error)
    except errors.DeliverToPoError as error:
        return _back_to_list(search_request, error)
    return show_form(request, _pages(request), form, chosen, choose_url=choose_url, problem=problem, draft=draft)


def _back_to_list(search_request: SearchRequest, error: errors.DeliverToPoError) -> HttpResponse:
    return HttpResponseRedirect(f"{search_request.url()}&{urlencode({'problem': error.code})}")


def _draft_of_form(request: HttpRequest) -> Delivery:
    """Return the draft that the form is for, with the office that the page has shown.

    A new one if it has ended meanwhile; in another tab another office may have been chosen.
    """
    office_id = request.POST.get("office", "")[: lengths.OFFICE_ID + 1]
    draft = draft_to_change(request) if office_id else None
    other = draft and comparable_office_id(draft.office_id) != comparable_office_id(office_id)
    if other or (office_id and not draft_id_of(request)):
        return take(request, draft, Pressed(office_id))[0]
    return with_office(draft or draft_of(request))


def _keep_typed(request: HttpRequest, draft: Delivery, form: RecipientForm) -> None:
    """Let the draft keep what is typed so far, for whoever leaves the form to choose another post office."""
    if form.has_changed():
        with suppress(errors.TooManySearches):
            keep_in(SessionChoice(request, draft), form.so_far())


def _named(request: HttpRequest, draft: Delivery, recipient: Recipient) -> HttpResponse:
    """Save who picks up, and go on to the shop's next page; raises what ``name_recipient`` does."""
    has_said_who(request)
    name_recipient(SessionChoice(request, draft), recipient)
    return HttpResponseRedirect(next_page(request))


def _list_with(draft: Delivery, search_request: SearchRequest) -> str:
    """Return the URL of the list from which the draft's office was chosen, at that office."""
    asked = search_request or search_request._replace(text=display_postal_code(draft.office_postal_code))
    return f"{asked.url()}#d2po-office-{draft.office_id}"


@page
@in_language_of_element
def office(request: HttpRequest, office_id: str) -> HttpResponse:
    """Show one post office with its hours."""
    return show_office(request, _pages(request), office_id)


@page
@in_language_of_element
@asked_once(bounded=True)
def pick_up(request: HttpRequest) -> HttpResponse:
    """Say from which day and for how much a few offices can be picked up at: for the page's script, after the page."""
    told = fetch_pick_ups(request, request.GET.getlist("office"))
    return render(request, "deliver_to_po/pick_ups.html", {"told": told})


@page
@sensitive_variables()
def nearest(request: HttpRequest) -> HttpResponse:
    """Show the entry of a shop's list of methods again, after asking Canada Post: for its script, after the page."""
    with speaking(request.GET.get("language")):
        return render(request, "deliver_to_po/nearest.html", fetch_entry(request))


@page
def hours(request: HttpRequest) -> HttpResponse:
    """Show the hours of a few offices in the language of the page, for its script."""
    language = language_of(request.GET.get("language"))
    asked = request.GET.getlist("office")
    with speaking(language):
        found = fetch_hours(asked, language, before_asking=visitor_of(request).ask)
        offices = [shown_office(office) for office in found]
        return render(request, "deliver_to_po/hours_of_offices.html", {"offices": offices})


def _pages(request: HttpRequest) -> Pages:
    base_template = FRAGMENT if wants_fragment(request) else app_settings.base_template
    return pages_of_step(home_delivery_url_of(request), base_template)
