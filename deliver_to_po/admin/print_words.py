"""What is said of labels that are printed: why one is not in the file, who has printed one, the cover sheet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from reportlab.lib.pagesizes import LETTER

from deliver_to_po.choices import PrintForm
from deliver_to_po.handoff.print_standing import Standing
from deliver_to_po.handoff.printing import Line, Printed
from deliver_to_po.labels.listing import ListWords, Section, render_list
from deliver_to_po.labels.sheet import LABEL
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.language import current_language
from deliver_to_po.models import PrintJob, Shipment
from deliver_to_po.wording import day_and_time

WHY_NOT: Mapping[Standing, Promise] = {
    Standing.READY: gettext_lazy("It was not printed before, so it is not printed again."),
    Standing.PRINTED: gettext_lazy("It was printed before. To print it again, use “Print again…” on the job’s page."),
    Standing.COMING: gettext_lazy("It has no label yet. It is fetched by itself: open the job’s page again later."),
    Standing.TEST: gettext_lazy("It is a test, and the others are real parcels. Print tests by themselves."),
    Standing.TAKEN_BACK: gettext_lazy("It is taken back, or about to be. Destroy the label if it is printed."),
    Standing.ERASED: gettext_lazy("The recipient and the label are erased."),
    Standing.NOT_RELEASED: gettext_lazy("Its delivery is on hold, or needs another post office."),
    Standing.TAKEN: gettext_lazy("It is in another print job, or somebody has given it back."),
    Standing.NO_LABEL: gettext_lazy("It has no label. The delivery’s page says why."),
    Standing.BROKEN: gettext_lazy(
        "Its file is missing or cannot be read. If that is possible, it is fetched again: open the job’s page later."
    ),
    Standing.STORAGE: gettext_lazy("The storage that keeps the labels could not be read. Print it again in a moment."),
    Standing.OTHER_KIND: gettext_lazy("Its label is of another kind: PDF and ZPL cannot be in the same file."),
}


def why_not(shipment: Shipment, standing: Standing) -> str:
    """Return why a label is not in a file, and where another clerk has it, who."""
    other = shipment.print_job if standing == Standing.TAKEN else None
    if other is None:
        return str(WHY_NOT[standing])
    return taken_by(other)


def taken_by(job: PrintJob) -> str:
    """Return whose print job it is in, and since when."""
    words = {"user": job.user or _("somebody"), "when": day_and_time(job.created_at)}
    return _("%(user)s has had it in a print job since %(when)s") % words


def printed_by(shipment: Shipment) -> str:
    """Return who printed a label last, and when."""
    when = day_and_time(shipment.printed_at) if shipment.printed_at else ""
    words = {"user": shipment.printed_by or _("somebody"), "when": when}
    return _("printed by %(user)s on %(when)s") % words


def cover_sheet(job: PrintJob, printed: Printed, user: Any) -> bytes:
    """Return the cover sheet of a file as PDF: what is in it, and what is not, and why."""
    narrow = job.form == PrintForm.LABEL
    facts = [
        _("%(when)s, by %(user)s") % {"when": day_and_time(timezone.now()), "user": user},
        labels_in_it(len(printed.inside)),
    ]
    if printed.later:
        facts.append(later_than_this(printed))
    if not job.live:
        facts.append(_("Tests: nothing of this is a real parcel."))
    return render_list(
        ListWords(
            heading=_("Cover sheet: not a label"),
            facts=facts,
            sections=list(_sections(job, printed, narrow)),
            size=LABEL if narrow else LETTER,
            language=f"{current_language()}-CA",
        )
    )


def labels_in_it(count: int) -> str:
    """Return how many labels a file has."""
    return ngettext("%(count)d label is in this file.", "%(count)d labels are in this file.", count) % {"count": count}


def later_than_this(printed: Printed) -> str:
    """Return how many labels wait for the next file, from which number on, and what to do."""
    told = ngettext(
        "%(count)d more label is ready, number %(number)d. It did not fit into this file: print it next, on the print "
        "job’s page.",
        "%(count)d more labels are ready, from number %(number)d on. They did not fit into this file: print them next, "
        "on the print job’s page.",
        len(printed.later),
    )
    return told % {"count": len(printed.later), "number": printed.later[0]}


def _sections(job: PrintJob, printed: Printed, narrow: bool) -> Iterable[Section]:
    left_out = [[str(line.number), line.reference, str(WHY_NOT[line.standing])] for line in printed.left_out]
    left_out += [["", reference, _("It has no parcel yet.")] for reference in job.without]
    if left_out:
        yield Section(_("Not in this file"), left_out, (0.1, 0.3, 0.6))
    alone = [_row(line) for line in printed.inside if line.alone]
    if alone:
        yield Section(_("Too large for a sheet: on a page of its own"), alone, (0.1, 0.4, 0.5))
    inside = [_row(line) for line in printed.inside]
    # Labels are dear: of a label printer's roll the cover sheet takes one where it can.
    if narrow and len(inside) > 2:
        yield Section(_("From the first to the last"), [inside[0], inside[-1]], (0.1, 0.4, 0.5))
    elif inside:
        yield Section(_("In this file"), inside, (0.1, 0.4, 0.5))


def _row(line: Line) -> Sequence[str]:
    return [str(line.number), line.reference, group_digits(line.tracking_pin)]
