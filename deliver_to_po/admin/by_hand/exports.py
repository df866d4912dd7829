"""The files that were exported to other shipping systems: who made them, and the same bytes again."""

import logging
from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.by_hand import card, parcel_list
from deliver_to_po.admin.late_admin import View, pages_of
from deliver_to_po.admin.lists.desk_list import ListWithWarnings
from deliver_to_po.admin.lists.filters import LiveFilter
from deliver_to_po.admin.lists.readonly import OfClerkAdmin
from deliver_to_po.admin.open_label import private_file
from deliver_to_po.admin.permissions import SHIP_BY_HAND
from deliver_to_po.admin.show import BREAK, NOTHING, desk_url, test_badge_of
from deliver_to_po.admin.who_opened import details_saved
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.by_hand.exporting import NO_NUMBER_YET, reference_of
from deliver_to_po.handoff.stored_files import read_whole, what_failed
from deliver_to_po.models import Export, Shipment

log = logging.getLogger(__name__)

AWAITED = "awaited"
_CANNOT_BE_READ = gettext_lazy(
    "The file cannot be read. Open it again in a moment. If that does not help, tick its parcels under “Tracking "
    "numbers awaited”, and press “Download the ticked parcels as a file”."
)


class ExportAdmin(ListWithWarnings, OfClerkAdmin):
    """Exports are looked at and downloaded again; only the page of parcels shipped by hand makes one."""

    list_display = ("when_shown", "file_shown", "parcels", "awaited_shown", "system_shown", "by")
    list_filter = (LiveFilter,)
    leads_to = (SHIP_BY_HAND, gettext_lazy("Parcels labelled in another program"), "by_hand")
    fields = (
        ("when_shown", "file_shown", "parcels", "awaited_shown"),
        ("system_shown", "by", "erased_at"),
        "shipments_shown",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """Return what was exported: what was begun and never finished has handed nothing over."""
        rows: QuerySet[Export] = super().get_queryset(request)
        awaited = Prefetch("shipments", Shipment.objects.filter(NO_NUMBER_YET).only("export"), to_attr=AWAITED)
        return rows.filter(claimed_at__isnull=False).prefetch_related(awaited)

    def get_urls(self) -> list[URLPattern]:
        site, view = self.admin_site, self.admin_site.admin_view
        views: dict[str, View] = {
            "by_hand": view(partial(parcel_list.by_hand, site=site)),
            "card": view(partial(card.card, site=site)),
            "export_file": view(self.file_view, cacheable=True),
        }
        return [*pages_of(Export, views), *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Return the file of an export; 403 without the permission, 404 when it is erased.

        Where it cannot be read the clerk is led to the page that makes another, which says so.
        """
        if not request.user.has_perm(SHIP_BY_HAND):
            raise PermissionDenied
        export = Export.objects.filter(pk=pk, claimed_at__isnull=False, erased_at=None).first()
        if export is None:
            raise Http404
        try:
            file = read_whole(export.file)
        except Exception as error:  # noqa: BLE001 - a storage that somebody else wrote raises whatever it likes
            log.warning("Export %s cannot be read: %s", export.pk, what_failed(error))
            messages.error(request, _CANNOT_BE_READ)
            return HttpResponseRedirect(desk_url(self.admin_site, "by_hand"))
        details_saved(export.shipments.values_list("delivery", flat=True), request.user)
        return private_file(file, "text/csv", filename_of(export))

    @admin.display(description=gettext_lazy("date exported"), ordering="created_at")
    def when_shown(self, export: Export) -> SafeString:
        return format_html("{} {}", day_and_time(export.claimed_at or export.created_at), test_badge_of(export))

    @admin.display(description=gettext_lazy("file"))
    def file_shown(self, export: Export) -> str:
        if not export.can_be_downloaded:
            return _("erased")
        url = desk_url(self.admin_site, "export_file", export.pk)
        return format_html('<a href="{}">{}</a>', url, _("Download the file"))

    @admin.display(description=gettext_lazy("numbers awaited"))
    def awaited_shown(self, export: Export) -> int:
        return len(getattr(export, AWAITED))

    @admin.display(description=gettext_lazy("shipments"))
    def shipments_shown(self, export: Export) -> str:
        rows = export.shipments.select_related("delivery").order_by("pk")
        links = (
            (
                desk_url(self.admin_site, "delivery_change", row.delivery_id),
                reference_of(row),
                row.get_state_display(),
                row.tracking_pin,
            )
            for row in rows
        )
        return format_html_join(BREAK, '<a href="{}">{}</a> {} {}', links) or NOTHING


def filename_of(export: Export) -> str:
    """Return what a file is called: the system, the moment and the number of parcels, no name of a person."""
    moment = shop_time(export.claimed_at or export.created_at)
    test = "" if export.live else f"{_('TEST')}-"
    return f"{test}{export.system}-{moment:%Y-%m-%d-%H%M}-{export.pk}.csv"
