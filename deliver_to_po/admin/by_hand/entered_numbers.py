"""What is said of tracking numbers that were typed or imported: for each line whether it was taken, else why not."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.show import desk_page
from deliver_to_po.handoff.by_hand.entering import Entered, Line, counted, enter_file
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.table_file import LARGEST_BYTES, UnreadableFile, pasted
from deliver_to_po.shipping.registry import name_of_system

# Lines of each kind that the answer shows.
SHOWN_AT_MOST = 500
WORDS: Mapping[Entered, Promise] = {
    Entered.TAKEN: gettext_lazy("The tracking number has been saved."),
    Entered.SAME_AGAIN: gettext_lazy("This number was saved before; nothing was changed."),
    Entered.NO_NUMBER: gettext_lazy("The parcel has no tracking number there yet."),
    Entered.WRONG_NUMBER: gettext_lazy(
        "This is not a Canada Post tracking number: its 16 digits, or 13 characters, do not fit its check digit. "
        "Copy or scan it once more."
    ),
    Entered.NUMBER_TWICE: gettext_lazy("The file gives this number to several parcels: correct it there."),
    Entered.PARCEL_TWICE: gettext_lazy("The file gives this parcel several numbers: leave only the right one in it."),
    Entered.UNKNOWN_PARCEL: gettext_lazy(
        "No parcel of the last 90 days has this reference: it is another shop’s, or was typed wrong."
    ),
    Entered.SEVERAL_PARCELS: gettext_lazy(
        "The order has several parcels: use the parcel’s own reference, as its card shows it."
    ),
    Entered.OTHER_NUMBER: gettext_lazy(
        "The parcel has another tracking number already. Compare the two with its label. If the saved one is wrong, "
        "press “Make the label again” on the delivery’s page."
    ),
    Entered.NUMBER_OF_ANOTHER: gettext_lazy(
        "Another parcel has this tracking number: compare it with the label, and search for it in the list of "
        "deliveries."
    ),
    Entered.NOT_AWAITED: gettext_lazy(
        "No number is awaited for this parcel: look at its delivery; it may be cancelled or made again."
    ),
    Entered.UNREADABLE: gettext_lazy("The line cannot be read."),
    Entered.FAILED: gettext_lazy("The shop’s database was busy: import the same file again."),
    Entered.LATER: gettext_lazy("The import ended before this line: import the same file again for the rest."),
}


def import_answer(request: HttpRequest, site: AdminSite, alias: str) -> HttpResponse | None:
    """Import the file or the pasted lines of a request and return the page that answers line by line.

    None when there is nothing to answer but a message, which is written then.
    """
    try:
        content = _sent(request)
        if not content:
            messages.error(request, _("Choose a file first, or paste its lines."))
            return None
        lines = enter_file(alias, content, user=request.user)
    except UnreadableFile as problem:
        messages.error(request, _("The file was not imported. %(why)s") % {"why": problem})
        return None
    counts = counted(lines)
    good = counts[Entered.TAKEN] + counts[Entered.SAME_AGAIN]
    context = {
        "title": _("Result of the import"),
        "system": name_of_system(alias),
        "taken": counts[Entered.TAKEN],
        "again": counts[Entered.SAME_AGAIN],
        "not_taken": len(lines) - good,
        "groups": [
            (_("Not accepted"), _shown(lines, good=False)),
            (_("Accepted"), _shown(lines, good=True)),
        ],
        "most": SHOWN_AT_MOST,
    }
    return desk_page(request, site, "import_answer", context)


def _sent(request: HttpRequest) -> bytes:
    """Return what was sent, and of a file that is far too large only the beginning. Raises UnreadableFile."""
    file = request.FILES.get("file")
    if file is not None:
        return bytes(file.read(LARGEST_BYTES + 1))
    return pasted(request.POST.get("lines", ""))


def _shown(lines: list[Line], *, good: bool) -> dict[str, Any]:
    chosen = [line for line in lines if (line.entered in (Entered.TAKEN, Entered.SAME_AGAIN)) == good]
    shown = chosen[:SHOWN_AT_MOST]
    deliveries = dict(
        Shipment.objects.filter(pk__in={line.shipment_pk for line in shown}).values_list("pk", "delivery_id")
    )
    rows = [
        {"line": line, "why": line.problem or WORDS[line.entered], "delivery": deliveries.get(line.shipment_pk or 0)}
        for line in shown
    ]
    return {"rows": rows, "count": len(chosen), "more": len(chosen) - len(shown), "good": good}
