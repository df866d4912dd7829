"""The log of privacy requests: looked at, never changed; above it the way to the page that answers one."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.late_admin import pages_of
from deliver_to_po.admin.lists.readonly import ReadOnlyAdmin
from deliver_to_po.admin.permissions import ANSWER_PRIVACY_REQUESTS
from deliver_to_po.admin.privacy.request_page import request_page
from deliver_to_po.admin.privacy.request_words import KINDS
from deliver_to_po.admin.show import BREAK, NOTHING, desk_url
from deliver_to_po.models import Delivery, PrivacyRequest


class PrivacyRequestAdmin(ReadOnlyAdmin):
    """Who looked for a person, exported and erased what is held, and when. Whoever may do it may see it."""

    list_display = ("at", "step", "by", "found_by_shown", "found", "erased", "kept")
    list_filter = ("step",)
    leads_to = (ANSWER_PRIVACY_REQUESTS, gettext_lazy("Answer a privacy request"), "privacy")
    list_select_related = ("user",)
    fields = (("at", "step", "by"), ("found_by_shown", "found", "erased", "kept"), "deliveries_shown")

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(partial(request_page, site=self.admin_site))
        return [*pages_of(PrivacyRequest, {"privacy": answer}), *super().get_urls()]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether this user may see the log: by Django's permission, or since they answer requests."""
        return request.user.has_perm(ANSWER_PRIVACY_REQUESTS) or super().has_view_permission(request, obj)

    @admin.display(description=gettext_lazy("by"), ordering="user")
    def by(self, line: PrivacyRequest) -> str:
        return str(line.user) if line.user else "d2po_privacy"

    @admin.display(description=gettext_lazy("looked for by"))
    def found_by_shown(self, line: PrivacyRequest) -> str:
        return ", ".join(str(KINDS[kind]) for kind in line.found_by.split())

    @admin.display(description=gettext_lazy("deliveries"))
    def deliveries_shown(self, line: PrivacyRequest) -> str:
        """Return each delivery that was found, with a link; that they are forgotten, once they are."""
        if not line.deliveries:
            return _("forgotten after their time") if line.found else NOTHING
        pks = [UUID(pk) for pk in line.deliveries.split()]
        # A choice without an order has no page, and one that was deleted has no row.
        known = Delivery.objects.filter(order__isnull=False).in_bulk(pks)
        return format_html_join(BREAK, "{}", ((self._shown(pk, known.get(pk)),) for pk in pks))

    def _shown(self, pk: UUID, delivery: Delivery | None) -> str:
        if delivery is None:
            return str(pk)
        url = desk_url(self.admin_site, "delivery_change", pk)
        return format_html('<a href="{}">{}</a>', url, delivery)
