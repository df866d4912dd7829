"""The state of a label in a print job, and which labels must not be used."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.core.choices.states import BEING_TAKEN_BACK, LABEL_COMING, LABEL_INVALID, OVER, READY, TAKEN_BACK
from deliver_to_po.core.choices.tracking import SCANNED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import begin_of, shop_day
from deliver_to_po.handoff.changing.as_asked import is_scanned
from deliver_to_po.models import PrintJob, Shipment
from deliver_to_po.models.shipment import can_be_kept_back

# How long after a label is made somebody prints it, at most; and more parcels than anybody carries to a counter.
PRINTED_WITHIN, MOST_LEAVING = timedelta(days=30), 1_000


class LabelState(StrEnum):
    """Whether a label of a print job can be printed, and why not."""

    READY = "ready"
    PRINTED = "printed"
    #: It is fetched as soon as it can be had.
    COMING = "coming"
    TEST = "test"
    NOT_TO_BE_USED = "taken back"
    ERASED = "erased"
    #: Its delivery is on hold or needs another post office.
    NOT_RELEASED = "not released"
    #: Another clerk took it to print.
    TAKEN = "taken"
    #: Its label was printed from where nobody counts it.
    IN_THE_POST = "in the post"
    #: It never had one, or a person has to look at the parcel first.
    NO_LABEL = "no label"
    #: These come to light when the file is made.
    BROKEN = "broken"
    STORAGE = "storage"
    OTHER_KIND = "other kind"
    OTHER_PARCELS = "other parcels"


def must_not_be_used(shipment: Shipment) -> bool:
    """Say whether a label is voided, or is to be: at once, or at the answer that its parcel still waits for."""
    asked = shipment.change_asked_at is not None or shipment.delivery.stop_asked_at is not None
    return asked or shipment.state in LABEL_INVALID or shipment.delivery.state == DeliveryState.CANCELLED


def label_state_of(shipment: Shipment, job: PrintJob) -> LabelState:
    if shipment.delivery.erased_at is not None:
        return LabelState.ERASED
    if must_not_be_used(shipment):
        return LabelState.NOT_TO_BE_USED
    if shipment.delivery.live != job.live:
        return LabelState.TEST
    if shipment.print_job_id != job.pk:
        return LabelState.TAKEN
    if shipment.delivery.state != DeliveryState.RELEASED:
        return LabelState.NOT_RELEASED
    if shipment.state == ShipmentState.LABELLED:
        if shipment.printed_at is not None:
            return LabelState.PRINTED
        return LabelState.IN_THE_POST if is_scanned(shipment) else LabelState.READY
    return LabelState.COMING if shipment.state in LABEL_COMING else LabelState.NO_LABEL


def leaving_today() -> tuple[Sequence[Shipment], int]:
    """Return the printed parcels that go to the counter today, by order: with a manifest of today, before it, or none.

    A parcel of a group leaves once it is transmitted, any other on the day of its printing; where that was done earlier
    for today, after the cut-off, it leaves today. Tests are listed only in a shop that makes tests. It is MOST_LEAVING
    of each kind at most; with them comes how many more there are.
    """
    day = begin_of(shop_day())
    printed = Shipment.objects.filter(
        state__in=READY,
        printed_at__isnull=False,
        change_asked_at=None,
        delivery__live=app_settings.canada_post.live,
        delivery__state=DeliveryState.RELEASED,
        delivery__stop_asked_at=None,
    ).select_related("delivery", "manifest")
    # One after the other: each has an index of its own.
    waiting = printed.filter(transmitted_at=None, delivery__erased_at=None).exclude(group="").exclude(state__in=OVER)
    gone = printed.filter(transmitted_at__gte=day).exclude(group="")
    alone = printed.filter(group="", printed_at__gte=day, made_at__gte=day - PRINTED_WITHIN)
    done = Q(group="", printed_at__lt=day) | Q(group__gt="", transmitted_at__lt=day)
    ahead = printed.filter(done, mailing_date=shop_day(), made_at__gte=day - PRINTED_WITHIN)
    seen = Q(tracking__state__in=SCANNED)
    kinds = (waiting.exclude(seen), gone, alone, ahead.exclude(seen))
    # By id: what is transmitted just now may be in two of them.
    listed = {row.pk: row for rows in kinds for row in rows.order_by("pk")[:MOST_LEAVING]}
    more = sum(max(0, rows.count() - MOST_LEAVING) for rows in kinds)
    return sorted(listed.values(), key=lambda row: (row.delivery.reference, row.parcel)), more


def printed_in_vain() -> QuerySet[Shipment]:
    """Return the labels printed since yesterday that are void, or soon will be: a parcel may lie ready with one.

    So may one that stays here, since its recipient is erased. Those that somebody says are destroyed have let go of
    their parcels.
    """
    day = begin_of(shop_day() - timedelta(days=1))
    rows = Shipment.objects.filter(printed_at__gte=day, made_at__gte=day - PRINTED_WITHIN)
    stays = Q(can_be_kept_back(), state__in=READY, delivery__erased_at__isnull=False)
    void = Q(state__in=(*BEING_TAKEN_BACK, *TAKEN_BACK)) | stays
    rows = rows.filter(void, delivery__live=app_settings.canada_post.live)
    destroyed = Q(state=ShipmentState.REFUND_ASKED, open_parcel=None)
    return rows.exclude(destroyed).exclude(tracking__state__in=SCANNED).select_related("delivery").order_by("pk")


def to_print() -> QuerySet[Shipment]:
    """Return the labels that are ready, may be used, and were never printed: the queue, whoever has taken of it."""
    # What is labelled has an open parcel, of which there is one revision.
    rows = Shipment.objects.filter(
        state=ShipmentState.LABELLED,
        printed_at=None,
        change_asked_at=None,
        delivery__state=DeliveryState.RELEASED,
        delivery__stop_asked_at=None,
        delivery__erased_at=None,
    )
    return rows.exclude(tracking__state__in=SCANNED)
