"""The page of the day's end: what waits to be transmitted, and what is said after the button is pressed."""

import re
from datetime import timedelta

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.day_end import differences, what_stays
from deliver_to_po.admin.open_label import void_labels
from deliver_to_po.admin.permissions import TRANSMIT, for_those_with
from deliver_to_po.admin.queues import transmits
from deliver_to_po.admin.show import by_whom, desk_page, desk_url, url_on, why_and_what_to_do
from deliver_to_po.admin.weights_and_money import kilograms_shown
from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.wording import day_and_time, day_of_year, with_one_stop
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.day_end.looking_over import (
    COMPARED_AGAIN_AFTER,
    end_day,
    look_over,
)
from deliver_to_po.handoff.day_end.reconciling import differing
from deliver_to_po.handoff.day_end.transmitting import Group, waiting_groups
from deliver_to_po.handoff.office_check import OFFICE_ASKED_AGAIN_AFTER
from deliver_to_po.models import Manifest
from deliver_to_po.offices.check import ANSWER_COUNTS
from deliver_to_po.shipping.registry import name_of_system

EXCLUDE, GROUP, AGAIN = "exclude", "group", "again"
# More groups than a shop has in a day, and how long ago somebody else may have pressed.
GROUPS_NAMED, RECENT = 20, timedelta(hours=12)
# More numbers than anybody types.
TYPED_AT_MOST = 20_000
GROUPED = re.compile(r"\b([0-9]{4}) ([0-9]{4}) ([0-9]{4}) ([0-9]{4})\b")


def day_end_url(request: HttpRequest, site: AdminSite) -> str:
    """Return where the day's parcels are transmitted, ``""`` if none ever are, or this user may not."""
    may = request.user.has_perm(TRANSMIT) and any(map(transmits, app_settings.shipping_systems))
    return url_on(site, "admin:deliver_to_po_day_end") if may else ""


@for_those_with(TRANSMIT)
def day_end(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show what waits; on POST transmit the chosen groups, report the result and go to the list of manifests."""
    if request.method == "POST":
        typed = request.POST.get(EXCLUDE, "")[:TYPED_AT_MOST]
        try:
            ended = end_day(request.POST.getlist(GROUP), exclude=_numbers(typed), user=request.user)
        except TransmissionRefused as error:
            messages.error(request, str(error))
            _tell_of_others(request)
            return _page(request, site, typed, set(request.POST.getlist(GROUP)))
        for manifest in ended.manifests:
            tell(request, manifest)
        if not ended.manifests:
            messages.info(request, _("There was nothing to transmit."))
            _tell_of_others(request)
        if ended.stays:
            _tell_what_stays(request, len(ended.stays))
        return HttpResponseRedirect(desk_url(site, "manifest_changelist"))
    return _page(request, site, "", None)


def _numbers(typed: str) -> list[str]:
    """Return what was typed number by number; a number in groups of four, as our lists write it, is one."""
    return re.split(r"[\s,;]+", GROUPED.sub(r"\1\2\3\4", typed))


def _page(request: HttpRequest, site: AdminSite, typed: str, chosen: set[str] | None) -> HttpResponse:
    groups = waiting_groups()
    asked_again_after = ANSWER_COUNTS if AGAIN in request.GET else OFFICE_ASKED_AGAIN_AFTER
    compared_after = timezone.now() - (timedelta() if AGAIN in request.GET else COMPARED_AGAIN_AFTER)
    looked = look_over(office_asked_again_after=asked_again_after, compared_after=compared_after)
    differ = list(differing())
    context = {
        "title": _("Day’s end"),
        "rows": [_row(group, chosen is None or group.name in chosen) for group in groups],
        "heading": _heading(len(looked.goes), len(looked.stays)),
        "goes": len(looked.goes),
        "void": void_labels(),
        "names_of_groups": ", ".join(group.name for group in groups if group.own),
        "weight": kilograms_shown(looked.weight_kg),
        "asked_at": day_and_time(looked.at),
        "questions": what_stays.questions(looked),
        "stays": what_stays.rows(looked, request.user, site),
        "more_stay": max(len(looked.stays) - what_stays.SHOWN, 0),
        "same": differences.summaries(looked.compared),
        "differences": differences.rows(differ, request.user, site),
        "more_differ": max(sum(len(one.open_ones) for one in differ) - differences.SHOWN, 0),
        "leave_the_rest": differences.several_left(request.user, site),
        "again": f"?{AGAIN}=1",
        "live": app_settings.canada_post.live,
        "typed": typed,
        "names": {"exclude": EXCLUDE, "group": GROUP},
    }
    return desk_page(request, site, "day_end", context)


def _heading(goes: int, stays: int) -> str:
    ready = ngettext("%(count)d parcel is ready to go", "%(count)d parcels are ready to go", goes) % {"count": goes}
    if not stays:
        return ready
    left = ngettext("%(count)d stays", "%(count)d stay", stays) % {"count": stays}
    return _("%(ready)s, %(left)s") % {"ready": ready, "left": left}


def _tell_what_stays(request: HttpRequest, count: int) -> None:
    text = ngettext(
        "%(count)d parcel stays: the page “Day’s end” says why, and what to do.",
        "%(count)d parcels stay: the page “Day’s end” says why, and what to do.",
        count,
    )
    messages.warning(request, text % {"count": count})


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
        words = {
            "state": manifest.get_state_display(),
            "who": by_whom(manifest.user),
            "when": day_and_time(manifest.created_at),
        }
        messages.info(request, with_one_stop(text % {"count": manifest.parcels, **words}))


def _row(group: Group, chosen: bool) -> dict[str, object]:
    return {
        "group": group,
        "chosen": chosen,
        "weight": kilograms_shown(group.weight_kg),
        "days": _days(group),
        "system": name_of_system(group.system),
    }


def _days(group: Group) -> str:
    if group.first_day is None or group.last_day is None:
        return ""
    return " – ".join(map(day_of_year, dict.fromkeys((group.first_day, group.last_day))))


def tell(request: HttpRequest, manifest: Manifest) -> None:
    """Say what became of a manifest's parcels."""
    words = {
        "count": manifest.parcels,
        "state": capfirst(str(manifest.get_state_display())),
        "reason": f"{why_and_what_to_do(Reason(manifest.reason), manifest.system)} {manifest.reason_text}".strip(),
    }
    if manifest.state == ManifestState.FETCHED:
        text = ngettext(
            "%(count)d parcel has been transmitted, and its manifest is ready to print.",
            "%(count)d parcels have been transmitted, and their manifest is ready to print.",
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
