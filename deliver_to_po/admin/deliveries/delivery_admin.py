"""Deliveries on the merchant's desk: what was chosen, what became of it, and the button that hands it off."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin import csv_files, permissions
from deliver_to_po.admin.changes import buttons, choose_office, confirm_page, hand_off
from deliver_to_po.admin.changes.buttons import Button
from deliver_to_po.admin.deliveries import story
from deliver_to_po.admin.deliveries.cures import button_named, cures_of, without_button
from deliver_to_po.admin.deliveries.delivery_list import DeliveryList
from deliver_to_po.admin.deliveries.erasing import DELETE_TESTS, ERASE_RECIPIENTS
from deliver_to_po.admin.deliveries.shipment_inline import ShipmentInline
from deliver_to_po.admin.deliveries.standing import Standing
from deliver_to_po.admin.deliveries.way import days_at_the_office, way_of
from deliver_to_po.admin.label_picture import picture_view
from deliver_to_po.admin.late_admin import View, pages_of
from deliver_to_po.admin.lists.readonly import ReadOnlyAdmin
from deliver_to_po.admin.open_label import label_view
from deliver_to_po.admin.packing import table
from deliver_to_po.admin.printing import papers, print_pages
from deliver_to_po.admin.queues import queue_cards, turn_of
from deliver_to_po.admin.show import NOTHING, desk_url, hours_table, lines, may_view_order, order_link, state_and_reason
from deliver_to_po.admin.who_opened import details_saved
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.wording import city_line, day_and_time, money, service_name
from deliver_to_po.errors import InThePost
from deliver_to_po.handoff.changing.as_asked import is_out_of_reach
from deliver_to_po.handoff.changing.change import can_be_changed
from deliver_to_po.handoff.sending.hand_off_now import can_be_handed_off
from deliver_to_po.models import Delivery


def _list_action(change: confirm_page.DeskChange[Delivery]) -> Callable[..., HttpResponse | None]:
    """Return the list's action that does with the selected deliveries what the button does with one."""

    @admin.action(description=change.label, permissions=[change.permission.partition(".")[2]])
    def act(desk: "DeliveryAdmin", request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse | None:
        chosen = list(queryset.filter(order__isnull=False).order_by("placed_at", "pk"))
        return confirm_page.ask_and_make(request, change, chosen, back=request.get_full_path(), site=desk.admin_site)

    act.__name__ = change.name
    return act


class DeliveryAdmin(DeliveryList, ReadOnlyAdmin):
    """A delivery is frozen once placed: this shows it, hands it off and has a button for each change."""

    actions = (
        hand_off.hand_off_now,
        print_pages.print_labels,
        papers.packing_slips,
        papers.pick_list,
        *map(_list_action, buttons.LIST_ACTIONS),
        "save_as_csv",
        _list_action(ERASE_RECIPIENTS),
        _list_action(DELETE_TESTS),
    )
    inlines = (ShipmentInline,)
    fieldsets = (
        (None, {"fields": (("reference_here", "order_shown", "state_shown", "language"),)}),
        (
            _("Recipient"),
            {"fields": (("recipient_name", "recipient_shown", "recipient_email", "recipient_phone"),)},
        ),
        (
            _("Post office"),
            {
                "fields": (
                    ("office_name_shown", "office_address_shown", "office_id", "check_shown"),
                    "hours_shown",
                ),
            },
        ),
        (
            _("Delivery"),
            {
                "fields": (
                    ("service_shown", "price_shown"),
                    ("created_at", "reserved_at", "placed_at", "erased_at", "erasure_failed_at"),
                    ("release_asked_at", "released_at", "hold_asked_at", "stop_asked_at"),
                    ("id_shown", "replaces"),
                ),
            },
        ),
    )

    has_hand_off_delivery_permission = permissions.holds(permissions.HAND_OFF)
    has_print_labels_permission = permissions.holds(permissions.PRINT)
    has_hold_delivery_permission = permissions.holds(permissions.HOLD)
    has_cancel_delivery_permission = permissions.holds(permissions.CANCEL)
    has_erase_delivery_permission = permissions.holds(permissions.ERASE)
    has_view_label_permission = permissions.holds(permissions.VIEW_LABEL)
    has_delete_delivery_permission = permissions.holds(permissions.DELETE)

    def has_make_again_permission(self, request: HttpRequest) -> bool:
        """Say whether tests can be made real: not before the shop ships for real."""
        return app_settings.canada_post.live and request.user.has_perm(permissions.MAKE_AGAIN)

    class Media:
        css = {"all": ("deliver_to_po/story.css",)}

    def get_urls(self) -> list[URLPattern]:
        site, view = self.admin_site, self.admin_site.admin_view
        views: dict[str, View] = {
            "hand_off": view(self.hand_off_view),
            **buttons.views(site),
            **choose_office.views(site),
            **print_pages.views(site),
            "costs": view(self.costs_view),
            "invoice": view(self.invoice_view),
            "day": view(self.day_view),
            "session": view(self.session_view),
            **table.views(site),
            # These set stricter cache headers than the admin would.
            "label": view(partial(label_view, site=site), cacheable=True),
            "label_picture": view(partial(picture_view, site=site), cacheable=True),
        }
        return [*pages_of(Delivery, views), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *where: Any, **how: Any
    ) -> HttpResponse:
        """Show each button to those who may press it, where it would do something."""
        obj: Any = how["obj"]
        # On to the next one of the day's work.
        context["queues"] = queue_cards(request)
        context["list_url"] = desk_url(self.admin_site, "delivery_changelist")
        if obj.order_id is not None:
            told = story.story_of(obj)
            context["story"] = told
            context["way"] = way_of(told.parcels, told.standing.queue)
            context["turn"] = self._turn(obj, told.standing, context["queues"])
            context["days"] = days_at_the_office(told.parcels)
            offered = self._offered(request, obj, told.standing)
            context["cures"] = shown = cures_of(told.standing, obj, request.user, self.admin_site, offered)
            context["without_button"] = without_button(told.standing)
            may_view = may_view_order(request, self.admin_site)
            context["order_link"] = order_link(obj.order, self.admin_site, may_view=may_view)
            context["service"] = self.service_shown(obj)
            context["price"] = "" if obj.price is None else money(obj.price)
            in_the_post = (
                can_be_changed(obj) and obj.state != DeliveryState.NEEDS_CHOICE and is_out_of_reach(told.parcels)
            )
            context["closed"] = str(InThePost()) if in_the_post else ""
            context["changes"] = [button for button in offered.values() if button not in shown]
        return super().render_change_form(request, context, *where, **how)

    def _turn(self, delivery: Delivery, standing: Standing, cards: list[dict[str, Any]]) -> dict[str, Any] | None:
        """Return which of its queue the delivery is, of how many, and where the next one is."""
        turn = turn_of(delivery, standing.queue)
        if turn is None:
            return None
        counts = {card["name"]: card["count"] for card in cards}
        url = desk_url(self.admin_site, "delivery_change", turn.next) if turn.next else ""
        return {"queue": turn.queue, "number": turn.number, "count": counts.get(turn.queue.name, ""), "next": url}

    def _offered(self, request: HttpRequest, delivery: Delivery, standing: Standing) -> dict[str, Button]:
        """Return every button of a delivery that this user may press now, by its address."""
        buttons_ = [
            *choose_office.choice_buttons(request, delivery, self.admin_site),
            *buttons.delivery_buttons(request.user, delivery, self.admin_site),
        ]
        if self.has_hand_off_delivery_permission(request) and can_be_handed_off(delivery):
            hand_off_it = button_named("hand_off", standing, delivery, request.user, self.admin_site)
            buttons_ = [*([hand_off_it] if hand_off_it else []), *buttons_]
        return {button.url: button for button in buttons_}

    # Pages with sums and files, which few processes ever show: each loads what only it needs.

    def costs_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        from deliver_to_po.admin.costs.figures_page import figures_page

        return figures_page(request, self.admin_site)

    def invoice_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        from deliver_to_po.admin.costs.invoice_page import invoice_page

        return invoice_page(request, self.admin_site)

    def day_view(self, request: HttpRequest) -> HttpResponse:
        from deliver_to_po.admin.day_end.day_in_figures import day_page

        return day_page(request, self.admin_site)

    def session_view(self, request: HttpRequest) -> HttpResponse:
        """Say to desk.js that the session lives, with the token that a form needs after another login."""
        return HttpResponse(get_token(request), content_type="text/plain")

    @admin.action(description=_("Save as a CSV file"), permissions=["view_label"])
    def save_as_csv(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> StreamingHttpResponse:
        details_saved(queryset.values_list("pk", flat=True), request.user)
        return csv_files.deliveries_as_csv(request, queryset)

    def hand_off_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Hand one delivery off, say what happened, and return to its page; 403 without the permission."""
        if request.method != "POST":
            # Whoever was signed out meanwhile comes from the login: nothing is done, and the button is on this page.
            return HttpResponseRedirect(desk_url(self.admin_site, "delivery_change", pk))
        if not self.has_hand_off_delivery_permission(request):
            raise PermissionDenied
        hand_off.hand_off_one(request, get_object_or_404(Delivery, pk=pk, order__isnull=False))
        return HttpResponseRedirect(desk_url(self.admin_site, "delivery_change", pk))

    @admin.display(description=_("state"))
    def state_shown(self, delivery: Delivery) -> SafeString:
        return state_and_reason(delivery)

    @admin.display(description=_("address"))
    def recipient_shown(self, delivery: Delivery) -> str:
        address = delivery.recipient.address
        return lines([address.line_1, address.line_2, city_line(address)]) or NOTHING

    @admin.display(description=_("post office"))
    def office_name_shown(self, delivery: Delivery) -> str:
        return lines([delivery.office_name, delivery.office_location]) or NOTHING

    @admin.display(description=_("post office’s address"))
    def office_address_shown(self, delivery: Delivery) -> str:
        return lines([delivery.office_address, city_line(delivery.office)]) or NOTHING

    @admin.display(description=_("counter hours"))
    def hours_shown(self, delivery: Delivery) -> SafeString:
        """Return the week, as it was when the office was chosen."""
        return hours_table(delivery.office.hours)

    @admin.display(description=_("post office check"))
    def check_shown(self, delivery: Delivery) -> str:
        answer = str(delivery.get_office_check_display())
        return f"{answer} ({day_and_time(delivery.office_checked_at)})" if delivery.office_checked_at else answer

    @admin.display(description=_("service"))
    def service_shown(self, delivery: Delivery) -> str:
        return service_name(delivery.service) or NOTHING

    @admin.display(description=_("price of delivery (CAD)"))
    def price_shown(self, delivery: Delivery) -> str:
        """Return what the buyer was quoted, and when; a dash where the shop has prices of its own.

        And what was charged, where that is another price.
        """
        told = []
        if delivery.price is not None:
            quoted_at = delivery.price_quoted_at
            told.append(f"{money(delivery.price)} ({day_and_time(quoted_at)})" if quoted_at else money(delivery.price))
        if delivery.charge not in (None, delivery.price):
            told.append(_("Charged: %(price)s.") % {"price": money(delivery.charge)})
        return lines(told) if told else NOTHING

    @admin.display(description=_("delivery ID"))
    def id_shown(self, delivery: Delivery) -> str:
        """Return what request ids are made from."""
        return str(delivery.pk)
