"""The buyer's step over HTTP: choose a post office, say who picks up, look at one office's hours."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from deliver_to_po import errors
from deliver_to_po.adapter import RecipientSuggestion, order_adapter
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.asked import Asked
from deliver_to_po.checkout.draft import choose_office, confirm, save_recipient
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, count_question
from deliver_to_po.checkout.forms import RecipientForm, initial_recipient
from deliver_to_po.checkout.picker import search
from deliver_to_po.checkout.session import draft_of, forget_draft, remember_draft
from deliver_to_po.checkout.shown import OfficePage, shown_office
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery
from deliver_to_po.offices.finder import fetch_office, known_office
from deliver_to_po.offices.opening import Filter
from deliver_to_po.offices.pause import paused
from deliver_to_po.offices.query import QueryNotUnderstood
from deliver_to_po.offices.wording import current_language

TOO_MANY = 429
# The status of a page that says what is wrong, where it is not 200.
STATUS: dict[type[errors.DeliverToPoError], int] = {errors.TooManySearches: TOO_MANY}

# Why a buyer was sent back to choose, as the address says it; the address holds the code, never the person's data.
SENT_BACK = {
    error.code: error
    for error in (
        errors.DraftUnknown,
        errors.DraftExpired,
        errors.DraftIncomplete,
        errors.DraftTaken,
        errors.OfficeNotOffered,
        errors.OfficeNoLongerTakesParcels,
        errors.OfficesUnavailable,
        errors.ChoiceRequired,
    )
}


# What the buyer may want of an office.
WANTED = {
    Filter.OPEN_NOW: _("Open now"),
    Filter.EVENINGS: _("Open after 6 p.m. on weekdays"),
    Filter.WEEKEND: _("Open on weekends"),
    Filter.FRENCH: _("Service in French"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What to tell the buyer, the id of the field it is about (``""`` for none), and whether to offer home delivery.

    ``choices`` are texts and addresses of what may have been meant.
    """

    message: str | Promise
    field: str = ""
    offers_home: bool = False
    status: int = 200
    choices: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, error: errors.DeliverToPoError, field: str = "") -> "Problem":
        """Return what ``error`` has to tell."""
        offers_home = isinstance(error, errors.OfficesUnavailable)
        return cls(error.message, field, offers_home, STATUS.get(type(error), 200))


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Search for post offices and choose one."""
    draft = _draft_if_any(request)
    if request.method != "POST":
        asked = Asked.read(request.GET)
        code = request.GET.get("problem", "")
        problem = Problem.of(_sent_back(code, draft)) if code in SENT_BACK else None
        kept = draft.office_id if draft and code != errors.OfficeNoLongerTakesParcels.code else ""
        return _show_offices(request, asked, draft, chosen=kept, problem=problem)
    asked = Asked.read(request.POST)
    if "search" in request.POST:
        return _to_the_place(request, asked, draft)
    office_id = request.POST.get("office_id", "")
    if not office_id:
        missing = _("Choose the post office that your parcel should be delivered to.")
        return _show_offices(request, asked, draft, problem=Problem(missing, "d2po-offices"))
    try:
        before_asking = partial(count_question, request)
        chosen = choose_office(office_id, current_language(), draft, before_asking=before_asking)
        remember_draft(request, chosen)
    except errors.DeliverToPoError as error:
        return _show_offices(request, asked, draft, problem=Problem.of(error, "d2po-offices"), chosen=office_id)
    return HttpResponseRedirect(_address("recipient", q=asked.text))


def _sent_back(code: str, draft: Delivery | None) -> errors.DeliverToPoError:
    if draft and code == errors.OfficeNoLongerTakesParcels.code:
        return errors.OfficeNoLongerTakesParcels.named(draft.office_name)
    return SENT_BACK[code]()


def _to_the_place(request: HttpRequest, asked: Asked, draft: Delivery | None) -> HttpResponse:
    """Go on to the page of the place that was typed: a house number never gets into an address."""
    try:
        return HttpResponseRedirect(f"{asked.without_house().url()}#d2po-results")
    except QueryNotUnderstood as error:
        return _show_offices(request, asked, draft, problem=_not_understood(error, asked))


def _not_understood(error: QueryNotUnderstood, asked: Asked) -> Problem:
    choices = tuple((choice, replace(asked, text=choice).url()) for choice in error.choices)
    return replace(Problem.of(error, "d2po-q"), choices=choices)


def _draft_if_any(request: HttpRequest) -> Delivery | None:
    """Return the buyer's draft; one that is expired or placed is let go, since a new choice is being made."""
    try:
        return draft_of(request)
    except (errors.DraftUnknown, errors.DraftExpired):
        forget_draft(request)
        return None


def _show_offices(
    request: HttpRequest, asked: Asked, draft: Delivery | None, *, problem: Problem | None, chosen: str = ""
) -> HttpResponse:
    page: OfficePage | None = None
    before_asking = partial(count_question, request)
    if asked and not (problem and problem.field == "d2po-q"):
        try:
            page = search(
                asked.query(),
                current_language(),
                show=asked.show,
                chosen=chosen,
                wanted=asked.wanted,
                before_asking=before_asking,
            )
        except QueryNotUnderstood as error:
            problem = _not_understood(error, asked)
        except (errors.OfficesUnavailable, errors.TooManySearches) as error:
            problem = Problem.of(error)
    reason = "" if page else paused()
    if reason:
        problem = None
    adapter = order_adapter()
    context = {
        "asked": asked,
        "page": page,
        "paused": reason,
        "problem": problem,
        "search_value": asked.text if asked else _known_postal_code(draft, request),
        "wanted": [(one.value, words, one in asked.wanted) for one, words in WANTED.items()],
        "home_delivery_url": adapter.home_delivery_url(request),
        "open_map": app_settings.open_map,
        "page_url": asked.url() if page else "",
        "more_url": replace(asked, show=page.next_show).url() if page and page.next_show else "",
        "wider_url": replace(asked, wanted=()).url() if page and page.left_out else "",
    }
    return _render(request, "choose", context, problem.status if problem else 200)


def _known_postal_code(draft: Delivery | None, request: HttpRequest) -> str:
    known = draft.recipient_postal_code or draft.office_postal_code if draft else ""
    return display_postal_code(known or order_adapter().postal_code(request))


# An error report by e-mail leaves out who picks up.
@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def recipient(request: HttpRequest) -> HttpResponse:
    """Say who picks the parcel up."""
    try:
        draft = draft_of(request)
    except errors.DeliverToPoError as error:
        return _send_back(request, error)
    if draft is None:
        return _send_back(request, errors.DraftUnknown())
    if not draft.office_id:
        return _send_back(request, errors.DraftIncomplete())
    problem = None
    form = RecipientForm(
        request.POST if request.method == "POST" else None,
        office=draft.office,
        initial=initial_recipient(_known_recipient(request, draft)),
    )
    if form.is_valid():
        try:
            save_recipient(draft, form.recipient())
            count_question(request)
            confirm(draft)
        except errors.TooManySearches as error:
            problem = Problem.of(error)
        except errors.DeliverToPoError as error:
            return _send_back(request, error)
        else:
            return HttpResponseRedirect(order_adapter().next_url(request))
    elif paused():
        return _send_back(request, errors.OptionPaused())
    asked = Asked.read(request.GET).text
    context = {
        "problem": problem,
        "form": form,
        "office": shown_office(draft.office),
        "choose_url": _address("choose", q=asked or display_postal_code(draft.office_postal_code)),
        "keep_days": app_settings.keep_recipient.days,
        "privacy_officer": app_settings.privacy_officer,
    }
    return _render(request, "recipient", context, problem.status if problem else 200)


def _known_recipient(request: HttpRequest, draft: Delivery) -> Recipient | RecipientSuggestion:
    return draft.recipient if draft.recipient_name else order_adapter().recipient(request)


def _send_back(request: HttpRequest, error: errors.DeliverToPoError) -> HttpResponse:
    return HttpResponseRedirect(_address("choose", q=Asked.read(request.GET).text, problem=error.code))


@never_cache
@require_http_methods(["GET", "HEAD"])
def office(request: HttpRequest, office_id: str) -> HttpResponse:
    """Show one post office with its hours."""
    asked, language = Asked.read(request.GET).text, current_language()
    context: dict[str, Any] = {"asked": asked, "choose_url": _address("choose", q=asked)}
    try:
        before_asking = partial(count_question, request)
        context["office"] = shown_office(fetch_office(office_id, language, before_asking=before_asking))
    except errors.OfficeNotOffered as error:
        return _render(request, "office", context | {"problem": Problem.of(error)}, 404)
    except (errors.OfficesUnavailable, errors.TooManySearches) as error:
        # What is known of it is shown all the same.
        known = shown_office(known_office(office_id, language))
        return _render(request, "office", context | {"office": known, "no_hours_now": True}, Problem.of(error).status)
    return _render(request, "office", context)


def _render(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context["base_template"] = app_settings.base_template
    response = render(request, f"deliver_to_po/{page}.html", context, status=status)
    if status == TOO_MANY:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _address(view: str, **query: str | int) -> str:
    filled = {name: value for name, value in query.items() if value}
    return f"{reverse(f'deliver_to_po:{view}')}{'?' if filled else ''}{urlencode(filled)}"
