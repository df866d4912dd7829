"""Parcels labelled in another program: what is to be exported, whose tracking numbers are awaited, and what follows."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.files.base import ContentFile
from django.db import Error
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliver_to_po.admin.by_hand.entered_numbers import WORDS, import_answer
from deliver_to_po.admin.open_label import private_file
from deliver_to_po.admin.permissions import SHIP_BY_HAND, for_those_with
from deliver_to_po.admin.show import desk_page, desk_url, state_and_reason, test_badge, why_and_what_to_do
from deliver_to_po.admin.who_opened import details_saved
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.by_hand.entering import Entered, enter_number
from deliver_to_po.handoff.by_hand.exporting import Exported, awaited, export, file_of, reference_of, to_export
from deliver_to_po.handoff.stored_files import what_failed
from deliver_to_po.models import Export, Shipment
from deliver_to_po.shipping import ShippingSystem
from deliver_to_po.shipping.files.table_file import MOST_PASTED
from deliver_to_po.shipping.registry import shipping_system, systems_by_hand

log = logging.getLogger(__name__)

# Parcels that one page shows; the others follow when these are done.
SHOWN_AT_MOST = 200
# What the name of a parcel's field begins with.
NUMBER = "number-"
_NOT_KEPT = gettext_lazy(
    "The file could not be saved, so nothing is exported. Export the parcels again in a moment. If that does not help, "
    "ask technical support to check the log."
)
DONE_WELL = (Entered.TAKEN, Entered.SAME_AGAIN)


@for_those_with(SHIP_BY_HAND)
def by_hand(request: HttpRequest, site: AdminSite) -> HttpResponse | FileResponse:
    """Show the parcels of every shipping system that somebody works with; on POST do what its button says."""
    systems = systems_by_hand()
    alias = request.POST.get("system", "")
    act = ACTIONS.get(request.POST.get("do", "")) if alias in systems else None
    if request.method == "POST" and act:
        return act(request, site, alias)
    return _page(request, site)


def _page(request: HttpRequest, site: AdminSite, typed: Mapping[int, tuple[str, str]] | None = None) -> HttpResponse:
    """Return the page; ``typed`` are the numbers that were not taken, each with why not. Pasted lines stay in it."""
    context = {
        "title": _("Parcels labelled in another program"),
        "systems": [_system(alias, system, typed or {}) for alias, system in systems_by_hand().items()],
        "pasted_into": request.POST.get("system"),
        "pasted": request.POST.get("lines", ""),
        "site_name": site.name,
        "most_pasted": MOST_PASTED,
    }
    return desk_page(request, site, "by_hand", context)


def _system(alias: str, system: ShippingSystem, typed: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    waiting, handed = to_export(alias), awaited(alias)
    return {
        "alias": alias,
        "name": system.name,
        "exports": system.exports,
        "has_file": _has_file(system),
        "unverified": system.unverified,
        "waiting": [_row(shipment) for shipment in waiting[:SHOWN_AT_MOST]],
        "waiting_count": waiting.count(),
        "awaited": [_row(shipment, *typed.get(shipment.pk, ("", ""))) for shipment in handed[:SHOWN_AT_MOST]],
        "awaited_count": handed.count(),
        "files": Export.objects.filter(system=alias, claimed_at__isnull=False, erased_at=None)[:5],
    }


def _has_file(system: ShippingSystem) -> bool:
    """Say whether the system has a file for parcels that it was given: anybody's own need not."""
    return type(system).export is not ShippingSystem.export


def _row(shipment: Shipment, typed: str = "", problem: str = "") -> dict[str, Any]:
    return {
        "shipment": shipment,
        "reference": reference_of(shipment),
        "test": test_badge(shipment.delivery),
        "state": state_and_reason(shipment) if shipment.reason and shipment.reason != Reason.TO_EXPORT else "",
        "since": day_and_time(shipment.requested_at) if shipment.requested_at else "",
        "typed": typed,
        "problem": problem,
    }


def chosen(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("parcel")[:SHOWN_AT_MOST] if pk.isdecimal() and len(pk) < 19]


def _export(request: HttpRequest, site: AdminSite, alias: str) -> HttpResponse:
    pks = chosen(request)
    if not pks:
        messages.warning(request, _("Tick the parcels first."))
        return _back(site)
    try:
        _tell(request, site, export(alias, pks, user=request.user))
    except Error:
        raise
    except Exception as error:  # noqa: BLE001 - a storage that somebody else wrote raises whatever it likes
        log.error("Parcels cannot be exported to %s: %s", alias, what_failed(error))
        messages.error(request, _NOT_KEPT)
    return _back(site)


def _tell(request: HttpRequest, site: AdminSite, done: Exported) -> None:
    if done.export:
        text = ngettext("%(count)d parcel is exported.", "%(count)d parcels are exported.", done.export.parcels) % {
            "count": done.export.parcels
        }
        url = desk_url(site, "export_file", done.export.pk)
        messages.success(request, format_html('{} <a href="{}">{}</a>', text, url, _("Download the file")))
    elif done.reason:
        messages.error(request, why_and_what_to_do(done.reason))
    elif not done.left_out:
        messages.warning(
            request, _("Nothing was exported: somebody else was faster, or the parcels are no longer waiting.")
        )
    for left in done.left_out:
        why = f"{why_and_what_to_do(left.reason, left.shipment.system)} {left.said}".strip()
        messages.warning(request, f"{reference_of(left.shipment)} – {why}")


def _csv(request: HttpRequest, site: AdminSite, alias: str) -> HttpResponse | FileResponse:
    pks = chosen(request)
    if not pks or not _has_file(shipping_system(alias)):
        messages.warning(request, _("Tick the parcels first."))
        return _back(site)
    made = file_of(alias, pks)
    details_saved(Shipment.objects.filter(system=alias, pk__in=pks).values_list("delivery", flat=True), request.user)
    return private_file(ContentFile(made.content), "text/csv", f"parcels-{alias}.{made.extension}")


def _numbers(request: HttpRequest, site: AdminSite, alias: str) -> HttpResponse:
    """Keep every number that was typed, each by itself; what was not taken is shown again with why."""
    wrong: dict[int, tuple[str, str]] = {}
    taken = 0
    rows = Shipment.objects.filter(system=alias, pk__in=_numbered(request)).select_related("delivery")
    for shipment in rows.order_by("requested_at", "pk"):
        typed = request.POST.get(f"{NUMBER}{shipment.pk}", "")[:100]
        entered = enter_number(shipment.pk, typed, user=request.user)
        if entered in DONE_WELL:
            taken += 1
        else:
            wrong[shipment.pk] = (typed, str(WORDS[entered]))
    tell_taken(request, taken)
    if not wrong:
        return _back(site)
    tell_of_others(request, alias, wrong)
    return _page(request, site, wrong)


def tell_of_others(request: HttpRequest, alias: str, wrong: Mapping[int, tuple[str, str]]) -> None:
    """Say why a number was not taken if its parcel is no longer in the list, where it could be said beside it."""
    listed = awaited(alias).filter(pk__in=wrong)
    others = Shipment.objects.filter(pk__in=wrong).exclude(pk__in=listed.values("pk")).select_related("delivery")
    for shipment in others:
        messages.error(request, " – ".join([reference_of(shipment), *wrong[shipment.pk]]))
    messages.error(request, _("Some tracking numbers were not accepted."))


def tell_taken(request: HttpRequest, taken: int) -> None:
    if taken:
        text = ngettext("%(count)s tracking number saved.", "%(count)s tracking numbers saved.", taken)
        messages.success(request, text % {"count": localize(taken)})


def _numbered(request: HttpRequest) -> Sequence[int]:
    """Return the parcels beside which something was typed."""
    fields = [(name.removeprefix(NUMBER), typed) for name, typed in request.POST.items() if name.startswith(NUMBER)]
    return [int(pk) for pk, typed in fields[:SHOWN_AT_MOST] if str(typed).strip() and pk.isdecimal() and len(pk) < 19]


def _import(request: HttpRequest, site: AdminSite, alias: str) -> HttpResponse:
    return import_answer(request, site, alias) or _page(request, site)


def _back(site: AdminSite) -> HttpResponse:
    return HttpResponseRedirect(desk_url(site, "by_hand"))


ACTIONS: Mapping[str, Callable[[HttpRequest, AdminSite, str], HttpResponse | FileResponse]] = {
    "export": _export,
    "csv": _csv,
    "numbers": _numbers,
    "import": _import,
}
