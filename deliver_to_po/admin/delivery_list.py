"""The desk's list of deliveries: its queues, its columns, and how it stays fast however many there are."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin import choosing, permissions, selecting
from deliver_to_po.admin.day_end import day_end_url
from deliver_to_po.admin.filters import LiveFilter, PlacedFilter, QueueFilter, ShipmentStateFilter, StateFilter
from deliver_to_po.admin.finding import found
from deliver_to_po.admin.list_warnings import ListWithWarnings
from deliver_to_po.admin.queues import MOST, Queue, counts, queue_named, queues
from deliver_to_po.admin.show import NOTHING, lines, may_view_order, order_link, parcel_lines, test_badge
from deliver_to_po.admin.standing import newest_of, standing
from deliver_to_po.canadapost.capitals import as_people_read
from deliver_to_po.choices import DeliveryState, NoticeOutcome
from deliver_to_po.handoff.release import notes_of_holds
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.wording import clock, day_and_time, day_of_year

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator

# The actions that print what a packer needs beside the labels.
PAPERS: Mapping[str, Any] = {"pick_list": gettext_lazy("Pick list"), "packing_slips": gettext_lazy("Packing slips")}
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


class DeliveryList(ListWithWarnings):
    """The list opens on queues: what waits, how much of it, and the button that empties each."""

    change_list_template = "admin/deliver_to_po/delivery/change_list.html"
    list_display = (
        "reference_shown",
        "standing_shown",
        "parcels_shown",
        "recipient_name_shown",
        "office_shown",
        "placed_shown",
    )
    # The reference is a link of its own, so that the order can be one beside it.
    list_display_links = None
    list_filter = (QueueFilter, StateFilter, ShipmentStateFilter, LiveFilter, ("placed_at", PlacedFilter))
    list_select_related = ("order",)
    list_per_page = 50
    paginator = FewPages
    show_full_result_count = False
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
        rows: QuerySet[Delivery] = super().get_queryset(request).prefetch_related("shipments", "notices")
        return rows.annotate(
            may_view_order=Value(may_view_order(request, self.admin_site), output_field=BooleanField()),
            may_choose=Value(request.user.has_perm(permissions.CHOOSE), output_field=BooleanField()),
            hold_note=Case(When(state=DeliveryState.HELD, then=_noted()), default=Value(""), output_field=TextField()),
            kept_filters=Value(self.get_preserved_filters(request), output_field=TextField()),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Return what was searched for; no row comes twice."""
        return found(queryset, search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and above it the queues."""
        context = {**(extra_context or {}), "title": capfirst(str(Delivery._meta.verbose_name_plural))}
        if request.method == "GET":
            context |= self._queues(request)
        else:
            selecting.unfold(request, MOST)
        return super().changelist_view(request, context)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *where: Any, **how: Any
    ) -> HttpResponse | None:
        """Do an action with what is selected; of more rows than are listed, with those that are."""
        across = request.POST.get("select_across") not in (None, "", "0")
        if across and request.POST.get("action") not in selecting.BOUND_BY_THEMSELVES:
            queryset = selecting.first_of(request, queryset, MOST)
        return super().response_action(request, queryset, *where, **how)

    def _queues(self, request: HttpRequest) -> dict[str, Any]:
        current = queue_named(request.GET.get("queue"))
        cards = queue_cards(request, current)
        return {
            "queues": cards,
            "queue": current,
            "queue_is_empty": any(card["current"] and card["empty"] for card in cards),
            "queue_action": self._action_of(request, current),
            "papers": self._papers_of(request, current),
            "day_end_url": day_end_url(request, self.admin_site) if current and current.name == "to_transmit" else "",
            "print_url": self._print_url(request) if current and current.name == "to_print" else "",
            "tools": self._tools(request),
            "filters_open": any(name not in NO_FILTERS for name in request.GET),
            "most": MOST,
        }

    def _action_of(self, request: HttpRequest, queue: Queue | None) -> str:
        """Return the action that empties the queue, ``""`` where there is none or this user may not."""
        return queue.action if queue and queue.action in self.get_actions(request) else ""

    def _papers_of(self, request: HttpRequest, queue: Queue | None) -> list[tuple[str, str]]:
        """Return the actions that print what a packer needs for the whole queue, each with its words."""
        if queue is None or not queue.packed:
            return []
        actions = self.get_actions(request)
        return [(name, words) for name, words in PAPERS.items() if name in actions]

    def _print_url(self, request: HttpRequest) -> str:
        """Return where the whole queue is taken to print, so that two clerks never take the same label."""
        return self._url("print") if request.user.has_perm(permissions.PRINT) else ""

    def _tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return title and address of the desk's other pages, as far as this user may see them."""
        pages = [
            (_("Packing table"), self._url("table")),
            (_("Print labels"), self._print_url(request)),
            (_("Day’s end"), day_end_url(request, self.admin_site)),
            (_("The day’s summary"), self._url("day")),
            (_("Costs by month"), self._url("costs")),
        ]
        return [(title, url) for title, url in pages if url]

    def _url(self, name: str) -> str:
        return reverse(f"admin:deliver_to_po_{name}", current_app=self.admin_site.name)

    def page_of(self, delivery: Delivery) -> str:
        """Return the address of a delivery's page, which leads back to the list as it is narrowed down."""
        url = reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk], current_app=self.admin_site.name)
        kept = getattr(delivery, "kept_filters", "")
        return f"{url}?{kept}" if kept else url

    @admin.display(description=gettext_lazy("reference and order"), ordering="reference")
    def reference_shown(self, delivery: Delivery) -> SafeString:
        """Return the reference as a link, TEST beside it, and the order beneath where it is called otherwise."""
        link = format_html('<a href="{}"><b>{}</b></a> {}', self.page_of(delivery), delivery, test_badge(delivery))
        return lines([link, self._order_beneath(delivery)])

    def _order_beneath(self, delivery: Delivery) -> str:
        """Return the order's name as a link; where it is the reference too, only a link that says what it leads to."""
        if delivery.order is None:
            return ""
        if str(delivery.order) != str(delivery):
            return self.order_shown(delivery)
        may_view = getattr(delivery, "may_view_order", False)
        order = order_link(delivery.order, self.admin_site.name, may_view=may_view, text=_("order"))
        return order if order != str(delivery.order) else ""

    @admin.display(description=gettext_lazy("reference"))
    def reference_here(self, delivery: Delivery) -> SafeString:
        """Return the reference on the delivery's own page, and TEST beside it."""
        return format_html("{} {}", delivery, test_badge(delivery))

    @admin.display(description=gettext_lazy("order"))
    def order_shown(self, delivery: Delivery) -> str:
        """Return a link to the order's own page, for those who may view it."""
        may_view = getattr(delivery, "may_view_order", False)
        return order_link(delivery.order, self.admin_site.name, may_view=may_view)

    @admin.display(description=gettext_lazy("state"))
    def standing_shown(self, delivery: Delivery) -> SafeString:
        """Return one word, why, and what the buyer was told."""
        shown = standing(delivery, newest_of(delivery.shipments.all())).as_html()
        asides = [self._choose_link(delivery), self._told_link(delivery)]
        if not any(asides):
            return shown
        return format_html('{}<div class="d2po-reason">{}</div>', shown, lines(asides))

    def _choose_link(self, delivery: Delivery) -> str:
        if delivery.state != DeliveryState.NEEDS_CHOICE or not getattr(delivery, "may_choose", False):
            return ""
        url = choosing.search_page(delivery, self.admin_site)
        return format_html('<a href="{}">{}</a>', url, _("Choose a post office"))

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

    @admin.display(description=gettext_lazy("parcels"))
    def parcels_shown(self, delivery: Delivery) -> str:
        """Return the newest shipment of each parcel, by its tracking number."""
        return parcel_lines(delivery, newest_of(delivery.shipments.all())) or NOTHING

    @admin.display(description=gettext_lazy("recipient"))
    def recipient_name_shown(self, delivery: Delivery) -> str:
        """Return who picks up; a dash once that is erased."""
        return delivery.recipient_name or NOTHING

    @admin.display(description=gettext_lazy("post office"))
    def office_shown(self, delivery: Delivery) -> str:
        """Return name and city."""
        return lines(map(as_people_read, (delivery.office_name, delivery.office_city))) or NOTHING

    @admin.display(description=gettext_lazy("date placed"), ordering="placed_at")
    def placed_shown(self, delivery: Delivery) -> str:
        """Return day and time of day."""
        if delivery.placed_at is None:
            return NOTHING
        local = timezone.localtime(delivery.placed_at)
        return lines([day_of_year(local.date()), clock(local.time())])


def _noted() -> Subquery:
    return Subquery(notes_of_holds(OuterRef("pk")).values("note")[:1])


def queue_cards(request: HttpRequest, current: Queue | None = None) -> list[dict[str, Any]]:
    """Return what is shown of each queue: its name, its words, how many wait in it. Asks the database once."""
    every = queues()
    numbers = counts(request.user, every)
    return [_card(queue, numbers[queue.name], queue == current) for queue in every]


def _card(queue: Queue, count: int, current: bool) -> dict[str, Any]:
    shown = _("more than %(most)d") % {"most": MOST} if count > MOST else str(count)
    return {"name": queue.name, "title": queue.title, "count": shown, "empty": not count, "current": current}
