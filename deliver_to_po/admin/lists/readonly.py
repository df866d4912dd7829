"""Pages on which nothing is typed: what they show is frozen, and changes only by moves."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.urls import URLPattern

from deliver_to_po.admin.show import NOTHING

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyInline = admin.options.InlineModelAdmin[Any, Any]
else:
    AnyModelAdmin = admin.ModelAdmin
    AnyInline = admin.options.InlineModelAdmin


class ReadOnly:
    """Rows are looked at, never added, changed or deleted."""

    # Django's own is a hyphen; one table has one dash.
    empty_value_display = NOTHING

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, AnyModelAdmin):
    """A list of such rows, which is never counted in full, and their pages."""

    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ("deliver_to_po/admin.css",)}

    @property
    def urls(self) -> list[URLPattern]:
        """Its pages, none of them in a transaction of ATOMIC_REQUESTS: many write something and then call a carrier."""
        pages = self.get_urls()
        for page in pages:
            non_atomic_requests(page.callback)
        return pages


class ReadOnlyInline(ReadOnly, AnyInline):
    """Such rows below another row; who may see the page may see them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: they are part of the page."""
        return True
