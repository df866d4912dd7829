"""Tells the merchant, above the lists of the desk, when buyers see less than Canada Post's list, or what is broken."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deliver_to_po.admin.lists.bounded_list import BoundedList
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.examination.troubles import troubles
from deliver_to_po.models.pause_in_force import current_pause
from deliver_to_po.offices.outage import current_outage


class ListWithWarnings(BoundedList):
    """A list that opens with what is wrong just now."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and above it the pause, the rung that answers searches, and what doctor and health found."""
        if request.method == "GET":
            for message in _warnings():
                messages.warning(request, message)
        return super().changelist_view(request, extra_context)


def _warnings() -> list[str]:
    found = []
    if pause := current_pause():
        words = {"when": day_and_time(pause.ends_at)}
        found.append(_("Deliver to Post Office is paused until %(when)s. No label is made until then.") % words)
    if outage := current_outage():
        rung = outage.rung.label if outage.rung else _("nothing: the option is not offered")
        told = _("Canada Post has not answered a search since %(when)s. Buyers see: %(rung)s.")
        found.append(told % {"when": day_and_time(outage.since), "rung": rung})
    for says, code in troubles():
        found.append(_("Tell technical support: %(says)s (code: %(code)s).") % {"says": says, "code": code})
    return found
