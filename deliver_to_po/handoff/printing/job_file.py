"""Making the file of a print job, and keeping who got which label of it: none is printed twice unasked."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import PrintForm, Reason, ShipmentState
from deliver_to_po.core.in_parts import in_parts
from deliver_to_po.handoff.last_gate import reason_not_to_print
from deliver_to_po.handoff.office_check import OfficesAsked
from deliver_to_po.handoff.printing.label_state import LabelState
from deliver_to_po.handoff.printing.print_jobs import rows_of
from deliver_to_po.handoff.sending.fetch_label_again import fetch_label_again
from deliver_to_po.handoff.sending.labelling import is_label
from deliver_to_po.handoff.stored_files import StorageFailed, media_type_of, read_label
from deliver_to_po.labels.broken import BrokenPdf
from deliver_to_po.labels.sheet import FOUR, ONE, TWO, Sheets
from deliver_to_po.models import PrintJob, Shipment
from deliver_to_po.models.moves import SENDABLE, lock_deliveries
from deliver_to_po.shipping import Label

log = logging.getLogger(__name__)

LAYOUTS = {PrintForm.LABEL: ONE, PrintForm.TWO: TWO, PrintForm.FOUR: FOUR}
PDF, ZPL = "application/pdf", "application/zpl"
# A file takes no label after so many seconds: web servers commonly end a request after 30.
LONGEST_SECONDS = 20
# How long Canada Post is asked about post offices while a clerk waits for labels.
SECONDS_TO_ASK = 5.0


class JobLine(NamedTuple):
    """One label in the file or not: its number in packing order from 1, and what a clerk knows it by."""

    number: int
    pk: int
    reference: str
    tracking_pin: str
    state: LabelState
    #: It was too large for a place on a sheet and has a page of its own.
    alone: bool = False


@dataclass
class Printed:
    """What is in a file and what is not, both in packing order."""

    inside: list[JobLine] = field(default_factory=list)
    left_out: list[JobLine] = field(default_factory=list)
    #: Numbers of those that wait for the next file, since this one took LONGEST_SECONDS.
    later: list[int] = field(default_factory=list)


# What makes the cover sheet of a file, a PDF or None for no sheet, when it is known what is in it.
Cover = Callable[[Printed], bytes | None]


def write_labels(job: PrintJob, out: BinaryIO, *, cover: Cover, again: tuple[int, int] | None = None) -> Printed:
    """Write the labels of a job that are ready to ``out`` and return what is in it and what is not.

    What the shop does not want to leave any longer is put on hold and left out, and what would leave for a closed post
    office needs another. What would leave while the shop names other parcels is left out.

    With ``again``, two numbers in packing order, it is those between them that were printed before. A label that is
    missing or broken is sent back to be fetched, and named; the others go on. After LONGEST_SECONDS the rest is left
    for another file.
    """
    printed, began, offices = Printed(), monotonic(), OfficesAsked(SECONDS_TO_ASK)
    wanted = LabelState.READY if again is None else LabelState.PRINTED
    sheets = None if job.form == PrintForm.ZPL else _sheets(job, out)
    for number, (shipment, state) in enumerate(rows_of(job), start=1):
        if again is not None and not again[0] <= number <= again[1]:
            continue
        if state == wanted and printed.inside and monotonic() - began > LONGEST_SECONDS:
            printed.later.append(number)
            continue
        came_of_it, alone = _add(shipment, offices, sheets, out) if state == wanted else (state, False)
        pin, reference = shipment.tracking_pin, shipment.delivery.reference
        line = JobLine(number, shipment.pk, reference, pin, came_of_it, alone)
        # Among those to be printed again, one that is ready was never printed, and is not now.
        is_inside = state == wanted and came_of_it == LabelState.READY
        (printed.inside if is_inside else printed.left_out).append(line)
    if sheets is not None:
        if (sheet := cover(printed)) is not None:
            sheets.cover(sheet)
        sheets.close()
    return printed


def mark_printed(job: PrintJob, pks: Sequence[int], user: Any, *, again: bool = False) -> bool:
    """Keep that labels are given to a clerk to print; False, and nothing kept, if that is no longer allowed.

    Somebody has printed one of them meanwhile, or it was voided or put on hold. Call it before the clerk has the file.
    """
    with transaction.atomic():
        # So that two who press at once come one after the other.
        list(PrintJob.objects.select_for_update().filter(pk=job.pk).values_list("pk"))
        rows = Shipment.objects.filter(print_job=job)
        marked = sum(_mark(rows.filter(pk__in=part), user, again=again) for part in in_parts(sorted(pks)))
        if marked != len(pks):
            transaction.set_rollback(True)
    return marked == len(pks)


def _mark(rows: QuerySet[Shipment], user: Any, *, again: bool) -> int:
    """Mark those labels that may be printed now, and return how many."""
    valid = rows.filter(state=ShipmentState.LABELLED, change_asked_at=None)
    if not again:
        valid = valid.filter(printed_at=None)
    here = lock_deliveries(valid.values_list("delivery", flat=True)).filter(SENDABLE).values("pk")
    marked = {"printed_at": timezone.now(), "printed_by": user, "prints": F("prints") + 1}
    return valid.filter(delivery__in=here).update(**marked)


def _sheets(job: PrintJob, out: BinaryIO) -> Sheets:
    layout = LAYOUTS[PrintForm(job.form)]
    return Sheets(out, layout, start=min(max(job.start, 1), layout.places))


def _add(shipment: Shipment, offices: OfficesAsked, sheets: Sheets | None, out: BinaryIO) -> tuple[LabelState, bool]:
    """Add one label; return READY, or what is wrong with it, and whether it has a page of its own."""
    if reason := reason_not_to_print(shipment, offices):
        other = reason == Reason.OTHER_PARCELS
        return LabelState.OTHER_PARCELS if other else LabelState.NOT_RELEASED, False
    if media_type_of(shipment) != (PDF if sheets else ZPL):
        return LabelState.OTHER_KIND, False
    try:
        content = read_label(shipment)
    except StorageFailed:
        return LabelState.STORAGE, False
    if content is None or (sheets is None and not is_label(Label(content, ZPL))):
        return _fetched_again(shipment), False
    if sheets is None:
        out.write(content.strip() + b"\n")
        return LabelState.READY, False
    try:
        return LabelState.READY, not sheets.add(content)
    except BrokenPdf as error:
        log.warning("Label of shipment %s is broken: %s", shipment.pk, error)
        return _fetched_again(shipment), False


def _fetched_again(shipment: Shipment) -> LabelState:
    fetch_label_again(shipment, reason=Reason.LABEL_MISSING)
    return LabelState.BROKEN


def mark_one_printed(shipment: Shipment, user: Any, *, again: bool = False) -> bool:
    """Keep that a clerk opens one label to print it, so that nobody prints it unasked.

    False, and nothing kept, if it must not be printed: it is voided or to be, its delivery is on hold or needs another
    post office, or it was printed and nobody asks for it ``again``. What the shop does not want to leave any longer is
    put on hold, what would leave for a closed post office needs another, and it stays while the shop names other
    parcels.
    """
    if reason_not_to_print(shipment, OfficesAsked(SECONDS_TO_ASK)) == Reason.OTHER_PARCELS:
        return False
    with transaction.atomic():
        return bool(_mark(Shipment.objects.filter(pk=shipment.pk), user, again=again))
