"""The page of the day's end: what waits to be transmitted, and what is said after the button is pressed."""

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.permissions import TRANSMIT
from deliver_to_po.admin.show import BREAK, why_and_what_to_do
from deliver_to_po.choices import ManifestState, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.manifests import look_again
from deliver_to_po.handoff.transmitting import Group, carry_on, preview, transmit
from deliver_to_po.models import Manifest
from deliver_to_po.shipping.registry import name_of_system
from deliver_to_po.wording import day_and_time

EXCLUDE, GROUP = "exclude", "group"
# More groups than a shop has in a day, and how long ago somebody else may have pressed.
GROUPS_NAMED, RECENT = 20, timedelta(hours=12)
# More numbers than anybody types.
TYPED_AT_MOST = 20_000


def day_end_url(request: HttpRequest, site: AdminSite) -> str:
    """Return where the day's parcels are transmitted, ``""`` where there is no such page or this user may not."""
    if not request.user.has_perm(TRANSMIT):
        return ""
    try:
        return reverse("admin:deliver_to_po_day_end", current_app=site.name)
    except NoReverseMatch:
        # A site of the shop's own may show deliveries without manifests.
        return ""


def day_end(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show what waits; on POST transmit the chosen groups, say what came of it and go to the list of manifests."""
    if request.method == "POST":
        typed = request.POST.get(EXCLUDE, "")[:TYPED_AT_MOST]
        user = None if isinstance(request.user, AnonymousUser) else request.user
        try:
            manifests = transmit(request.POST.getlist(GROUP), exclude=typed.replace(",", " ").split(), user=user)
        except TransmissionRefused as error:
            messages.error(request, str(error))
            _tell_of_others(request)
            return _page(request, site, typed, set(request.POST.getlist(GROUP)))
        _report(request, manifests)
        if not manifests:
            _tell_of_others(request)
        return HttpResponseRedirect(reverse("admin:deliver_to_po_manifest_changelist", current_app=site.name))
    return _page(request, site, "", None)


def _page(request: HttpRequest, site: AdminSite, typed: str, chosen: set[str] | None) -> HttpResponse:
    groups = preview()
    context = {
        **site.each_context(request),
        "title": _("Day’s end"),
        "rows": [_row(group, chosen is None or group.name in chosen) for group in groups],
        "ready": sum(group.ready for group in groups if group.can_be_transmitted),
        "live": app_settings.canada_post.live,
        "typed": typed,
        "names": {"exclude": EXCLUDE, "group": GROUP},
    }
    return render(request, "admin/deliver_to_po/day_end.html", context)


def _tell_of_others(request: HttpRequest) -> None:
    """Say which of the chosen groups somebody has transmitted since the page was opened: who, when and how many."""
    names = [name for name in request.POST.getlist(GROUP)[:GROUPS_NAMED] if name.isprintable()]
    since = timezone.now() - RECENT
    rows = Manifest.objects.filter(groups__group__in=names, created_at__gte=since).select_related("user").distinct()
    for manifest in rows.order_by("created_at", "pk")[:GROUPS_NAMED]:
        text = ngettext(
            "%(count)d parcel: %(state)s. Asked for by %(who)s on %(when)s.",
            "%(count)d parcels: %(state)s. Asked for by %(who)s on %(when)s.",
            manifest.parcels,
        )
        who = str(manifest.user) if manifest.user else _("the shop (automatically)")
        words = {"state": manifest.get_state_display(), "who": who, "when": day_and_time(manifest.created_at)}
        messages.info(request, text % {"count": manifest.parcels, **words})


def _row(group: Group, chosen: bool) -> dict[str, object]:
    return {
        "group": group,
        "chosen": chosen,
        "weight": weight(group.weight_kg),
        "days": _days(group),
        "system": name_of_system(group.system),
    }


def _days(group: Group) -> str:
    if group.first_day is None or group.last_day is None:
        return ""
    days = dict.fromkeys((group.first_day, group.last_day))
    return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in days)


def weight(kilograms: Decimal) -> str:
    """Return a weight as people write it."""
    return _("%(weight)s kg") % {"weight": localize(kilograms.normalize() + 0)}


def day_of(manifest: Manifest) -> str:
    """Return when a manifest was asked for."""
    return date_format(timezone.localtime(manifest.created_at), "SHORT_DATETIME_FORMAT")


def shipment_links(manifest: Manifest, site_name: str) -> SafeString:
    """Return the tracking number and the order's reference of each shipment, with a link to its delivery."""
    name = "admin:deliver_to_po_delivery_change"
    rows = manifest.shipments.select_related("delivery").order_by("pk")
    return format_html_join(
        BREAK,
        '<a href="{}">{}</a> {}',
        ((reverse(name, args=[row.delivery_id], current_app=site_name), row, row.delivery.reference) for row in rows),
    )


def look_again_at(request: HttpRequest, manifests: QuerySet[Manifest]) -> None:
    """Take up again what was left to a person, and say what came of it."""
    taken_up = [manifest for manifest in manifests if look_again(manifest)]
    for manifest in taken_up:
        carry_on(manifest)
    if not taken_up:
        messages.info(request, _("None of these waits for a person."))
        return
    _report(request, taken_up)


def _report(request: HttpRequest, manifests: list[Manifest]) -> None:
    if not manifests:
        messages.info(request, _("There was nothing to transmit."))
    for manifest in manifests:
        _tell(request, manifest)


def _tell(request: HttpRequest, manifest: Manifest) -> None:
    words = {
        "count": manifest.parcels,
        "state": capfirst(str(manifest.get_state_display())),
        "reason": f"{why_and_what_to_do(Reason(manifest.reason), manifest.system)} {manifest.reason_text}".strip(),
    }
    if manifest.state == ManifestState.FETCHED:
        text = ngettext(
            "%(count)d parcel is transmitted, and its manifest can be printed.",
            "%(count)d parcels are transmitted, and their manifest can be printed.",
            manifest.parcels,
        )
        messages.success(request, text % words)
        return
    if manifest.state == ManifestState.TRANSMITTED:
        text = ngettext(
            "%(count)d parcel is transmitted. %(reason)s",
            "%(count)d parcels are transmitted. %(reason)s",
            manifest.parcels,
        )
        messages.success(request, (text % words).strip())
        return
    text = ngettext(
        "%(state)s: %(count)d parcel. %(reason)s", "%(state)s: %(count)d parcels. %(reason)s", manifest.parcels
    )
    level = messages.ERROR if manifest.state in (ManifestState.REFUSED, ManifestState.ATTENTION) else messages.WARNING
    messages.add_message(request, level, (text % words).strip())
