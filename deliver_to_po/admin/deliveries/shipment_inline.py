"""What is shown below a delivery: its shipments, each with its attempts."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.by_hand.card import card_button
from deliver_to_po.admin.changes.buttons import shipment_buttons
from deliver_to_po.admin.deliveries.story import AT_MOST, NEWEST, with_newest_attempts
from deliver_to_po.admin.deliveries.whereabouts import with_events
from deliver_to_po.admin.label_picture import has_picture
from deliver_to_po.admin.lists.readonly import ReadOnlyInline
from deliver_to_po.admin.permissions import VIEW_LABEL
from deliver_to_po.admin.show import (
    NOTHING,
    aside,
    desk_url,
    lines,
    measures_shown,
    options_text,
    state_and_reason,
    tracking_link,
    what_was_said,
    which_parcel,
)
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.wording import day_and_time, money, service_name, with_colon
from deliver_to_po.handoff.frozen_request import MEASURES
from deliver_to_po.handoff.printing.label_state import must_not_be_used
from deliver_to_po.models import Shipment
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.shipping.registry import name_of_system

if TYPE_CHECKING:
    Stacked = admin.StackedInline[Any, Any]
else:
    Stacked = admin.StackedInline


class ShipmentInline(ReadOnlyInline, Stacked):
    """The delivery's parcels, each with what the shipping system made of it."""

    model = Shipment
    fieldsets = (
        (None, {"fields": (("state_shown", "tracking_shown", "label_shown", "where_shown"), "buttons_shown")}),
        (
            gettext_lazy("Technical details"),
            {
                "classes": ("collapse",),
                "fields": (
                    ("parcel_shown", "service_shown", "system_shown", "price_shown"),
                    ("request_id", "shipment_id", "transmitted_shown", "due_at"),
                    "attempts_shown",
                ),
            },
        ),
    )
    user: Any = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        """Return the shipments with their attempts, so that the page asks once for all of them."""
        # Django makes a new inline for each request, so it can hold the user.
        self.user = request.user
        rows: QuerySet[Shipment] = super().get_queryset(request).select_related("tracking", "delivery")
        return rows.prefetch_related(with_newest_attempts(), "tracking__events")

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, shipment: Shipment) -> SafeString:
        return lines([state_and_reason(shipment), aside(what_was_said(Reason(shipment.reason), shipment.reason_text))])

    @admin.display(description=gettext_lazy("tracking number"))
    def tracking_shown(self, shipment: Shipment) -> str:
        return tracking_link(shipment)

    @admin.display(description=gettext_lazy("shipping label"))
    def label_shown(self, shipment: Shipment) -> str:
        """Return a link to the label, for those who may open it; once it is erased a dash.

        A clerk who printed one that is voided is told to destroy it.
        """
        if not shipment.label or shipment.labelled_at is None or shipment.delivery.erased_at is not None:
            return NOTHING
        if must_not_be_used(shipment):
            return format_html("<strong>{}</strong>", _("must not be used: destroy it if it is printed"))
        if not self.user.has_perm(VIEW_LABEL):
            return _("stored; you do not have permission to open it")
        url = desk_url(self.admin_site, "label", shipment.pk)
        link = format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', url, _("Open the shipping label"))
        return lines([link, self._picture(shipment)])

    def _picture(self, shipment: Shipment) -> str:
        """Return the label's picture, folded, so that it is drawn only for those who unfold it."""
        if not has_picture(shipment):
            return ""
        url = desk_url(self.admin_site, "label_picture", shipment.pk)
        about = _("Picture of the shipping label, tracking number %(number)s") % {"number": shipment.tracking_pin}
        return format_html(
            '<details class="d2po-picture"><summary>{}</summary><a href="{}" target="_blank" rel="noopener">'
            '<img src="{}" alt="{}" loading="lazy" width="406" height="609"></a></details>',
            _("Show it here"),
            url,
            url,
            about,
        )

    @admin.display(description=gettext_lazy("what you can do"))
    def buttons_shown(self, shipment: Shipment) -> str:
        site = self.admin_site
        buttons = [*card_button(self.user, shipment, site), *shipment_buttons(self.user, shipment, site)]
        links = ((button.url, button.label) for button in buttons)
        return format_html_join(" ", '<a class="d2po-button" href="{}">{}</a>', links) or NOTHING

    @admin.display(description=gettext_lazy("where it is"))
    def where_shown(self, shipment: Shipment) -> str:
        return with_events(tracking_of(shipment))

    @admin.display(description=gettext_lazy("parcel"))
    def parcel_shown(self, shipment: Shipment) -> str:
        measures = measures_shown(*(getattr(shipment, name) for name in MEASURES))
        return with_colon(which_parcel(shipment), measures)

    @admin.display(description=gettext_lazy("service"))
    def service_shown(self, shipment: Shipment) -> str:
        return ", ".join(filter(None, [service_name(shipment.service), options_text(shipment.options)]))

    @admin.display(description=gettext_lazy("shipping system"))
    def system_shown(self, shipment: Shipment) -> str:
        return name_of_system(shipment.system)

    @admin.display(description=gettext_lazy("price with taxes"))
    def price_shown(self, shipment: Shipment) -> str:
        return NOTHING if shipment.price is None else money(shipment.price)

    @admin.display(description=gettext_lazy("transmitted"))
    def transmitted_shown(self, shipment: Shipment) -> str:
        """Return when it was transmitted, and what that means; a dash where it was not."""
        if shipment.transmitted_at is None:
            return NOTHING
        words = {"when": day_and_time(shipment.transmitted_at)}
        if shipment.by_card:
            return _("%(when)s, and charged at once; it cannot be voided, only refunded") % words
        return _("%(when)s; it can no longer be voided, only refunded") % words

    @admin.display(description=gettext_lazy("attempts"))
    def attempts_shown(self, shipment: Shipment) -> str:
        newest = getattr(shipment, NEWEST)
        context = {"attempts": newest[:AT_MOST], "cut": len(newest) > AT_MOST}
        return render_to_string("admin/deliver_to_po/attempts.html", context)
