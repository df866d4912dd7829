"""The desk's list of deliveries: its queues, its columns, and how it stays fast however many there are."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import EmptyPage, Paginator
from django.db.models import BooleanField, Case, OuterRef, Prefetch, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes.buttons import PAGES
from deliver_to_po.admin.deliveries.cures import as_html, cure_of
from deliver_to_po.admin.deliveries.search import found
from deliver_to_po.admin.deliveries.standing import Standing, in_a_word, newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.admin.deliveries.way import as_bars, way_of
from deliver_to_po.admin.lists import selected_rows
from deliver_to_po.admin.lists.desk_list import ListWithWarnings
from deliver_to_po.admin.lists.filters import LiveFilter, QueueFilter, ShipmentStateFilter, StateFilter
from deliver_to_po.admin.queues import MOST, Queue, queue_cards, queue_named
from deliver_to_po.admin.show import (
    NOT_PAID,
    NOTHING,
    aside,
    desk_url,
    lines,
    may_view_order,
    order_link,
    test_badge,
    url_on,
)
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.core.choices import DeliveryState, NoticeOutcome
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.core.wording import day_and_time, day_of_year
from deliver_to_po.handoff.releasing.release import notes_of_holds
from deliver_to_po.handoff.sending.hand_off_now import is_surely_unpaid
from deliver_to_po.models import Delivery, Notice, Shipment
from deliver_to_po.shipping.registry import systems_by_hand

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator

# The actions that print what a packer needs beside the labels.
PAPERS: Mapping[str, Any] = {"pick_list": gettext_lazy("Pick list"), "packing_slips": gettext_lazy("Packing slips")}
# The attribute in which a row keeps its standing.
STANDING = "_d2po_standing"
# What is asked of the list beside its filters.
NO_FILTERS = ("q", "queue", "o", "p", "all", "e")


class FewPages(Pages):
    """Pages of the first MOST rows: to count all of them takes the longer the more there are."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, MOST at most."""
        rows: Any = self.object_list
        # In any order: so many are found sooner than the first so many of the list.
        return int(rows.order_by()[:MOST].count())

    def validate_number(self, number: Any) -> int:
        """Return the last page instead of one behind it: what is done on a page may take all of it from the list."""
        try:
            return super().validate_number(number)
        except EmptyPage:
            return self.num_pages


class DeliveryList(ListWithWarnings):
    """The list opens on queues: what waits, how much of it, and the button that empties each."""

    change_list_template = "admin/deliver_to_po/delivery/change_list.html"
    list_display = (
        "reference_shown",
        "standing_shown",
        "office_shown",
    )
    # The reference is a link of its own, so that the order can be one beside it.
    list_display_links = None
    list_filter = (QueueFilter, StateFilter, ShipmentStateFilter, LiveFilter, "placed_at")
    list_select_related = ("order",)
    paginator = FewPages
    show_facets = admin.ShowFacets.NEVER
    # An index has this order.
    ordering = ("-placed_at", "-pk")
    # Django shows the box where there is a field; ``finding`` does the rest.
    search_fields = ("reference",)
    search_help_text = gettext_lazy(
        "Reference, order, tracking number, e-mail, phone, postal code, or how names and cities begin"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Return deliveries with what a row shows, so that a list of any length asks for it once.

        Each row says what this user may, and what the list is narrowed down to, since what shows a row is not told who
        asks.
        """
        rows: QuerySet[Delivery] = (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("shipments", Shipment.objects.select_related("tracking", "manifest")), "notices")
        )
        return rows.annotate(
            may_view_order=Value(may_view_order(request, self.admin_site), output_field=BooleanField()),
            hold_note=Case(When(state=DeliveryState.HELD, then=_noted()), default=Value(""), output_field=TextField()),
            kept_filters=Value(self.get_preserved_filters(request), output_field=TextField()),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Return what was searched for; no row comes twice."""
        return found(queryset, search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "title": capfirst(str(Delivery._meta.verbose_name_plural))}
        if request.method == "GET":
            context |= self._queues(request)
        else:
            selected_rows.unfold(request, MOST)
        return super().changelist_view(request, context)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *where: Any, **how: Any
    ) -> HttpResponse | None:
        """Do an action with what is selected; of more rows than are listed, with those that are."""
        across = request.POST.get("select_across") not in (None, "", "0")
        if selected_rows.CHOSEN in request.POST:
            # What a page asked about may have left the queue meanwhile.
            queryset = self.get_queryset(request)
        if across and request.POST.get("action") not in selected_rows.BOUND_BY_THEMSELVES:
            queryset = selected_rows.first_of(request, queryset, MOST)
        return super().response_action(request, queryset, *where, **how)

    def _queues(self, request: HttpRequest) -> dict[str, Any]:
        current = queue_named(request.GET.get("queue"))
        cards = queue_cards(request, current)
        first = next((card for card in cards if card["to_do"]), None)
        filters_open = any(name not in NO_FILTERS for name in request.GET)
        whole_queue = not (filters_open or request.GET.get("q"))
        return {
            "list_url": request.path,
            "queues": cards,
            "queue": current,
            "queue_is_empty": any(card["current"] and card["empty"] for card in cards),
            # What comes first in a clerk's day, and what after it.
            "first": first,
            "after": [card for card in cards if (card["to_do"] or card["to_watch"]) and card is not first],
            "queue_action": self._action_of(request, current),
            "papers": self._papers_of(request, current),
            "queue_page": self._page(request, current.page) if current and current.page else None,
            "print_url": self._print_url(request) if whole_queue and current and current.name == "to_print" else "",
            "tools": self.tools(request),
            "filters_open": filters_open,
            "most": MOST,
        }

    def _action_of(self, request: HttpRequest, queue: Queue | None) -> str:
        """Return the action that empties the queue, ``""`` if there is none or this user may not."""
        return queue.action if queue and queue.action in self.get_actions(request) else ""

    def _papers_of(self, request: HttpRequest, queue: Queue | None) -> list[tuple[str, str]]:
        """Return the actions that print what a packer needs for the whole queue, each with its words."""
        actions = self.get_actions(request) if queue and queue.packed else {}
        return [(name, words) for name, words in PAPERS.items() if name in actions]

    def _print_url(self, request: HttpRequest) -> str:
        """Return where the whole queue is taken to print, so that two clerks never take the same label."""
        return self._url("print") if request.user.has_perm(permissions.PRINT) else ""

    def tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return title and address of the desk's other pages, as far as this user may see them."""
        answers = request.user.has_perm(permissions.ANSWER_PRIVACY_REQUESTS)
        by_hand = systems_by_hand()
        # Where another program makes every label, its day ends there as well.
        elsewhere = len(by_hand) == len(app_settings.shipping_systems)
        pages = [
            (_("Packing table"), self._url("table")),
            *([self._page(request, "ship_by_hand")] if by_hand else []),
            (_("Print labels"), self._print_url(request)),
            *([] if elsewhere else [self._page(request, "day_end")]),
            (_("The day’s summary"), self._url("day")),
            (_("Figures"), self._url("costs")),
            (_("Answer a privacy request"), self._url("privacy") if answers else ""),
        ]
        return [(title, url) for title, url in pages if url]

    def _page(self, request: HttpRequest, name: str) -> tuple[str, str]:
        """Return title and address of one of PAGES, no address where this user may not see it."""
        page = PAGES[name]
        return str(page.label), self._url(page.name) if request.user.has_perm(page.permission) else ""

    def _url(self, name: str) -> str:
        return url_on(self.admin_site, f"admin:deliver_to_po_{name}")

    def page_of(self, delivery: Delivery) -> str:
        """Return the address of a delivery's page, which leads back to the list as it is narrowed down."""
        url = desk_url(self.admin_site, "delivery_change", delivery.pk)
        kept = getattr(delivery, "kept_filters", "")
        return f"{url}?{kept}" if kept else url

    @admin.display(description=gettext_lazy("order"), ordering="reference")
    def reference_shown(self, delivery: Delivery) -> SafeString:
        """Return the reference as a link, TEST beside it, and beneath the order where it is called otherwise.

        Then who picks up, unless that is erased, and when it was ordered.
        """
        link = format_html('<a href="{}"><b>{}</b></a> {}', self.page_of(delivery), delivery, test_badge(delivery))
        when = aside(day_of_year(shop_day(delivery.placed_at)) if delivery.placed_at else "")
        return lines([link, self._order_beneath(delivery), delivery.recipient_name, when])

    def _order_beneath(self, delivery: Delivery) -> str:
        """Return the order's name as a link; where it is the reference too, only a link that says what it leads to."""
        if delivery.order is None:
            return ""
        if str(delivery.order) != str(delivery):
            return self.order_shown(delivery)
        may_view = getattr(delivery, "may_view_order", False)
        order = order_link(delivery.order, self.admin_site, may_view=may_view, text=_("order"))
        return order if order != str(delivery.order) else ""

    @admin.display(description=gettext_lazy("reference"))
    def reference_here(self, delivery: Delivery) -> SafeString:
        return format_html("{} {}", delivery, test_badge(delivery))

    @admin.display(description=gettext_lazy("order"))
    def order_shown(self, delivery: Delivery) -> str:
        may_view = getattr(delivery, "may_view_order", False)
        return order_link(delivery.order, self.admin_site, may_view=may_view)

    @admin.display(description=gettext_lazy("where it is, and why"))
    def standing_shown(self, delivery: Delivery) -> SafeString:
        """Return one word, why, whether it is not paid, what the buyer was told, and the way."""
        standing, parcels = self._standing(delivery), newest_of(delivery.shipments.all())
        # Where no button leads on, what happens instead.
        follows = standing.follows[:1] if not standing.cures else ()
        unpaid = f"{NOT_PAID} {_('It is left out when all labels are requested.')}"
        asides = [unpaid if is_surely_unpaid(delivery) else "", self._told_link(delivery)]
        return format_html(
            '{}<div class="d2po-reason">{}</div>{}',
            in_a_word(standing),
            lines([*standing.why, *follows, *asides]),
            as_bars(way_of(parcels), standing.tone),
        )

    def _standing(self, delivery: Delivery) -> Standing:
        """Return how the delivery of a row stands; two columns ask, and it is worked out once."""
        row = vars(delivery)
        if STANDING not in row:
            row[STANDING] = standing_of_delivery(delivery, newest_of(delivery.shipments.all()))
        found: Standing = row[STANDING]
        return found

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @admin.display(description=gettext_lazy("what to do"))
        def cure_shown(delivery: Delivery) -> SafeString:
            page = self.page_of(delivery)
            standing = self._standing(delivery)
            return as_html(cure_of(standing, delivery, request.user, self.admin_site, page=page), standing)

        return [*self.list_display, cure_shown]

    def _told_link(self, delivery: Delivery) -> str:
        notices: Sequence[Notice] = [notice for notice in delivery.notices.all() if notice.outcome]
        if not notices:
            return ""
        notice = notices[-1]
        words = {"what": notice.get_kind_display(), "result": notice.get_outcome_display()}
        told = _("E-mail: %(what)s (%(result)s)") % words
        if notice.outcome == NoticeOutcome.SENT and notice.sent_at:
            told = _("E-mail: %(what)s (%(when)s)") % {**words, "when": day_and_time(notice.sent_at)}
        return format_html('<a href="{}#d2po-told">{}</a>', self.page_of(delivery), told)

    @admin.display(description=gettext_lazy("post office"))
    def office_shown(self, delivery: Delivery) -> str:
        return lines(map(as_people_read, (delivery.office_name, delivery.office_city))) or NOTHING


def _noted() -> Coalesce:
    """Return the note of the last hold, a text in any case: a row that has none would ask for it again."""
    return Coalesce(Subquery(notes_of_holds(OuterRef("pk")).values("note")[:1]), Value(""), output_field=TextField())
