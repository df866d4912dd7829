"""What every class of the desk is; and pages on which nothing is typed, for what changes only by moves."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from deliver_to_po.admin.late_admin import AnyModelAdmin
from deliver_to_po.admin.show import NOTHING
from deliver_to_po.core.shop_time import shop_zone

if TYPE_CHECKING:
    AnyInline = admin.options.InlineModelAdmin[Any, Any]
else:
    AnyInline = admin.options.InlineModelAdmin


class DeskAdmin(AnyModelAdmin):
    """Its pages read and write times by the shop's clock, which tells all others too, whatever zone Django has."""

    @property
    def urls(self) -> list[URLPattern]:
        return self.pages()

    def pages(self) -> list[URLPattern]:
        """Return its pages, none of them in a transaction of ATOMIC_REQUESTS: many write, and then call a carrier."""
        pages = self.get_urls()
        for page in pages:
            page.callback = non_atomic_requests(_by_the_shops_clock(page.callback))
        return pages


def _by_the_shops_clock(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def answer(*request: Any, **which: Any) -> HttpResponseBase:
        clock = timezone.override(shop_zone())
        with clock:
            response = view(*request, **which)
        if isinstance(response, SimpleTemplateResponse):
            # Django draws it when the view has returned.
            response.render = clock(response.render)  # type: ignore[method-assign]
        return response

    return answer


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


class ReadOnlyAdmin(ReadOnly, DeskAdmin):
    """A list of such rows, which is never counted in full, and their pages."""

    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ("deliver_to_po/admin.css",)}


class ReadOnlyInline(ReadOnly, AnyInline):
    """Such rows below another row; who may see the page may see them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: they are part of the page."""
        return True
