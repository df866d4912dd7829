"""The day's end on the merchant's desk: what waits, one button, and the manifests of the days before."""

import logging
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst, get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from deliver_to_po.admin import permissions
from deliver_to_po.admin.day_end import day_end_page, differences
from deliver_to_po.admin.late_admin import View, pages_of
from deliver_to_po.admin.lists.desk_list import ListWithWarnings
from deliver_to_po.admin.lists.filters import LiveFilter
from deliver_to_po.admin.lists.readonly import OfClerkAdmin
from deliver_to_po.admin.open_label import private_file
from deliver_to_po.admin.show import (
    BREAK,
    NOTHING,
    aside,
    desk_url,
    lines,
    state_and_reason,
    test_badge_of,
    what_was_said,
)
from deliver_to_po.admin.weights_and_money import kilograms_shown
from deliver_to_po.admin.who_opened import details_saved
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.day_end.manifests import look_again as take_up
from deliver_to_po.handoff.day_end.transmitting import carry_on
from deliver_to_po.handoff.stored_files import read_whole
from deliver_to_po.models import Manifest

log = logging.getLogger(__name__)

# How many ids of parcels that are not known here a line names.
STRANGERS = 20

_ERASED = gettext_lazy(
    "The manifest’s file has been erased, since its time is over. If you need it, print it at the shipping system’s "
    "own site."
)
_CANNOT_BE_READ = gettext_lazy(
    "The manifest’s file cannot be read. Open it again in a moment. If that does not help, print it at the "
    "shipping system’s own site, and ask technical support to check the log."
)


def _difference(manifest: Manifest) -> str:
    """Return how many parcels a manifest tells of and how many are known here, and the ids of those that are not."""
    words = {"told": manifest.told_of, "known": manifest.parcels, "ids": ", ".join(manifest.strangers[:STRANGERS])}
    told = _("The manifest lists %(told)d, the shipping desk knows %(known)d.") % words
    return f"{told} {_('Not known here: %(ids)s.') % words}" if manifest.strangers else told


class ManifestAdmin(ListWithWarnings, OfClerkAdmin):
    """Manifests are looked at and printed; only the page of the day's end makes one."""

    # Who pressed is what a colleague looks for, so that it stands where no screen cuts it off.
    list_display = ("number_shown", "document_shown", "by", "state_shown", "parcels", "weight_shown", "groups_shown")
    list_filter = ("state", LiveFilter)
    search_fields = ("number", "shipments__tracking_pin", "groups__group")
    search_help_text = gettext_lazy("Manifest number, tracking number, group")
    leads_to = (permissions.TRANSMIT, gettext_lazy("Day’s end"), "day_end")
    actions = ("look_again",)
    fields = (
        ("number_shown", "document_shown", "state_shown"),
        ("parcels", "weight_shown", "groups_shown"),
        ("by", "created_at", "transmitted_at", "fetched_at", "erased_at"),
        ("system_shown", "carrier_ids_shown"),
        "shipments_shown",
    )
    has_transmit_manifest_permission = permissions.holds(permissions.TRANSMIT)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether this user may see manifests: by Django's permission, or since they make and print them."""
        return self.has_transmit_manifest_permission(request) or super().has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Manifest]:
        """Return manifests with their groups, so that a list of any length asks for them once."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_urls(self) -> list[URLPattern]:
        site, view = self.admin_site, self.admin_site.admin_view
        views: dict[str, View] = {
            "day_end": view(partial(day_end_page.day_end, site=site)),
            "difference": view(partial(differences.difference, site=site)),
            "leave_the_rest": view(partial(differences.leave_the_rest, site=site)),
            "manifest_document": view(self.document_view, cacheable=True),
        }
        return [*pages_of(Manifest, views), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(str(Manifest._meta.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def document_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Return a manifest to print; 403 without the permission, 404 when there is none.

        Where its file cannot be read the clerk is led to the day's end, which says so.
        """
        if not self.has_transmit_manifest_permission(request):
            raise PermissionDenied
        manifest = Manifest.objects.filter(pk=pk, state=ManifestState.FETCHED).first()
        if manifest is None:
            raise Http404
        try:
            if manifest.erased_at is not None:
                return self._instead(request, _ERASED)
            document = read_whole(manifest.document)
        except Exception as error:
            # A storage that somebody else wrote raises whatever it likes.
            log.warning("Manifest %s cannot be read: %s", manifest.pk, type(error).__name__)
            return self._instead(request, _CANNOT_BE_READ)
        details_saved(manifest.shipments.values_list("delivery", flat=True), request.user)
        name = get_valid_filename("-".join((pgettext("name of a file", "manifest"), str(manifest))))
        return private_file(document, "application/pdf", f"{name}.pdf")

    def _instead(self, request: HttpRequest, why: Promise) -> HttpResponse:
        messages.error(request, str(why))
        return HttpResponseRedirect(desk_url(self.admin_site, "day_end"))

    @admin.action(description=gettext_lazy("Check again"), permissions=["transmit_manifest"])
    def look_again(self, request: HttpRequest, queryset: QuerySet[Manifest]) -> None:
        """Take up again what was left to a person, and report the result."""
        taken_up = [manifest for manifest in queryset if take_up(manifest)]
        for manifest in taken_up:
            carry_on(manifest)
            day_end_page.tell(request, manifest)
        if not taken_up:
            messages.info(request, _("None of these needs attention."))

    @admin.display(description=gettext_lazy("manifest"), ordering="created_at")
    def number_shown(self, manifest: Manifest) -> SafeString:
        # Each warehouse's driver takes the one that names it.
        place = " ".join((manifest.sender.get("city", ""), display_postal_code(manifest.sender.get("postal_code", ""))))
        shown = lines([day_and_time(manifest.created_at), manifest.number, place.strip()])
        return format_html("{} {}", shown, test_badge_of(manifest))

    @admin.display(description=gettext_lazy("to print"))
    def document_shown(self, manifest: Manifest) -> str:
        if manifest.state != ManifestState.FETCHED:
            return NOTHING
        if manifest.erased_at is not None:
            return _("erased after its time")
        url = desk_url(self.admin_site, "manifest_document", manifest.pk)
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', url, _("Print the manifest"))

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, manifest: Manifest) -> SafeString:
        alarm = '<strong class="d2po-word d2po-wrong">▲ {}</strong>'
        differs = format_html(alarm, _difference(manifest)) if manifest.differs else ""
        said = aside(what_was_said(Reason(manifest.reason), manifest.reason_text))
        return lines([state_and_reason(manifest), differs, said])

    @admin.display(description=gettext_lazy("weight"))
    def weight_shown(self, manifest: Manifest) -> str:
        return kilograms_shown(manifest.weight_kg)

    @admin.display(description=gettext_lazy("groups"))
    def groups_shown(self, manifest: Manifest) -> SafeString:
        return lines(group.group for group in manifest.groups.all())

    @admin.display(description=gettext_lazy("manifest IDs"))
    def carrier_ids_shown(self, manifest: Manifest) -> str:
        return ", ".join(manifest.carrier_ids) or NOTHING

    @admin.display(description=gettext_lazy("shipments"))
    def shipments_shown(self, manifest: Manifest) -> SafeString:
        """Return the tracking number and the order's reference of each shipment, with a link to its delivery."""
        rows = manifest.shipments.select_related("delivery").order_by("pk")
        links = (
            (desk_url(self.admin_site, "delivery_change", row.delivery_id), row, row.delivery.reference) for row in rows
        )
        return format_html_join(BREAK, '<a href="{}">{}</a> {}', links)
