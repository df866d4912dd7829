"""Lists of the desk that do nothing with an address that nobody typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from deliver_to_po.admin.readonly import AnyModelAdmin

# Each word that is searched for is looked for in every column; a filter's value is far shorter.
LONGEST = 200


class BoundedList(AnyModelAdmin):
    """A list that measures what it is asked for, and its search box, before Django takes it apart."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; the whole of it, and why, where the search or a filter is too long, or holds a NUL."""
        asked = [text for _name, texts in request.GET.lists() for text in texts]
        if any(len(text) > LONGEST for text in asked):
            told = _("This is too long to search for. At most %(most)d characters are looked for.")
            messages.warning(request, told % {"most": LONGEST})
            return HttpResponseRedirect(request.path)
        # PostgreSQL takes none, and Django looks for it in the search box only.
        if any("\0" in text for text in asked):
            messages.warning(request, _("This holds a character that nobody can type. Search again, or use a filter."))
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)
