"""The pages on which an office is chosen, wherever they are: a list of offices, and one office with its hours."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po import errors
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import OfficeQuery
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, visitor_of
from deliver_to_po.checkout.office_hours import office_hours
from deliver_to_po.checkout.office_list import OfficeList
from deliver_to_po.checkout.pages.headings import Pages
from deliver_to_po.checkout.pages.list_for_buyer import Buyer
from deliver_to_po.checkout.pages.problems import OFFICES, OVER, SEARCH_FIELD, TOO_MANY, Problem, not_understood
from deliver_to_po.checkout.pages.search_request import SearchRequest
from deliver_to_po.checkout.pages.shown_offices import shown_filters, shown_list, shown_office
from deliver_to_po.checkout.searching import search
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.models.pause_in_force import paused
from deliver_to_po.offices.typed.query import written
from deliver_to_po.offices.typed.whereabouts import Whereabouts

# The name of the button that each office of the list has.
DELIVER = "deliver"
NO_OFFICES_NOW = _(
    "Canada Post is not answering right now. Enter a larger city near you or its postal code, or try again in a few "
    "minutes."
)
NONE_PICKED = Problem(_("Choose a post office from the list."), OFFICES)


def picked(request: HttpRequest) -> str:
    """Return the id of the post office that was chosen in a form, ``""`` for none.

    An id that is too long keeps one character too many, so that it is refused, not cut.
    """
    # The button of an office comes before a radio button that is ticked at another one.
    return (request.POST.get(DELIVER) or request.POST.get("office_id", ""))[: lengths.OFFICE_ID + 1]


def _chosen_on_the_page(request: HttpRequest) -> str:
    """Return the id of the office that is chosen on the page whose script asks for another list, ``""`` for none."""
    return request.headers.get("X-D2PO-Chosen", "")[: lengths.OFFICE_ID + 1]


class ListPage(NamedTuple):
    """The list of offices as one request asks for it.

    ``suggested`` returns what to put in the empty box, a postal code; near it is what a search leaves out. With a
    ``buyer`` the list shows what is for them only, and ``more`` is added to what the template is given.
    """

    request: HttpRequest
    pages: Pages
    suggested: Callable[[], str]
    buyer: Buyer | None = None
    more: Mapping[str, Any] = MappingProxyType({})

    def answer(self, search_request: SearchRequest, take: Callable[[str], HttpResponse]) -> HttpResponse:
        """Answer the list's form: redirect to a search, or ``take`` the office of the id that was picked.

        The page says what is refused, unless that is OVER.
        """
        if "search" in self.request.POST:
            return self._redirect(search_request)
        office_id = picked(self.request)
        if not office_id:
            return self.show(search_request, problem=NONE_PICKED)
        try:
            return take(office_id)
        except OVER:
            raise
        except errors.DeliverToPoError as error:
            return self.show(search_request, problem=Problem.of(error, OFFICES), chosen=office_id)

    def _redirect(self, typed: SearchRequest) -> HttpResponse:
        """Redirect to the URL of a search; a house number never gets into a URL."""
        here = Whereabouts(self.suggested)
        try:
            return HttpResponseRedirect(f"{typed.without_house(here).url()}#d2po-search")
        except errors.QueryNotUnderstood as error:
            understood = typed.as_far_as_understood(here)
            return self.show(understood, problem=not_understood(error, understood, typed), typed=typed)

    def show(
        self,
        search_request: SearchRequest,
        *,
        problem: Problem | None = None,
        typed: SearchRequest | None = None,
        chosen: str = "",
        arrived: bool = False,
    ) -> HttpResponse:
        """Show the offices that a search finds, or the search only.

        ``chosen`` is the id of the office that is marked. The fields say what was ``typed``, where URLs may not show
        that. If the buyer has just ``arrived`` and asked for nothing, the page says nothing about a search that is
        limited or not understood.
        """
        found: OfficeList | None = None
        typed = typed or search_request
        here = Whereabouts(self.suggested)
        via, not_via = _second_place(search_request, here)
        problem = problem or not_via
        if search_request and not (problem and problem.field == SEARCH_FIELD):
            try:
                found = search(
                    search_request.query(here),
                    current_language(),
                    show=search_request.show,
                    chosen=_chosen_on_the_page(self.request) or chosen,
                    wanted=search_request.wanted,
                    via=via,
                    before_asking=visitor_of(self.request).ask,
                )
            except errors.QueryNotUnderstood as error:
                problem = problem if arrived else not_understood(error, search_request, typed)
            except errors.TooManySearches as error:
                problem = problem if arrived else Problem.of(error)
            except errors.OfficesUnavailable as error:
                problem = Problem.of(error)
        if problem and problem.no_offices and not self.pages.home_delivery:
            problem = problem._replace(message=NO_OFFICES_NOW, offers_home=False)
        read = written(found.query) if found and not problem else ""
        context = {
            **self.more,
            **_list_context(search_request, found),
            **(self.buyer.beside(found) if self.buyer else {}),
            "heading": _heading(self.pages, found),
            "search_request": search_request,
            "typed": typed,
            "search_value": read or (typed.text if typed else self.suggested()),
            "filters": shown_filters(search_request.wanted),
            # The page says nothing else while the option is paused.
            "paused": "" if found else paused(offers_home=bool(self.pages.home_delivery)),
            "problem": problem,
            "map_open_at_start": app_settings.map_open_at_start,
        }
        return show(self.request, self.pages, "choose", context, problem.status if problem else 200)


def _second_place(search_request: SearchRequest, here: Whereabouts) -> tuple[OfficeQuery | None, Problem | None]:
    """Return the question for the place that the buyer is on the way to, or what is wrong with it."""
    try:
        return search_request.via_query(here), None
    except errors.QueryNotUnderstood as error:
        return None, not_understood(error, search_request, search_request)


def _heading(pages: Pages, found: OfficeList | None) -> str | Promise:
    """Return the heading of the page: where offices are listed in a checkout, the buyer has an answer already."""
    return _("Your post office") if pages.in_checkout and found and (found.offices or found.kept) else pages.heading


def _list_context(search_request: SearchRequest, found: OfficeList | None) -> dict[str, Any]:
    """Return what the template of the list needs: the values that were found, their words, and where links lead."""
    if found is None:
        return {"found": None}
    return {
        "found": found,
        "shown": shown_list(found, place=_("the middle of the map") if search_request.on_map else ""),
        "query": urlencode(search_request.fields()),
        "more_url": search_request._replace(show=found.next_show).url() if found.next_show else "",
        "wider_url": search_request._replace(wanted=()).url() if found.out_of else "",
        "city_url": _city_url(search_request, found) if not found.offices and not found.out_of else "",
    }


def _city_url(search_request: SearchRequest, found: OfficeList) -> str:
    """Return where the offices of a street's city are listed, ``""`` if the search names no street or no known city."""
    city = found.city_of_street
    return search_request._replace(text=written(city)).url() if city else ""


def show_office(request: HttpRequest, pages: Pages, office_id: str, **more: Any) -> HttpResponse:
    asked = SearchRequest.read(request.GET, pages.choose)
    context: dict[str, Any] = {**more, "search_request": asked, "choose_url": asked.url()}
    try:
        seen = office_hours(office_id, current_language(), before_asking=visitor_of(request).ask)
    except errors.OfficeNotOffered as error:
        return show(request, pages, "office_hours", context | {"problem": Problem.of(error)}, 404)
    context |= {"office": shown_office(seen.office), "no_hours_now": not seen.newest}
    return show(request, pages, "office_hours", context)


def show(request: HttpRequest, pages: Pages, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    filled = {**context, "pages": pages, "base_template": pages.base_template}
    response = render(request, f"deliver_to_po/{template}.html", filled, status=status)
    if status == TOO_MANY:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def with_query(path: str, **query: str) -> str:
    """Return a path with those of ``query`` that are not empty."""
    filled = {name: value for name, value in query.items() if value}
    return f"{path}{'?' if filled else ''}{urlencode(filled)}"
