"""The buyer's step over HTTP: requests in, pages out. What happens is decided by the use cases beside this module.

No view runs in a transaction of the shop's ATOMIC_REQUESTS, which would stay open for as long as Canada Post takes.
"""

from contextlib import suppress
from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from deliver_to_po import errors
from deliver_to_po.asking import cart_of, home_delivery_url_of, next_url_of
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.checkout import arriving, picking
from deliver_to_po.checkout.choosing import choose_office, chosen_office_id, known_postal_code
from deliver_to_po.checkout.draft import editable
from deliver_to_po.checkout.fair_use import count_draft, count_question
from deliver_to_po.checkout.forms import RecipientForm, initial_recipient
from deliver_to_po.checkout.last_office import remember
from deliver_to_po.checkout.pages import Pages, pages_of_step
from deliver_to_po.checkout.pick_up import fetch_pick_ups, keep_listed_price
from deliver_to_po.checkout.picks_up import CHANGE, agreed, ask_who, has_said_who
from deliver_to_po.checkout.problems import OFFICES, Problem, sent_back
from deliver_to_po.checkout.quoting import ask_for_price, choose_service
from deliver_to_po.checkout.recipient import draft_with_office, known_recipient, name_recipient
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.checkout.session import draft_id_of, draft_to_change, remember_draft
from deliver_to_po.checkout.settled import Settled, privacy_terms
from deliver_to_po.checkout.shown import shown_office
from deliver_to_po.conf import app_settings
from deliver_to_po.language import current_language
from deliver_to_po.models import Delivery
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.pause import refuse_while_paused


# An error report by e-mail leaves out who picks up.
@transaction.non_atomic_requests
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Search for post offices and choose one."""
    draft, pages, refused = draft_to_change(request), _pages(request), _not_mailable(request)

    def suggested() -> str:
        return display_postal_code(known_postal_code(draft, request))

    # Nothing is settled where nothing can be sent: what is wrong is said once, not beside every office.
    settled = None if refused else Settled(request, draft)
    show = partial(picking.show_offices, request, pages, suggested=suggested, settled=settled)
    if request.method != "POST":
        asked = SearchRequest.read(request.GET)
        problem = refused or sent_back(request.GET.get("problem", ""), draft, request)
        opening = arriving.opened(asked, draft, request)
        return show(opening, problem=problem, chosen=chosen_office_id(draft), arrived=not asked)
    search_request = SearchRequest.read(request.POST)
    if "search" in request.POST:
        return picking.redirect_to_search(request, pages, search_request, suggested)
    office_id = picking.picked(request)
    if not office_id and CHANGE in request.POST:
        ask_who(request)
        return HttpResponseRedirect(f"{search_request.url()}#d2po-results")
    if not office_id:
        return show(search_request, problem=picking.none_picked())
    if refused:
        return show(search_request, problem=refused, chosen=office_id)
    try:
        chosen = choose_office(
            office_id,
            current_language(),
            draft,
            before_asking=partial(count_question, request),
            before_making=partial(count_draft, request),
        )
        remember_draft(request, chosen)
        to_the_form = search_request.handed_to(reverse("deliver_to_po:recipient"))
        url = _after_choosing(request, chosen, search_request) or to_the_form
    except errors.DeliverToPoError as error:
        return show(search_request, problem=Problem.of(error, OFFICES), chosen=office_id)
    return remember(request, HttpResponseRedirect(url), chosen.office_id)


def _not_mailable(request: HttpRequest) -> Problem | None:
    """Return why what is ordered goes to no post office, None where nothing says so. The review would refuse it too."""
    try:
        refuse_unmailable(cart_of(request))
    except errors.NotMailable as error:
        return Problem.of(error)
    return None


def _after_choosing(request: HttpRequest, draft: Delivery, search_request: SearchRequest) -> str:
    """Return the shop's next page where the buyer has seen who picks up, else ``""``: the form asks.

    Raises what ``name_recipient`` does; the draft has its office and its recipient then.
    """
    recipient = None if CHANGE in request.POST else agreed(request, draft)
    service = request.POST.get("service", "")
    kept = keep_listed_price(request, draft, search_request, service)
    ask_for_price(request, draft, now=recipient is not None)
    if not kept:
        with suppress(errors.DeliverToPoError):
            choose_service(request, service)
    if recipient is None:
        return ""
    name_recipient(draft, recipient, before_asking=partial(count_question, request))
    return next_url_of(request)


@transaction.non_atomic_requests
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def recipient(request: HttpRequest) -> HttpResponse:
    """Say who picks the parcel up."""
    search_request, problem = SearchRequest.read(request.GET), None
    search_text = search_request.text
    try:
        draft = draft_with_office(draft_id_of(request))
    except errors.DeliverToPoError as error:
        return _send_back(error, search_text)
    form = RecipientForm(
        request.POST if request.method == "POST" else None,
        office=draft.office,
        initial=initial_recipient(known_recipient(draft, request)),
    )
    try:
        if request.method != "POST":
            problem = sent_back(request.GET.get("problem", ""), draft)
        if form.is_valid():
            draft = editable(draft, before_making=partial(count_draft, request))
            remember_draft(request, draft)
            has_said_who(request)
            name_recipient(draft, form.recipient(), before_asking=partial(count_question, request))
        else:
            refuse_while_paused()
    except errors.TooManySearches as error:
        problem = Problem.of(error)
    except errors.DeliverToPoError as error:
        return _send_back(error, search_text)
    if form.is_valid() and not problem:
        return HttpResponseRedirect(next_url_of(request))
    context = {
        "problem": problem,
        "form": form,
        "office": shown_office(draft.office),
        "choose_url": _list_with(draft, search_request),
        **privacy_terms(),
    }
    return picking.show(request, _pages(request), "recipient", context, problem.status if problem else 200)


def _list_with(draft: Delivery, search_request: SearchRequest) -> str:
    """Return the URL of the list from which the draft's office was chosen, at that office."""
    near = display_postal_code(draft.office_postal_code)
    url = search_request.url() if search_request else _url("choose", q=near)
    return f"{url}#d2po-office-{draft.office_id}"


def _send_back(error: errors.DeliverToPoError, search_text: str) -> HttpResponse:
    return HttpResponseRedirect(_url("choose", q=search_text, problem=error.code))


@transaction.non_atomic_requests
@never_cache
@require_http_methods(["GET", "HEAD"])
def office(request: HttpRequest, office_id: str) -> HttpResponse:
    """Show one post office with its hours."""
    return picking.show_office(request, _pages(request), office_id)


@transaction.non_atomic_requests
@never_cache
@require_http_methods(["GET", "HEAD"])
def pick_up(request: HttpRequest) -> HttpResponse:
    """Say from which day and for how much a few offices can be picked up at: for the page's script, after the page."""
    told = fetch_pick_ups(request, request.GET.getlist("office"))
    return render(request, "deliver_to_po/pick_ups.html", {"told": told})


def _pages(request: HttpRequest) -> Pages:
    return pages_of_step(home_delivery_url_of(request), app_settings.base_template)


def _url(view: str, **query: str) -> str:
    return picking.with_query(reverse(f"deliver_to_po:{view}"), **query)
