"""What every list of the desk does: it bounds what it is asked for, and opens with what is wrong just now."""

import re
from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.lists.desk_admin import DeskAdmin
from deliver_to_po.core.wording import day_and_time, with_one_stop
from deliver_to_po.examination.troubles import troubles
from deliver_to_po.handoff.day_end.reconciling import differing
from deliver_to_po.models.manifest_moves import left_to_a_person
from deliver_to_po.models.pause_in_force import current_pause, lately_in_force
from deliver_to_po.offices.outage import current_outage

# No address of a list may filter by parts of these: access logs would hold them, and letters could be tried out.
OF_PERSONS = ("search_keys", "history", "note", "reason_text", "system_data")
# Each word that is searched for is looked for in every column; a filter's value is far shorter.
LONGEST = 200


class ListWithWarnings(DeskAdmin):
    """A list that measures what it is asked for before Django takes it apart, and opens with what is wrong just now."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and above it pause, rung that answers searches, what differs, what doctor and health found.

        The whole of it, and why, where no database can look for what the search or a filter holds.
        """
        if told := why_not(request):
            messages.warning(request, told)
            return HttpResponseRedirect(request.path)
        if request.method == "GET":
            for message in _warnings():
                messages.warning(request, message)
        return super().changelist_view(request, extra_context)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse what asks about a person; such a filter can only be written by hand."""
        if any(part.startswith("recipient_") or part in OF_PERSONS for part in lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)


def why_not(request: HttpRequest) -> str:
    """Return why a list is not asked for what the address holds, ``""`` if it is."""
    asked = [(name, text) for name, texts in request.GET.lists() for text in texts]
    if any(len(text) > LONGEST for _name, text in asked):
        told = _("This search is too long. Type at most %(most)d characters.")
        return told % {"most": LONGEST}
    # PostgreSQL takes none, and Django looks for it in the search box only.
    if any("\0" in text for _name, text in asked):
        return _("Your search contains a character that cannot be typed. Search again, or use a filter.")
    # Django hands the numbers of a filter with "__in" to the database, however long. Words are searched as words.
    if any(re.search("[0-9]{19}", text) for name, text in asked if name != SEARCH_VAR):
        return _("No list on this site has such a long number. Search again, or use a filter.")
    return ""


def _warnings() -> list[str]:
    found = []
    if lately_in_force() and (pause := current_pause()):
        told = _("Deliver to Post Office is paused until %(when)s. No label is made until then.")
        found.append(with_one_stop(told % {"when": day_and_time(pause.ends_at)}))
    if outage := current_outage():
        rung = outage.rung.label if outage.rung else _("nothing: the option is not offered")
        told = _("Canada Post has not answered a search since %(when)s. Buyers see: %(rung)s.")
        found.append(with_one_stop(told % {"when": day_and_time(outage.since), "rung": rung}))
    # One statement: every list asks.
    parcels = differing().order_by().values_list(Value("parcels"), "differing")
    manifests = left_to_a_person().order_by().values_list(Value("manifests"), Value(1))
    counts = Counter[str]()
    for what, count in parcels.union(manifests, all=True):
        counts[what] += count
    if count := counts["parcels"]:
        told = ngettext(
            "%(count)d parcel differs. Look at “Day’s end” in the admin.",
            "%(count)d parcels differ. Look at “Day’s end” in the admin.",
            count,
        )
        found.append(told % {"count": count})
    if count := counts["manifests"]:
        told = ngettext(
            "%(count)d manifest needs attention. Look at “Manifests” in the admin.",
            "%(count)d manifests need attention. Look at “Manifests” in the admin.",
            count,
        )
        found.append(told % {"count": count})
    for says, code in troubles():
        found.append(_("Tell technical support: %(says)s (code: %(code)s).") % {"says": says, "code": code})
    return found
