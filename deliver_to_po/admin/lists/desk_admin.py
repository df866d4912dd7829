"""What every class of the desk is: its pages go by the shop's clock, and none is one transaction."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern
from django.utils import timezone

from deliver_to_po.admin.late_admin import AnyModelAdmin
from deliver_to_po.admin.show import with_moments
from deliver_to_po.core.shop_time import shop_zone


class DeskAdmin(AnyModelAdmin):
    """Its pages read and write times by the shop's clock, which tells all others too, whatever zone Django has."""

    @property
    def urls(self) -> list[URLPattern]:
        return self.pages()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return with_moments(self.model, super().get_list_display(request))

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
