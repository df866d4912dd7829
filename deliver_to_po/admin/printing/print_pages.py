"""Printing labels: the queue, a job's page, its file, and the page that asks before anything is printed twice."""

from collections import Counter
from contextlib import ExitStack
from functools import partial
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from deliver_to_po.admin.day_end.day_end_page import day_end_url
from deliver_to_po.admin.late_admin import View
from deliver_to_po.admin.open_label import private_file
from deliver_to_po.admin.permissions import PRINT
from deliver_to_po.admin.printing import papers
from deliver_to_po.admin.printing.label_words import WHY_NOT, later_than_this, why_not
from deliver_to_po.admin.show import desk_page, desk_url, may_look, printed_by
from deliver_to_po.admin.who_opened import labels_opened
from deliver_to_po.core.choices import PrintForm
from deliver_to_po.core.in_parts import in_parts
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.core.wording import day_and_time, with_colon
from deliver_to_po.handoff.printing.job_file import LAYOUTS, ZPL, Printed, mark_printed, write_labels
from deliver_to_po.handoff.printing.label_state import LabelState
from deliver_to_po.handoff.printing.print_jobs import MOST, TooMany, print_queue, rows_of, take_chosen, take_queue
from deliver_to_po.handoff.sending.labelling import EXTENSIONS
from deliver_to_po.models import Delivery, PrintJob, Shipment

# How many of the labels that are not printed the page names; the cover sheet names all.
NAMED = 100
JOBS_SHOWN = 20
# How often the page looks again by itself while labels are still to come. In a header: it is no page's own refresh.
REFRESH_SECONDS = 15
LONGEST_NUMBER = 6


def views(site: AdminSite) -> dict[str, View]:
    """Return the pages of printing, by name. They name recipients' parcels, so that looking must be allowed as well."""
    pages: dict[str, View] = {
        "print": _queue_page,
        "counter": papers.counter_list,
        "print_job": _job_page,
        "print_file": _file,
        "print_again": _again_page,
        "printer_test": papers.printer_test,
    }
    return {name: site.admin_view(partial(_for_those_who_may, view, site)) for name, view in pages.items()}


def _for_those_who_may(view: View, site: AdminSite, request: HttpRequest, **arguments: Any) -> HttpResponseBase:
    if not (request.user.has_perm(PRINT) and may_look(request, site)):
        raise PermissionDenied
    try:
        return view(request, site, **arguments)
    except PrintJob.DoesNotExist:
        gone = _(
            "This print job no longer exists: somebody has returned it to the queue, or it is too old. What was not "
            "printed waits here."
        )
        messages.warning(request, gone)
        return HttpResponseRedirect(desk_url(site, "print"))


@admin.action(description=gettext_lazy("Print labels"), permissions=["print_labels"])
def print_labels(desk: Any, request: HttpRequest, deliveries: QuerySet[Delivery]) -> HttpResponse | None:
    """Take the labels of the selected deliveries and lead to the job's page; None, and said why, for too many."""
    try:
        job = take_chosen(deliveries.filter(order__isnull=False), request.user)
    except TooMany as error:
        told = _("These are %(count)s labels. A file holds at most %(most)s: choose fewer, by a filter for example.")
        messages.error(request, told % {"count": localize(error.count), "most": localize(MOST)})
        return None
    job.form, job.start = _as_last_time(request.user), 1
    job.save(update_fields=["form", "start"])
    return HttpResponseRedirect(desk_url(desk.admin_site, "print_job", job.pk))


def _queue_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show what waits and the jobs of the last days; on POST take what is left."""
    if request.method == "POST":
        return _take_queue(request, site)
    waits = print_queue()
    jobs = PrintJob.objects.select_related("user").defer("chosen", "without")[:JOBS_SHOWN]
    context = {
        "title": _("Print labels"),
        "queue": waits,
        "free": min(waits.waiting - waits.taken, MOST),
        "jobs": [
            {"job": job, "url": desk_url(site, "print_job", job.pk), "when": day_and_time(job.created_at)}
            for job in jobs
        ],
        "counter_url": desk_url(site, "counter"),
        "tests": [desk_url(site, "printer_test", paper) for paper in papers.PAPERS],
    }
    return desk_page(request, site, "print", context)


def _take_queue(request: HttpRequest, site: AdminSite) -> HttpResponse:
    job = take_queue(request.user)
    taken = print_queue().taken - (len(job.chosen) if job else 0)
    if taken > 0:
        told = ngettext(
            "%(count)d label of the queue is in another print job, and stays there.",
            "%(count)d labels of the queue are in other print jobs, and stay there.",
            taken,
        )
        messages.info(request, told % {"count": taken})
    _tell_left(request, job)
    if job is None:
        messages.warning(request, _("Nothing is left to print in the queue."))
        return HttpResponseRedirect(desk_url(site, "print"))
    job.form = _as_last_time(request.user)
    job.save(update_fields=["form"])
    return HttpResponseRedirect(desk_url(site, "print_job", job.pk))


def _tell_left(request: HttpRequest, job: PrintJob | None) -> None:
    """Say how many labels a job could not take since it is full, and how to come by them."""
    waits = print_queue()
    left = waits.waiting - waits.taken if job else 0
    if left > 0:
        told = ngettext(
            "A print job holds at most %(most)s labels. %(count)s more waits in the queue: take it when these are "
            "printed.",
            "A print job holds at most %(most)s labels. %(count)s more wait in the queue: take them when these are "
            "printed.",
            left,
        )
        messages.warning(request, told % {"most": localize(MOST), "count": localize(left)})


def _job_page(request: HttpRequest, site: AdminSite, pk: UUID) -> HttpResponse:
    """Show where the labels of a job stand, and offer its file; on POST give the job back."""
    job = PrintJob.objects.select_related("user").get(pk=pk)
    if request.method == "POST":
        job.delete()
        messages.success(request, _("The print job is back in the queue: what was not printed waits there again."))
        return HttpResponseRedirect(desk_url(site, "print"))
    counts: Counter[LabelState] = Counter()
    left_out: list[tuple[str, str, str]] = []
    last_printed: Shipment | None = None
    for shipment, state in rows_of(job):
        counts[state] += 1
        if state == LabelState.PRINTED:
            last_printed = max(filter(None, (last_printed, shipment)), key=lambda one: str(one.printed_at))
        elif state != LabelState.READY and len(left_out) < NAMED:
            left_out.append((str(shipment.delivery), str(shipment.delivery_id), why_not(shipment, state)))
    coming, ready, printed = (counts[one] for one in (LabelState.COMING, LabelState.READY, LabelState.PRINTED))
    context = {
        "title": _("Print job"),
        "job": job,
        "when": day_and_time(job.created_at),
        "ready": ready,
        "printed": printed,
        "coming": coming,
        "all": ready + printed + coming,
        "come": ready + printed,
        "left_out": left_out,
        "more_left_out": counts.total() - ready - printed - len(left_out),
        "without": job.without[:NAMED],
        "last_printed": printed_by(last_printed, _("%(when)s, by %(user)s")) if last_printed else "",
        "forms": PrintForm.choices,
        "starts": range(1, 5),
        "file_url": desk_url(site, "print_file", job.pk),
        "again_url": desk_url(site, "print_again", job.pk),
        "queue_url": desk_url(site, "print"),
        "list_url": desk_url(site, "delivery_changelist"),
        "day_end_url": day_end_url(request, site),
    }
    response = desk_page(request, site, "print_job", context)
    if coming:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _file(request: HttpRequest, site: AdminSite, pk: UUID) -> HttpResponseBase:
    """Return the file of what is ready and was not printed, once it is kept that it is printed."""
    if request.method != "POST":
        # Whoever was signed out meanwhile comes from the login: nothing is printed; the job's page has the button.
        return HttpResponseRedirect(desk_url(site, "print_job", pk))
    job = PrintJob.objects.get(pk=pk)
    _keep_form(job, request)
    return _made(request, site, job)


def _again_page(request: HttpRequest, site: AdminSite, pk: UUID) -> HttpResponseBase:
    """Say who printed what; on POST return the file of those between two numbers."""
    job = PrintJob.objects.get(pk=pk)
    if request.method == "POST":
        _keep_form(job, request)
        first, last = (_number(request.POST.get(name, "")) for name in ("first", "last"))
        if first is not None and last is not None and first <= last:
            return _made(request, site, job, again=(first, last))
        messages.error(request, _("Type two numbers of the list, the smaller one first."))
    printed = [
        (str(number), str(shipment.delivery), shipment.tracking_pin, printed_by(shipment))
        for number, (shipment, state) in enumerate(rows_of(job), start=1)
        if state == LabelState.PRINTED
    ]
    context = {
        "title": _("Print again?"),
        "job": job,
        "printed": printed,
        "typed": request.POST,
        "forms": PrintForm.choices,
        "starts": range(1, 5),
        "job_url": desk_url(site, "print_job", job.pk),
    }
    return desk_page(request, site, "print_again", context)


def _cover(request: HttpRequest, job: PrintJob, printed: Printed) -> bytes | None:
    """Return the cover sheet; None if the clerk wants none and it has nothing to tell."""
    if "no_cover" in request.POST and not (printed.left_out or printed.later or job.without):
        return None
    return papers.cover_sheet(job, printed, request.user)


def _made(
    request: HttpRequest, site: AdminSite, job: PrintJob, again: tuple[int, int] | None = None
) -> HttpResponseBase:
    """Make the file, keep that it is printed, and return it; say so where nothing is in it, or it may not be."""
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        printed = write_labels(job, file, cover=lambda found: _cover(request, job, found), again=again)
        pks = [line.pk for line in printed.inside]
        if not pks or not mark_printed(job, pks, request.user, again=again is not None):
            messages.error(request, _nothing(printed))
            return HttpResponseRedirect(desk_url(site, "print_job", job.pk))
        for part in in_parts(pks):
            labels_opened(Shipment.objects.filter(pk__in=part).only("delivery"), request.user)
        if printed.later:
            messages.warning(request, later_than_this(printed))
        file.seek(0)
        # From here on the response closes it.
        stack.pop_all()
    media_type = ZPL if job.form == PrintForm.ZPL else "application/pdf"
    name = f"{pgettext('name of a file', 'labels')}-{shop_time():%Y-%m-%d-%H%M}.{EXTENSIONS[media_type]}"
    return private_file(File(file), media_type, name)


def _nothing(printed: Printed) -> str:
    if printed.inside:
        return _(
            "While the file was being made, somebody else printed one of its labels, or one was voided. Check again."
        )
    for line in printed.left_out:
        # The page does not say of these what is wrong.
        if line.state in (LabelState.OTHER_KIND, LabelState.OTHER_PARCELS, LabelState.STORAGE):
            return with_colon(line.reference, str(WHY_NOT[line.state]))
    return _("There is no label to print now: this page says what state each is in.")


def _keep_form(job: PrintJob, request: HttpRequest) -> None:
    """Keep on what the clerk prints, so that the job's page and their next job begin with it."""
    form = request.POST.get("form", "")
    if form in PrintForm.values:
        job.form = form
    layout = LAYOUTS.get(PrintForm(job.form))
    start = _number(request.POST.get("start", "")) or 1
    job.start = start if layout and start <= layout.places else 1
    job.save(update_fields=["form", "start"])


def _number(text: str) -> int | None:
    """Return a number from 1 that was typed, None for what is none."""
    typed = text.strip() if len(text) <= LONGEST_NUMBER else ""
    return int(typed) or None if typed.isascii() and typed.isdecimal() else None


def _as_last_time(user: Any) -> str:
    """Return on what a clerk printed last."""
    last = PrintJob.objects.filter(user=user).values_list("form", flat=True)[1:2].first()
    return last or PrintForm.LABEL
