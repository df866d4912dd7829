"""The buyer's step over HTTP: requests in, pages out. What happens is decided by the use cases beside this module.

No view runs in a transaction of the shop's ATOMIC_REQUESTS, which would stay open for as long as Canada Post takes.
"""

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from deliver_to_po import errors
from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.checkout.choosing import choose_office, chosen_office_id, known_postal_code
from deliver_to_po.checkout.draft import editable
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, count_draft, count_question
from deliver_to_po.checkout.forms import RecipientForm, initial_recipient
from deliver_to_po.checkout.office_hours import office_hours
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.checkout.picker import search
from deliver_to_po.checkout.problems import OFFICES, SEARCH_FIELD, TOO_MANY, Problem, not_understood, sent_back
from deliver_to_po.checkout.recipient import draft_with_office, known_recipient, name_recipient
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.checkout.session import draft_id_of, draft_to_change, remember_draft
from deliver_to_po.checkout.shown import shown_filters, shown_list, shown_office
from deliver_to_po.conf import app_settings
from deliver_to_po.language import current_language
from deliver_to_po.models import Delivery
from deliver_to_po.offices.query import QueryNotUnderstood
from deliver_to_po.pause import paused, refuse_while_paused
from deliver_to_po.privacy import UNFINISHED_FOR


@transaction.non_atomic_requests
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Search for post offices and choose one."""
    draft = draft_to_change(request)
    if request.method != "POST":
        search_request = SearchRequest.read(request.GET)
        problem = sent_back(request.GET.get("problem", ""), draft)
        return _show_offices(request, search_request, draft, problem=problem, chosen=chosen_office_id(draft))
    search_request = SearchRequest.read(request.POST)
    if "search" in request.POST:
        return _redirect_to_search(request, search_request, draft)
    # One character too many is kept, so that an id that is too long is refused, not cut.
    office_id = request.POST.get("office_id", "")[: lengths.OFFICE_ID + 1]
    if not office_id:
        missing = _("Choose the post office that your parcel should be delivered to.")
        return _show_offices(request, search_request, draft, problem=Problem(missing, OFFICES))
    try:
        chosen = choose_office(
            office_id,
            current_language(),
            draft,
            before_asking=partial(count_question, request),
            before_making=partial(count_draft, request),
        )
        remember_draft(request, chosen)
    except errors.DeliverToPoError as error:
        return _show_offices(request, search_request, draft, problem=Problem.of(error, OFFICES), chosen=office_id)
    return HttpResponseRedirect(_url("recipient", q=search_request.text))


def _redirect_to_search(request: HttpRequest, search_request: SearchRequest, draft: Delivery | None) -> HttpResponse:
    """Redirect to the URL of a search that was typed; a house number never gets into a URL."""
    try:
        return HttpResponseRedirect(f"{search_request.without_house().url()}#d2po-results")
    except QueryNotUnderstood as error:
        return _show_offices(request, search_request, draft, problem=not_understood(error, search_request))


def _show_offices(
    request: HttpRequest,
    search_request: SearchRequest,
    draft: Delivery | None,
    *,
    problem: Problem | None,
    chosen: str = "",
) -> HttpResponse:
    found: OfficeList | None = None
    if search_request and not (problem and problem.field == SEARCH_FIELD):
        try:
            found = search(
                search_request.query(),
                current_language(),
                show=search_request.show,
                chosen=chosen,
                wanted=search_request.wanted,
                before_asking=partial(count_question, request),
            )
        except QueryNotUnderstood as error:
            problem = not_understood(error, search_request)
        except (errors.OfficesUnavailable, errors.TooManySearches) as error:
            problem = Problem.of(error)
    typed = search_request.text if search_request else display_postal_code(known_postal_code(draft, request))
    context = {
        **_list_context(search_request, found),
        "search_request": search_request,
        "search_value": typed,
        "filters": shown_filters(search_request.wanted),
        # The page says nothing else while the option is paused.
        "paused": "" if found else paused(),
        "problem": problem,
        "home_delivery_url": order_adapter().home_delivery_url(request),
        "map_open_at_start": app_settings.map_open_at_start,
    }
    return _render(request, "choose", context, problem.status if problem else 200)


def _list_context(search_request: SearchRequest, found: OfficeList | None) -> dict[str, Any]:
    """Return what the template of the list needs: the values that were found, their words, and where links lead."""
    if found is None:
        return {"found": None}
    return {
        "found": found,
        "shown": shown_list(found),
        "page_url": search_request.url(),
        "more_url": replace(search_request, show=found.next_show).url() if found.next_show else "",
        "wider_url": replace(search_request, wanted=()).url() if found.left_out else "",
    }


# An error report by e-mail leaves out who picks up.
@transaction.non_atomic_requests
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def recipient(request: HttpRequest) -> HttpResponse:
    """Say who picks the parcel up."""
    search_text, problem = SearchRequest.read(request.GET).text, None
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
            name_recipient(draft, form.recipient(), before_asking=partial(count_question, request))
        else:
            refuse_while_paused()
    except errors.TooManySearches as error:
        problem = Problem.of(error)
    except errors.DeliverToPoError as error:
        return _send_back(error, search_text)
    if form.is_valid() and not problem:
        return HttpResponseRedirect(order_adapter().next_url(request))
    context = {
        "problem": problem,
        "form": form,
        "office": shown_office(draft.office),
        "choose_url": _url("choose", q=search_text or display_postal_code(draft.office_postal_code)),
        "keep_days": app_settings.recipient_lifetime.days,
        "unfinished_days": UNFINISHED_FOR.days,
        "privacy_officer": app_settings.privacy_officer,
    }
    return _render(request, "recipient", context, problem.status if problem else 200)


def _send_back(error: errors.DeliverToPoError, search_text: str) -> HttpResponse:
    return HttpResponseRedirect(_url("choose", q=search_text, problem=error.code))


@transaction.non_atomic_requests
@never_cache
@require_http_methods(["GET", "HEAD"])
def office(request: HttpRequest, office_id: str) -> HttpResponse:
    """Show one post office with its hours."""
    search_text = SearchRequest.read(request.GET).text
    context: dict[str, Any] = {"search_text": search_text, "choose_url": _url("choose", q=search_text)}
    try:
        seen = office_hours(office_id, current_language(), before_asking=partial(count_question, request))
    except errors.OfficeNotOffered as error:
        return _render(request, "office_hours", context | {"problem": Problem.of(error)}, 404)
    context |= {"office": shown_office(seen.office), "no_hours_now": not seen.newest}
    return _render(request, "office_hours", context, 200)


def _render(request: HttpRequest, page: str, context: dict[str, Any], status: int) -> HttpResponse:
    context["base_template"] = app_settings.base_template
    response = render(request, f"deliver_to_po/{page}.html", context, status=status)
    if status == TOO_MANY:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _url(view: str, **query: str) -> str:
    filled = {name: value for name, value in query.items() if value}
    return f"{reverse(f'deliver_to_po:{view}')}{'?' if filled else ''}{urlencode(filled)}"
