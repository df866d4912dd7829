"""Pages on which nothing is typed: what they show is frozen, and changes only by moves."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.lists.desk_admin import DeskAdmin
from deliver_to_po.admin.show import NOTHING, by_whom, desk_url, with_moments
from deliver_to_po.shipping.registry import name_of_system

if TYPE_CHECKING:
    AnyInline = admin.options.InlineModelAdmin[Any, Any]
else:
    AnyInline = admin.options.InlineModelAdmin


class ReadOnly:
    """Rows are looked at, never added, changed or deleted."""

    # Django's own is a hyphen; one table has one dash.
    empty_value_display = NOTHING

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        parts = super().get_fieldsets(request, obj)  # type: ignore[misc]
        return [(name, {**part, "fields": with_moments(self.model, part["fields"])}) for name, part in parts]  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, DeskAdmin):
    """A list of such rows, which is never counted in full, and their pages."""

    list_per_page = 50
    show_full_result_count = False
    # The page to which the list leads: who may see it, what it is called, and the name of its address.
    leads_to: tuple[str, Promise, str] | None = None

    class Media:
        css = {"all": ("deliver_to_po/admin.css",)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = dict(extra_context or {})
        if self.leads_to and request.user.has_perm(self.leads_to[0]):
            _permission, label, page = self.leads_to
            context["tool"] = {"label": label, "url": desk_url(self.admin_site, page)}
        return super().changelist_view(request, context)


class OfClerkAdmin(ReadOnlyAdmin):
    """Such rows that a clerk, or the shop by itself, made of parcels of one shipping system."""

    list_select_related = ("user",)

    @admin.display(description=gettext_lazy("by"))
    def by(self, row: Any) -> str:
        return by_whom(row.user)

    @admin.display(description=gettext_lazy("shipping system"))
    def system_shown(self, row: Any) -> str:
        return name_of_system(row.system)


class ReadOnlyInline(ReadOnly, AnyInline):
    """Such rows below another row; who may see the page may see them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: they are part of the page."""
        return True
