"""What is said of labels that are printed: why one is not in the file, who printed one, how many wait."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliver_to_po.core.choices import Reason
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.printing.job_file import Printed
from deliver_to_po.handoff.printing.label_state import LabelState
from deliver_to_po.models import Shipment

WHY_NOT: Mapping[LabelState, Promise] = {
    LabelState.READY: gettext_lazy("It was not printed before, so it is not printed again."),
    LabelState.PRINTED: gettext_lazy("It was printed before. To print it again, use “Print again…” on the job’s page."),
    LabelState.COMING: gettext_lazy(
        "It has no label yet. It will be fetched automatically: open the job’s page again later."
    ),
    LabelState.TEST: gettext_lazy("It is a test, and the others are real parcels. Print tests separately."),
    LabelState.NOT_TO_BE_USED: gettext_lazy(
        "It has been voided or refunded, or is about to be. Destroy the label if it has been printed."
    ),
    LabelState.ERASED: gettext_lazy("The recipient and the label are erased."),
    LabelState.NOT_RELEASED: gettext_lazy("Its delivery is on hold, or needs another post office."),
    LabelState.TAKEN: gettext_lazy("It is in another print job, or somebody has given it back."),
    LabelState.IN_THE_POST: gettext_lazy("Canada Post has scanned the parcel already: it has a label."),
    LabelState.NO_LABEL: gettext_lazy("It has no label. The delivery’s page says why."),
    LabelState.BROKEN: gettext_lazy(
        "Its file is missing or cannot be read. If that is possible, it is fetched again: open the job’s page later."
    ),
    LabelState.STORAGE: gettext_lazy(
        "The storage that keeps the labels could not be read. Print it again in a moment."
    ),
    LabelState.OTHER_KIND: gettext_lazy(
        "Its label does not go with the chosen paper, since only one of them is ZPL. Print it on other paper."
    ),
    LabelState.OTHER_PARCELS: format_lazy("{} {}", Reason.OTHER_PARCELS.label, Reason.OTHER_PARCELS.entry.advice),
}


def why_not(shipment: Shipment, state: LabelState) -> str:
    """Return why a label is not in a file, and where another clerk has it, who."""
    other = shipment.print_job if state == LabelState.TAKEN else None
    if other is None:
        return str(WHY_NOT[state])
    words = {"user": other.user or _("somebody"), "when": day_and_time(other.created_at)}
    return _("%(user)s has had it in a print job since %(when)s") % words


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
