"""The picker's pages, wherever they are: a list of post offices for a search, and one office with its hours."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from deliver_to_po import errors
from deliver_to_po.canadapost import lengths
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, count_question
from deliver_to_po.checkout.office_hours import office_hours
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.checkout.pages import Pages
from deliver_to_po.checkout.picker import search
from deliver_to_po.checkout.problems import OFFICES, SEARCH_FIELD, TOO_MANY, Problem, not_understood
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.checkout.settled import Settled
from deliver_to_po.checkout.shown import shown_filters, shown_list, shown_office
from deliver_to_po.conf import app_settings
from deliver_to_po.language import current_language
from deliver_to_po.offices.query import QueryNotUnderstood, written
from deliver_to_po.pause import paused

# The name of the button that delivers to the suggested office.
SUGGESTED = "suggested"
NO_OFFICES_NOW = _(
    "Canada Post is not answering right now. Enter a larger city near you or its postal code, or try again in a few "
    "minutes."
)


def picked(request: HttpRequest) -> str:
    """Return the id of the post office that was chosen in a form, ``""`` for none.

    One character too many is kept, so that an id that is too long is refused, not cut.
    """
    # The button that names the suggested office says more than a radio button that is ticked beside it.
    return (request.POST.get(SUGGESTED) or request.POST.get("office_id", ""))[: lengths.OFFICE_ID + 1]


def _chosen_on_the_page(request: HttpRequest) -> str:
    """Return the id of the office that is chosen on the page whose script asks for another list, ``""`` for none."""
    return request.headers.get("X-D2PO-Chosen", "")[: lengths.OFFICE_ID + 1]


def none_picked() -> Problem:
    """Return what to say to somebody who chose no post office."""
    return Problem(_("Choose a post office from the list."), OFFICES)


def redirect_to_search(
    request: HttpRequest, pages: Pages, search_request: SearchRequest, suggested: Callable[[], str], **more: Any
) -> HttpResponse:
    """Redirect to the URL of a search that was typed; a house number never gets into a URL."""
    try:
        return HttpResponseRedirect(f"{search_request.without_house().url()}#d2po-results")
    except QueryNotUnderstood as error:
        problem = not_understood(error, search_request)
        return show_offices(request, pages, search_request, suggested=suggested, problem=problem, **more)


def show_offices(
    request: HttpRequest,
    pages: Pages,
    search_request: SearchRequest,
    *,
    suggested: Callable[[], str],
    problem: Problem | None = None,
    chosen: str = "",
    arrived: bool = False,
    settled: Settled | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the offices that a search finds, or the search only; ``suggested`` tells what stands in the empty box.

    ``chosen`` is the id of the office that is marked, ``settled`` what the step's list says beside the offices, and
    ``more`` what else the page's template is given. Where the buyer has just ``arrived`` and asked for nothing, a
    search that is limited or not understood is no problem to tell them of.
    """
    found: OfficeList | None = None
    if search_request and not (problem and problem.field == SEARCH_FIELD):
        try:
            found = search(
                search_request.query(),
                current_language(),
                show=search_request.show,
                chosen=_chosen_on_the_page(request) or chosen,
                wanted=search_request.wanted,
                before_asking=partial(count_question, request),
            )
        except QueryNotUnderstood as error:
            problem = problem if arrived else not_understood(error, search_request)
        except errors.TooManySearches as error:
            problem = problem if arrived else Problem.of(error)
        except errors.OfficesUnavailable as error:
            problem = Problem.of(error)
    if problem and problem.no_offices and not pages.home_delivery:
        problem = replace(problem, message=NO_OFFICES_NOW, offers_home=False)
    context = {
        **more,
        **_list_context(search_request, found),
        **(settled.beside(found) if settled and found else {}),
        "search_request": search_request,
        "search_value": search_request.text if search_request else suggested(),
        "filters": shown_filters(search_request.wanted),
        # The page says nothing else while the option is paused.
        "paused": "" if found else paused(offers_home=bool(pages.home_delivery)),
        "problem": problem,
        "map_open_at_start": app_settings.map_open_at_start,
    }
    return show(request, pages, "choose", context, problem.status if problem else 200)


def _list_context(search_request: SearchRequest, found: OfficeList | None) -> dict[str, Any]:
    """Return what the template of the list needs: the values that were found, their words, and where links lead."""
    if found is None:
        return {"found": None}
    return {
        "found": found,
        "shown": shown_list(found, place=_("the middle of the map") if search_request.on_map else ""),
        "page_url": search_request.url(),
        "more_url": replace(search_request, show=found.next_show).url() if found.next_show else "",
        "wider_url": replace(search_request, wanted=()).url() if found.left_out else "",
        "city_url": _city_url(search_request, found) if not found.offices and not found.left_out else "",
    }


def _city_url(search_request: SearchRequest, found: OfficeList) -> str:
    """Return where the offices of a street's city are listed, ``""`` if the search names no street or no known city."""
    city = found.city_of_street
    return replace(search_request, text=written(city)).url() if city else ""


def show_office(request: HttpRequest, pages: Pages, office_id: str, **more: Any) -> HttpResponse:
    """Show one post office with its hours."""
    text = SearchRequest.read(request.GET).text
    context: dict[str, Any] = {**more, "search_text": text, "choose_url": with_query(pages.choose, q=text)}
    try:
        seen = office_hours(office_id, current_language(), before_asking=partial(count_question, request))
    except errors.OfficeNotOffered as error:
        return show(request, pages, "office_hours", context | {"problem": Problem.of(error)}, 404)
    context |= {"office": shown_office(seen.office), "no_hours_now": not seen.newest}
    return show(request, pages, "office_hours", context)


def show(request: HttpRequest, pages: Pages, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one page of a picker."""
    filled = {**context, "pages": pages, "base_template": pages.base_template}
    response = render(request, f"deliver_to_po/{template}.html", filled, status=status)
    if status == TOO_MANY:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def with_query(path: str, **query: str) -> str:
    """Return a path with those of ``query`` that are not empty."""
    filled = {name: value for name, value in query.items() if value}
    return f"{path}{'?' if filled else ''}{urlencode(filled)}"
